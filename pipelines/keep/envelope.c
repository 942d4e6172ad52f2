// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Blocks of 1024 samples come, levels of 960 go.
#include "pipelines/keep/envelope.h"

#include <libavutil/frame.h>
#include <math.h>

#include <gio/gio.h>

#include "pipelines/encode/run.h"
#include "pipelines/encode/sound.h"
#include "pipelines/keep/match.h"
#include "pipelines/source/reader.h"

#define LIMIT_S 60
#define BLOCK 1024 // samples of what EncodeSound gives

typedef struct {
    GArray *levels; // (owned) (element-type float)
    double energy;  // of the level at work
    guint filled;   // samples of it
} Meter;

static gboolean
on_block(gint64 block, const float *left, const float *right, const float *mono, gpointer user_data,
         GError **error)
{
    Meter *meter = user_data;
    for (guint i = 0; i < BLOCK; i++) {
        meter->energy += (double)mono[i] * (double)mono[i] / KEEP_MATCH_SAMPLES;
        if (++meter->filled < KEEP_MATCH_SAMPLES)
            continue;
        float level = (float)MAX(10 * log10(meter->energy + 1e-12), KEEP_MATCH_FLOOR_DB);
        g_array_append_val(meter->levels, level);
        meter->energy = 0;
        meter->filled = 0;
    }
    return TRUE;
}

static gboolean
listen(EncodeRun *run, const KeepEnvelopeWish *wish, Meter *meter, GError **error)
{
    g_autoptr(EncodeSound) sound = encode_sound_new(0, NULL, FALSE, on_block, meter);
    AVFrame *frame = av_frame_alloc();
    SourceReaderResult result = SOURCE_READER_SOUND;
    gboolean fine = source_reader_start(run->reader, FALSE, TRUE, 0, error);
    while (fine &&
           (result = source_reader_read(run->reader, frame, error)) <= SOURCE_READER_SOUND) {
        fine = encode_run_go_on(run, frame->pts, error) &&
               (result == SOURCE_READER_PICTURE || encode_sound_push(sound, frame, error));
        if (fine && !wish->on_time(frame->pts, wish->user_data)) {
            g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "told to stop");
            fine = FALSE;
        }
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine && result == SOURCE_READER_END;
}

GArray *
keep_envelope_read(const KeepEnvelopeWish *wish, GError **error)
{
    g_autofree char *path = g_build_filename(wish->job->bundle, wish->file, NULL);
    g_autoptr(EncodeWatchdog) watchdog = encode_watchdog_new(wish->channel, LIMIT_S);
    g_autoptr(GArray) levels = g_array_new(FALSE, FALSE, sizeof(float));
    EncodeRun run = {.channel = wish->channel, .job = wish->job, .watchdog = watchdog};
    Meter meter = {.levels = levels};
    g_autoptr(SourceReader) reader =
        source_reader_open(path, 0, encode_run_is_stopped, &run, error);
    run.reader = reader;
    return reader != NULL && listen(&run, wish, &meter, error) ? g_steal_pointer(&levels) : NULL;
}
