// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daemon writes it; paths are held to a narrow form all the same.
#include "pipelines/keep/plan.h"

#include <string.h>

#include "pipelines/package/index.h"

#define TIME_MAX (G_GUINT64_CONSTANT(1) << 53)
#define DURATION_MAX (G_GUINT64_CONSTANT(60) * 90000)
#define WORDS_MAX 64

static void
free_piece(gpointer data)
{
    KeepPlanPiece *piece = data;
    g_free(piece->init);
    g_free(piece->segment);
    g_free(piece);
}

static gboolean
is_path(const char *word)
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

static gboolean
take_line(GPtrArray *pieces, const char *line, const char *rung, GError **error)
{
    g_auto(GStrv) words = g_strsplit(line, " ", WORDS_MAX);
    guint count = g_strv_length(words);
    guint64 time = 0, duration = 0;
    if (count < 5 || count % 3 != 2 ||
        !g_ascii_string_to_unsigned(words[0], 10, 0, TIME_MAX, &time, NULL) ||
        !g_ascii_string_to_unsigned(words[1], 10, 1, DURATION_MAX, &duration, NULL))
        return refuse(error, "a line is none");
    for (guint i = 2; i < count; i += 3) {
        if (!is_path(words[i + 1]) || !is_path(words[i + 2]))
            return refuse(error, "a path is none");
        if (strcmp(words[i], rung) != 0)
            continue;
        KeepPlanPiece *piece = g_new0(KeepPlanPiece, 1);
        piece->time = time;
        piece->duration = duration;
        piece->init = g_strdup(words[i + 1]);
        piece->segment = g_strdup(words[i + 2]);
        g_ptr_array_add(pieces, piece);
        return TRUE;
    }
    return TRUE;
}

GPtrArray *
keep_plan_parse(const char *text, gsize length, const char *rung, GError **error)
{
    g_autoptr(GPtrArray) pieces = g_ptr_array_new_with_free_func(free_piece);
    guint lines = 0;
    for (gsize at = 0; at < length; lines++) {
        const char *end = memchr(text + at, '\n', length - at);
        gsize bytes = end != NULL ? (gsize)(end - (text + at)) : length - at;
        g_autofree char *line = g_strndup(text + at, bytes);
        if (end == NULL || !take_line(pieces, line, rung, error)) {
            if (end == NULL)
                refuse(error, "its end is missing");
            return NULL;
        }
        at += bytes + 1;
    }
    if (pieces->len > 0 && pieces->len != lines) {
        refuse(error, "a rung is not in every line");
        return NULL;
    }
    return g_steal_pointer(&pieces);
}
