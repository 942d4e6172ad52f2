// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sound is decoded once and only measured; of pictures at most a hundred are.
#include "pipelines/keep/extras.h"

#include <libavutil/frame.h>
#include <math.h>

#include "pipelines/analyse/levels.h"
#include "pipelines/encode/sound.h"
#include "pipelines/encode/storyboard.h"
#include "pipelines/encode/waveform.h"
#include "pipelines/keep/captions.h"
#include "pipelines/source/reader.h"

#define LIMIT_S 60
#define PROGRESS_US (G_USEC_PER_SEC / 2)
#define PERMILLE 999 // all rungs are done
#define BLOCK 1024   // samples of what EncodeSound gives

/* The outline on its way. */
typedef struct {
    AnalyseLevels *levels;    // (owned)
    AnalyseLevelsFrame frame; // (value) at work
    guint filled;             // samples of it
} Outline;

typedef struct {
    const KeepExtras *extras; // (unowned)
    gint64 told_us;           // when progress was told last
} Pulse;

/* A sign of life for the parent. */
static void
beat(Pulse *pulse)
{
    gint64 now_us = g_get_monotonic_time();
    if (now_us - pulse->told_us < PROGRESS_US)
        return;
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PROGRESS);
    report->permille = PERMILLE;
    report->stage = g_strdup("voice");
    pulse->told_us = now_us;
    child_channel_send(pulse->extras->channel, report);
}

static gboolean
on_block(gint64 block, const float *left, const float *right, const float *mono, gpointer user_data,
         GError **error)
{
    Outline *outline = user_data;
    for (guint i = 0; i < BLOCK; i++) {
        double value = fabs((double)mono[i]);
        outline->frame.peak = MAX(outline->frame.peak, value);
        outline->frame.energy += value * value / ANALYSE_LEVELS_FRAME;
        if (++outline->filled < ANALYSE_LEVELS_FRAME)
            continue;
        analyse_levels_add(outline->levels, &outline->frame);
        outline->frame = (AnalyseLevelsFrame){0};
        outline->filled = 0;
    }
    return TRUE;
}

static gboolean
hear(EncodeRun *run, Outline *outline, Pulse *pulse, GError **error)
{
    g_autoptr(EncodeSound) sound = encode_sound_new(0, NULL, FALSE, on_block, outline);
    AVFrame *frame = av_frame_alloc();
    SourceReaderResult result = SOURCE_READER_SOUND;
    gboolean fine = source_reader_start(run->reader, FALSE, TRUE, 0, error);
    while (fine &&
           (result = source_reader_read(run->reader, frame, error)) <= SOURCE_READER_SOUND) {
        fine = encode_run_go_on(run, frame->pts, error) &&
               (result == SOURCE_READER_PICTURE || encode_sound_push(sound, frame, error));
        beat(pulse);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine && result == SOURCE_READER_END;
}

static void
draw_outline(EncodeRun *run, Pulse *pulse)
{
    g_autoptr(AnalyseLevels) levels = analyse_levels_new();
    Outline outline = {.levels = levels};
    guint interval_ms = 0;
    g_autoptr(GError) failure = NULL;
    if (hear(run, &outline, pulse, &failure)) {
        g_autoptr(GByteArray) peaks = analyse_levels_get_outline(levels, &interval_ms);
        if (encode_waveform_write(run->job->staging, interval_ms, peaks, &failure))
            encode_waveform_report(run);
    }
    if (failure != NULL)
        g_debug("waveform: %s", failure->message);
}

static void
draw_sheet(EncodeRun *run, Pulse *pulse)
{
    g_autoptr(GError) failure = NULL;
    if (!encode_storyboard_run(run, NULL, &failure))
        g_debug("storyboard: %s", failure->message);
}

/* Opens staged file @name and lets @draw work on it. */
static void
look_at(EncodeRun *run, const KeepExtras *extras, const char *name,
        void (*draw)(EncodeRun *run, Pulse *pulse))
{
    g_autofree char *path = g_build_filename(extras->job->staging, name, NULL);
    ChildJob job = *extras->job;
    EncodeRun own = *run;
    Pulse pulse = {extras, 0};
    g_autoptr(GError) failure = NULL;
    g_autoptr(SourceReader) reader =
        source_reader_open(path, 0, encode_run_is_stopped, run, &failure);
    job.source = path;
    own.job = &job;
    own.reader = reader;
    if (reader != NULL)
        draw(&own, &pulse);
    else
        g_debug("%s: %s", name, failure->message);
}

void
keep_extras_make(const KeepExtras *extras)
{
    g_autoptr(EncodeWatchdog) watchdog = encode_watchdog_new(extras->channel, LIMIT_S);
    EncodeRun run = {.channel = extras->channel,
                     .job = extras->job,
                     .watchdog = watchdog,
                     .end_us = (gint64)extras->duration_ms * 1000};
    keep_captions_make(&run, extras->plan, extras->plan_bytes);
    if (extras->picture != NULL)
        look_at(&run, extras, extras->picture, draw_sheet);
    if (extras->sound != NULL)
        look_at(&run, extras, extras->sound, draw_outline);
}
