// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one table of faults: code and sentences. The order is that of CaptionsFaultsKind.
#include "pipelines/captions/faults.h"

typedef struct {
    const char *code;    // (static)
    const char *thai;    // (static)
    const char *english; // (static)
} Entry;

static const Entry entries[] = {
    {"too-large", "ไฟล์คำบรรยายใหญ่เกิน 2 MB", "The caption file is larger than 2 MB."},
    {"encoding", "อ่านรหัสอักขระไม่ได้ บันทึกไฟล์เป็น UTF-8 แล้วส่งใหม่",
     "The characters cannot be read. Save the file as UTF-8 and send it again."},
    {"not-captions", "ไม่ใช่ไฟล์คำบรรยาย ใช้ได้เฉพาะ WebVTT (.vtt) หรือ SubRip (.srt)",
     "This is not a caption file. WebVTT (.vtt) and SubRip (.srt) can be used."},
    {"empty", "ไม่มีคำบรรยายในไฟล์นี้", "There is no caption in the file."},
    {"too-many", "มีคำบรรยายเกิน 20,000 ช่วง", "There are more than 20,000 captions."},
    {"time", "อ่านเวลาไม่ได้ ต้องเป็นแบบ 00:01:02.500 --> 00:01:04.000",
     "The times cannot be read. They look like 00:01:02.500 --> 00:01:04.000."},
    {"backwards", "เวลาจบต้องอยู่หลังเวลาเริ่ม", "The end must be after the start."},
    {"beyond", "เวลาเกิน 24 ชั่วโมง", "The time is later than 24 hours."},
    {"text-length", "ข้อความช่วงนี้ยาวเกิน 2,000 ตัวอักษร",
     "The text of this caption is longer than 2,000 characters."},
    {"unordered", "ช่วงนี้มาก่อนช่วงก่อนหน้า จัดลำดับใหม่ให้แล้ว",
     "This caption is earlier than the one before it; they were put in order."},
    {"overlap", "ช่วงนี้เริ่มก่อนช่วงก่อนหน้าจบ จะแสดงพร้อมกัน",
     "This caption starts before the one before it ends; both are shown together."},
    {"blank", "ช่วงนี้ไม่มีข้อความ จึงตัดออก", "This caption has no text and was left out."},
    {"orphan", "ข้อความนี้ไม่มีเวลา จึงตัดออก", "This text has no time and was left out."},
    {"setting", "ไม่รู้จักการตั้งค่าตำแหน่งนี้ จึงตัดออก",
     "A setting of this caption is not understood and was left out."},
    {"markup", "ตัดแท็กที่ไม่รองรับออก แต่เก็บข้อความไว้",
     "Tags that are not supported were left out; the text was kept."},
    {"block", "ตัดส่วนรูปแบบ (STYLE หรือ REGION) ออก", "A STYLE or REGION block was left out."},
    {"control", "แทนที่อักขระควบคุมในบรรทัดนี้", "Control characters in this line were replaced."},
};

G_STATIC_ASSERT(G_N_ELEMENTS(entries) == CAPTIONS_FAULTS_CONTROL + 1);

CaptionsFaults *
captions_faults_new(void)
{
    CaptionsFaults *faults = g_new0(CaptionsFaults, 1);
    faults->errors = g_array_new(FALSE, FALSE, sizeof(CaptionsFaultsOne));
    faults->warnings = g_array_new(FALSE, FALSE, sizeof(CaptionsFaultsOne));
    return faults;
}

void
captions_faults_free(CaptionsFaults *faults)
{
    if (faults == NULL)
        return;
    g_array_unref(faults->errors);
    g_array_unref(faults->warnings);
    g_free(faults);
}

void
captions_faults_add(CaptionsFaults *faults, guint line, CaptionsFaultsKind kind)
{
    const CaptionsFaultsOne one = {line, kind};
    gboolean harmless = kind >= CAPTIONS_FAULTS_UNORDERED;
    GArray *list = harmless ? faults->warnings : faults->errors;
    guint *more = harmless ? &faults->more_warnings : &faults->more_errors;
    if (list->len < CAPTIONS_FAULTS_MAX)
        g_array_append_val(list, one);
    else
        (*more)++;
}

const char *
captions_faults_get_code(CaptionsFaultsKind kind)
{
    return entries[kind].code;
}

const char *
captions_faults_get_sentence(CaptionsFaultsKind kind, gboolean thai)
{
    return thai ? entries[kind].thai : entries[kind].english;
}
