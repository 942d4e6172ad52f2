// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines end in CR LF and are folded at 75 bytes, never inside a character (RFC 5545 §3.1).
#include "server/api/icalendar.h"

#include <string.h>

#define LINE_BYTES_MAX 75

/* Writes one content line, folded. */
static void
append_line(GString *calendar, const char *line)
{
    gsize room = LINE_BYTES_MAX;
    while (strlen(line) > room) {
        const char *cut = line + room;
        while (cut > line && ((guchar)*cut & 0xc0) == 0x80)
            cut--;
        g_string_append_len(calendar, line, cut - line);
        g_string_append(calendar, "\r\n ");
        line = cut;
        room = LINE_BYTES_MAX - 1; // the blank counts
    }
    g_string_append(calendar, line);
    g_string_append(calendar, "\r\n");
}

/* A text's own commas, semicolons, backslashes and line ends (§3.3.11); other controls go. */
static void
append_text(GString *calendar, const char *name, const char *text)
{
    g_autoptr(GString) line = g_string_new(name);
    g_string_append_c(line, ':');
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == ',' || *at == ';' || *at == '\\')
            g_string_append_c(line, '\\');
        if (*at == '\n')
            g_string_append(line, "\\n");
        else if ((guchar)*at >= 0x20 && *at != 0x7f)
            g_string_append_c(line, *at);
    }
    append_line(calendar, line->str);
}

static void
append_moment(GString *calendar, const char *name, gint64 ms)
{
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_utc(ms / 1000);
    g_autofree char *text =
        moment != NULL ? g_date_time_format(moment, "%Y%m%dT%H%M%SZ") : g_strdup("");
    g_autofree char *line = g_strconcat(name, ":", text, NULL);
    append_line(calendar, line);
}

GString *
api_icalendar_open(const char *name)
{
    GString *calendar = g_string_new(NULL);
    append_line(calendar, "BEGIN:VCALENDAR");
    append_line(calendar, "VERSION:2.0");
    append_line(calendar, "PRODID:-//Daorian//Guide//EN");
    append_text(calendar, "X-WR-CALNAME", name);
    return calendar;
}

void
api_icalendar_add(GString *calendar, const ApiIcalendarEvent *event)
{
    append_line(calendar, "BEGIN:VEVENT");
    append_text(calendar, "UID", event->uid);
    append_moment(calendar, "DTSTAMP", event->stamp_ms);
    append_moment(calendar, "DTSTART", event->start_ms);
    append_moment(calendar, "DTEND", event->end_ms);
    append_text(calendar, "SUMMARY", event->title);
    if (*event->summary != '\0')
        append_text(calendar, "DESCRIPTION", event->summary);
    append_text(calendar, "LOCATION", event->location);
    append_line(calendar, "TRANSP:TRANSPARENT");
    append_line(calendar, "END:VEVENT");
}

void
api_icalendar_close(GString *calendar)
{
    append_line(calendar, "END:VCALENDAR");
}
