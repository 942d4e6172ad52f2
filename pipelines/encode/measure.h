// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How good a rung's picture is: in a few segments, some pictures are kept as they went into the
// encoder, what came out is decoded, and the two are compared. Costs less than a hundredth of the
// encoding and a bounded number of pictures. Trouble in it means not measured, never a failure. One
// thread.
#pragma once

#include "pipelines/encode/grid.h"
#include "pipelines/encode/rungs.h"

struct AVFrame;
typedef struct _EncodeMeasure EncodeMeasure;

/** @from_tick: where the rung goes on; @end_us: where the lesson ends, 0: not known. */
EncodeMeasure *encode_measure_new(EncodeRungsFamily family, const EncodeGrid *grid,
                                  gint64 from_tick, gint64 end_us);
void encode_measure_free(EncodeMeasure *measure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeMeasure, encode_measure_free)

/** What goes into the encoder at @tick; a reference is kept when it is to be compared. */
void encode_measure_keep(EncodeMeasure *measure, const struct AVFrame *picture, gint64 tick);

/** What came out of it, picture after picture. */
void encode_measure_take(EncodeMeasure *measure, const guint8 *data, gsize bytes, gint64 tick,
                         gboolean key);

/** Returns: the mean SSIM of luma so far; 0: nothing was measured. */
double encode_measure_get_ssim(EncodeMeasure *measure);

/** The same for what @lower shows, enlarged, held against what went into @measure at the same
 * times. Returns: 0: they have no time in common. */
double encode_measure_compare(EncodeMeasure *measure, EncodeMeasure *lower);
