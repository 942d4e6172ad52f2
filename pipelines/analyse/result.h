// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the analysis pass found out about a lesson: facts only, no decisions (those are taken in
// pipelines/encode/decide.c and treat.c). A plain value and its JSON form, which is kept in the
// bundle and read again by later passes, as foreign bytes.
#pragma once

#include <glib.h>

#define ANALYSE_RESULT_LARGEST_MS (G_GINT64_CONSTANT(1000) * 3600 * 24 * 30) // no time is later

typedef enum {
    ANALYSE_RESULT_CONTENT_NONE,   // no picture
    ANALYSE_RESULT_CONTENT_SLIDES, // stands still, then changes at once, but for a moving inset
    ANALYSE_RESULT_CONTENT_SCREEN, // drawn by a computer and moving: scrolling, writing
    ANALYSE_RESULT_CONTENT_CAMERA, // seen by a camera
} AnalyseResultContent;

/** A rectangle in pixels of the shown picture (SourceInfo width × height); width 0: none. */
typedef struct {
    guint x;      // (value)
    guint y;      // (value)
    guint width;  // (value)
    guint height; // (value)
} AnalyseResultRect;

typedef struct {
    gint64 start_ms;              // (value)
    gint64 end_ms;                // (value)
    AnalyseResultContent content; // (value)
} AnalyseResultStretch;

typedef struct {
    gint64 start_ms; // (value)
    gint64 end_ms;   // (value) when the next one is seen
    gint64 best_ms;  // (value) a moment at which it is whole: the still is taken there
    gboolean grows;  // (value) the slide before it with something added (a build)
} AnalyseResultSlide;

typedef struct {
    AnalyseResultContent
        glance; // (value) what the first look took it for: the grid was chosen by it
    AnalyseResultContent content; // (value) of most of the time
    AnalyseResultRect inset;      // (value) what moves beside the slides
    AnalyseResultRect crop;       // (value) what is left without black bars; the whole: no bars
    gboolean interlaced;          // (value)
    gint64 black_start_ms;        // (value) black or frozen so long at the start
    gint64 black_end_ms;          // (value) and at the end
    GArray *stretches; // (owned) (element-type AnalyseResultStretch) whole duration, no gaps
    GArray *slides;    // (owned) (element-type AnalyseResultSlide) in order; empty for camera
} AnalyseResultPicture;

typedef enum {
    ANALYSE_RESULT_FOLD_BOTH, // the mean of two channels is the sound
    ANALYSE_RESULT_FOLD_LEFT, // nothing to speak of on the right
    ANALYSE_RESULT_FOLD_RIGHT,
    ANALYSE_RESULT_FOLD_OPPOSED, // the mean would cancel, half the difference is the sound
} AnalyseResultFold;

typedef struct {
    AnalyseResultFold fold; // (value) all that follows but stereo_lufs is of the sound folded so
    double loudness_lufs;   // (value) integrated (EBU R128), one channel; -70 or less: silence
    double stereo_lufs;     // (value) of two channels, after the fold was put right
    double limited_lu;      // (value) lost to a limiter when it is brought to -16 LUFS
    double range_lu;        // (value) loudness range
    double peak_dbtp;       // (value) true peak
    double noise_dbfs;      // (value) level of the quiet parts between words; -120: none measured
    double rumble_dbfs;     // (value) level below 80 Hz in the quiet parts; -120: none measured
    guint speech_permille;  // (value) of the time
    guint music_permille;   // (value)
    guint silent_permille;  // (value)
} AnalyseResultSound;

typedef struct {
    gboolean has_picture;         // (value) `picture` counts
    gboolean has_sound;           // (value) `sound` counts
    AnalyseResultPicture picture; // (owned)
    AnalyseResultSound sound;     // (value)
} AnalyseResult;

AnalyseResult *analyse_result_new(void);
void analyse_result_free(AnalyseResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AnalyseResult, analyse_result_free)

/** Returns: (transfer full): the JSON text; the same result gives the same bytes. */
char *analyse_result_to_json(const AnalyseResult *result);

/** Pure. Returns: (transfer full): NULL with G_IO_ERROR_INVALID_DATA and what is wrong. */
AnalyseResult *analyse_result_parse(const char *text, gsize length, GError **error);
