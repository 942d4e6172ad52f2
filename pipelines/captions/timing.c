// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One reader for both formats: WebVTT §4.3 and what SubRip writers are known to do.
#include "pipelines/captions/timing.h"

#include <string.h>

#define MAX_DIGITS 9

/* The arrow, or NULL. One hyphen too few is common by hand. */
static const char *
find_arrow(const char *line, gsize *length)
{
    const char *arrow = strstr(line, "-->");
    *length = 3;
    if (arrow == NULL) {
        arrow = strstr(line, "->");
        *length = 2;
    }
    return arrow;
}

gboolean
captions_timing_is_line(const char *line)
{
    return strstr(line, "-->") != NULL;
}

gboolean
captions_timing_opens_with_time(const char *line)
{
    const char *at = line + strspn(line, " \t");
    for (guint i = 0; i < 2; i++) {
        gsize digits = strspn(at, "0123456789");
        if (digits == 0 || digits > 3 || at[digits] != ':')
            return FALSE;
        at += digits + 1;
    }
    return g_ascii_isdigit(at[0]) && g_ascii_isdigit(at[1]) && (at[2] == ',' || at[2] == '.') &&
           g_ascii_isdigit(at[3]);
}

gboolean
captions_timing_is_loose_line(const char *line)
{
    gint64 start_ms, end_ms;
    const char *rest;
    return captions_timing_is_line(line) ||
           captions_timing_parse_line(line, &start_ms, &end_ms, &rest);
}

static gboolean
take_number(const char **at, gint64 *number, guint *digits)
{
    *number = 0;
    *digits = 0;
    for (; g_ascii_isdigit(**at); (*at)++) {
        if (++*digits > MAX_DIGITS)
            return FALSE;
        *number = *number * 10 + (**at - '0');
    }
    return *digits > 0;
}

static gint64
scale_fraction(gint64 fraction, guint digits)
{
    for (; digits < 3; digits++)
        fraction *= 10;
    for (; digits > 3; digits--)
        fraction /= 10;
    return fraction;
}

/* [H…:]MM:SS[.,fraction], blanks before it and round its signs. */
static gboolean
take_time(const char **at, gint64 *time_ms)
{
    gint64 parts[3] = {0}, fraction = 0;
    guint count = 0, digits = 0;
    for (;;) {
        *at += strspn(*at, " \t");
        if (count == 3 || !take_number(at, &parts[count++], &digits))
            return FALSE;
        const char *next = *at + strspn(*at, " \t");
        if (*next != ':')
            break;
        *at = next + 1;
    }
    if ((**at == '.' || **at == ',') && g_ascii_isdigit((*at)[1])) {
        (*at)++;
        if (!take_number(at, &fraction, &digits))
            return FALSE;
        fraction = scale_fraction(fraction, digits);
    }
    gint64 hours = count == 3 ? parts[0] : 0;
    gint64 minutes = parts[count == 3 ? 1 : 0], seconds = parts[count == 3 ? 2 : 1];
    if (count < 2 || minutes > 59 || seconds > 59)
        return FALSE;
    *time_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction;
    return TRUE;
}

gboolean
captions_timing_parse_line(const char *line, gint64 *start_ms, gint64 *end_ms, const char **rest)
{
    gsize length;
    const char *arrow = find_arrow(line, &length);
    const char *at = line;
    gint64 start = 0, end = 0;
    if (arrow == NULL || !take_time(&at, &start))
        return FALSE;
    at += strspn(at, " \t");
    if (at != arrow)
        return FALSE;
    at += length;
    if (!take_time(&at, &end) || (*at != '\0' && *at != ' ' && *at != '\t'))
        return FALSE;
    *start_ms = start;
    *end_ms = end;
    *rest = at + strspn(at, " \t");
    return TRUE;
}

void
captions_timing_append(GString *text, gint64 time_ms)
{
    gint64 seconds = time_ms / 1000;
    g_string_append_printf(text, "%02d:%02d:%02d.%03d", (int)(seconds / 3600),
                           (int)(seconds / 60 % 60), (int)(seconds % 60), (int)(time_ms % 1000));
}
