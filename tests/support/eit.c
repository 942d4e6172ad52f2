// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A segment is three hours; a table has 32 of them, each with up to eight sections.
#include "tests/support/eit.h"

#include <string.h>

#include "tests/support/lessons.h"

#define SEGMENT_HOURS 3
#define SEGMENTS_A_TABLE 32
#define SECTIONS_A_SEGMENT 8
#define PIECE_BYTES 200 // of a long text in one descriptor

static void
put_short(GByteArray *loop, const Lesson *lesson, PsiText way)
{
    g_autoptr(GByteArray) body = g_byte_array_new();
    g_autoptr(GByteArray) title = psi_encode(lesson->title, way);
    g_autoptr(GByteArray) summary = psi_encode(lesson->summary, way);
    g_byte_array_append(body, (const guint8 *)"tha", 3);
    psi_put_text(body, title);
    psi_put_text(body, summary);
    psi_put_descriptor(loop, 0x4D, body);
}

/* Cut wherever the piece is full, in the middle of a character too; each has the selector. */
static void
put_extended(GByteArray *loop, const Lesson *lesson, PsiText way)
{
    g_autoptr(GByteArray) text = psi_encode(lesson->description, way);
    guint selector = way == PSI_TEXT_TIS620 ? 0 : 1;
    guint last = (text->len - selector - 1) / PIECE_BYTES;
    for (guint number = 0; number <= last; number++) {
        g_autoptr(GByteArray) body = g_byte_array_new();
        g_autoptr(GByteArray) piece = g_byte_array_new();
        guint at = selector + number * PIECE_BYTES;
        g_byte_array_append(piece, text->data, selector);
        g_byte_array_append(piece, text->data + at, MIN(text->len - at, PIECE_BYTES));
        psi_put(body, 1, number << 4 | last);
        g_byte_array_append(body, (const guint8 *)"tha", 3);
        psi_put(body, 1, 0); // no items
        psi_put_text(body, piece);
        psi_put_descriptor(loop, 0x4E, body);
    }
}

static void
put_details(GByteArray *loop, const Lesson *lesson)
{
    g_autoptr(GByteArray) content = g_byte_array_new();
    g_autoptr(GByteArray) rating = g_byte_array_new();
    g_autoptr(GByteArray) component = g_byte_array_new();
    g_autoptr(GByteArray) identifier = g_byte_array_new();
    psi_put(content, 2, (guint32)lesson->genre << 8);
    psi_put_descriptor(loop, 0x54, content);
    g_byte_array_append(rating, (const guint8 *)"THA", 3);
    psi_put(rating, 1, 0x03);
    psi_put_descriptor(loop, 0x55, rating);
    psi_put(component, 3, 0xF10301); // video, 16:9
    g_byte_array_append(component, (const guint8 *)"tha", 3);
    psi_put_descriptor(loop, 0x50, component);
    psi_put(identifier, 1, 0x32 << 2);
    psi_put(identifier, 1, (guint32)strlen(lesson->series));
    g_byte_array_append(identifier, (const guint8 *)lesson->series, (guint)strlen(lesson->series));
    psi_put_descriptor(loop, 0x76, identifier);
}

GByteArray *
eit_make_event(const EitService *service, guint index, guint8 running)
{
    g_autoptr(Lesson) lesson = lessons_make(service->service_id, index);
    g_autoptr(GByteArray) loop = g_byte_array_new();
    GByteArray *event = g_byte_array_new();
    put_short(loop, lesson, service->way);
    if (lesson->description[0] != '\0')
        put_extended(loop, lesson, service->way);
    put_details(loop, lesson);
    psi_put(event, 2, lesson->event_id);
    psi_put_time(event, lesson->start_ms);
    psi_put_duration(event, lesson->duration_ms);
    psi_put_loop(event, (guint8)(running << 1), loop);
    return event;
}

/* What stands before the events. */
static GByteArray *
begin_body(const EitService *service, guint8 segment_last, guint8 table_last)
{
    GByteArray *body = g_byte_array_new();
    psi_put(body, 2, service->transport);
    psi_put(body, 2, service->network);
    psi_put(body, 1, segment_last);
    psi_put(body, 1, table_last);
    return body;
}

GByteArray *
eit_make_following(const EitService *service, gint64 now_ms, guint8 number)
{
    guint8 table = service->other ? 0x4F : 0x4E;
    gint64 index = (now_ms - LESSONS_MONDAY_MS) / 3600000 + number;
    PsiHead head = {
        .table_id = table,
        .extension = service->service_id,
        .version = (guint8)((service->version + index) & 0x1F),
        .number = number,
        .last = 1,
    };
    g_autoptr(GByteArray) body = begin_body(service, 1, table);
    if (index >= 0 && index < LESSONS_A_WEEK) {
        g_autoptr(GByteArray) event = eit_make_event(service, (guint)index, number == 0 ? 4 : 2);
        g_byte_array_append(body, event->data, event->len);
    }
    return psi_make_section(&head, body);
}

static GByteArray *
make_segment(const EitService *service, guint segment, guint last_segment)
{
    guint8 first_table = service->other ? 0x60 : 0x50;
    guint table = segment / SEGMENTS_A_TABLE, last_table = last_segment / SEGMENTS_A_TABLE;
    guint number = segment % SEGMENTS_A_TABLE * SECTIONS_A_SEGMENT;
    guint last = table < last_table ? SEGMENTS_A_TABLE - 1 : last_segment % SEGMENTS_A_TABLE;
    PsiHead head = {
        .table_id = (guint8)(first_table + table),
        .extension = service->service_id,
        .version = service->version,
        .number = (guint8)number,
        .last = (guint8)(last * SECTIONS_A_SEGMENT),
    };
    g_autoptr(GByteArray) body =
        begin_body(service, (guint8)number, (guint8)(first_table + last_table));
    for (guint hour = 0; hour < SEGMENT_HOURS; hour++) {
        guint index = segment * SEGMENT_HOURS + hour;
        g_autoptr(GByteArray) event = eit_make_event(service, index, 1);
        g_byte_array_append(body, event->data, event->len);
    }
    return psi_make_section(&head, body);
}

GPtrArray *
eit_make_schedule(const EitService *service)
{
    GPtrArray *sections = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);
    guint segments = LESSONS_A_WEEK / SEGMENT_HOURS;
    for (guint segment = 0; segment < segments; segment++)
        g_ptr_array_add(sections, make_segment(service, segment, segments - 1));
    return sections;
}
