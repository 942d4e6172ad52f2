// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The recogniser's process from start to reaping: what it says is gathered up to a bound, its time
// is bounded, it runs at the lowest priority, and nothing of it is left behind. Main context.
#pragma once

#include <gio/gio.h>

typedef struct {
    GStrv command;     // (unowned) words
    guint limit_s;     // (value) killed when it takes longer
    gsize limit_bytes; // (value) killed when it says more
} FlowsCaptionsProcessOrder;

/** What it ended with. */
typedef struct {
    GBytes *said;     // (owned) (nullable) its standard output when it ended well
    const char *code; // (static) (nullable) why it did not: recogniser-failed, …-timeout, …-output
    char *detail;     // (owned) (nullable) the end of its standard error
} FlowsCaptionsProcessEnd;

void flows_captions_process_free_end(FlowsCaptionsProcessEnd *end);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsCaptionsProcessEnd, flows_captions_process_free_end)

/** Completes in the caller's thread-default context, when the process is reaped; after @cancellable
 * was cancelled too. */
void flows_captions_process_run_async(const FlowsCaptionsProcessOrder *order,
                                      GCancellable *cancellable, GAsyncReadyCallback callback,
                                      gpointer user_data);

/** Returns: (transfer full): NULL only with G_IO_ERROR_CANCELLED. */
FlowsCaptionsProcessEnd *flows_captions_process_run_finish(GAsyncResult *result, GError **error);
