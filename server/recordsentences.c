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
     "ตัวรับสัญญาณไม่พอสำหรับรายการที่ออกอากาศพร้อมกัน ดูว่าชนกับอะไรและมีรอบอื่นหรือไม่ ระบบจะบันทึกเองเมื่อมีตัวรับสัญญาณว่าง",
     "There are not enough tuners for what is on at the same time. See what is in the way, and whether there is another showing. It is recorded as soon as a tuner is free."},
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
    {"no-match",
     "เติมช่วงที่ขาดไม่ได้ เพราะเสียงก่อนและหลังช่วงที่ขาดไม่ตรงกับรอบออกอากาศซ้ำที่เลือก น่าจะเป็นคนละตอน เลือกรอบอื่น",
     "The gap cannot be filled: what is heard before and after it is not in that repeat. It is probably another episode; choose another showing."},
    {"too-quiet",
     "เติมช่วงที่ขาดไม่ได้ เพราะก่อนหรือหลังช่วงที่ขาดเงียบเกินไป จึงหาจุดต่อไม่พบ",
     "The gap cannot be filled: it is too quiet before or after it to find the right place in the repeat."},
    {"unsure",
     "เติมช่วงที่ขาดไม่ได้ เพราะเสียงเดียวกันนี้มีอยู่หลายแห่งในรอบออกอากาศซ้ำ จึงไม่แน่ใจว่าต่อตรงไหน",
     "The gap cannot be filled: the same is heard at more than one place in the repeat, so the right one is not certain."},
    {"too-short",
     "เติมช่วงที่ขาดไม่ได้ เพราะมีเสียงติดกันข้างช่วงที่ขาดไม่ถึงสิบวินาที จึงเทียบกับรอบออกอากาศซ้ำไม่ได้",
     "The gap cannot be filled: there are less than ten seconds beside it to compare with the repeat."},
    {"other-length",
     "เติมช่วงที่ขาดไม่ได้ เพราะรอบออกอากาศซ้ำตัดต่อช่วงนี้ต่างไป ความยาวจึงไม่เท่ากับที่ขาด",
     "The gap cannot be filled: the repeat is cut differently there, so that its length is not that of the gap."},
    {"not-there",
     "เติมช่วงที่ขาดไม่ได้ เพราะรอบออกอากาศซ้ำที่บันทึกไว้ก็ไม่มีช่วงนี้",
     "The gap cannot be filled: the recorded repeat does not have that part either."},
    {"other-rungs",
     "เติมช่วงที่ขาดไม่ได้ เพราะรอบออกอากาศซ้ำไม่ได้บันทึกไว้ในระดับคุณภาพเดียวกัน",
     "The gap cannot be filled: the repeat was not recorded in the same qualities."},
    {"no-gaps",
     "บทเรียนนี้ไม่มีช่วงที่ขาดเหลือให้เติมแล้ว",
     "No gap of this lesson is left to be filled."},
    {"repeat-lost",
     "เติมช่วงที่ขาดไม่ได้ เพราะรอบออกอากาศซ้ำที่เลือกไว้ไม่ได้ถูกบันทึก หรือถูกลบไปแล้ว เลือกรอบอื่น",
     "The gap cannot be filled: the chosen repeat was not kept, or is gone. Choose another showing."},
    {"lesson-gone",
     "เติมช่วงที่ขาดไม่ได้ เพราะบทเรียนนี้ถูกถอนหรือถูกลบไปแล้ว",
     "The gap cannot be filled: the lesson was withdrawn or is gone."},
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
