// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The time that a multiplex tells (TDT and TOT, EN 300 468 §5.2.5 and §5.2.6). A TDT has no check
// sum, so a jump is believed when a second section confirms it.
#pragma once

#include "pipelines/tables/section.h"

#define TABLES_CLOCK_ZONES_MAX 16

/** The time of a region (§6.2.20). */
typedef struct {
    char country[4];    // (value) ISO 3166, lower case
    guint8 region;      // (value) 0: the whole country
    int offset_minutes; // (value) east of Greenwich
    gint64 change_ms;   // (value) when the next offset begins, or TABLES_TIME_UNDEFINED
    int next_minutes;   // (value) the offset from then on
} TablesClockZone;

typedef struct {
    gint64 now_ms;     // (value) or TABLES_TIME_UNDEFINED
    gint64 doubted_ms; // (value) a jump not yet confirmed, or TABLES_TIME_UNDEFINED
    guint64 tdt;       // (value) sections read
    guint64 tot;       // (value) sections read
    guint zones;       // (value) how many of the following
    TablesClockZone zone[TABLES_CLOCK_ZONES_MAX]; // (value)
} TablesClock;

void tables_clock_init(TablesClock *clock);

/** Takes a section of any table of PID 0x14. Returns: whether it was a TDT or TOT with a possible
 * time. */
gboolean tables_clock_take(TablesClock *clock, const TablesSection *section);
