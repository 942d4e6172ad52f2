// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where a lesson is cut already. All rungs have the same cuts, so what is made for a lesson that
// has moving rungs, a recording above all, goes by theirs.
#pragma once

#include "pipelines/child/job.h"
#include "pipelines/encode/grid.h"
#include "pipelines/package/index.h"

/** @grid: (inout): of the source's rate; gets the ticks of a segment of @index. Returns: FALSE when
 * the segments are not of one length of whole ticks, the last one apart: no grid fits then. Pure.
 */
gboolean encode_cuts_fit(const PackageIndex *index, EncodeGrid *grid);

/** The same with the index of a moving rung that @job says is published; without any @grid stays.
 */
gboolean encode_cuts_follow(const ChildJob *job, EncodeGrid *grid);
