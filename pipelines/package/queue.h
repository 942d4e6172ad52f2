// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Coded packets of one track that wait for their segment to be cut. Bytes lie one after another in
// one array. Used by writer.c and fragment.c.
#pragma once

#include <glib.h>

typedef struct {
    guint64 start;    // in the track's timescale
    guint64 duration; // in the track's timescale
    guint32 bytes;    // length in the queue's data
    gboolean key;     // can be decoded from here on
} PackageQueueSample;

typedef struct {
    GArray *samples;  // (owned) (element-type PackageQueueSample)
    GByteArray *data; // (owned)
} PackageQueue;

PackageQueue *package_queue_new(void);
void package_queue_free(PackageQueue *queue);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageQueue, package_queue_free)

PackageQueueSample *package_queue_get(PackageQueue *queue, guint index);

/** Returns: (transfer none) (nullable): the newest sample. */
PackageQueueSample *package_queue_get_last(PackageQueue *queue);

/** Returns: where the newest sample ends; 0 when there is none. */
guint64 package_queue_get_end(PackageQueue *queue);

/** Notes a sample whose bytes the caller has just appended to the queue's data. */
void package_queue_note(PackageQueue *queue, const PackageQueueSample *sample);

/** Returns: how many of the first @count samples' bytes there are. */
gsize package_queue_measure(PackageQueue *queue, guint count);

/** Takes the first @count samples away, or the last ones. */
void package_queue_drop_first(PackageQueue *queue, guint count);
void package_queue_drop_last(PackageQueue *queue, guint count);
