// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture pass of a job: one decode of picture and sound feeds every picture rung, with a
// checkpoint at each segment; the poster is picked on the way.
#pragma once

#include "pipelines/encode/run.h"

/**
 * encode_ladder_run:
 * @rungs: (element-type EncodeRungsId): the picture rungs to make, lowest first, at least one
 *
 * Makes and reports them, from the last checkpoint they have in common. A rung whose encoder fails
 * is reported as failed and the others go on. Sets run->end_us. Returns: FALSE with any error of
 * the layers below when the pass had to stop.
 */
gboolean encode_ladder_run(EncodeRun *run, const GArray *rungs, EncodeProgressStage stage,
                           GError **error);
