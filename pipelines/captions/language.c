// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// RFC 5646 §2.1 without extensions and grandfathered tags: language, script, region, variants.
#include "pipelines/captions/language.h"

#include <string.h>

static const struct {
    const char *three; // (static) ISO 639-2, of either kind
    const char *two;   // (static)
} codes[] = {
    {"tha", "th"}, {"eng", "en"}, {"msa", "ms"},  {"may", "ms"}, {"lao", "lo"}, {"khm", "km"},
    {"mya", "my"}, {"bur", "my"}, {"zho", "zh"},  {"chi", "zh"}, {"vie", "vi"}, {"ind", "id"},
    {"jpn", "ja"}, {"kor", "ko"}, {"fra", "fr"},  {"fre", "fr"}, {"deu", "de"}, {"ger", "de"},
    {"spa", "es"}, {"por", "pt"}, {"ita", "it"},  {"rus", "ru"}, {"ara", "ar"}, {"hin", "hi"},
    {"nld", "nl"}, {"dut", "nl"}, {"swe", "sv"},  {"nor", "no"}, {"dan", "da"}, {"fin", "fi"},
    {"tgl", "tl"}, {"tam", "ta"}, {"shn", "shn"},
};

static gboolean
is_all(const char *text, gboolean (*test)(char))
{
    for (; *text != '\0'; text++) {
        if (!test(*text))
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_letter(char character)
{
    return g_ascii_isalpha(character);
}

static gboolean
is_digit(char character)
{
    return g_ascii_isdigit(character);
}

static gboolean
is_letter_or_digit(char character)
{
    return g_ascii_isalnum(character);
}

static gboolean
is_region(const char *part)
{
    gsize length = strlen(part);
    return (length == 2 && is_all(part, is_letter)) || (length == 3 && is_all(part, is_digit));
}

static gboolean
is_variant(const char *part)
{
    gsize length = strlen(part);
    return is_all(part, is_letter_or_digit) &&
           ((length >= 5 && length <= 8) || (length == 4 && g_ascii_isdigit(*part)));
}

static const char *
shorten(const char *language)
{
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (strcmp(codes[i].three, language) == 0)
            return codes[i].two;
    }
    return language;
}

/* Takes script, region and variants in this order, each in its usual case. */
static gboolean
append_rest(GString *tag, char **parts)
{
    guint at = 0;
    if (parts[at] != NULL && strlen(parts[at]) == 4 && is_all(parts[at], is_letter)) {
        parts[at][0] = g_ascii_toupper(parts[at][0]);
        g_string_append_printf(tag, "-%s", parts[at++]);
    }
    if (parts[at] != NULL && is_region(parts[at])) {
        g_autofree char *region = g_ascii_strup(parts[at++], -1);
        g_string_append_printf(tag, "-%s", region);
    }
    for (; parts[at] != NULL && is_variant(parts[at]); at++)
        g_string_append_printf(tag, "-%s", parts[at]);
    return parts[at] == NULL;
}

char *
captions_language_canonicalise(const char *text)
{
    if (text == NULL || strlen(text) > CAPTIONS_LANGUAGE_MAX_CHARS)
        return NULL;
    g_autofree char *lower = g_ascii_strdown(text, -1);
    g_auto(GStrv) parts = g_strsplit_set(lower, "-_", -1);
    gsize length = parts[0] != NULL ? strlen(parts[0]) : 0;
    if (length < 2 || length > 3 || !is_all(parts[0], is_letter))
        return NULL;
    g_autoptr(GString) tag = g_string_new(shorten(parts[0]));
    return append_rest(tag, parts + 1) ? g_strdup(tag->str) : NULL;
}

gboolean
captions_language_is_canonical(const char *tag)
{
    g_autofree char *canonical = captions_language_canonicalise(tag);
    return canonical != NULL && strcmp(canonical, tag) == 0;
}

const char *
captions_language_find_three(const char *tag)
{
    gsize length = strcspn(tag, "-");
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (strlen(codes[i].two) == length && g_ascii_strncasecmp(codes[i].two, tag, length) == 0)
            return codes[i].three;
    }
    return NULL;
}
