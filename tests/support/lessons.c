// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything follows from service and index; one programme an hour, of odd lengths.
#include "tests/support/lessons.h"

#define HOUR_MS 3600000
#define LONG_LINES 12

void
lessons_free(Lesson *lesson)
{
    g_free(lesson->title);
    g_free(lesson->summary);
    g_free(lesson->description);
    g_free(lesson->series);
    g_free(lesson);
}

Lesson *
lessons_make(guint16 service_id, guint index)
{
    static const char *const subjects[] = {"คณิตศาสตร์",  "ภาษาไทย", "วิทยาศาสตร์", "สังคมศึกษา",
                                           "ภาษาอังกฤษ", "ศิลปะ",    "สุขศึกษา"};
    static const char *const topics[] = {"การบวกเลข", "เศษส่วน", "พยัญชนะ", "น้ำกับชีวิต", "แผนที่"};
    static const guint8 genres[] = {0x91, 0x92, 0x90, 0x81, 0x94, 0x71, 0x54};
    Lesson *lesson = g_new0(Lesson, 1);
    guint subject = (index + service_id) % G_N_ELEMENTS(subjects);
    const char *topic = topics[(index / 3 + service_id) % G_N_ELEMENTS(topics)];
    lesson->event_id = (guint16)(service_id * 256 + index);
    lesson->start_ms = LESSONS_MONDAY_MS + (gint64)index * HOUR_MS;
    lesson->duration_ms = HOUR_MS - (gint64)(index % 4) * 60000;
    lesson->title = g_strdup_printf("%s ป.%u %s", subjects[subject], 1 + index % 6, topic);
    lesson->summary = g_strdup_printf("ตอนที่ %u เรื่อง%s", 1 + index, topic);
    lesson->genre = genres[subject];
    lesson->series = g_strdup_printf("crid://daorian.example/%u/%u", service_id, subject);
    GString *description = g_string_new(NULL);
    for (guint line = 0; index % 5 == 2 && line < LONG_LINES; line++)
        g_string_append_printf(description, "%sข้อ %u %s", line > 0 ? " " : "", line + 1, topic);
    lesson->description = g_string_free(description, FALSE);
    return lesson;
}
