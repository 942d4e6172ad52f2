// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture with the most detail in the first half minute, one candidate a second: rarely a black
// one, a fade or a blank slide.
#include "pipelines/encode/poster.h"

#include <libavutil/frame.h>
#include <webp/encode.h>

#include "pipelines/encode/failure.h"
#include "pipelines/encode/shrink.h"
#include "pipelines/package/disk.h"

#define LARGEST_WIDTH 640
#define LOOK_US (30 * (gint64)G_USEC_PER_SEC)
#define EVERY_US G_USEC_PER_SEC
#define SAMPLES 64
#define QUALITY 75.0f

struct _EncodePoster {
    AVFrame *best;     // (owned) blank before the first
    double best_score; // (value)
    gint64 next_us;    // (value) when to look again
    gint64 first_us;   // (value) time of the first canvas; -1: none came
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

/* Variance of a lattice of luma samples. */
static double
score_canvas(const AVFrame *canvas)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < SAMPLES * SAMPLES; i++) {
        int y = i / SAMPLES * canvas->height / SAMPLES;
        int x = i % SAMPLES * canvas->width / SAMPLES;
        double luma = canvas->data[0][(gssize)y * canvas->linesize[0] + x];
        sum += luma;
        squares += luma * luma;
    }
    double count = SAMPLES * SAMPLES;
    return squares / count - (sum / count) * (sum / count);
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
    double score = score_canvas(canvas);
    // A later picture must be clearly better.
    if (score <= poster->best_score * 1.1)
        return;
    av_frame_unref(poster->best);
    if (av_frame_ref(poster->best, canvas) >= 0)
        poster->best_score = score;
}

gboolean
encode_poster_is_ready(EncodePoster *poster)
{
    return poster->ready;
}

static gboolean
compress(const AVFrame *frame, WebPMemoryWriter *memory)
{
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigPreset(&config, WEBP_PRESET_PICTURE, QUALITY) || !WebPPictureInit(&picture))
        return FALSE;
    picture.width = frame->width;
    picture.height = frame->height;
    picture.y = frame->data[0];
    picture.u = frame->data[1];
    picture.v = frame->data[2];
    picture.y_stride = frame->linesize[0];
    picture.uv_stride = frame->linesize[1];
    picture.colorspace = WEBP_YUV420;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = memory;
    return WebPEncode(&config, &picture) != 0;
}

gboolean
encode_poster_write(EncodePoster *poster, const char *folder, guint64 *bytes, char **sha256,
                    GError **error)
{
    poster->ready = TRUE;
    if (poster->best->width == 0)
        return encode_failure_set(error, AVERROR(EINVAL), "no picture for the poster");
    guint from_width = (guint)poster->best->width, from_height = (guint)poster->best->height;
    guint width = MIN(from_width, LARGEST_WIDTH);
    guint height = MAX((guint)((double)from_height * width / from_width / 2 + 0.5) * 2, 2);
    g_autoptr(EncodeShrink) shrink =
        encode_shrink_new(from_width, from_height, width, height, error);
    const AVFrame *small = shrink != NULL ? encode_shrink_draw(shrink, poster->best, error) : NULL;
    if (small == NULL)
        return FALSE;
    WebPMemoryWriter memory;
    WebPMemoryWriterInit(&memory);
    gboolean written = compress(small, &memory)
                           ? package_disk_replace(folder, "poster.webp", (const char *)memory.mem,
                                                  memory.size, error)
                           : encode_failure_set(error, AVERROR(EINVAL), "poster");
    if (written) {
        *bytes = memory.size;
        *sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256, memory.mem, memory.size);
    }
    WebPMemoryWriterClear(&memory);
    return written;
}
