// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guide that EIT sections of this and other multiplexes make (EN 300 468 §5.2.4): one event an
// id, as its newest section has it. Bounded in memory; one thread.
#pragma once

#include "pipelines/tables/event.h"
#include "pipelines/tables/section.h"

#define TABLES_GUIDE_SERVICES_MAX 2048
#define TABLES_GUIDE_EVENTS_MAX 4096 // of one service

typedef struct {
    TablesTextCode fallback; // (value) what unmarked text is
    gsize bytes_max;         // (value) of memory, about; what does not fit is counted and left out
    gint64 keep_ms;          // (value) how long after its end an event stays
} TablesGuideSettings;

/** An event and whose it is. */
typedef struct {
    guint16 service_id;          // (value)
    guint16 transport_stream_id; // (value)
    guint16 original_network_id; // (value)
    gboolean elsewhere;          // (value) of another multiplex
    gboolean following;          // (value) EIT present/following has it, present or following
    const TablesEvent *event;    // (unowned)
} TablesGuideItem;

typedef struct _TablesGuide TablesGuide;

/** Returns: (transfer full). */
TablesGuide *tables_guide_new(const TablesGuideSettings *settings);
void tables_guide_free(TablesGuide *guide);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesGuide, tables_guide_free)

/** Takes a section of any table. Returns: whether it was an EIT that is now in force. */
gboolean tables_guide_take(TablesGuide *guide, const TablesSection *section);

/** Says what time it is: what ended long enough ago goes. */
void tables_guide_set_now(TablesGuide *guide, gint64 now_ms);

/** Returns: (transfer full) (element-type TablesGuideItem): all events by service, start and id;
 * the events are good until the next change. */
GArray *tables_guide_list(const TablesGuide *guide);

/** Returns: events now held. */
guint tables_guide_get_count(const TablesGuide *guide);

/** Returns: memory now held, about. */
gsize tables_guide_get_bytes(const TablesGuide *guide);

/** Returns: events, and sections of services with no event yet, that were left out for want of
 * room. */
guint64 tables_guide_get_refused(const TablesGuide *guide);
