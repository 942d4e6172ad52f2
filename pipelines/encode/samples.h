// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Some canvases of a job, kept in the staging folder as they were drawn, so that every rung can be
// held against what went into it: also one that an earlier attempt made, or another job. Which they
// are hangs on the grid alone and is kept too. Trouble means not measured, never a failure. One
// thread.
#pragma once

#include "pipelines/encode/grid.h"

struct AVFrame;
typedef struct _EncodeSamples EncodeSamples;

/** @folder: the staging folder; @end_us: where the lesson ends, 0: not known; @width, @height: of
 * the canvases, also of those that an earlier attempt kept. */
EncodeSamples *encode_samples_new(const char *folder, const EncodeGrid *grid, gint64 end_us,
                                  guint width, guint height);
void encode_samples_free(EncodeSamples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeSamples, encode_samples_free)

/** Ticks in order, a multiple of every rung's step. */
guint encode_samples_count(const EncodeSamples *samples);
gint64 encode_samples_get_tick(const EncodeSamples *samples, guint number);

/** Returns: (transfer none): the grid they were chosen on. */
const EncodeGrid *encode_samples_get_grid(const EncodeSamples *samples);

/** Writes @canvas when @tick is one of them; one of another size is passed over. */
void encode_samples_keep(EncodeSamples *samples, const struct AVFrame *canvas, gint64 tick);

/** Returns: (transfer full) (nullable): the canvas of one of them, at the size it is asked for. */
struct AVFrame *encode_samples_load(EncodeSamples *samples, guint number, guint width,
                                    guint height);

/** Which ticks are looked at in a lesson of @end_us: a few pictures in a few segments. Pure.
 * Returns: (transfer full) (element-type gint64). */
GArray *encode_samples_choose(const EncodeGrid *grid, gint64 end_us);
