// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Follows the one service of a stream through its tables: which streams are shown and heard now,
// their PES packets, whether they need a key. Takes any bytes; bounded. One thread.
#pragma once

#include "pipelines/live/pes.h"
#include "pipelines/tables/demux.h"

typedef struct {
    guint16 pid;       // (value) 0: there is none
    const char *codec; // (static) a word of tables/stream.h; NULL beside 0
    char language[4];  // (value) may be empty
} LiveServiceStream;

typedef struct {
    LiveServiceStream picture; // (value)
    LiveServiceStream sound;   // (value)
} LiveServiceStreams;

/** What the tables say now; @sound: (nullable): the chosen one. */
typedef void (*LiveServiceTables)(const TablesService *service, const TablesStream *sound,
                                  gpointer data);

typedef struct {
    void (*on_streams)(const LiveServiceStreams *streams, gpointer data); // others from now on
    LivePesFunc on_picture;                                               // (unowned)
    LivePesFunc on_sound;                                                 // (unowned)
    LiveServiceTables on_tables;                                          // (nullable)
    void (*on_packet)(const TablesPacket *packet, gpointer data); // (nullable) of neither stream
    gpointer data;                                                // (unowned)
} LiveServiceListener;

typedef struct _LiveService LiveService;

/** @language: of the wanted sound, borrowed for life. Returns: (transfer full). */
LiveService *live_service_new(const char *language, TablesTextCode fallback,
                              const LiveServiceListener *listener);
void live_service_free(LiveService *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveService, live_service_free)

/** Takes any bytes, best whole packets. @now_us: when they arrived (monotonic). */
void live_service_push(LiveService *service, const guint8 *bytes, gsize length, gint64 now_us);

/** No more come: gives PES packets that have no end of their own. */
void live_service_finish(LiveService *service);

/** Returns: whether what is shown or heard needs a key: nothing is given while it does. */
gboolean live_service_is_scrambled(const LiveService *service);

/** Returns: packets so far, and places where some are missing. */
guint64 live_service_get_packets(const LiveService *service);
guint64 live_service_get_lost(const LiveService *service);

/** Returns: the stream's time − monotonic in ms when it was told last, or G_MININT64. */
gint64 live_service_get_clock_offset(const LiveService *service);
