// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One picture that stands for a recording, out of key pictures all over it but for its ends.
#pragma once

#include "pipelines/child/channel.h"

/** @pieces: (element-type KeepPlanPiece) of a rung with a picture. Writes `poster.webp` and sends
 * its line. A lesson without a poster is still a lesson: failure is not told. */
void keep_poster_make(ChildChannel *channel, const ChildJob *job, const GPtrArray *pieces);
