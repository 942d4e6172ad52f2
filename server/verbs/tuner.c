// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table a kind of tuner; the detail in brackets is the server's or the system's own word.
#include "server/verbs/tuner.h"

#include <sysexits.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/srt_port.h"
#include "server/verbs/common.h"

typedef struct {
    const char *thai;    // what is wrong and what to do
    const char *english; // likewise
    int exit_code;       // of sysexits.h
} Sentence;

static const Sentence satip_sentences[] = {
    [INTAKE_ERROR_UNREACHABLE] = {"ติดต่อเซิร์ฟเวอร์ SAT>IP ไม่ได้ ตรวจที่อยู่ สายเครือข่าย และไฟของเครื่อง",
                                  "the SAT>IP server cannot be reached; check its address, network "
                                  "cable and power",
                                  EX_UNAVAILABLE},
    [INTAKE_ERROR_SILENT] = {"เซิร์ฟเวอร์ SAT>IP ไม่ตอบหรือไม่ส่งสัญญาณ ลองเปิดเครื่องใหม่ "
                             "หรือเพิ่ม &transport=tcp",
                             "the SAT>IP server does not answer or sends nothing; try "
                             "&transport=tcp, or restart it",
                             EX_UNAVAILABLE},
    [INTAKE_ERROR_BUSY] = {"ตัวรับสัญญาณของเซิร์ฟเวอร์ SAT>IP ไม่ว่าง ปิดผู้ใช้อื่นหรือรอสักครู่",
                           "no tuner of the SAT>IP server is free; end another use of it or wait",
                           EX_TEMPFAIL},
    [INTAKE_ERROR_REFUSED] = {"เซิร์ฟเวอร์ SAT>IP ไม่รับค่าการจูนนี้ ตรวจ src freq pol msys sr fec",
                              "the SAT>IP server does not take these parameters; check src, freq, "
                              "pol, msys, sr and fec",
                              EX_CONFIG},
    [INTAKE_ERROR_MISSING] = {"เซิร์ฟเวอร์ SAT>IP ไม่มีสิ่งที่ขอ ตรวจว่าเป็นเครื่อง SAT>IP และพอร์ตถูกต้อง",
                              "the SAT>IP server has no such stream; check that this is a SAT>IP "
                              "server and its port",
                              EX_NOHOST},
    [INTAKE_ERROR_PROTOCOL] =
        {"คำตอบไม่เป็นไปตาม SAT>IP ตรวจว่าที่อยู่และพอร์ตเป็นของเซิร์ฟเวอร์ SAT>IP",
         "the answer is not what a SAT>IP server says; check address and port", EX_PROTOCOL},
    [INTAKE_ERROR_GONE] = {"เซิร์ฟเวอร์ SAT>IP ตัดการเชื่อมต่อ", "the SAT>IP server ended the connection",
                           EX_UNAVAILABLE},
    [INTAKE_ERROR_TRANSPORT] = {"เซิร์ฟเวอร์ SAT>IP ไม่ส่งด้วยวิธีนี้ ลอง &transport=tcp หรือ udp",
                                "the SAT>IP server does not send this way; try &transport=tcp or "
                                "udp",
                                EX_UNAVAILABLE},
};

/* Cards give no other errors than these; the rest is as for one that broke down. */
static const Sentence dvb_sentences[] = {
    [INTAKE_ERROR_BUSY] = {"การ์ดรับสัญญาณนี้มีโปรแกรมอื่นใช้อยู่ ปิดโปรแกรมนั้นหรือเลือก adapter= อื่น",
                           "another program uses this DVB card; end it, or choose another adapter=",
                           EX_TEMPFAIL},
    [INTAKE_ERROR_REFUSED] = {"การ์ดรับสัญญาณไม่รับค่าการจูนนี้ ตรวจว่าการ์ดรองรับ msys และค่าอื่นถูกต้อง",
                              "the DVB card does not take these parameters; check that it can do "
                              "this msys=",
                              EX_CONFIG},
    [INTAKE_ERROR_MISSING] = {"ไม่พบหรือเปิดการ์ดรับสัญญาณไม่ได้ ตรวจว่าเสียบการ์ด ติดตั้งเฟิร์มแวร์ "
                              "ผู้ใช้อยู่ในกลุ่ม video และ adapter= ถูกต้อง (ดู ls /dev/dvb)",
                              "this DVB card is not there or cannot be opened; check that it is "
                              "plugged in and has its firmware, that you are in the group video, "
                              "and adapter= (see ls /dev/dvb)",
                              EX_NOINPUT},
    [INTAKE_ERROR_GONE] = {"การ์ดรับสัญญาณหยุดทำงานหรือถูกถอดออก ถอดแล้วเสียบใหม่",
                           "the DVB card stopped or was taken out; plug it in again",
                           EX_UNAVAILABLE},
};

static const Sentence srt_sentences[] = {
    [INTAKE_SRT_ERROR_PASSPHRASE] =
        {"รหัสผ่าน (passphrase) ของ SRT ไม่ตรงกันทั้งสองฝั่ง ตรวจตัวพิมพ์และช่องว่าง",
         "the SRT passphrase is not the same at both ends; compare "
         "capital letters and spaces",
         EX_NOPERM},
    [INTAKE_SRT_ERROR_UNSECURE] = {"มีฝั่งเดียวที่ตั้งรหัสผ่าน (passphrase) ของ SRT ตั้งให้เหมือนกันทั้งสองฝั่ง",
                                   "only one end has an SRT passphrase; set the same at both",
                                   EX_NOPERM},
    [INTAKE_SRT_ERROR_REFUSED] = {"เครื่องส่ง SRT ไม่รับการเรียกนี้ ตรวจ streamid",
                                  "the SRT sender does not take this call; check streamid",
                                  EX_NOPERM},
    [INTAKE_SRT_ERROR_NO_ANSWER] = {"ไม่มีเครื่องส่ง SRT ตอบที่อยู่นี้ ตรวจที่อยู่ พอร์ต ไฟร์วอลล์ (UDP) "
                                    "และว่าเครื่องส่งเปิดเป็น listener",
                                    "no SRT sender answers there; check address, port, firewall "
                                    "(UDP), and that the sender is a listener",
                                    EX_UNAVAILABLE},
    [INTAKE_SRT_ERROR_GONE] = {"เครื่องส่ง SRT หยุดส่งหรือการเชื่อมต่อขาด",
                               "the SRT sender stopped or the connection broke", EX_UNAVAILABLE},
};

static const Sentence unreachable_sentence = {
    "ติดต่อเครื่องนี้ไม่ได้ ตรวจชื่อหรือที่อยู่", "this machine cannot be found; check its name or address",
    EX_NOHOST};

static const Sentence *
find_sentence(const IntakeAddress *address, const GError *error)
{
    if (error->domain == INTAKE_SRT_ERROR)
        return &srt_sentences[error->code];
    if (address->kind == INTAKE_ADDRESS_SRT)
        return &unreachable_sentence;
    if (address->kind != INTAKE_ADDRESS_DVB)
        return &satip_sentences[error->code];
    gboolean known =
        error->code < (gint)G_N_ELEMENTS(dvb_sentences) && dvb_sentences[error->code].thai != NULL;
    return &dvb_sentences[known ? error->code : INTAKE_ERROR_GONE];
}

int
verbs_tuner_report(const IntakeAddress *address, const GError *error)
{
    const Sentence *sentence = find_sentence(address, error);
    g_autofree char *shown = intake_address_hide_secrets(address->uri);
    g_printerr("daorian: %s: %s (%s)\n", shown, verbs_common_say(sentence->thai, sentence->english),
               error->message);
    return sentence->exit_code;
}

int
verbs_tuner_report_nothing(const IntakeAddress *address, const IntakeSignal *signal)
{
    gboolean blind = address->kind == INTAKE_ADDRESS_DVB || (signal->known && !signal->locked);
    g_printerr("daorian: %s: %s\n", address->uri,
               blind ? verbs_common_say("ตัวรับสัญญาณไม่พบสัญญาณ ตรวจความถี่ ขั้ว อัตราสัญลักษณ์ จาน และสาย",
                                        "the tuner finds no signal; check frequency, polarisation, "
                                        "symbol rate, dish and cable")
                     : verbs_common_say("ไม่มีสัญญาณเข้ามาเลย ตรวจไฟร์วอลล์ หรือเพิ่ม &transport=tcp",
                                        "nothing came; check the firewall, or try &transport=tcp"));
    return EX_UNAVAILABLE;
}
