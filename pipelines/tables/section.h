// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One section of a table (ISO/IEC 13818-1 §2.4.4, EN 300 468 §5.1) whose length and check sum are
// right. Pure.
#pragma once

#include "pipelines/tables/bytes.h"

#define TABLES_SECTION_HEADER_BYTES 3
#define TABLES_SECTION_MAX_BYTES 4096

typedef struct {
    guint8 table_id;   // (value)
    gboolean numbered; // (value) has the fields below; TDT and TOT have not
    guint16 extension; // (value) table_id_extension: programme, transport stream, network, service
    guint8 version;    // (value) 0 to 31
    gboolean current;  // (value) current_next_indicator
    guint8 number;     // (value) section_number
    guint8 last;       // (value) last_section_number
    guint32 sum;       // (value) its check sum, 0 where there is none
    TablesBytes body;  // (unowned) between header and check sum
} TablesSection;

/** Returns: bytes of the whole section whose first three are @header; 0: no section can have such a
 * length. */
gsize tables_section_measure(const guint8 *header);

/** Takes a whole section apart. Returns: FALSE for a wrong length, check sum or numbers. */
gboolean tables_section_parse(const guint8 *bytes, gsize length, TablesSection *section);
