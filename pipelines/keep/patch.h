// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The patch role of daorian-media: fills gaps of a lesson that was recorded from the lesson of a
// repeat. Its job is the line of all jobs: `source` is the plan (patch_plan.h), `bundle` a folder
// with the files of both lessons. It sends what `keep` sends, and before that a `splice` for each
// gap.
#pragma once

#include "pipelines/child/channel.h"

/** Returns: FALSE when it ended with `failed`, or without a job. */
gboolean keep_patch(ChildChannel *channel);
