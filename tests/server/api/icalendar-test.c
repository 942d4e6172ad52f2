// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Texts that try to leave their line, and lines that are folded between characters.
#include "server/api/icalendar.h"

#include <string.h>

static void
test_calendar(void)
{
    g_autoptr(GString) title = g_string_new("a,b;c\\d\ne\rf");
    for (guint i = 0; i < 60; i++)
        g_string_append(title, "ก");
    const ApiIcalendarEvent event = {
        .uid = "7-1@x",
        .start_ms = G_GINT64_CONSTANT(1795273200000),
        .end_ms = G_GINT64_CONSTANT(1795276800000),
        .stamp_ms = 0,
        .title = title->str,
        .summary = "",
        .location = "ช่อง",
    };
    g_autoptr(GString) calendar = api_icalendar_open("ห้องเรียน");
    api_icalendar_add(calendar, &event);
    api_icalendar_close(calendar);
    g_assert_true(g_utf8_validate(calendar->str, (gssize)calendar->len, NULL));
    g_assert_true(g_str_has_prefix(calendar->str, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    g_assert_true(g_str_has_suffix(calendar->str, "END:VEVENT\r\nEND:VCALENDAR\r\n"));
    g_auto(GStrv) lines = g_strsplit(calendar->str, "\r\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_assert_cmpuint(strlen(lines[i]), <=, 75);
        g_assert_null(strpbrk(lines[i], "\r\n"));
        g_assert_true(g_utf8_validate(lines[i], -1, NULL));
    }
    g_auto(GStrv) folded = g_strsplit(calendar->str, "\r\n ", -1);
    g_autofree char *whole = g_strjoinv("", folded);
    g_assert_nonnull(strstr(whole, "\r\nDTSTART:20261121T150000Z\r\nDTEND:20261121T160000Z\r\n"));
    g_assert_nonnull(strstr(whole, "\r\nSUMMARY:a\\,b\\;c\\\\d\\nefกกก"));
    g_assert_null(strstr(whole, "DESCRIPTION"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/icalendar", test_calendar);
    return g_test_run();
}
