// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bitmap subtitles of the wanted language drawn into the pictures of one rung, so that players that
// know none show them. Follows the tables by itself. What is wrong with them harms no picture. One
// thread.
#pragma once

#include "pipelines/child/live_job.h"
#include "pipelines/encode/rungs.h"
#include "pipelines/live/pes.h"
#include "pipelines/tables/service.h"

struct AVFrame;
typedef struct _LiveBurn LiveBurn;

/** Returns: whether @pts90k belongs anywhere; (out) @time: where, 90 kHz of the channel. */
typedef gboolean (*LiveBurnPlace)(gint64 pts90k, gint64 *time, gpointer data);

/** @place: asked for each page. Returns: (transfer full) (nullable): NULL when the job wants none.
 */
LiveBurn *live_burn_new(const ChildLiveJob *job, LiveBurnPlace place, gpointer data);
void live_burn_free(LiveBurn *burn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveBurn, live_burn_free)

/** What the tables say now. Cheap where nothing changed. */
void live_burn_follow(LiveBurn *burn, const TablesService *service);

/** Takes any packet of the service. */
void live_burn_push(LiveBurn *burn, const TablesPacket *packet);

/** A picture of @time that is about to be coded for @rung. @matrix: of its colours. Returns:
 * (transfer none) (nullable): what is coded in its place, good until the next call; NULL: itself.
 */
const struct AVFrame *live_burn_draw(LiveBurn *burn, EncodeRungsId rung, gint64 time,
                                     const struct AVFrame *canvas, int matrix);
