// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The keep role of daorian-media: makes the rung files of a recording out of the segments that were
// kept. Its job is the line of all jobs (pipelines/child/job.h): `source` is the plan (plan.h),
// `bundle` the recording's folder, `rungs` what to make.
#pragma once

#include "pipelines/child/channel.h"

/** Returns: FALSE when it ended with `failed`, or without a job. */
gboolean keep_run(ChildChannel *channel);
