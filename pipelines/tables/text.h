// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Text of DVB tables (EN 300 468 Annex A) from raw bytes to UTF-8. One bad byte costs one
// character, never the string. Pure; any thread.
#pragma once

#include <glib.h>

typedef enum {
    TABLES_TEXT_ISO6937, // the Latin table that the standard takes for unmarked text
    TABLES_TEXT_ISO8859, // one of its parts; part 11 is TIS-620
    TABLES_TEXT_CP874,   // TIS-620 with the quotes and points of windows-874
    TABLES_TEXT_UCS2,    // big-endian, also as the Big5 subset (0x14)
    TABLES_TEXT_UTF8,
    TABLES_TEXT_KOREAN,  // KS X 1001
    TABLES_TEXT_CHINESE, // GB 2312
    TABLES_TEXT_UNKNOWN, // 0x1F: an encoding that only its inventor knows
} TablesTextTable;

/** A way to read bytes; all zero is the standard's default. */
typedef struct {
    TablesTextTable table; // (value)
    guint part;            // (value) of ISO/IEC 8859, else 0
} TablesTextCode;

/** Reads a name like `tis-620`, `cp874`, `iso-8859-9`, `iso-6937`, `utf-8`, `euc-kr`, `gb2312`;
 * case and hyphens do not count. Returns: FALSE for another, @code untouched. */
gboolean tables_text_parse_code(const char *name, TablesTextCode *code);

/**
 * tables_text_find_code:
 * @fallback: what unmarked text of this network is
 * @skipped: (out): bytes of the selector
 *
 * The selector's word, else UTF-8 when the bytes are, else @fallback. Returns: how to read @bytes.
 */
TablesTextCode tables_text_find_code(const guint8 *bytes, gsize length, TablesTextCode fallback,
                                     gsize *skipped);

/**
 * tables_text_decode:
 * @bytes: (nullable) (array length=length): as they stand in a table
 * @used: (out) (optional): how they were read
 *
 * Emphasis (0x86, 0x87, U+E086, U+E087) and other control codes are dropped, 0x8A is a line feed, a
 * byte that means nothing is U+FFFD, half a character at the end of UCS-2 is nothing. Returns:
 * (transfer full): UTF-8 without control characters but line feeds; empty for an unknown encoding.
 */
char *tables_text_decode(const guint8 *bytes, gsize length, TablesTextCode fallback,
                         TablesTextCode *used);
