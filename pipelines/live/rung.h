// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One live rung: its encoders, what they gave that is not in a segment yet, and fragments cut out
// of that. Times are the channel's, 90 kHz. Touches no file. One thread.
#pragma once

#include "pipelines/encode/h264.h"
#include "pipelines/package/track.h"

struct AVFrame;
typedef struct _LiveRung LiveRung;

/** Sound begins with the first block, which begins at or after @first_time. Returns: (transfer
 * full): NULL with ENCODE_FAILURE. */
LiveRung *live_rung_new(EncodeRungsId id, gint64 first_time, GError **error);
void live_rung_free(LiveRung *rung);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LiveRung, live_rung_free)

EncodeRungsId live_rung_get_id(const LiveRung *rung);

/** Opens the picture's encoder, in the place of none. */
gboolean live_rung_begin_picture(LiveRung *rung, const EncodeGrid *grid,
                                 const EncodeDecidePicture *decided, const EncodeH264Colour *colour,
                                 GError **error);

/** Takes all the encoder has and closes it. No pictures come for now. */
gboolean live_rung_end_picture(LiveRung *rung, GError **error);

/** Returns: whether a picture's encoder is open. */
gboolean live_rung_has_picture(const LiveRung *rung);

/** Returns: how many ticks a picture lasts; 0 without one. */
guint live_rung_get_step(const LiveRung *rung);

/** @canvas: of the rung's size. @key: a segment begins here. */
gboolean live_rung_add_picture(LiveRung *rung, const struct AVFrame *canvas, gint64 time,
                               gboolean key, GError **error);

/** Blocks of ENCODE_AAC_BLOCK samples follow one another, from the first on; a rung of one channel
 * takes the same as both. */
gboolean live_rung_add_sound(LiveRung *rung, gint64 block, const float *left, const float *right,
                             GError **error);

/** Returns: the first block that begins at or after @time. */
gint64 live_rung_find_block(gint64 time);

/** Returns: whether everything before @end came out of the encoders; pictures if @picture. */
gboolean live_rung_is_ready(const LiveRung *rung, gint64 end, gboolean picture);

/** Takes what begins before @end as one fragment. @picture: with the pictures, the last of which
 * lasts until @end; else they are left out. Returns: (transfer full): NULL with PACKAGE_ERROR when
 * there is nothing, or no key picture first. */
GBytes *live_rung_take(LiveRung *rung, guint64 number, gint64 end, gboolean picture,
                       GError **error);

/** Throws away what begins before @end. */
void live_rung_drop(LiveRung *rung, gint64 end);

/** Returns: (transfer none): what the rung is made of now. */
const PackageTracks *live_rung_get_tracks(const LiveRung *rung);
