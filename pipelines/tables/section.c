// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything is checked here once, so that parsers of tables see right sections alone.
#include "pipelines/tables/section.h"

#include "pipelines/tables/crc.h"

#define SUM_BYTES 4
#define NUMBERS_BYTES 5
#define TIME_OFFSET_TABLE 0x73 // TOT: short form, and yet with a check sum

gsize
tables_section_measure(const guint8 *header)
{
    gsize length = (gsize)(header[1] & 0x0F) << 8 | header[2];
    gboolean numbered = (header[1] & 0x80) != 0;
    gsize least = numbered ? NUMBERS_BYTES + SUM_BYTES : 0;
    gsize most = TABLES_SECTION_MAX_BYTES - TABLES_SECTION_HEADER_BYTES;
    return length < least || length > most ? 0 : length + TABLES_SECTION_HEADER_BYTES;
}

static gboolean
parse_numbers(TablesSection *section)
{
    guint32 extension = 0, version = 0, number = 0, last = 0;
    if (!tables_bytes_take_integer(&section->body, 2, &extension) ||
        !tables_bytes_take_integer(&section->body, 1, &version) ||
        !tables_bytes_take_integer(&section->body, 1, &number) ||
        !tables_bytes_take_integer(&section->body, 1, &last))
        return FALSE;
    section->extension = (guint16)extension;
    section->version = (guint8)(version >> 1 & 0x1F);
    section->current = (version & 1) != 0;
    section->number = (guint8)number;
    section->last = (guint8)last;
    return number <= last;
}

gboolean
tables_section_parse(const guint8 *bytes, gsize length, TablesSection *section)
{
    if (length < TABLES_SECTION_HEADER_BYTES || tables_section_measure(bytes) != length)
        return FALSE;
    TablesSection parsed = {.table_id = bytes[0], .numbered = (bytes[1] & 0x80) != 0};
    gsize body = length - TABLES_SECTION_HEADER_BYTES;
    if (parsed.numbered || parsed.table_id == TIME_OFFSET_TABLE) {
        if (body < SUM_BYTES || tables_crc_compute(bytes, length) != 0)
            return FALSE;
        body -= SUM_BYTES;
        TablesBytes sum = tables_bytes_new(bytes + length - SUM_BYTES, SUM_BYTES);
        tables_bytes_take_integer(&sum, SUM_BYTES, &parsed.sum);
    }
    parsed.body = tables_bytes_new(bytes + TABLES_SECTION_HEADER_BYTES, body);
    if (parsed.numbered && !parse_numbers(&parsed))
        return FALSE;
    *section = parsed;
    return TRUE;
}
