// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The first row is for codes that nobody wrote a sentence for.
#include "server/recordsentences.h"

// clang-format off
static const ServerSentencesRow rows[] = {
    {"internal",
     "ทำบทเรียนจากรายการที่บันทึกไว้ไม่สำเร็จเพราะระบบผิดพลาด สิ่งที่บันทึกไว้ยังอยู่ และระบบจะลองใหม่เมื่อเริ่มครั้งหน้า",
     "Something went wrong while the lesson was made. What was kept is still there; it is tried again when the server starts next."},
    {"nothing-kept",
     "ไม่มีภาพหรือเสียงของรายการนี้เลย ช่องไม่ได้ออกอากาศหรือไม่มีสัญญาณตลอดเวลาที่จองไว้",
     "Nothing of it was on the air: the channel was off, or had no signal, for all of the booked time."},
    {"off",
     "เครื่องแม่ข่ายปิดอยู่ตลอดเวลาที่จองไว้ จึงไม่ได้บันทึก",
     "The server was off for all of the booked time, so nothing was kept."},
    {"no-channel",
     "ช่องนี้ถูกลบไปก่อนถึงเวลาที่จองไว้ เลือกช่องใหม่แล้วจองอีกครั้ง",
     "The channel was removed before its time came. Book it again on another channel."},
    {"tuners",
     "ตัวรับสัญญาณไม่พอ มีรายการอื่นที่จองไว้ก่อนในเวลาเดียวกัน และไม่พบรอบอื่นของรายการนี้ ระบบจะบันทึกเองเมื่อมีตัวรับสัญญาณว่าง",
     "No tuner is free: other programmes are booked at the same time, and the guide has no other showing of this one. It is recorded as soon as a tuner is free."},
    {"damaged",
     "ไฟล์ที่บันทึกไว้เสียหาย จึงทำเป็นบทเรียนไม่ได้ ตรวจดิสก์ของเครื่องแม่ข่าย",
     "What was kept is damaged and makes no lesson. Check the server's disk."},
    {"no-space",
     "พื้นที่ดิสก์ไม่พอที่จะทำบทเรียน เพิ่มพื้นที่แล้วระบบจะทำต่อเอง สิ่งที่บันทึกไว้ยังอยู่ครบ",
     "There is no room on the disk to make the lesson. Make room and it goes on by itself; what was kept is still there."},
    {"crashed",
     "โปรแกรมที่ทำบทเรียนหยุดไปกลางคัน ระบบจะลองใหม่เอง สิ่งที่บันทึกไว้ยังอยู่ครบ",
     "The program that makes the lesson broke off. It is tried again by itself; what was kept is still there."},
    {"no-sandbox",
     "เครื่องนี้ไม่มีโปรแกรม bubblewrap จึงทำบทเรียนไม่ได้ ติดตั้งแล้วเริ่มระบบใหม่ สิ่งที่บันทึกไว้ยังอยู่",
     "This machine has no working bubblewrap, so no lesson is made. Install it and start the server again; what was kept is still there."},
};
// clang-format on

const char *
server_recordsentences_get_code(guint index)
{
    return index < G_N_ELEMENTS(rows) ? rows[index].code : NULL;
}

const char *
server_recordsentences_get(const char *code, ServerSentencesLanguage language)
{
    return server_sentences_find(rows, G_N_ELEMENTS(rows), code, language);
}
