// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Finds slides in a sequence of sights: a look that holds still for a moment and differs from the
// one before it. Sights may be dense where things change and far apart where nothing does. No
// decoding, no files; one thread.
#pragma once

#include "pipelines/analyse/sight.h"

typedef struct _AnalyseTracker AnalyseTracker;

typedef struct {
    gint64 start_us;   // (value) first seen
    gint64 best_us;    // (value) within a picture that shows it whole
    gboolean grows;    // (value) the one before with something added
    gboolean snapshot; // (value) no slide, but what moving pictures were like at that time
} AnalyseTrackerSlide;

AnalyseTracker *analyse_tracker_new(void);
void analyse_tracker_free(AnalyseTracker *tracker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseTracker, analyse_tracker_free)

/** @mask: cells to be left out. */
void analyse_tracker_add(AnalyseTracker *tracker, const AnalyseSight *sight, const guint8 *mask);

/** Returns: (transfer none) (element-type AnalyseTrackerSlide): in order of time, as far as known.
 */
const GArray *analyse_tracker_get_slides(const AnalyseTracker *tracker);

/** Returns: (transfer none) (element-type gint64): when a slide was left for something that went on
 * moving. */
const GArray *analyse_tracker_get_departures(const AnalyseTracker *tracker);
