// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One walk along the slides for each step.
#include "pipelines/analyse/stills.h"

#include "pipelines/analyse/stretches.h"

#define HANDWRITING_STEPS 6
#define HANDWRITING_US (3 * (gint64)G_USEC_PER_SEC)
#define NEAR_MS 1000
#define LOOK_MS 1000
#define MOST_STILLS 20000

static AnalyseTrackerSlide *
get_slide(GArray *slides, guint at)
{
    return &g_array_index(slides, AnalyseTrackerSlide, at);
}

/* How many growing slides from @at on each last for less than the time of a pen stroke or so. */
static guint
measure_handwriting(GArray *slides, guint at)
{
    guint length = 0;
    while (at + length + 1 < slides->len && get_slide(slides, at + length)->grows &&
           get_slide(slides, at + length + 1)->start_us - get_slide(slides, at + length)->start_us <
               HANDWRITING_US)
        length++;
    return length;
}

/* Of a long run of small steps only one in a few seconds is kept, each shown from when it began to
 * be written: nothing is seen late. */
static void
thin_handwriting(GArray *slides)
{
    guint kept = 0, end = 0;
    for (guint i = 0; i < slides->len;) {
        AnalyseTrackerSlide slide = *get_slide(slides, i);
        gint64 until_us = slide.start_us + HANDWRITING_US;
        guint last = i;
        if (i >= end) {
            guint run = measure_handwriting(slides, i);
            end = i + (run >= HANDWRITING_STEPS ? run + 1 : 1);
        }
        while (last + 1 < end && get_slide(slides, last + 1)->start_us < until_us)
            last++;
        slide.best_us = get_slide(slides, last)->best_us;
        *get_slide(slides, kept++) = slide;
        i = last + 1;
    }
    g_array_set_size(slides, kept);
}

static void
add_still(GArray *stills, gint64 start_ms, gint64 best_ms, gboolean grows)
{
    AnalyseResultSlide still = {start_ms, start_ms, best_ms, grows};
    if (stills->len < MOST_STILLS)
        g_array_append_val(stills, still);
}

/* The slides that begin within a stretch that no camera saw. After a camera the slide that stood
 * before it may stand again. */
static void
add_drawn(GArray *stills, GArray *slides, guint *next, const AnalyseResultStretch *stretch,
          gboolean returns)
{
    gboolean first = returns;
    for (; *next < slides->len; (*next)++) {
        const AnalyseTrackerSlide *slide = get_slide(slides, *next);
        gint64 start_ms = (slide->start_us + 500) / 1000;
        if (start_ms >= stretch->end_ms)
            break;
        if (start_ms < stretch->start_ms)
            continue;
        if (first && start_ms > stretch->start_ms + NEAR_MS) {
            add_still(stills, stretch->start_ms, MIN(stretch->start_ms + LOOK_MS, start_ms - 1),
                      FALSE);
            first = FALSE;
        }
        // What comes at once after the camera is not the camera's picture with something added.
        add_still(stills, start_ms, slide->best_us / 1000, slide->grows && !first);
        first = FALSE;
    }
    if (first)
        add_still(stills, stretch->start_ms,
                  MIN(stretch->start_ms + LOOK_MS, (stretch->start_ms + stretch->end_ms) / 2),
                  FALSE);
}

static void
set_ends(GArray *stills, gint64 end_ms)
{
    guint kept = 0;
    for (guint i = 0; i < stills->len; i++) {
        AnalyseResultSlide still = g_array_index(stills, AnalyseResultSlide, i);
        still.end_ms = i + 1 < stills->len
                           ? g_array_index(stills, AnalyseResultSlide, i + 1).start_ms
                           : end_ms;
        still.start_ms = MAX(still.start_ms, 0);
        if (still.end_ms <= still.start_ms)
            continue;
        still.best_ms = CLAMP(still.best_ms, still.start_ms, still.end_ms - 1);
        g_array_index(stills, AnalyseResultSlide, kept++) = still;
    }
    g_array_set_size(stills, kept);
}

GArray *
analyse_stills_choose(const GArray *slides, const GArray *stretches)
{
    GArray *stills = g_array_new(FALSE, TRUE, sizeof(AnalyseResultSlide));
    g_autoptr(GArray) work = g_array_copy((GArray *)slides);
    gboolean drawn = FALSE, camera = FALSE;
    guint next = 0;
    thin_handwriting(work);
    for (guint i = 0; i < stretches->len; i++)
        drawn |= g_array_index(stretches, AnalyseResultStretch, i).content !=
                 ANALYSE_RESULT_CONTENT_CAMERA;
    for (guint i = 0; i < stretches->len && drawn; i++) {
        const AnalyseResultStretch *stretch = &g_array_index(stretches, AnalyseResultStretch, i);
        if (stretch->content == ANALYSE_RESULT_CONTENT_CAMERA)
            add_still(stills, stretch->start_ms, (stretch->start_ms + stretch->end_ms) / 2, FALSE);
        else
            add_drawn(stills, work, &next, stretch, camera);
        camera = stretch->content == ANALYSE_RESULT_CONTENT_CAMERA;
    }
    if (stretches->len > 0)
        set_ends(stills, g_array_index(stretches, AnalyseResultStretch, stretches->len - 1).end_ms);
    return stills;
}
