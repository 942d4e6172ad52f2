// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Byte ranges and conditions of a GET on a file with a strong entity tag (RFC 9110 §13.1, §14).
// Pure. Several ranges are answered whole, which the standard allows (§14.2).
#pragma once

#include <glib.h>

typedef enum {
    HTTP_RANGES_WHOLE,         // 200, everything
    HTTP_RANGES_PART,          // 206, first to last
    HTTP_RANGES_UNSATISFIABLE, // 416
} HttpRangesAnswer;

/**
 * http_ranges_parse:
 * @text: (nullable): value of Range, @length bytes, not terminated
 * @size_bytes: of the file
 * @first: (out): first byte of the part
 * @last: (out): last byte of the part
 *
 * A header that is malformed, of another unit or of several ranges means the whole.
 */
HttpRangesAnswer http_ranges_parse(const char *text, gsize length, gint64 size_bytes, gint64 *first,
                                   gint64 *last);

/**
 * http_ranges_matches_tag:
 * @text: value of If-None-Match: a list of entity tags or an asterisk
 * @etag: strong entity tag, quoted
 *
 * Compares weakly (RFC 9110 §13.1.2).
 */
gboolean http_ranges_matches_tag(const char *text, gsize length, const char *etag);

/** Whether If-Range allows a part: only the same strong tag does; a date never (§13.1.5). */
gboolean http_ranges_may_part(const char *if_range, gsize length, const char *etag);
