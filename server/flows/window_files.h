// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What window.c does to the disk: files from staging into their place, files that go, the journal.
// Everything blocks: work threads only. Errors are of G_IO_ERROR.
#pragma once

#include <gio/gio.h>

#include "server/flows/window_index.h"

/** Makes the channel's folder and its staging folder. */
gboolean flows_window_files_make(const char *folder, GError **error);

/**
 * flows_window_files_admit:
 * @file: a name in the staging folder of @folder, from a child
 * @bytes: what it must have
 * @target: where it goes; its folder is made
 *
 * INVALID_DATA when it is not a regular file of one name and that size.
 */
gboolean flows_window_files_admit(const char *folder, const char *file, guint64 bytes,
                                  const char *target, GError **error);

/** A staged file that nobody wants goes. */
void flows_window_files_discard(const char *folder, const char *file);

/** Adds @line to the journal, durably; the journal ends where it ended when that fails. */
gboolean flows_window_files_append(const char *folder, const char *line, GError **error);

/** Puts @text in the place of the journal, durably, all or nothing. */
gboolean flows_window_files_replace(const char *folder, const char *text, gsize length,
                                    GError **error);

/** Reads the journal; empty when there is none. */
gboolean flows_window_files_read(const char *folder, char **text, gsize *length, GError **error);

/** Removes the files of one number. */
void flows_window_files_drop(const char *folder, const FlowsWindowIndex *index,
                             const FlowsWindowIndexEntry *entry);

/** Takes out of @entry what is not on the disk as it should be. Returns: whether any is left. */
gboolean flows_window_files_verify(const char *folder, const FlowsWindowIndex *index,
                                   FlowsWindowIndexEntry *entry);

/** What lies in the folder though @index does not know it goes, but for staging.
 * @highest, @highest_init (out): numbers of segments and init files that were seen, 0: none. */
void flows_window_files_sweep(const char *folder, FlowsWindowIndex *index, guint64 *highest,
                              guint64 *highest_init);

/** What a dead child left in staging goes, but for its lock. */
void flows_window_files_clean_staging(const char *folder);

/** Returns: bytes that are free on the disk of @folder, −1: it does not say. */
gint64 flows_window_files_measure_free(const char *folder);

/** Removes a channel's folder with everything in it. */
void flows_window_files_remove(const char *folder);
