// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The live role of daorian-media: reads its job, then the inherited pipe until it is closed or the
// parent cancels, and tells its health each second whatever comes.
#pragma once

#include "pipelines/child/channel.h"

/** @input: the pipe, taken over in any case. Returns: FALSE when it ended with `failed`, or
 * without a job. */
gboolean live_run(ChildChannel *control, int input);
