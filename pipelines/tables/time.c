// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bad digits make a time undefined, never a wrong one.
#include "pipelines/tables/time.h"

#define UNIX_EPOCH_MJD 40587
#define DAY_MS G_GINT64_CONSTANT(86400000)

/* -1 for digits that are none, or more than @most. */
static int
read_bcd(guint32 byte, int most)
{
    guint tens = byte >> 4 & 0x0F, ones = byte & 0x0F;
    int value = (int)(tens * 10 + ones);
    return tens > 9 || ones > 9 || value > most ? -1 : value;
}

static gint64
take_clock(TablesBytes *bytes, int most_hours)
{
    guint32 digits = 0;
    if (!tables_bytes_take_integer(bytes, 3, &digits))
        return TABLES_TIME_UNDEFINED;
    int hours = read_bcd(digits >> 16, most_hours);
    int minutes = read_bcd(digits >> 8 & 0xFF, 59);
    int seconds = read_bcd(digits & 0xFF, 59);
    if (hours < 0 || minutes < 0 || seconds < 0)
        return TABLES_TIME_UNDEFINED;
    return ((hours * 60 + minutes) * 60 + seconds) * G_GINT64_CONSTANT(1000);
}

gint64
tables_time_take_utc(TablesBytes *bytes)
{
    guint32 day = 0;
    if (!tables_bytes_take_integer(bytes, 2, &day))
        return TABLES_TIME_UNDEFINED;
    gint64 clock = take_clock(bytes, 23);
    if (clock == TABLES_TIME_UNDEFINED)
        return TABLES_TIME_UNDEFINED;
    return ((gint64)day - UNIX_EPOCH_MJD) * DAY_MS + clock;
}

gint64
tables_time_take_duration(TablesBytes *bytes)
{
    return take_clock(bytes, 99);
}

int
tables_time_take_minutes(TablesBytes *bytes)
{
    guint32 digits = 0;
    if (!tables_bytes_take_integer(bytes, 2, &digits))
        return -1;
    int hours = read_bcd(digits >> 8, 23), minutes = read_bcd(digits & 0xFF, 59);
    return hours < 0 || minutes < 0 ? -1 : hours * 60 + minutes;
}
