// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The history of one multiplex or channel: a point a minute for 24 hours and one an hour for 30
// days. Each has its place by its time, in memory as in the file, so that neither ever grows; a
// place with a wrong checksum is empty. No thread of its own; whoever owns it guards it.
#pragma once

#include <gio/gio.h>

#include "server/flows/health_figures.h"

#define FLOWS_HEALTH_HISTORY_MINUTES (24 * 60)
#define FLOWS_HEALTH_HISTORY_HOURS (30 * 24)
#define FLOWS_HEALTH_HISTORY_SLOT_BYTES 64

typedef struct _FlowsHealthHistory FlowsHealthHistory;

/** Where bytes of the file go. */
typedef struct {
    goffset offset;                                // (value)
    guint8 bytes[FLOWS_HEALTH_HISTORY_SLOT_BYTES]; // (value)
} FlowsHealthHistorySlot;

/** Returns: (transfer full): without a point. */
FlowsHealthHistory *flows_health_history_new(FlowsHealthKind kind);
void flows_health_history_free(FlowsHealthHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsHealthHistory, flows_health_history_free)

FlowsHealthKind flows_health_history_get_kind(const FlowsHealthHistory *history);

/**
 * flows_health_history_note:
 * @sample: figures at @now_ms, UTC milliseconds; counts are what came since the last one
 * @slots: (element-type FlowsHealthHistorySlot): gets what the file must hold when a minute is over
 */
void flows_health_history_note(FlowsHealthHistory *history, const FlowsHealthPoint *sample,
                               gint64 now_ms, GArray *slots);

/** Returns: (transfer full) (element-type FlowsHealthPoint): points up to @now_ms, oldest first: of
 * the last 24 hours by the minute, or of 30 days by the hour; the one under way is the last. */
GArray *flows_health_history_list(const FlowsHealthHistory *history, gboolean hours, gint64 now_ms);

/** Figures of the last whole minute, or of what there is of the first; FALSE when nothing is less
 * than two minutes old. */
gboolean flows_health_history_get_recent(const FlowsHealthHistory *history, gint64 now_ms,
                                         FlowsHealthPoint *point);

/** Returns: (transfer full): what a new file begins with. Pure. */
FlowsHealthHistorySlot flows_health_history_make_head(FlowsHealthKind kind);

/** Returns: (transfer full) (nullable): the history that a file holds; NULL when it is none. Places
 * that are torn or old are left out. Pure. */
FlowsHealthHistory *flows_health_history_parse(const guint8 *bytes, gsize length);
