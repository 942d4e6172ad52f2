// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Skip eight fields, then copy: {overrides}, \\N and friends, text.
#include "pipelines/captions/asstext.h"

#include <string.h>

#include "pipelines/captions/markup.h"

#define FIELDS_BEFORE_TEXT 8
#define MAX_EVENT_BYTES 16384

/* One override inside braces, without its backslash: `i1`, `b0`, `p1`, `an8`… */
static void
take_override(GString *out, const char *override, gsize length, gboolean *drawing)
{
    if (length < 2 || !g_ascii_isdigit(override[1]))
        return;
    gboolean on = override[1] != '0';
    if (override[0] == 'p')
        *drawing = on;
    else if (strchr("ibu", override[0]) != NULL)
        g_string_append_printf(out, on ? "<%c>" : "</%c>", override[0]);
}

/* Returns: bytes of the braces at @at, or 0 when they do not close. */
static gsize
take_braces(GString *out, const char *at, gboolean *drawing)
{
    const char *end = strchr(at, '}');
    if (end == NULL)
        return 0;
    for (const char *tag = at + 1; tag < end;) {
        gsize length = strcspn(tag, "\\}");
        take_override(out, tag, length, drawing);
        tag += length + 1;
    }
    return (gsize)(end - at) + 1;
}

static void
append_escaped(GString *out, char character)
{
    if (character == '&')
        g_string_append(out, "&amp;");
    else if (character == '<')
        g_string_append(out, "&lt;");
    else if (character == '>')
        g_string_append(out, "&gt;");
    else
        g_string_append_c(out, character);
}

/* Returns: bytes of what stands at @at, at least 1. */
static gsize
take_piece(GString *out, const char *at, gboolean *drawing)
{
    gsize braces = *at == '{' ? take_braces(out, at, drawing) : 0;
    if (braces > 0)
        return braces;
    if (at[0] == '\\' && at[1] != '\0' && strchr("Nnh", at[1]) != NULL) {
        g_string_append(out, at[1] == 'h' ? "\u00A0" : "\n");
        return 2;
    }
    if (!*drawing)
        append_escaped(out, *at);
    return 1;
}

char *
captions_asstext_convert(const char *event)
{
    g_autofree char *valid = g_utf8_make_valid(event, (gssize)strnlen(event, MAX_EVENT_BYTES));
    const char *at = valid;
    for (guint i = 0; i < FIELDS_BEFORE_TEXT; i++) {
        at = strchr(at, ',');
        if (at == NULL)
            return g_strdup("");
        at++;
    }
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean drawing = FALSE;
    while (*at != '\0')
        at += take_piece(out, at, &drawing);
    for (gsize i = 0; i < out->len; i++) {
        if (g_ascii_iscntrl(out->str[i]) && out->str[i] != '\n')
            out->str[i] = ' ';
    }
    return captions_markup_clean(out->str, CAPTIONS_MARKUP_WEBVTT, NULL);
}
