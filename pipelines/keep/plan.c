// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daemon writes it; paths are held to a narrow form all the same.
#include "pipelines/keep/plan.h"

#include <string.h>

#include "pipelines/child/live_track.h"
#include "pipelines/package/index.h"

#define TIME_MAX (G_GUINT64_CONSTANT(1) << 53)
#define DURATION_MAX (G_GUINT64_CONSTANT(60) * 90000)
#define WORDS_MAX 64

/* Of which name pieces are wanted. */
typedef struct {
    const char *name; // (unowned)
    gboolean filled;  // a line that lacks it is a piece without files
} Wish;

void
keep_plan_free_piece(gpointer data)
{
    KeepPlanPiece *piece = data;
    g_free(piece->init);
    g_free(piece->segment);
    g_free(piece);
}

gboolean
keep_plan_is_path(const char *word)
{
    return *word != '\0' && *word != '/' && *word != '.' && strstr(word, "/.") == NULL &&
           strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-./") == strlen(word);
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "the plan: %s", why);
    return FALSE;
}

static KeepPlanPiece *
add_piece(GPtrArray *pieces, guint64 time, guint64 duration, guint64 at)
{
    KeepPlanPiece *piece = g_new0(KeepPlanPiece, 1);
    piece->time = time;
    piece->duration = duration;
    piece->at = at;
    g_ptr_array_add(pieces, piece);
    return piece;
}

/* @at: where the line's segment begins in the lesson; grows by its duration. */
static gboolean
take_line(GPtrArray *pieces, const char *line, const Wish *wish, guint64 *at, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, " ", WORDS_MAX);
    guint count = g_strv_length(words);
    guint64 time = 0, duration = 0, begin = *at;
    if (count < 5 || count % 3 != 2 ||
        !g_ascii_string_to_unsigned(words[0], 10, 0, TIME_MAX, &time, NULL) ||
        !g_ascii_string_to_unsigned(words[1], 10, 1, DURATION_MAX, &duration, NULL))
        return refuse(error, "a line is none");
    *at += duration;
    for (guint i = 2; i < count; i += 3) {
        if (!keep_plan_is_path(words[i + 1]) || !keep_plan_is_path(words[i + 2]))
            return refuse(error, "a path is none");
        if (strcmp(words[i], wish->name) != 0)
            continue;
        KeepPlanPiece *piece = add_piece(pieces, time, duration, begin);
        piece->init = g_strdup(words[i + 1]);
        piece->segment = g_strdup(words[i + 2]);
        return TRUE;
    }
    if (wish->filled)
        add_piece(pieces, time, duration, begin);
    return TRUE;
}

/* @lines: (out): how many there are. */
static GPtrArray *
parse(const char *text, gsize length, const Wish *wish, guint *lines, GError **error)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(keep_plan_free_piece);
    guint64 begin = 0;
    *lines = 0;
    for (gsize at = 0; at < length; ++*lines) {
        const char *end = memchr(text + at, '\n', length - at);
        gsize bytes = end != NULL ? (gsize)(end - (text + at)) : length - at;
        g_autofree char *line = g_strndup(text + at, bytes);
        if (end == NULL || !take_line(pieces, line, wish, &begin, error)) {
            if (end == NULL)
                refuse(error, "its end is missing");
            return NULL;
        }
        at += bytes + 1;
    }
    return g_steal_pointer(&pieces);
}

GPtrArray *
keep_plan_parse(const char *text, gsize length, const char *rung, GError **error)
{
    const Wish wish = {rung, FALSE};
    guint lines = 0;
    g_autoptr(GPtrArray) pieces = parse(text, length, &wish, &lines, error);
    if (pieces != NULL && pieces->len > 0 && pieces->len != lines) {
        refuse(error, "a rung is not in every line");
        return NULL;
    }
    return g_steal_pointer(&pieces);
}

GPtrArray *
keep_plan_parse_extra(const char *text, gsize length, const char *track, GError **error)
{
    const Wish wish = {track, FALSE};
    guint lines = 0;
    return parse(text, length, &wish, &lines, error);
}

GPtrArray *
keep_plan_parse_sound(const char *text, gsize length, const char *track, GError **error)
{
    const Wish wish = {track, TRUE};
    guint lines = 0;
    g_autoptr(GPtrArray) pieces = parse(text, length, &wish, &lines, error);
    gboolean any = FALSE;
    for (guint i = 0; pieces != NULL && i < pieces->len; i++)
        any = any || ((const KeepPlanPiece *)pieces->pdata[i])->segment != NULL;
    if (pieces != NULL && !any)
        g_ptr_array_set_size(pieces, 0);
    return g_steal_pointer(&pieces);
}

char **
keep_plan_list_extras(const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) words = g_strsplit_set(copy, " \n", -1);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; words[i] != NULL; i++) {
        if (child_live_track_is_extra(words[i]) && g_hash_table_add(seen, words[i]))
            g_strv_builder_add(names, words[i]);
    }
    return g_strv_builder_end(names);
}
