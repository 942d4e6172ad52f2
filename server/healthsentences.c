// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The verdicts that figures alone give; codes of states have their sentences elsewhere. The first
// row is for codes that nobody wrote a sentence for.
#include "server/healthsentences.h"

#include <string.h>

#include "server/intakesentences.h"
#include "server/livesentences.h"

typedef struct {
    const char *code;           // static
    const char *thai;           // static
    const char *english;        // static
    const char *thai_advice;    // static (nullable)
    const char *english_advice; // static (nullable)
} Row;

// clang-format off
static const Row rows[] = {
    {"unknown",
     "มีบางอย่างผิดปกติ",
     "Something is not as it should be.",
     "ดูตัวเลขด้านล่าง และดูบันทึกของเครื่องแม่ข่าย",
     "Look at the figures below and at the server's log."},
    {"well",
     "ทำงานปกติ",
     "All is well.",
     NULL, NULL},
    {"unused",
     "ยังไม่มีช่องใดใช้แหล่งสัญญาณนี้ ระบบจึงปิดตัวรับไว้",
     "No channel uses this source now, so the receiver is off.",
     NULL, NULL},
    {"off",
     "ช่องนี้ปิดอยู่",
     "This channel is off.",
     NULL, NULL},
    {"opening",
     "กำลังเปิดแหล่งสัญญาณ",
     "The source is being opened.",
     "รอสักครู่ หากนานเกินหนึ่งนาทีให้ตรวจที่อยู่ของสัญญาณ",
     "Wait a moment; after a minute, check the address."},
    {"silent",
     "ไม่มีสัญญาณเข้ามา",
     "Nothing comes in.",
     "ตรวจสายสัญญาณ จาน และเครื่องส่ง แล้วตรวจที่อยู่ของสัญญาณ",
     "Check cable, dish and sender, then the address."},
    {"feed-dropped",
     "เครื่องแม่ข่ายรับข้อมูลไม่ทัน ข้อมูลบางส่วนหายในเครื่อง",
     "The server did not keep up: packets were dropped inside it.",
     "ลดจำนวนช่องหรือระดับคุณภาพ หรือปิดงานอื่นบนเครื่องนี้",
     "Switch off a channel or its highest quality, or other work on this machine."},
    {"damaged-packets",
     "ตัวรับสัญญาณแจ้งว่าข้อมูลเสียหาย",
     "The tuner says that packets came damaged.",
     "สัญญาณอ่อนหรือถูกรบกวน ตรวจการเล็งจาน หัวรับ (LNB) ขั้วต่อ และสาย",
     "The signal is weak or disturbed: check dish, LNB, connectors and cable."},
    {"weak-signal",
     "สัญญาณอ่อน ภาพอาจสะดุดเมื่อฝนตก",
     "The signal is weak; the picture may break up in rain.",
     "เล็งจานใหม่ ตรวจหัวรับ (LNB) ขั้วต่อที่เป็นสนิม และความยาวสาย",
     "Align the dish again; check LNB, corroded connectors and the length of the cable."},
    {"packets-lost",
     "ข้อมูลหายระหว่างทาง ภาพอาจแตกหรือเสียงสะดุด",
     "Packets are lost on the way; the picture may break up.",
     "ถ้ามาทางเครือข่าย ตรวจสายและสวิตช์ ใช้สายแทน Wi-Fi ถ้ามาจากดาวเทียม ตรวจจานและสาย",
     "From a network: check cables and switches, and use a cable instead of Wi-Fi. From a satellite: check dish and cable."},
    {"interrupted",
     "สัญญาณขาดช่วงในนาทีที่ผ่านมา",
     "It was interrupted within the last minute.",
     "ถ้าเกิดซ้ำ ดูกราฟว่าเกิดเวลาใด แล้วตรวจสายและไฟของอุปกรณ์",
     "If it comes again, see in the graph when, and check cables and power."},
    {"uneven",
     "ข้อมูลมาไม่สม่ำเสมอ",
     "Packets come unevenly.",
     "เครือข่ายหนาแน่น แยกสัญญาณโทรทัศน์ไว้คนละเครือข่าย หรือใช้สวิตช์ที่รองรับ IGMP",
     "The network is busy: give television a network of its own, or a switch that knows IGMP."},
    {"restarted",
     "ตัวแปลงภาพของช่องนี้เริ่มใหม่ในนาทีที่ผ่านมา",
     "The encoder of this channel started again within the last minute.",
     "ถ้าเกิดซ้ำ ดูบันทึกของเครื่องแม่ข่าย และตรวจหน่วยความจำที่เหลือ",
     "If it comes again, look at the server's log and at free memory."},
    {"picture-stands",
     "เสียงมาแต่ภาพหยุดนิ่ง",
     "Sound comes but the picture stands still.",
     "ตรวจว่าสถานีส่งภาพปกติด้วยเครื่องรับอื่น ถ้าเป็นวิทยุก็เป็นเรื่องปกติ",
     "See with another receiver whether the broadcaster sends a picture."},
    {"behind",
     "การแปลงภาพช้ากว่าเวลาจริง",
     "Encoding is behind real time.",
     "ลดระดับคุณภาพของช่อง หรือปิดช่องอื่นบนเครื่องนี้",
     "Leave out the highest quality of the channel, or switch off another one."},
    {"damaged-pictures",
     "ภาพหรือเสียงบางส่วนเสียหายมาจากต้นทาง",
     "Parts of picture or sound arrive damaged.",
     "ตรวจสัญญาณของแหล่งที่ช่องนี้ใช้",
     "Look at the health of the source that this channel uses."},
};
// clang-format on

const char *
server_healthsentences_get_code(guint index)
{
    return index < G_N_ELEMENTS(rows) ? rows[index].code : NULL;
}

static const Row *
find_row(const char *code)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (strcmp(rows[i].code, code) == 0)
            return &rows[i];
    return &rows[0];
}

const char *
server_healthsentences_get(const FlowsHealthVerdict *verdict, ServerSentencesLanguage language)
{
    switch (verdict->book) {
    case FLOWS_HEALTH_JUDGE_INTAKE:
        return server_intakesentences_get(verdict->code, language);
    case FLOWS_HEALTH_JUDGE_LIVE:
        return server_livesentences_get(verdict->code, language);
    case FLOWS_HEALTH_JUDGE_OWN:
        break;
    }
    const Row *row = find_row(verdict->code);
    return language == SERVER_SENTENCES_THAI ? row->thai : row->english;
}

const char *
server_healthsentences_get_advice(const FlowsHealthVerdict *verdict,
                                  ServerSentencesLanguage language)
{
    if (verdict->book != FLOWS_HEALTH_JUDGE_OWN)
        return NULL;
    const Row *row = find_row(verdict->code);
    return language == SERVER_SENTENCES_THAI ? row->thai_advice : row->english_advice;
}
