// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The list of stills of a lesson from the slides that were tracked and the kinds of its stretches.
// Pure.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/analyse/tracker.h"

/**
 * analyse_stills_choose:
 * @slides: (element-type AnalyseTrackerSlide): in order of time
 * @stretches: (element-type AnalyseResultStretch): of the whole lesson
 *
 * What a camera saw is one still a stretch; steps of handwriting that follow each other closely are
 * thinned. Returns: (transfer full) (element-type AnalyseResultSlide): each ends where the next
 * begins, the last with the lesson; empty when all of it is camera.
 */
GArray *analyse_stills_choose(const GArray *slides, const GArray *stretches);
