// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is made of a lesson, from what is known of it: the grid, the rungs, and for each picture
// rung its size, rate and encoder settings. Pure; equal facts give equal decisions, so that a
// resumed or later job goes on alike.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/encode/grid.h"
#include "pipelines/encode/rungs.h"
#include "pipelines/source/info.h"

typedef struct {
    const SourceInfo *info;               // (unowned)
    const AnalyseResultPicture *analysis; // (unowned) (nullable) NULL: taken for a camera's
    AnalyseResultRect interpreter;        // (value) permille of the shown picture; width 0: none
    const AnalyseResultSound *sound;      // (unowned) (nullable) NULL: may be music
} EncodeDecideFacts;

/** How one rung's picture is coded. */
typedef struct {
    guint width;        // (value)
    guint height;       // (value)
    guint step;         // (value) ticks a picture
    gboolean drawn;     // (value) coded as slides or a screen
    gboolean screen;    // (value) with AV1's screen tools: they pay where no face moves beside
    guint crf;          // (value) constant quality below the ceiling
    guint rate_kbps;    // (value) steady ceiling, with a buffer of one second
    int av1_preset;     // (value) SVT-AV1's
    const char *preset; // (static) x264's
    guint sound_kbps;   // (value) of the sound beside it
    gboolean alike;     // (value) both channels of AAC get one sound
} EncodeDecidePicture;

/** @glance: what the first look took the lesson for. Segments of 4 s, on slides 8 s. */
EncodeGrid encode_decide_grid(const SourceInfo *info, AnalyseResultContent glance);

/** TRUE when the lesson may get the rung: by its kind and size, and `slides` not from a camera. */
gboolean encode_decide_suits(EncodeRungsId id, const SourceInfo *info, AnalyseResultContent glance);

/** @id: a rung that moves. A marked interpreter raises size and ceiling of the rungs below 720
 * lines until the inset is 120 pixels high (at most 720 lines and twice the ceiling), and the rate
 * to 15 pictures a second or more. */
EncodeDecidePicture encode_decide_picture(const EncodeDecideFacts *facts, const EncodeGrid *grid,
                                          EncodeRungsId id);

/** Where H.264 rungs get key frames beside the grid: when a new slide comes, unless another key
 * frame is less than a second away. @analysis: (nullable). Returns: (transfer full) (element-type
 * gint64): ticks, in order. */
GArray *encode_decide_keys(const AnalyseResultPicture *analysis, const EncodeGrid *grid);

/** What is made is not always kept. */
typedef struct {
    gboolean made;                    // (value) encoded whole, now or before
    gboolean published;               // (value) before: it stays
    guint64 bytes;                    // (value)
    double ssim;                      // (value) against the source at this size, 0: not measured
    double below[ENCODE_RUNGS_COUNT]; // (value) the same of lower rungs, enlarged; 0: not measured
} EncodeDecideWorth;

typedef enum {
    ENCODE_DECIDE_KEEP,
    ENCODE_DECIDE_NO_GAIN, // better than a rung below by less than 0.002
    ENCODE_DECIDE_DEARER,  // costs more than a better rung
} EncodeDecideVerdict;

/** Rungs are held against those of their family, since a player never changes from one to the
 * other; `clear` also against H.264, since who can play it can play all. The lowest of a family is
 * always kept. */
void encode_decide_worth(const EncodeDecideWorth worths[ENCODE_RUNGS_COUNT],
                         EncodeDecideVerdict verdicts[ENCODE_RUNGS_COUNT]);
