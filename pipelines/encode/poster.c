// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What stands for a lesson is bright and full of edges: writing, or a sharp picture; rarely a black
// one, a fade or a blank slide. Edges near the top count twice: there the title of a slide is.
#include "pipelines/encode/poster.h"

#include <stdlib.h>
#include <libavutil/frame.h>

#include "pipelines/encode/asset.h"
#include "pipelines/encode/failure.h"
#include "pipelines/encode/picture.h"
#include "pipelines/encode/shrink.h"
#include "pipelines/encode/webp.h"
#include "pipelines/package/disk.h"

#define LARGEST_WIDTH 640
#define LOOK_US (30 * (gint64)G_USEC_PER_SEC)
#define EVERY_US G_USEC_PER_SEC
#define EDGE 28 // steps of luma from one pixel to the next but one
#define BLACK 24.0
#define BRIGHT 70.0
#define CLEARLY_BETTER 1.25
#define QUALITY 70

struct _EncodePoster {
    AVFrame *best;     // (owned) blank before the first
    double best_score; // (value)
    gint64 next_us;    // (value) when to look again
    gint64 first_us;   // (value) time of the first canvas considered; -1: none came
    gboolean ready;    // (value)
};

EncodePoster *
encode_poster_new(void)
{
    EncodePoster *poster = g_new0(EncodePoster, 1);
    poster->best = av_frame_alloc();
    poster->best_score = -1;
    poster->first_us = -1;
    return poster;
}

void
encode_poster_free(EncodePoster *poster)
{
    if (poster == NULL)
        return;
    av_frame_free(&poster->best);
    g_free(poster);
}

/* Edges on every other line, over the width of the picture, so that small and large pictures
 * compare; by how bright it is. */
static double
score_canvas(const AVFrame *canvas)
{
    guint64 sum = 0, edges = 0, samples = 0;
    for (int y = 0; y < canvas->height; y += 2) {
        const guint8 *line = canvas->data[0] + (gssize)y * canvas->linesize[0];
        guint64 found = 0;
        for (int x = 2; x < canvas->width; x += 2) {
            sum += line[x];
            samples++;
            found += abs(line[x] - line[x - 2]) > EDGE;
        }
        edges += found * (y < canvas->height / 3 ? 2 : 1);
    }
    if (samples == 0)
        return 0;
    double luma = (double)sum / (double)samples;
    double light = CLAMP((luma - BLACK) / (BRIGHT - BLACK), 0, 1);
    // Even a picture without any edge is better bright than black.
    return (edges / (double)samples + 0.0001) * (light + 0.001);
}

void
encode_poster_weigh(EncodePoster *poster, const AVFrame *canvas)
{
    double score = score_canvas(canvas);
    if (score <= poster->best_score * CLEARLY_BETTER)
        return;
    av_frame_unref(poster->best);
    if (av_frame_ref(poster->best, canvas) >= 0)
        poster->best_score = score;
}

void
encode_poster_consider(EncodePoster *poster, const AVFrame *canvas, gint64 time_us)
{
    if (poster->ready || time_us < poster->next_us)
        return;
    if (poster->first_us < 0)
        poster->first_us = time_us;
    poster->next_us = time_us + EVERY_US;
    poster->ready = time_us - poster->first_us >= LOOK_US;
    encode_poster_weigh(poster, canvas);
}

const AVFrame *
encode_poster_get_best(const EncodePoster *poster)
{
    return poster->best->width > 0 ? poster->best : NULL;
}

gboolean
encode_poster_is_ready(EncodePoster *poster)
{
    return poster->ready;
}

gboolean
encode_poster_write(EncodePoster *poster, const char *staging, int matrix, GError **error)
{
    if (poster->best->width == 0)
        return encode_failure_set(error, AVERROR(EINVAL), "no picture for the poster");
    guint from_width = (guint)poster->best->width, from_height = (guint)poster->best->height;
    guint width = MIN(from_width, LARGEST_WIDTH);
    guint height = MAX((guint)((double)from_height * width / from_width / 2 + 0.5) * 2, 2);
    g_autoptr(EncodeShrink) shrink =
        encode_shrink_new(from_width, from_height, width, height, error);
    const AVFrame *small =
        shrink != NULL ? encode_shrink_draw(shrink, poster->best, NULL, error) : NULL;
    if (small == NULL)
        return FALSE;
    g_autoptr(GBytes) coded = encode_webp_write(small, matrix, QUALITY, error);
    if (coded == NULL)
        return FALSE;
    gsize bytes = 0;
    const char *data = g_bytes_get_data(coded, &bytes);
    return package_disk_replace(staging, ENCODE_POSTER_FILE, data, bytes, error);
}

void
encode_poster_send(EncodePoster *poster, EncodeRun *run)
{
    g_autoptr(GError) failure = NULL;
    poster->ready = TRUE;
    if (run->poster_sent)
        return;
    int matrix = encode_picture_choose_colour(source_reader_get_info(run->reader)).matrix;
    if (!encode_poster_write(poster, run->job->staging, matrix, &failure)) {
        g_debug("poster: %s", failure->message);
        return;
    }
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_POSTER, ENCODE_POSTER_FILE);
    run->poster_sent = encode_asset_send(run, report);
}
