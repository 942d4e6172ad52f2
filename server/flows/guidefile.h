// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A guide that came as a file (XMLTV, plain or gzip), taken apart by channels for the catalogue:
// nothing is written here. Pure but for the thread that does the work.
#pragma once

#include <gio/gio.h>

#include "server/flows/receive_worker.h"

#define FLOWS_GUIDEFILE_BYTES_MAX (16 * 1024 * 1024) // as it is sent
#define FLOWS_GUIDEFILE_ID_BYTES_MAX 256             // of a channel; a longer one is left out

/** One channel of the file. */
typedef struct {
    char *id;              // (owned)
    char *name;            // (owned) may be empty
    GPtrArray *programmes; // (owned) those that count, by start: see flows_guidefile_make_events()
    gint64 from_ms;        // (value) first start, 0: there is none that counts
    gint64 until_ms;       // (value) last end, 0: there is none that counts
} FlowsGuidefileChannel;

typedef struct {
    GPtrArray *channels; // (owned) (element-type FlowsGuidefileChannel) in the file's order
    guint skipped;       // (value) without time, channel or title
    guint outside;       // (value) over for eight days, further than 62 days ahead, or too many
    gpointer document;   // (owned) what the programmes are of
} FlowsGuidefile;

void flows_guidefile_free(FlowsGuidefile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsGuidefile, flows_guidefile_free)

/**
 * flows_guidefile_read:
 * @bytes: as they came; gzip is known by its first bytes (RFC 1952 §2.3)
 * @now_ms: UTC milliseconds
 *
 * A programme without an end ends where the next of its channel begins; the last one is skipped.
 * Returns: (transfer full): NULL with G_IO_ERROR_NO_SPACE when it is larger than
 * TABLES_XMLTV_BYTES_MAX once unpacked, else G_IO_ERROR_INVALID_DATA when no guide is in it. Any
 * thread; takes seconds.
 */
FlowsGuidefile *flows_guidefile_read(GBytes *bytes, gint64 now_ms, GError **error);

/** As flows_guidefile_read() on @worker. */
void flows_guidefile_read_async(FlowsReceiveWorker *worker, GBytes *bytes, gint64 now_ms,
                                GAsyncReadyCallback ready, gpointer user_data);
FlowsGuidefile *flows_guidefile_read_finish(GAsyncResult *result, GError **error);

/** Returns: (transfer full) (element-type CatalogGuide): what the catalogue is to have of
 * @channel. */
GPtrArray *flows_guidefile_make_events(const FlowsGuidefileChannel *channel);
