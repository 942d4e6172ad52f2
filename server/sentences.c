// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one table of sentences. Each says what happened and what to do now, in words for a person who
// runs no command line.
#include "server/sentences.h"

#include <stdlib.h>
#include <string.h>

static const ServerSentencesRow rows[] = {
    {"internal", "ระบบทำงานผิดพลาดขณะแปลงไฟล์ กดลองใหม่ได้ หากยังไม่สำเร็จโปรดแจ้งผู้ดูแลระบบ",
     "Something went wrong inside the system while converting this file. Try again; if it fails "
     "again, tell "
     "the administrator."},
    {"not-media", "ไฟล์นี้ไม่ใช่ไฟล์วิดีโอหรือไฟล์เสียง โปรดตรวจว่าเลือกไฟล์ถูกต้องแล้วอัปโหลดใหม่",
     "This file is not video or sound. Check that it is the right file and upload it again."},
    {"no-streams", "ไฟล์นี้เปิดได้แต่ไม่มีภาพและเสียงอยู่ข้างใน โปรดบันทึกหรือส่งออกใหม่จากโปรแกรมเดิมแล้วอัปโหลดอีกครั้ง",
     "The file opens but holds neither picture nor sound. Export it again from the program that "
     "made it and "
     "upload that."},
    {"unsupported-codec",
     "ไฟล์นี้บีบอัดด้วยวิธีที่ระบบยังอ่านไม่ได้ โปรดส่งออกเป็น MP4 (H.264 และ AAC) แล้วอัปโหลดใหม่",
     "The file is compressed in a way that cannot be read here. Export it as MP4 (H.264 and AAC) "
     "and upload "
     "it again."},
    {"encrypted", "ไฟล์นี้ถูกเข้ารหัสลับหรือมีการป้องกันลิขสิทธิ์ โปรดอัปโหลดไฟล์ต้นฉบับที่ไม่มีการป้องกัน",
     "The file is encrypted or copy-protected. Upload the original without protection."},
    {"damaged", "ไฟล์เสียหาย ระบบเก็บไว้เท่าที่อ่านได้ โปรดคัดลอกจากอุปกรณ์บันทึกใหม่ ลองเปิดดูให้จบ แล้วอัปโหลดอีกครั้ง",
     "The file is damaged; what could be read is kept. Copy it from the recorder again, check that "
     "it plays to the end, and upload it once more."},
    {"too-short", "ไฟล์นี้สั้นเกินไปที่จะเป็นบทเรียน โปรดตรวจว่าการบันทึกครบถ้วนแล้วอัปโหลดใหม่",
     "The file is too short to be a lesson. Check that the recording is complete and upload it "
     "again."},
    {"too-large", "ภาพหรือไฟล์มีขนาดใหญ่เกินที่ระบบรับได้ โปรดส่งออกให้เล็กลง เช่น ความสูง 1080 จุด แล้วอัปโหลดใหม่",
     "The picture or the file is larger than the system accepts. Export it smaller, for instance "
     "1080 lines "
     "high, and upload it again."},
    {"too-long", "ไฟล์นี้ยาวเกินที่ระบบรับได้ โปรดตัดเป็นหลายตอนแล้วอัปโหลดทีละตอน",
     "The file is longer than the system accepts. Cut it into parts and upload them one by one."},
    {"no-space", "พื้นที่เก็บข้อมูลของเครื่องแม่ข่ายไม่พอ ไฟล์ที่อัปโหลดยังอยู่ครบ โปรดแจ้งผู้ดูแลระบบให้เพิ่มพื้นที่แล้วกดลองใหม่",
     "The server has run out of disk space. Your upload is safe: ask the administrator to make "
     "room, then "
     "try again."},
    {"out-of-memory",
     "ไฟล์นี้ต้องใช้หน่วยความจำมากเกินไป โปรดส่งออกให้ความละเอียดต่ำลงแล้วอัปโหลดใหม่ หรือแจ้งผู้ดูแลระบบ",
     "Converting this file takes more memory than there is. Export it at a lower resolution and "
     "upload it "
     "again, or tell the administrator."},
    {"timed-out",
     "การแปลงไฟล์หยุดนิ่งนานเกินไปจึงถูกยกเลิก กดลองใหม่ได้ หากเกิดซ้ำโปรดส่งออกไฟล์ใหม่แล้วอัปโหลดอีกครั้ง",
     "The conversion stood still for too long and was stopped. Try again; if it happens again, "
     "export the "
     "file anew and upload that."},
    {"cancelled", "มีผู้ยกเลิกการแปลงไฟล์นี้ หากต้องการใช้บทเรียน ให้กดลองใหม่",
     "Somebody cancelled the conversion. To use the lesson after all, press Try again."},
    {"no-sandbox",
     "เครื่องแม่ข่ายยังไม่พร้อมแปลงไฟล์อย่างปลอดภัย ไฟล์ที่อัปโหลดยังอยู่ครบ โปรดแจ้งผู้ดูแลระบบให้ติดตั้ง bubblewrap",
     "The server cannot convert files safely yet. Your upload is safe: ask the administrator to "
     "install "
     "bubblewrap."},
    {"source-missing", "ไม่พบไฟล์ต้นฉบับของบทเรียนนี้แล้ว โปรดอัปโหลดไฟล์อีกครั้งเป็นบทเรียนใหม่",
     "The original file of this lesson is no longer here. Upload it again as a new lesson."},
    {"upload-expired", "การอัปโหลดนี้ค้างนานเกินกำหนดจึงถูกลบ โปรดอัปโหลดใหม่",
     "This upload was left unfinished for too long and was removed. Upload the file again."},
    {"import-interrupted", "การนำเข้าไฟล์นี้หยุดกลางคัน โปรดนำเข้าใหม่อีกครั้ง",
     "The import of this file was interrupted. Import it again."},
    {"upload-cancelled", "มีผู้ยกเลิกการอัปโหลดนี้ โปรดอัปโหลดใหม่หากยังต้องการใช้",
     "Somebody cancelled this upload. Upload the file again if it is still wanted."},
    {"truncated", "ไฟล์จบก่อนเวลา บทเรียนมีเท่าที่อ่านได้ หากต้องการให้ครบโปรดคัดลอกไฟล์ใหม่แล้วอัปโหลดอีกครั้ง",
     "The file ends too early; the lesson holds what could be read. For the rest, copy the file "
     "anew and "
     "upload it again."},
    {"damaged-parts", "บางช่วงของไฟล์เสียหายและถูกข้ามไป โปรดเปิดดูบทเรียน หากขาดส่วนสำคัญให้อัปโหลดไฟล์ที่สมบูรณ์",
     "Parts of the file are damaged and were left out. Watch the lesson; if something important is "
     "missing, "
     "upload a sound copy."},
    {"no-sound", "ไฟล์นี้ไม่มีเสียง บทเรียนจึงเป็นภาพอย่างเดียว หากควรมีเสียงโปรดตรวจไมโครโฟนและการบันทึก",
     "The file has no sound, so the lesson is silent. If there should be sound, check the "
     "microphone and the "
     "recording."},
    {"recogniser-failed", "โปรแกรมถอดเสียงทำงานไม่สำเร็จ โปรดแจ้งผู้ดูแลระบบให้ตรวจการตั้งค่า [captions]",
     "The speech recogniser failed. Ask the administrator to look at [captions] in the "
     "configuration."},
    {"recogniser-timeout", "โปรแกรมถอดเสียงใช้เวลานานเกินกำหนดจึงถูกหยุด โปรดแจ้งผู้ดูแลระบบ",
     "The speech recogniser took too long and was stopped. Tell the administrator."},
    {"recogniser-output", "ผลจากโปรแกรมถอดเสียงไม่ใช่คำบรรยายที่ใช้ได้ โปรดแจ้งผู้ดูแลระบบ",
     "What the speech recogniser wrote is no right caption file. Tell the administrator."},
    {"captions-exist", "มีคำบรรยายที่คนเขียนหรืออนุมัติแล้ว จึงไม่ใช้ผลจากโปรแกรมถอดเสียง",
     "There are captions that a person wrote or approved, so the recogniser's were not used."},
    {"no-picture", "ไฟล์นี้มีแต่เสียง บทเรียนจึงไม่มีภาพ หากควรมีภาพโปรดตรวจไฟล์แล้วอัปโหลดใหม่",
     "The file has sound only, so the lesson has no picture. If there should be one, check the "
     "file and "
     "upload it again."},
};

const char *
server_sentences_get_code(guint index)
{
    return index < G_N_ELEMENTS(rows) ? rows[index].code : NULL;
}

const char *
server_sentences_find(const ServerSentencesRow *table, guint count, const char *code,
                      ServerSentencesLanguage language)
{
    const ServerSentencesRow *row = &table[0];
    if (code == NULL)
        return NULL;
    for (guint i = 0; i < count; i++)
        if (strcmp(table[i].code, code) == 0)
            row = &table[i];
    return language == SERVER_SENTENCES_THAI ? row->thai : row->english;
}

const char *
server_sentences_get(const char *code, ServerSentencesLanguage language)
{
    return server_sentences_find(rows, G_N_ELEMENTS(rows), code != NULL ? code : rows[0].code,
                                 language);
}

static gboolean
is_tag(const char *text, gsize length, const char *wanted)
{
    return length >= 2 && g_ascii_strncasecmp(text, wanted, 2) == 0 &&
           (length == 2 || text[2] == '-');
}

ServerSentencesLanguage
server_sentences_parse_language(const char *text)
{
    gboolean english = text != NULL && is_tag(text, strlen(text), "en");
    return english ? SERVER_SENTENCES_ENGLISH : SERVER_SENTENCES_THAI;
}

// The weight of one `tag;q=0.5`, in thousandths.
static guint
read_weight(const char *item)
{
    const char *mark = strstr(item, "q=");
    if (mark == NULL)
        return 1000;
    double weight = g_ascii_strtod(mark + 2, NULL);
    return weight >= 0 && weight <= 1 ? (guint)(weight * 1000) : 0;
}

ServerSentencesLanguage
server_sentences_choose_language(const char *accept_language)
{
    if (accept_language == NULL)
        return SERVER_SENTENCES_THAI;
    guint thai = 0, english = 0;
    g_auto(GStrv) items = g_strsplit(accept_language, ",", 32);
    for (guint i = 0; items[i] != NULL; i++) {
        const char *item = g_strstrip(items[i]);
        gsize length = strcspn(item, "; \t");
        if (is_tag(item, length, "th"))
            thai = MAX(thai, read_weight(item));
        else if (is_tag(item, length, "en"))
            english = MAX(english, read_weight(item));
    }
    return english > thai ? SERVER_SENTENCES_ENGLISH : SERVER_SENTENCES_THAI;
}
