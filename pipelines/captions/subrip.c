// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines with times divide the file; a counter just before them belongs to what follows.
#include "pipelines/captions/subrip.h"

#include <string.h>

#include "pipelines/captions/builder.h"
#include "pipelines/captions/timing.h"

#define MAX_COUNTER_DIGITS 8

typedef struct {
    char **lines;            // (owned)
    guint count;             // (value)
    gint64 counter;          // (value) of the last cue; -1: none yet
    CaptionsBuilder builder; // (value)
} Reader;

static gboolean
is_blank(const char *line)
{
    return line[strspn(line, " \t")] == '\0';
}

/* The number that is all of a line, or -1. */
static gint64
read_counter(const char *line)
{
    const char *at = line + strspn(line, " \t");
    gsize digits = strspn(at, "0123456789");
    if (digits == 0 || digits > MAX_COUNTER_DIGITS || !is_blank(at + digits))
        return -1;
    return g_ascii_strtoll(at, NULL, 10);
}

/* A line that gives times, or was meant to: after a counter on its own any time will do. */
static gboolean
is_times(const Reader *reader, guint at)
{
    if (captions_timing_is_loose_line(reader->lines[at]))
        return TRUE;
    return captions_timing_opens_with_time(reader->lines[at]) && at > 0 &&
           read_counter(reader->lines[at - 1]) >= 0;
}

static guint
find_times(const Reader *reader, guint from)
{
    while (from < reader->count && !is_times(reader, from))
        from++;
    return from;
}

/* Where the cue begins whose times are at @times: at its counter when it has one. Nothing before
 * @from is looked at. */
static guint
find_beginning(Reader *reader, guint from, guint times)
{
    if (times <= from || times >= reader->count)
        return times;
    guint at = times - 1;
    if (is_blank(reader->lines[at]) && at > from)
        at--;
    gint64 counter = read_counter(reader->lines[at]);
    gboolean apart = at == from || is_blank(reader->lines[at - 1]);
    if (counter < 0 || (!apart && counter != reader->counter + 1))
        return times;
    reader->counter = counter;
    return at;
}

static char *
join_lines(const Reader *reader, guint from, guint to)
{
    GString *text = g_string_new(NULL);
    for (guint i = from; i < to; i++) {
        g_string_append(text, reader->lines[i]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void
take_cue(Reader *reader, guint times, guint end)
{
    CaptionsBuilderCue cue = {.line = times + 1, .kind = CAPTIONS_MARKUP_HTML};
    g_autofree char *text = join_lines(reader, times + 1, end);
    const char *rest; // places in pixels of a screen that nobody knows
    cue.text = text;
    if (captions_timing_parse_line(reader->lines[times], &cue.start_ms, &cue.end_ms, &rest))
        captions_builder_add(&reader->builder, &cue);
    else
        captions_faults_add(reader->builder.faults, cue.line, CAPTIONS_FAULTS_TIME);
}

gboolean
captions_subrip_is_one(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const Reader reader = {.lines = lines, .count = g_strv_length(lines)};
    return find_times(&reader, 0) < reader.count;
}

CaptionsCues *
captions_subrip_parse(const char *text, CaptionsFaults *faults)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Reader reader = {.lines = lines, .count = g_strv_length(lines), .counter = -1};
    captions_builder_begin(&reader.builder, faults);
    guint times = find_times(&reader, 0);
    guint beginning = find_beginning(&reader, 0, times);
    for (guint i = 0; i < beginning; i++) {
        if (!is_blank(lines[i]))
            captions_faults_add(faults, i + 1, CAPTIONS_FAULTS_ORPHAN);
    }
    while (times < reader.count) {
        guint next = find_times(&reader, times + 1);
        guint end = find_beginning(&reader, times + 1, next);
        take_cue(&reader, times, end);
        times = next;
    }
    return captions_builder_end(&reader.builder);
}
