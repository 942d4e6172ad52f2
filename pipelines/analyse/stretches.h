// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes of many short judgements a few stretches of time with one kind of content. Pure.
#pragma once

#include "pipelines/analyse/kind.h"
#include "pipelines/analyse/result.h"

typedef struct {
    gint64 start_us;  // (value)
    gint64 end_us;    // (value)
    AnalyseKind kind; // (value)
} AnalyseStretchesSpan;

/** Adds a span, or makes the last of @spans longer when it is of the same kind. */
void analyse_stretches_add(GArray *spans, gint64 start_us, gint64 end_us, AnalyseKind kind);

/**
 * analyse_stretches_merge:
 * @spans: (element-type AnalyseStretchesSpan): in order of time
 * @marks: (element-type gint64): times at which a bound is likely: it is moved there when one is
 * near
 *
 * Returns: (transfer full) (element-type AnalyseResultStretch): from 0 to @end_us without gaps, at
 * least one when @end_us is 1 ms or more.
 */
GArray *analyse_stretches_merge(const GArray *spans, const GArray *marks, gint64 end_us);

/** Returns: the content of most of the time. */
AnalyseResultContent analyse_stretches_get_content(const GArray *stretches);
