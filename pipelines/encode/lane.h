// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A thread that encodes the sound of one rung, so that two rungs take the time of the dearer one.
// Blocks queue for it, boundedly; all calls but the work come from one thread.
#pragma once

#include "pipelines/encode/run.h"

typedef struct _EncodeLane EncodeLane;

/** Opens @rung in the staging folder and starts its thread. Returns: (transfer full): NULL with any
 * error of the layers below. */
EncodeLane *encode_lane_new(EncodeRun *run, EncodeRungsId rung, GError **error);

/** Ends the thread, finished or not; what is durable stays. */
void encode_lane_free(EncodeLane *lane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeLane, encode_lane_free)

EncodeRungsId encode_lane_get_rung(const EncodeLane *lane);

/** The block of sound where this rung goes on. */
gint64 encode_lane_get_start_block(const EncodeLane *lane);

/** Hands over a block of one channel; waits while the queue is full. Blocks before the start only
 * warm up. Returns: FALSE when the lane failed. */
gboolean encode_lane_add(EncodeLane *lane, gint64 block, const float *mono);

/** No more blocks come: the thread finishes the rung, which ends with @end_tick. */
void encode_lane_end(EncodeLane *lane, gint64 end_tick);

/** Waits until the rung is finished. Returns: (transfer full) (nullable): what is to be reported,
 * or NULL with the reason when it failed. */
PackageResult *encode_lane_wait(EncodeLane *lane, GError **error);
