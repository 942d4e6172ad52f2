// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Dates and times of DVB (EN 300 468 Annex C): a modified Julian day and digits in BCD. Pure.
#pragma once

#include "pipelines/tables/bytes.h"

#define TABLES_TIME_UNDEFINED G_MININT64

/** Takes five bytes. Returns: Unix time in ms, or TABLES_TIME_UNDEFINED for all ones, digits that
 * are none, or too few bytes. */
gint64 tables_time_take_utc(TablesBytes *bytes);

/** Takes three bytes. Returns: ms, or TABLES_TIME_UNDEFINED. */
gint64 tables_time_take_duration(TablesBytes *bytes);

/** Takes two bytes, hours and minutes of an offset. Returns: minutes, or -1. */
int tables_time_take_minutes(TablesBytes *bytes);
