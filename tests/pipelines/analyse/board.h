// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pictures for the lectures that tests make: slides with Thai text set by Pango, what a camera
// might see, a face beside a slide, a mouse pointer. All in 8-bit 4:2:0, the same at each run.
#pragma once

#include <glib.h>

struct AVFrame;

/** Draws slide @number with its title and the first @lines lines of text over the whole of @frame.
 */
void board_draw_slide(struct AVFrame *frame, guint number, guint lines);

/** What a camera on a tripod sees at @seconds: things that move before a wall, and noise. */
void board_draw_camera(struct AVFrame *frame, double seconds);

void board_draw_black(struct AVFrame *frame);

/** A talking head in a box near the lower right corner. */
void board_draw_inset(struct AVFrame *frame, double seconds);

/** The same box, as a test may ask for it: x, y, width, height. */
void board_get_inset(const struct AVFrame *frame, guint box[4]);

/** A mouse pointer that wanders about. */
void board_draw_pointer(struct AVFrame *frame, double seconds);

/** @to := a mix of @from and @to; @share: how much of @to, 0 to 1. */
void board_mix(const struct AVFrame *from, struct AVFrame *to, double share);

/** Black above and below, an eighth of the height each. */
void board_draw_bars(struct AVFrame *frame);

/** The odd lines of @top are replaced by those of @bottom. */
void board_weave(struct AVFrame *top, const struct AVFrame *bottom);
