// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Words with one space between them; the last is the beginning of the SHA-256 of those before it.
#include "server/flows/window_journal.h"

#include <string.h>

#include "pipelines/child/live_track.h"

#define CHECK_DIGITS 8
#define HOLE_MAX 10000
#define COUNT_MAX (G_GUINT64_CONSTANT(1) << 53)
#define MEGA_MAX G_MAXUINT32
#define SEGMENT_MAX ((FLOWS_WINDOW_INDEX_TARGET_S * 2 + 1) * (guint64)45000) // rounds to the target

static char *
seal(const char *text)
{
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    return g_strdup_printf("%s %.*s\n", text, CHECK_DIGITS, sum);
}

char *
flows_window_journal_format_next(const FlowsWindowIndex *index)
{
    gboolean empty = flows_window_index_get_count(index) == 0;
    const FlowsWindowIndexEntry *first = empty ? NULL : flows_window_index_get(index, 0);
    const FlowsWindowIndexInit *init = index->inits->len > 0 ? index->inits->pdata[0] : NULL;
    g_autofree char *text = g_strdup_printf(
        "next %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT,
        empty ? index->next_number : first->number, empty ? index->next_time : first->time,
        init == NULL ? index->next_init : init->init,
        empty ? index->discontinuities : first->discontinuities);
    return seal(text);
}

char *
flows_window_journal_format_init(const FlowsWindowIndex *index, const FlowsWindowIndexInit *init)
{
    g_autofree char *text = g_strdup_printf(
        "init %s %u %u %s %u %u %u", (const char *)index->rungs->pdata[init->rung], init->init,
        init->bytes, init->codecs, init->width, init->height, init->frame_millirate);
    return seal(text);
}

char *
flows_window_journal_format_entry(const FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_printf(text,
                    "seg %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                    " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT,
                    entry->number, entry->time, entry->duration, entry->wall_ms,
                    entry->discontinuities);
    for (guint i = 0; i < index->rungs->len; i++) {
        if (entry->parts[i].bytes > 0)
            g_string_append_printf(text, " %s %u %u", (const char *)index->rungs->pdata[i],
                                   entry->parts[i].init, entry->parts[i].bytes);
    }
    return seal(text->str);
}

GString *
flows_window_journal_format(const FlowsWindowIndex *index)
{
    g_autofree char *next = flows_window_journal_format_next(index);
    GString *text = g_string_new(next);
    for (guint i = 0; i < index->inits->len; i++) {
        g_autofree char *line = flows_window_journal_format_init(index, index->inits->pdata[i]);
        g_string_append(text, line);
    }
    for (guint i = 0; i < flows_window_index_get_count(index); i++) {
        g_autofree char *line =
            flows_window_journal_format_entry(index, flows_window_index_get(index, i));
        g_string_append(text, line);
    }
    return text;
}

/* Returns: (nullable): the words of a line whose check sum is right. */
static GStrv
unseal(const char *line, gsize length)
{
    if (length < CHECK_DIGITS + 2 || memchr(line, '\0', length) != NULL)
        return NULL;
    g_autofree char *text = g_strndup(line, length - CHECK_DIGITS - 1);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    const char *mark = line + length - CHECK_DIGITS - 1;
    if (*mark != ' ' || memcmp(mark + 1, sum, CHECK_DIGITS) != 0)
        return NULL;
    return g_strsplit(text, " ", 64);
}

static gboolean
read_number(const char *word, guint64 most, guint64 *number)
{
    return word != NULL && g_ascii_string_to_unsigned(word, 10, 0, most, number, NULL);
}

static gboolean
read_numbers(char **words, guint count, guint64 most, guint64 *numbers)
{
    for (guint i = 0; i < count; i++) {
        if (!read_number(words[i], most, &numbers[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_rung(const char *word)
{
    return *word != '\0' && strlen(word) <= 32 &&
           strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(word);
}

static gboolean
take_next(FlowsWindowIndex *index, char **words, guint count)
{
    guint64 numbers[4] = {0};
    if (count != 5 || flows_window_index_get_count(index) > 0 ||
        !read_numbers(words + 1, 4, COUNT_MAX, numbers))
        return FALSE;
    index->next_number = MAX(index->next_number, numbers[0]);
    index->next_time = MAX(index->next_time, numbers[1]);
    index->next_init = MAX(index->next_init, numbers[2]);
    index->discontinuities = MAX(index->discontinuities, numbers[3]);
    return TRUE;
}

static gboolean
take_init(FlowsWindowIndex *index, char **words, guint count)
{
    guint64 sizes[2] = {0}, looks[3] = {0};
    if (count != 8 || !is_rung(words[1]) || !read_numbers(words + 2, 2, MEGA_MAX, sizes) ||
        !read_numbers(words + 5, 3, G_MAXINT, looks))
        return FALSE;
    int rung = flows_window_index_find_rung(index, words[1], TRUE);
    FlowsWindowIndexInit init = {
        .rung = (guint)rung,
        .init = (guint32)sizes[0],
        .bytes = (guint32)sizes[1],
        .codecs = words[4],
        .width = (guint)looks[0],
        .height = (guint)looks[1],
        .frame_millirate = (guint)looks[2],
    };
    return rung >= 0 && flows_window_index_add_init(index, &init);
}

static gboolean
read_parts(FlowsWindowIndex *index, char **words, guint count, FlowsWindowIndexEntry *entry)
{
    for (guint i = 0; i + 2 < count; i += 3) {
        guint64 numbers[2] = {0};
        int rung = is_rung(words[i]) ? flows_window_index_find_rung(index, words[i], TRUE) : -1;
        if (!read_numbers(words + i + 1, 2, MEGA_MAX, numbers))
            return FALSE;
        // Of an extra too many nothing is lost but itself.
        if (rung < 0 && child_live_track_is_extra(words[i]))
            continue;
        if (rung < 0)
            return FALSE;
        entry->parts[rung] = (FlowsWindowIndexPart){(guint32)numbers[0], (guint32)numbers[1]};
    }
    return count % 3 == 0;
}

/* FALSE when what is missing before @entry cannot be told in segments. */
static gboolean
fill_hole(FlowsWindowIndex *index, const FlowsWindowIndexEntry *entry)
{
    guint64 missing = entry->number - index->next_number;
    guint64 time = entry->time - index->next_time;
    if (missing == 0 || missing > HOLE_MAX || flows_window_index_get_count(index) == 0)
        return missing == 0 && time == 0;
    if (time / missing == 0 || time / missing + time % missing > SEGMENT_MAX)
        return FALSE;
    for (guint64 i = 0; i < missing; i++) {
        guint64 share = time / missing;
        FlowsWindowIndexEntry gap = {
            .number = index->next_number,
            .time = index->next_time,
            .duration = i + 1 < missing ? share : entry->time - index->next_time,
            .wall_ms = entry->wall_ms - (gint64)((entry->time - index->next_time) / 90),
            .discontinuities = index->discontinuities,
        };
        flows_window_index_push(index, &gap);
    }
    return TRUE;
}

static gboolean
take_entry(FlowsWindowIndex *index, char **words, guint count)
{
    guint64 numbers[5] = {0};
    if (count < 6 || !read_numbers(words + 1, 5, COUNT_MAX, numbers))
        return FALSE;
    FlowsWindowIndexEntry entry = {
        .number = numbers[0],
        .time = numbers[1],
        .duration = numbers[2],
        .wall_ms = (gint64)numbers[3],
        .discontinuities = numbers[4],
    };
    if (entry.number < index->next_number || entry.time < index->next_time || entry.duration == 0 ||
        entry.duration > SEGMENT_MAX || entry.discontinuities < index->discontinuities ||
        !read_parts(index, words + 6, count - 6, &entry))
        return FALSE;
    if (!index->loose && !fill_hole(index, &entry)) {
        while (flows_window_index_get_count(index) > 0)
            flows_window_index_drop(index);
        index->next_number = entry.number;
        index->next_time = entry.time;
    }
    return flows_window_index_push(index, &entry);
}

static gboolean
take_line(FlowsWindowIndex *index, const char *line, gsize length)
{
    g_auto(GStrv) words = unseal(line, length);
    guint count = words != NULL ? g_strv_length(words) : 0;
    if (count == 0)
        return FALSE;
    if (strcmp(words[0], "seg") == 0)
        return take_entry(index, words, count);
    if (strcmp(words[0], "init") == 0)
        return take_init(index, words, count);
    return strcmp(words[0], "next") == 0 && take_next(index, words, count);
}

FlowsWindowIndex *
flows_window_journal_parse(const char *text, gsize length, guint *damaged)
{
    FlowsWindowIndex *index = flows_window_index_new();
    flows_window_journal_read(index, text, length, damaged);
    return index;
}

void
flows_window_journal_read(FlowsWindowIndex *index, const char *text, gsize length, guint *damaged)
{
    gsize at = 0;
    *damaged = 0;
    while (at < length) {
        const char *end = memchr(text + at, '\n', length - at);
        gsize line = end != NULL ? (gsize)(end - (text + at)) : length - at;
        if (end == NULL || !take_line(index, text + at, line))
            (*damaged)++;
        at += line + 1;
    }
}
