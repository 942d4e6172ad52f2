// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// name:value, each value against its own rule.
#include "pipelines/captions/settings.h"

#include <string.h>

#define MAX_VALUE_CHARS 32
#define MAX_WORDS 32

static gboolean
is_one_of(const char *value, const char *const *allowed)
{
    return g_strv_contains(allowed, value);
}

/* Digits with at most one point in the middle, at most 100, then a percent sign. */
static gboolean
is_percentage(const char *value, gsize length)
{
    if (length < 2 || value[length - 1] != '%')
        return FALSE;
    guint points = 0;
    for (gsize i = 0; i + 1 < length; i++) {
        points += value[i] == '.';
        if (!g_ascii_isdigit(value[i]) && (value[i] != '.' || i == 0 || i + 2 == length))
            return FALSE;
    }
    return points <= 1 && g_ascii_strtod(value, NULL) <= 100;
}

static gboolean
is_number(const char *value, gsize length)
{
    gsize sign = length > 0 && value[0] == '-' ? 1 : 0;
    gsize digits = strspn(value + sign, "0123456789");
    return digits > 0 && digits <= 5 && sign + digits == length;
}

/* A value and, after a comma, how it is aligned. */
static gboolean
is_place(const char *value, gboolean numbers, const char *const *alignments)
{
    const char *comma = strchr(value, ',');
    gsize length = comma != NULL ? (gsize)(comma - value) : strlen(value);
    if (comma != NULL && !is_one_of(comma + 1, alignments))
        return FALSE;
    return is_percentage(value, length) || (numbers && is_number(value, length));
}

static gboolean
is_right(const char *name, const char *value)
{
    static const char *const directions[] = {"rl", "lr", NULL};
    static const char *const line_alignments[] = {"start", "center", "end", NULL};
    static const char *const place_alignments[] = {"line-left", "center", "line-right", NULL};
    static const char *const alignments[] = {"start", "center", "end", "left", "right", NULL};
    if (strlen(value) > MAX_VALUE_CHARS)
        return FALSE;
    if (strcmp(name, "vertical") == 0)
        return is_one_of(value, directions);
    if (strcmp(name, "line") == 0)
        return is_place(value, TRUE, line_alignments);
    if (strcmp(name, "position") == 0)
        return is_place(value, FALSE, place_alignments);
    if (strcmp(name, "size") == 0)
        return is_percentage(value, strlen(value));
    return strcmp(name, "align") == 0 && is_one_of(value, alignments);
}

char *
captions_settings_clean(const char *words, gboolean *understood)
{
    g_auto(GStrv) parts = g_strsplit_set(words, " \t", MAX_WORDS);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GString *out = g_string_new(NULL);
    *understood = TRUE;
    for (guint i = 0; parts[i] != NULL; i++) {
        char *colon = strchr(parts[i], ':');
        if (*parts[i] == '\0')
            continue;
        if (colon != NULL)
            *colon = '\0';
        if (colon == NULL || !is_right(parts[i], colon + 1) || !g_hash_table_add(seen, parts[i])) {
            *understood = FALSE;
            continue;
        }
        g_string_append_printf(out, "%s%s:%s", out->len > 0 ? " " : "", parts[i], colon + 1);
    }
    return g_string_free(out, out->len == 0);
}
