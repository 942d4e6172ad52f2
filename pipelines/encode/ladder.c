// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// source → deinterlace → grid → canvas → one copy for each rung → outputs; sound beside it.
// Pictures are held until the grid asks for them, so what falls between ticks is never scaled.
#include "pipelines/encode/ladder.h"

#include <errno.h>
#include <libavutil/frame.h>

#include "pipelines/encode/aac.h"
#include "pipelines/encode/changes.h"
#include "pipelines/encode/deinterlace.h"
#include "pipelines/encode/failure.h"
#include "pipelines/encode/picture.h"
#include "pipelines/encode/poster.h"
#include "pipelines/encode/shrink.h"
#include "pipelines/encode/sound.h"
#include "pipelines/encode/worth.h"
#include "pipelines/source/failure.h"

// How far one track may lag in the file before the other goes on without it.
#define SLACK_US (60 * (gint64)G_USEC_PER_SEC)

typedef struct {
    EncodeOutput *output;        // (owned) (nullable) NULL once it failed
    EncodeShrink *shrink;        // (owned)
    EncodeDecidePicture decided; // (value)
    guint segments;              // (value) reported
    guint keys_past;             // (value) of the ladder's keys
    const AVFrame *picture;      // (unowned) (nullable) copy of the present canvas
} Rung;

typedef struct {
    EncodeRun *run;                 // (unowned)
    Rung rungs[ENCODE_RUNGS_COUNT]; // (owned)
    guint count;                    // (value)
    EncodeDeinterlace *deinterlace; // (owned)
    EncodePicture *picture;         // (owned)
    EncodeSound *sound;             // (owned)
    EncodePoster *poster;           // (owned)
    EncodeSamples *samples;         // (owned)
    gboolean poster_written;        // (value)
    AVFrame *held;                  // (owned) the picture shown from next_tick on; blank at first
    AVFrame *canvas;                // (owned) held, drawn; blank when not drawn yet
    AVFrame *drawn;                 // (owned) the last canvas that could be drawn; blank at first
    EncodeChanges *changes;         // (owned) from each of those to the next
    GArray *keys;                   // (owned) (element-type gint64) ticks with a new slide
    gint64 next_tick;               // (value) not encoded yet
} Ladder;

/* A rung's own trouble ends that rung; trouble with the disk ends the pass. */
static gboolean
survive(Ladder *ladder, Rung *rung, GError *failure, GError **error)
{
    gboolean alone = failure->domain == ENCODE_FAILURE;
    if (alone) {
        encode_run_report_rung_failed(ladder->run, encode_output_get_rung(rung->output), failure);
        g_clear_pointer(&rung->output, encode_output_free);
        for (guint i = 0; i < ladder->count; i++) {
            if (ladder->rungs[i].output != NULL) {
                g_error_free(failure);
                return TRUE;
            }
        }
    }
    g_propagate_error(error, failure);
    return FALSE;
}

static void
report_segments(Ladder *ladder, Rung *rung)
{
    guint segments = encode_output_get_segments(rung->output, NULL);
    if (segments != rung->segments)
        encode_run_report_checkpoint(ladder->run, rung->output);
    rung->segments = segments;
}

static gboolean
on_sound_block(gint64 block, const float *left, const float *right, const float *mono,
               gpointer user_data, GError **error)
{
    Ladder *ladder = user_data;
    for (guint i = 0; i < ladder->count; i++) {
        Rung *rung = &ladder->rungs[i];
        GError *failure = NULL;
        if (rung->output == NULL)
            continue;
        gboolean stereo = encode_rungs_get(encode_output_get_rung(rung->output))->channels == 2;
        if (!encode_output_add_sound(rung->output, block, stereo ? left : mono,
                                     stereo ? right : mono, &failure) &&
            !survive(ladder, rung, failure, error))
            return FALSE;
        if (rung->output != NULL)
            report_segments(ladder, rung);
    }
    return TRUE;
}

static void
write_poster(Ladder *ladder)
{
    ladder->poster_written = TRUE;
    encode_poster_send(ladder->poster, ladder->run);
}

/* A picture that the filters refuse, in the midst of others, leaves the one before it standing. */
static gboolean
draw_canvas(Ladder *ladder, GError **error)
{
    g_autoptr(GError) failure = NULL;
    if (ladder->canvas->width > 0)
        return TRUE;
    for (guint i = 0; i < ladder->count; i++)
        ladder->rungs[i].picture = NULL;
    if (encode_picture_draw(ladder->picture, ladder->held, ladder->canvas, &failure)) {
        encode_changes_add(ladder->changes, ladder->drawn, ladder->canvas);
        av_frame_unref(ladder->drawn);
        return av_frame_ref(ladder->drawn, ladder->canvas) >= 0 ||
               encode_failure_set(error, AVERROR(ENOMEM), "canvas");
    }
    av_frame_unref(ladder->canvas);
    if (ladder->drawn->width > 0 && av_frame_ref(ladder->canvas, ladder->drawn) >= 0)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

/* TRUE for the first picture of this rung that shows a new slide. */
static gboolean
pass_keys(const Ladder *ladder, Rung *rung, gint64 tick)
{
    guint past = rung->keys_past;
    while (past < ladder->keys->len && g_array_index(ladder->keys, gint64, past) <= tick)
        past++;
    gboolean passed = past > rung->keys_past &&
                      g_array_index(ladder->keys, gint64, past - 1) + rung->decided.step > tick;
    rung->keys_past = past;
    return passed;
}

static gboolean
encode_tick(Ladder *ladder, Rung *rung, gint64 tick, GError **error)
{
    if (tick % rung->decided.step != 0)
        return TRUE;
    gboolean key = pass_keys(ladder, rung, tick);
    if (rung->picture == NULL)
        rung->picture = encode_shrink_draw(rung->shrink, ladder->canvas, ladder->changes, error);
    return rung->picture != NULL &&
           encode_output_add_picture(rung->output, rung->picture, tick, key, error);
}

static gboolean
is_shown(const Ladder *ladder, gint64 tick)
{
    for (guint i = 0; i < ladder->count; i++)
        if (ladder->rungs[i].output != NULL && tick % ladder->rungs[i].decided.step == 0)
            return TRUE;
    return FALSE;
}

/* Encodes the held picture for every tick before @until; what no rung shows is not drawn. */
static gboolean
emit_until(Ladder *ladder, gint64 until, GError **error)
{
    for (; ladder->next_tick < until; ladder->next_tick++) {
        gint64 time_us = encode_grid_tick_to_us(&ladder->run->grid, ladder->next_tick);
        if (!encode_run_go_on(ladder->run, time_us, error))
            return FALSE;
        encode_progress_update(ladder->run->progress, time_us);
        if (!is_shown(ladder, ladder->next_tick))
            continue;
        if (!draw_canvas(ladder, error))
            return FALSE;
        encode_samples_keep(ladder->samples, ladder->canvas, ladder->next_tick);
        encode_poster_consider(ladder->poster, ladder->canvas, time_us);
        if (!ladder->poster_written && encode_poster_is_ready(ladder->poster))
            write_poster(ladder);
        for (guint i = 0; i < ladder->count; i++) {
            Rung *rung = &ladder->rungs[i];
            GError *failure = NULL;
            if (rung->output != NULL && !encode_tick(ladder, rung, ladder->next_tick, &failure) &&
                !survive(ladder, rung, failure, error))
                return FALSE;
            if (rung->output != NULL)
                report_segments(ladder, rung);
        }
    }
    return TRUE;
}

/* Takes the contents of @frame. */
static gboolean
show_picture(Ladder *ladder, AVFrame *frame, GError **error)
{
    gint64 tick = encode_grid_us_to_tick(&ladder->run->grid, frame->pts);
    gboolean first = ladder->held->width == 0;
    if (!first && !emit_until(ladder, tick, error))
        return FALSE;
    av_frame_unref(ladder->held);
    av_frame_unref(ladder->canvas);
    av_frame_move_ref(ladder->held, frame);
    return TRUE;
}

static gboolean
show_ready(Ladder *ladder, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    gboolean fine = TRUE;
    while (fine && encode_deinterlace_pull(ladder->deinterlace, frame)) {
        fine = show_picture(ladder, frame, error);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine;
}

static gboolean
take_picture(Ladder *ladder, AVFrame *frame, GError **error)
{
    gint64 time_us = frame->pts;
    return encode_run_go_on(ladder->run, MAX(time_us, 0), error) &&
           encode_deinterlace_push(ladder->deinterlace, frame, error) &&
           show_ready(ladder, error) && encode_sound_fill(ladder->sound, time_us - SLACK_US, error);
}

static gboolean
take_sound(Ladder *ladder, const AVFrame *frame, GError **error)
{
    gint64 tick = encode_grid_us_to_tick(&ladder->run->grid, frame->pts - SLACK_US);
    if (ladder->held->width > 0 && !emit_until(ladder, tick, error))
        return FALSE;
    return encode_run_go_on(ladder->run, 0, error) &&
           encode_sound_push(ladder->sound, frame, error);
}

static gboolean
read_all(Ladder *ladder, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    SourceReaderResult result;
    gboolean fine = TRUE;
    while (fine && (result = source_reader_read(ladder->run->reader, frame, error)) <=
                       SOURCE_READER_SOUND) {
        fine = result == SOURCE_READER_PICTURE ? take_picture(ladder, frame, error)
                                               : take_sound(ladder, frame, error);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine && result == SOURCE_READER_END &&
           encode_deinterlace_push(ladder->deinterlace, NULL, error) && show_ready(ladder, error);
}

/* All are finished before any is reported: which are kept depends on their sizes. */
static gboolean
finish_rungs(Ladder *ladder, gint64 end_tick, GError **error)
{
    g_autoptr(EncodeWorth) worth = encode_worth_new(ladder->run, ladder->samples);
    for (guint i = 0; i < ladder->count; i++) {
        Rung *rung = &ladder->rungs[i];
        GError *failure = NULL;
        if (rung->output == NULL)
            continue;
        encode_watchdog_beat(ladder->run->watchdog);
        PackageResult *result = encode_output_finish(rung->output, end_tick, &failure);
        if (result != NULL)
            encode_worth_add(worth, rung->output, &rung->decided, result);
        else if (!survive(ladder, rung, failure, error))
            return FALSE;
    }
    return encode_worth_report(worth, error);
}

static gboolean
finish_all(Ladder *ladder, GError **error)
{
    EncodeRun *run = ladder->run;
    if (ladder->held->width == 0) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "no picture decodes");
        return FALSE;
    }
    run->end_us = source_reader_get_end_us(run->reader);
    if (!encode_run_check_kept(run, run->end_us, error))
        return FALSE;
    gint64 ticks = encode_grid_count_ticks(&run->grid, run->end_us);
    if (!emit_until(ladder, ticks, error))
        return FALSE;
    // Pictures that came late may have gone past the counted end.
    gint64 end_tick = MAX(ticks, ladder->next_tick);
    if (!encode_sound_finish(ladder->sound, encode_grid_tick_to_samples(&run->grid, end_tick),
                             error))
        return FALSE;
    // A resumed pass may have nothing left to encode.
    if (!ladder->poster_written && draw_canvas(ladder, NULL)) {
        encode_poster_consider(ladder->poster, ladder->canvas, run->end_us);
        write_poster(ladder);
    }
    return finish_rungs(ladder, end_tick, error);
}

/* Adds a rung; one whose encoder will not open is reported as failed. */
static gboolean
open_rung(Ladder *ladder, EncodeRungsId id, const EncodeOutputPicture *shape, GError **error)
{
    EncodeRun *run = ladder->run;
    GError *failure = NULL;
    EncodeOutput *output = encode_output_new(run->job->staging, id, &run->grid, shape, &failure);
    if (output != NULL) {
        Rung *rung = &ladder->rungs[ladder->count++];
        rung->output = output;
        rung->decided = shape->decided;
        rung->segments = encode_output_get_segments(output, NULL);
        return TRUE;
    }
    if (failure->domain != ENCODE_FAILURE) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    encode_run_report_rung_failed(run, id, failure);
    g_error_free(failure);
    return TRUE;
}

/* The largest rung's size is the canvas. */
static gboolean
open_canvas(Ladder *ladder, const SourceInfo *info, GError **error)
{
    guint width = 0;
    guint height = 0;
    for (guint i = 0; i < ladder->count; i++) {
        const EncodeDecidePicture *decided = &ladder->rungs[i].decided;
        if (decided->width * decided->height > width * height) {
            width = decided->width;
            height = decided->height;
        }
    }
    for (guint i = 0; i < ladder->count; i++) {
        Rung *rung = &ladder->rungs[i];
        rung->shrink =
            encode_shrink_new(width, height, rung->decided.width, rung->decided.height, error);
        if (rung->shrink == NULL)
            return FALSE;
    }
    ladder->picture = encode_picture_new(info, width, height);
    ladder->samples = encode_samples_new(ladder->run->job->staging, &ladder->run->grid,
                                         ladder->run->end_us, width, height);
    return TRUE;
}

static gboolean
open_rungs(Ladder *ladder, const GArray *rungs, GError **error)
{
    EncodeRun *run = ladder->run;
    EncodeDecideFacts facts = run->facts;
    facts.info = source_reader_get_info(run->reader);
    EncodeOutputPicture shape = {.colour = encode_picture_choose_colour(facts.info)};
    for (guint i = 0; i < rungs->len; i++) {
        EncodeRungsId id = g_array_index(rungs, EncodeRungsId, i);
        shape.decided = encode_decide_picture(&facts, &run->grid, id);
        if (!open_rung(ladder, id, &shape, error))
            return FALSE;
    }
    ladder->keys = encode_decide_keys(facts.analysis, &run->grid);
    if (ladder->count > 0)
        return open_canvas(ladder, facts.info, error);
    return encode_failure_set(error, AVERROR_ENCODER_NOT_FOUND, "picture rungs");
}

static void
find_start(Ladder *ladder, gint64 *block)
{
    ladder->next_tick = G_MAXINT64;
    *block = G_MAXINT64;
    for (guint i = 0; i < ladder->count; i++) {
        EncodeOutput *output = ladder->rungs[i].output;
        ladder->next_tick = MIN(ladder->next_tick, encode_output_get_start_tick(output));
        *block = MIN(*block, encode_output_get_start_block(output));
    }
    *block = MAX(*block - ENCODE_SOUND_WARM_UP, 0);
}

static gboolean
run_pass(Ladder *ladder, const GArray *rungs, EncodeProgressStage *stage, GError **error)
{
    if (!open_rungs(ladder, rungs, error))
        return FALSE;
    gint64 block;
    find_start(ladder, &block);
    gboolean stereo = FALSE;
    for (guint i = 0; i < rungs->len; i++)
        stereo |= encode_rungs_get(g_array_index(rungs, EncodeRungsId, i))->channels == 2;
    ladder->sound = encode_sound_new(block, &ladder->run->treat, stereo, on_sound_block, ladder);
    stage->start_us = encode_grid_tick_to_us(&ladder->run->grid, ladder->next_tick);
    encode_progress_begin(ladder->run->progress, stage);
    gint64 from_us = MIN(stage->start_us, encode_sound_get_time_us(ladder->sound));
    return source_reader_start(ladder->run->reader, TRUE, TRUE, from_us, error) &&
           read_all(ladder, error) && finish_all(ladder, error);
}

static void
clear_ladder(Ladder *ladder)
{
    for (guint i = 0; i < ladder->count; i++) {
        encode_output_free(ladder->rungs[i].output);
        encode_shrink_free(ladder->rungs[i].shrink);
    }
    encode_deinterlace_free(ladder->deinterlace);
    encode_picture_free(ladder->picture);
    encode_changes_free(ladder->changes);
    encode_sound_free(ladder->sound);
    encode_poster_free(ladder->poster);
    encode_samples_free(ladder->samples);
    g_clear_pointer(&ladder->keys, g_array_unref);
    av_frame_free(&ladder->held);
    av_frame_free(&ladder->canvas);
    av_frame_free(&ladder->drawn);
}

gboolean
encode_ladder_run(EncodeRun *run, const GArray *rungs, EncodeProgressStage stage, GError **error)
{
    Ladder ladder = {
        .run = run,
        .deinterlace = encode_deinterlace_new(),
        .poster = encode_poster_new(),
        .changes = encode_changes_new(),
        .held = av_frame_alloc(),
        .canvas = av_frame_alloc(),
        .drawn = av_frame_alloc(),
    };
    ladder.poster_written = run->poster_sent;
    gboolean done = run_pass(&ladder, rungs, &stage, error);
    clear_ladder(&ladder);
    return done;
}
