// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How many people watch a channel, and in which rung: whoever took a segment within the last two.
// Nothing of a person is kept but a keyed hash in memory, whose key no other process knows, for as
// long as that. Any thread.
#pragma once

#include <glib.h>

#define FLOWS_VIEWERS_SPAN_US (12 * G_USEC_PER_SEC) // two segments of the target duration
#define FLOWS_VIEWERS_MAX 65536                     // of one channel; more are not told apart

typedef struct _FlowsViewers FlowsViewers;

/** How many watch one rung. */
typedef struct {
    char *rung;  // (owned)
    guint count; // (value)
} FlowsViewersRung;

/** Returns: (transfer full): nobody yet. */
FlowsViewers *flows_viewers_new(void);
void flows_viewers_free(FlowsViewers *viewers);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsViewers, flows_viewers_free)

/** Somebody took a segment of @rung of the channel @slug (both checked by the caller to exist).
 * @who: what tells people apart: address, session, program; only its hash is kept. @now_us:
 * monotonic. */
void flows_viewers_note(FlowsViewers *viewers, const char *slug, const char *rung, const char *who,
                        gint64 now_us);

/** Returns: (transfer full) (element-type FlowsViewersRung): who watches @slug now, by the name of
 * the rung; one who changes rungs counts in the newest. */
GPtrArray *flows_viewers_list(FlowsViewers *viewers, const char *slug, gint64 now_us);

/** Returns: all of flows_viewers_list(). */
guint flows_viewers_count(FlowsViewers *viewers, const char *slug, gint64 now_us);
