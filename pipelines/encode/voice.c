// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// source → treated sound → a lane for each rung. They are coded side by side and reported one after
// another, the cheapest first: whoever waits for the lesson hears it in the fewest bytes there are.
#include "pipelines/encode/voice.h"

#include <libavutil/frame.h>

#include "pipelines/encode/lane.h"
#include "pipelines/encode/sound.h"
#include "pipelines/source/failure.h"

#define MOST_LANES 2

typedef struct {
    EncodeRun *run;                // (unowned)
    EncodeLane *lanes[MOST_LANES]; // (owned) lowest ceiling first
    guint count;                   // (value)
    EncodeSound *sound;            // (owned)
    gint64 decoded_us;             // (value) length of what was decoded
} Voice;

/* A lane that failed takes no more; the others go on. */
static gboolean
on_sound_block(gint64 block, const float *left, const float *right, const float *mono,
               gpointer user_data, GError **error)
{
    Voice *voice = user_data;
    gboolean taken = FALSE;
    for (guint i = 0; i < voice->count; i++)
        taken = encode_lane_add(voice->lanes[i], block, mono) || taken;
    if (!taken)
        encode_lane_wait(voice->lanes[0], error);
    return taken;
}

static gboolean
read_all(Voice *voice, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    SourceReaderResult result;
    gboolean fine = TRUE;
    while (fine &&
           (result = source_reader_read(voice->run->reader, frame, error)) <= SOURCE_READER_SOUND) {
        voice->decoded_us += frame->pkt_duration;
        encode_progress_update(voice->run->progress, frame->pts);
        fine = encode_run_go_on(voice->run, frame->pts, error) &&
               (result == SOURCE_READER_PICTURE || encode_sound_push(voice->sound, frame, error));
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine && result == SOURCE_READER_END;
}

/* Of two that failed the first failure counts; of one, it is told here. */
static gboolean
wait_all(Voice *voice, GError **error)
{
    GError *failures[MOST_LANES] = {NULL};
    guint made = 0;
    for (guint i = 0; i < voice->count; i++) {
        EncodeRungsId rung = encode_lane_get_rung(voice->lanes[i]);
        g_autoptr(PackageResult) result = encode_lane_wait(voice->lanes[i], &failures[i]);
        if (result != NULL)
            encode_run_report_rung(voice->run, rung, result, NULL, 0);
        made += result != NULL;
        encode_watchdog_beat(voice->run->watchdog);
    }
    for (guint i = 0; i < voice->count; i++) {
        if (failures[i] == NULL)
            continue;
        if (made > 0)
            encode_run_report_rung_failed(voice->run, encode_lane_get_rung(voice->lanes[i]),
                                          failures[i]);
        else if (error != NULL && *error == NULL)
            g_propagate_error(error, g_steal_pointer(&failures[i]));
        g_clear_error(&failures[i]);
    }
    return made > 0;
}

static gboolean
finish(Voice *voice, GError **error)
{
    EncodeRun *run = voice->run;
    if (voice->decoded_us == 0) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "no sound decodes");
        return FALSE;
    }
    run->end_us = source_reader_get_end_us(run->reader);
    if (!encode_run_check_kept(run, run->end_us, error) ||
        !encode_run_go_on(run, run->end_us, error))
        return FALSE;
    gint64 ticks = encode_grid_count_ticks(&run->grid, run->end_us);
    gint64 samples = encode_grid_tick_to_samples(&run->grid, ticks);
    if (!encode_sound_finish(voice->sound, samples, error))
        return FALSE;
    for (guint i = 0; i < voice->count; i++)
        encode_lane_end(voice->lanes[i], ticks);
    return wait_all(voice, error);
}

/* Keeps the order of the lanes. */
static void
add_lane(Voice *voice, EncodeLane *lane)
{
    guint cap_kbps = encode_rungs_get(encode_lane_get_rung(lane))->cap_kbps;
    guint at = voice->count++;
    for (; at > 0; at--) {
        EncodeLane *before = voice->lanes[at - 1];
        if (encode_rungs_get(encode_lane_get_rung(before))->cap_kbps <= cap_kbps)
            break;
        voice->lanes[at] = before;
    }
    voice->lanes[at] = lane;
}

static gboolean
open_lanes(Voice *voice, const GArray *rungs, gint64 *block, GError **error)
{
    *block = G_MAXINT64;
    for (guint i = 0; i < rungs->len && i < MOST_LANES; i++) {
        EncodeLane *lane =
            encode_lane_new(voice->run, g_array_index(rungs, EncodeRungsId, i), error);
        if (lane == NULL)
            return FALSE;
        add_lane(voice, lane);
        *block = MIN(*block, encode_lane_get_start_block(lane));
    }
    *block = MAX(*block - ENCODE_SOUND_WARM_UP, 0);
    return TRUE;
}

static gboolean
run_pass(Voice *voice, const GArray *rungs, EncodeProgressStage *stage, GError **error)
{
    EncodeRun *run = voice->run;
    gint64 block;
    if (!open_lanes(voice, rungs, &block, error))
        return FALSE;
    voice->sound = encode_sound_new(block, &run->treat, FALSE, on_sound_block, voice);
    stage->start_us = encode_sound_get_time_us(voice->sound);
    encode_progress_begin(run->progress, stage);
    return source_reader_start(run->reader, FALSE, TRUE, stage->start_us, error) &&
           read_all(voice, error) && finish(voice, error);
}

gboolean
encode_voice_run(EncodeRun *run, const GArray *rungs, EncodeProgressStage stage, GError **error)
{
    Voice voice = {.run = run};
    gboolean done = run_pass(&voice, rungs, &stage, error);
    for (guint i = 0; i < voice.count; i++)
        encode_lane_free(voice.lanes[i]);
    encode_sound_free(voice.sound);
    return done;
}
