// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Files of a live channel in the staging folder, each synced and renamed before its line is told.
// Blocking. One thread.
#pragma once

#include "pipelines/child/live_report.h"
#include "pipelines/package/track.h"

typedef struct _LiveStore LiveStore;

/** What an init file is made of. */
typedef struct {
    const char *name;            // (unowned) of the rung or track
    const PackageTracks *tracks; // (unowned)
    guint cap_kbps;              // (value)
} LiveStoreRung;

/** A rung's init file of the moment; all zero before the first. */
typedef struct {
    guint64 number; // (value)
    GBytes *bytes;  // (owned) (nullable) what is in it
} LiveStoreInit;

/** @folder: borrowed for life. @sink: takes the lines. */
LiveStore *live_store_new(const char *folder, guint64 first_init,
                          void (*sink)(const ChildLiveReport *report, gpointer data),
                          gpointer data);
void live_store_free(LiveStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveStore, live_store_free)

/** Writes and tells an init file, unless the rung's last one says the same. */
gboolean live_store_add_init(LiveStore *store, const LiveStoreRung *rung, LiveStoreInit *init,
                             GError **error);
void live_store_clear_init(LiveStoreInit *init);

/** Writes a file of the segment in @report and adds it there. @rung: or a name of live_track.h;
 * @init: 0: it goes with none. */
gboolean live_store_add_part(LiveStore *store, ChildLiveReport *report, const char *rung,
                             guint64 init, GBytes *fragment, GError **error);

/** Sends a line. */
void live_store_tell(LiveStore *store, const ChildLiveReport *report);
