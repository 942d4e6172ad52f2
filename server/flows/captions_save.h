// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One caption file on its way into a bundle: read and checked, written as canonical WebVTT under
// the name that holds its hash, synced, and only then named by a row. What it replaces stays on the
// disk for the grace time, so that an editor can take it back.
#pragma once

#include "catalog/captions.h"
#include "catalog/threads.h"
#include "pipelines/captions/faults.h"
#include "server/flows/receive_worker.h"
#include "server/storage.h"

/** How long replaced and deleted captions can be taken back. */
#define FLOWS_CAPTIONS_SAVE_GRACE_MS (G_GINT64_CONSTANT(30) * 24 * 3600 * 1000)

typedef struct {
    CatalogThreads *catalog;    // (unowned)
    ServerStorage *storage;     // (unowned)
    FlowsReceiveWorker *worker; // (unowned)
} FlowsCaptionsSaveSetup;

typedef struct {
    char *lesson_id;     // (owned)
    char *language;      // (owned) canonical
    GBytes *bytes;       // (owned) WebVTT or SubRip in any encoding
    gint64 revision;     // (value) as catalog_captions_save() takes it
    gboolean draft;      // (value) a draft stays one, with its source
    gboolean recognised; // (value) the recogniser's: a draft, and nothing of a person is replaced
    char *account_id;    // (owned) (nullable) whose doing
    gint64 now_ms;       // (value)
    CaptionsFaults *faults; // (owned) what was found wrong
    CatalogCaptions *saved; // (owned) (nullable) the row as it is now
} FlowsCaptionsSave;

/** Returns: (transfer full): with no faults yet; the rest is to be filled with copies. */
FlowsCaptionsSave *flows_captions_save_new(const char *lesson_id, const char *language,
                                           GBytes *bytes);
void flows_captions_save_free(FlowsCaptionsSave *save);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsCaptionsSave, flows_captions_save_free)

/**
 * flows_captions_save_run_async:
 * @save: lives until @callback
 *
 * Fails with G_IO_ERROR_INVALID_DATA when @save's faults hold errors, CATALOG_ERROR_CONFLICT for
 * another revision, CATALOG_ERROR_EXISTS when the recogniser meets a person's captions. Any thread
 * with a main context.
 */
void flows_captions_save_run_async(FlowsCaptionsSave *save, const FlowsCaptionsSaveSetup *setup,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_captions_save_run_finish(GAsyncResult *result, GError **error);
