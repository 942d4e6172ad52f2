// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Called by demux.c; the guide asks what is over, health whether the tables are there.
#include "pipelines/tables/clock.h"

#include "pipelines/tables/descriptor.h"
#include "pipelines/tables/time.h"

#define TDT 0x70
#define TOT 0x73
#define NEAR_MS 3600000 // a step forward that needs no second witness

void
tables_clock_init(TablesClock *clock)
{
    *clock = (TablesClock){.now_ms = TABLES_TIME_UNDEFINED, .doubted_ms = TABLES_TIME_UNDEFINED};
}

static gboolean
is_near(gint64 before_ms, gint64 now_ms)
{
    return before_ms != TABLES_TIME_UNDEFINED && now_ms >= before_ms - 2000 &&
           now_ms - before_ms <= NEAR_MS;
}

static void
set_now(TablesClock *clock, gint64 now_ms, gboolean proven)
{
    gboolean believed = proven || clock->now_ms == TABLES_TIME_UNDEFINED ||
                        is_near(clock->now_ms, now_ms) || is_near(clock->doubted_ms, now_ms);
    clock->doubted_ms = believed ? TABLES_TIME_UNDEFINED : now_ms;
    if (believed)
        clock->now_ms = now_ms;
}

static gboolean
take_zone(TablesBytes *bytes, TablesClockZone *zone)
{
    guint32 flags = 0;
    if (!tables_descriptor_take_code(bytes, zone->country) ||
        !tables_bytes_take_integer(bytes, 1, &flags))
        return FALSE;
    int sign = (flags & 1) != 0 ? -1 : 1;
    int offset = tables_time_take_minutes(bytes);
    zone->change_ms = tables_time_take_utc(bytes);
    int next = tables_time_take_minutes(bytes);
    zone->region = (guint8)(flags >> 2);
    zone->offset_minutes = sign * offset;
    zone->next_minutes = sign * next;
    return offset >= 0 && next >= 0;
}

static void
take_zones(TablesClock *clock, TablesBytes loop)
{
    TablesDescriptor descriptor;
    clock->zones = 0;
    while (tables_descriptor_take(&loop, &descriptor)) {
        TablesBytes body = descriptor.body;
        while (descriptor.tag == TABLES_DESCRIPTOR_LOCAL_TIME_OFFSET &&
               clock->zones < TABLES_CLOCK_ZONES_MAX &&
               take_zone(&body, &clock->zone[clock->zones]))
            clock->zones++;
    }
}

gboolean
tables_clock_take(TablesClock *clock, const TablesSection *section)
{
    TablesBytes body = section->body, descriptors;
    gboolean tot = section->table_id == TOT;
    if (section->numbered || (!tot && section->table_id != TDT))
        return FALSE;
    gint64 now_ms = tables_time_take_utc(&body);
    if (now_ms == TABLES_TIME_UNDEFINED || (!tot && tables_bytes_count_left(&body) > 0))
        return FALSE;
    set_now(clock, now_ms, tot);
    clock->tot += tot;
    clock->tdt += !tot;
    if (tot && tables_bytes_take_sized(&body, 2, 12, &descriptors))
        take_zones(clock, descriptors);
    return TRUE;
}
