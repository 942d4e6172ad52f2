// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Hand-written over lengths, because header values are borrowed and not terminated.
#include "server/http/ranges.h"

#include <string.h>

#define UNIT "bytes="

// Reads digits at *at; -1 when there are none, G_MAXINT64 when they are too many.
static gint64
read_number(const char **at, const char *end)
{
    gint64 number = -1;

    while (*at < end && g_ascii_isdigit(**at)) {
        int digit = *(*at)++ - '0';
        if (number < 0)
            number = digit;
        else if (number > (G_MAXINT64 - digit) / 10)
            number = G_MAXINT64;
        else
            number = number * 10 + digit;
    }
    return number;
}

HttpRangesAnswer
http_ranges_parse(const char *text, gsize length, gint64 size_bytes, gint64 *first, gint64 *last)
{
    const char *at = text, *end = text ? text + length : NULL;
    gint64 start, stop;

    if (!text || length < strlen(UNIT) || g_ascii_strncasecmp(text, UNIT, strlen(UNIT)) != 0)
        return HTTP_RANGES_WHOLE;
    at += strlen(UNIT);
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    start = read_number(&at, end);
    if (at == end || *at++ != '-')
        return HTTP_RANGES_WHOLE;
    stop = read_number(&at, end);
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (at != end || (start < 0 && stop < 0) || (start >= 0 && stop >= 0 && stop < start))
        return HTTP_RANGES_WHOLE;
    if (start < 0) { // the last `stop` bytes
        if (stop == 0 || size_bytes == 0)
            return HTTP_RANGES_UNSATISFIABLE;
        *first = MAX(size_bytes - stop, 0);
        *last = size_bytes - 1;
        return HTTP_RANGES_PART;
    }
    if (start >= size_bytes)
        return HTTP_RANGES_UNSATISFIABLE;
    *first = start;
    *last = stop < 0 ? size_bytes - 1 : MIN(stop, size_bytes - 1);
    return HTTP_RANGES_PART;
}

gboolean
http_ranges_matches_tag(const char *text, gsize length, const char *etag)
{
    const char *at = text, *end = text + length;
    gsize n = strlen(etag);

    if (length == 1 && *text == '*')
        return TRUE;
    while (at < end) {
        const char *quote;
        while (at < end && strchr(" \t,", *at) && *at)
            at++;
        if (end - at >= 2 && at[0] == 'W' && at[1] == '/')
            at += 2;
        if (at == end || *at != '"')
            return FALSE;
        quote = memchr(at + 1, '"', end - at - 1);
        if (!quote)
            return FALSE;
        if ((gsize)(quote + 1 - at) == n && memcmp(at, etag, n) == 0)
            return TRUE;
        at = quote + 1;
    }
    return FALSE;
}

gboolean
http_ranges_may_part(const char *if_range, gsize length, const char *etag)
{
    return length == strlen(etag) && memcmp(if_range, etag, length) == 0;
}
