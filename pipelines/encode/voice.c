// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// source → sound → one output, segment by segment.
#include "pipelines/encode/voice.h"

#include <libavutil/frame.h>

#include "pipelines/encode/aac.h"
#include "pipelines/encode/sound.h"
#include "pipelines/source/failure.h"

#define WARM_UP_BLOCKS 4

typedef struct {
    EncodeRun *run;       // (unowned)
    EncodeOutput *output; // (owned)
    EncodeSound *sound;   // (owned)
    guint segments;       // (value) reported
    gint64 decoded_us;    // (value) length of what was decoded
} Voice;

static gboolean
on_sound_block(gint64 block, const float *left, const float *right, gpointer user_data,
               GError **error)
{
    Voice *voice = user_data;
    if (!encode_output_add_sound(voice->output, block, left, right, error))
        return FALSE;
    guint segments = encode_output_get_segments(voice->output, NULL);
    if (segments != voice->segments)
        encode_run_report_checkpoint(voice->run, voice->output);
    voice->segments = segments;
    return TRUE;
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
    g_autoptr(PackageResult) result = encode_output_finish(voice->output, ticks, error);
    if (result == NULL)
        return FALSE;
    encode_run_report_rung(run, ENCODE_RUNGS_VOICE, result, NULL, 0);
    return TRUE;
}

gboolean
encode_voice_run(EncodeRun *run, EncodeProgressStage stage, GError **error)
{
    EncodeOutputPicture none = {0};
    Voice voice = {.run = run};
    g_autoptr(EncodeOutput) output =
        encode_output_new(run->job->staging, ENCODE_RUNGS_VOICE, &run->grid, &none, error);
    if (output == NULL)
        return FALSE;
    voice.output = output;
    voice.segments = encode_output_get_segments(output, NULL);
    gint64 block = encode_output_get_start_block(output) - WARM_UP_BLOCKS;
    g_autoptr(EncodeSound) sound = encode_sound_new(MAX(block, 0), on_sound_block, &voice);
    voice.sound = sound;
    stage.start_us = encode_sound_get_time_us(sound);
    encode_progress_begin(run->progress, &stage);
    if (!source_reader_start(run->reader, FALSE, TRUE, stage.start_us, error))
        return FALSE;
    return read_all(&voice, error) && finish(&voice, error);
}
