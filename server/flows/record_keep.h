// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The segments that one recording keeps: hard links to those of the channel's window, with a
// journal of their own (window_journal.h), in a folder that is laid out as the window's. What the
// window deletes stays here, nothing is copied, and a kill at any moment loses nothing that the
// window still has. Everything blocks: one work thread at a time.
#pragma once

#include "server/flows/window.h"

typedef struct _FlowsRecordKeep FlowsRecordKeep;

/** A stretch that was found missing between two kept segments. */
typedef struct {
    gint64 from_ms; // UTC milliseconds on the air
    gint64 to_ms;   // UTC milliseconds on the air
} FlowsRecordKeepHole;

/** Opens @folder or makes it. Returns: (transfer full): NULL with a G_IO_ERROR. */
FlowsRecordKeep *flows_record_keep_open(const char *folder, GError **error);
void flows_record_keep_free(FlowsRecordKeep *keep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRecordKeep, flows_record_keep_free)

/**
 * flows_record_keep_take:
 * @source: the window's folder, @from: what of it is to be kept (flows_window_copy_range())
 * @holes: (element-type FlowsRecordKeepHole): found ones are added
 *
 * Takes what is new. FALSE with a G_IO_ERROR: what was taken before it stays.
 */
gboolean flows_record_keep_take(FlowsRecordKeep *keep, const char *source, FlowsWindowIndex *from,
                                GArray *holes, GError **error);

/** Returns: the number that is to be taken next. */
guint64 flows_record_keep_get_next(const FlowsRecordKeep *keep);

/** Returns: UTC milliseconds of the end of the newest, 0: none. */
gint64 flows_record_keep_get_end(const FlowsRecordKeep *keep);

/** Returns: (transfer none): what is kept. */
FlowsWindowIndex *flows_record_keep_get_index(FlowsRecordKeep *keep);
