// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// source → untreated sound → analysis.
#include "pipelines/encode/listen.h"

#include <libavutil/frame.h>

#include "pipelines/analyse/sound.h"
#include "pipelines/encode/sound.h"
#include "pipelines/encode/waveform.h"
#include "pipelines/source/failure.h"

static gboolean
on_sound_block(gint64 block, const float *left, const float *right, const float *mono,
               gpointer user_data, GError **error)
{
    analyse_sound_add(user_data, left, right);
    return TRUE;
}

static gboolean
read_all(EncodeRun *run, EncodeSound *sound, gint64 *decoded_us, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    SourceReaderResult result;
    gboolean fine = TRUE;
    while (fine &&
           (result = source_reader_read(run->reader, frame, error)) <= SOURCE_READER_SOUND) {
        *decoded_us += frame->pkt_duration;
        encode_progress_update(run->progress, frame->pts);
        fine = encode_run_go_on(run, frame->pts, error) &&
               (result == SOURCE_READER_PICTURE || encode_sound_push(sound, frame, error));
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine && result == SOURCE_READER_END;
}

/* A lesson without a waveform is still a lesson. */
static void
write_outline(EncodeRun *run, AnalyseSound *heard)
{
    guint interval_ms = 0;
    g_autoptr(GByteArray) outline = analyse_sound_get_outline(heard, &interval_ms);
    g_autoptr(GError) failure = NULL;
    if (!encode_waveform_write(run->job->staging, interval_ms, outline, &failure))
        g_debug("waveform: %s", failure->message);
}

gboolean
encode_listen_run(EncodeRun *run, EncodeProgressStage stage, AnalyseResultSound *result,
                  GError **error)
{
    g_autoptr(AnalyseSound) heard = analyse_sound_new();
    g_autoptr(EncodeSound) sound = encode_sound_new(0, NULL, TRUE, on_sound_block, heard);
    gint64 decoded_us = 0;
    encode_progress_begin(run->progress, &stage);
    if (!source_reader_start(run->reader, FALSE, TRUE, 0, error) ||
        !read_all(run, sound, &decoded_us, error))
        return FALSE;
    if (decoded_us == 0) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "no sound decodes");
        return FALSE;
    }
    run->end_us = source_reader_get_end_us(run->reader);
    // The end of the last block may be silence that is none of the sound's; so little does nothing.
    gint64 samples = av_rescale(run->end_us, 48000, G_USEC_PER_SEC);
    if (!encode_sound_finish(sound, samples + ENCODE_TREAT_BLOCK - 1, error))
        return FALSE;
    analyse_sound_finish(heard, result);
    write_outline(run, heard);
    return TRUE;
}
