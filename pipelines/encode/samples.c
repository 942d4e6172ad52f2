// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two kinds of files: `samples` has the ticks, one a line; `sample-<tick>-<width>x<height>` the
// three planes, line after line.
#include "pipelines/encode/samples.h"

#include <errno.h>
#include <string.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>

#include "pipelines/encode/shrink.h"
#include "pipelines/package/disk.h"

// One segment in so many, at least one, and no more than this.
#define ONE_IN 8
#define MOST_SEGMENTS 4
// In each of them, pictures a quarter of the segment apart, in its first half.
#define SEGMENT_SAMPLES 3
#define MOST_SAMPLES (MOST_SEGMENTS * SEGMENT_SAMPLES)
// A multiple of every rung's step.
#define COMMON_STEP 12
#define LIST_NAME "samples"
#define MOST_LIST_BYTES 1024

struct _EncodeSamples {
    char *folder;    // (owned)
    EncodeGrid grid; // (value)
    GArray *ticks;   // (owned) (element-type gint64)
    guint width;     // (value) of the canvases
    guint height;    // (value)
};

GArray *
encode_samples_choose(const EncodeGrid *grid, gint64 end_us)
{
    GArray *ticks = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 segments = MAX(encode_grid_us_to_tick(grid, end_us) / grid->ticks, 1);
    gint64 count = CLAMP(segments / ONE_IN, 1, MOST_SEGMENTS);
    for (gint64 i = 0; i < count; i++) {
        gint64 segment = (2 * i + 1) * segments / (2 * count);
        for (gint64 j = 0; j < SEGMENT_SAMPLES; j++) {
            gint64 apart = j * grid->ticks / 4 / COMMON_STEP * COMMON_STEP;
            gint64 tick = segment * grid->ticks + apart;
            g_array_append_val(ticks, tick);
        }
    }
    return ticks;
}

/* The list of an earlier attempt, read as strictly as foreign bytes. Returns: (transfer full)
 * (nullable). */
static GArray *
read_list(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, LIST_NAME, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, NULL) || length > MOST_LIST_BYTES)
        return NULL;
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", MOST_SAMPLES + 1);
    g_autoptr(GArray) ticks = g_array_new(FALSE, FALSE, sizeof(gint64));
    for (guint i = 0; lines[i] != NULL; i++) {
        gint64 tick = 0, before = i > 0 ? g_array_index(ticks, gint64, i - 1) : 0;
        if (!g_ascii_string_to_signed(lines[i], 10, before, G_MAXINT32, &tick, NULL) ||
            i >= MOST_SAMPLES)
            return NULL;
        g_array_append_val(ticks, tick);
    }
    return ticks->len > 0 ? g_steal_pointer(&ticks) : NULL;
}

static void
write_list(const EncodeSamples *samples)
{
    g_autoptr(GError) failure = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < samples->ticks->len; i++)
        g_string_append_printf(text, "%" G_GINT64_FORMAT "\n", encode_samples_get_tick(samples, i));
    if (!package_disk_replace(samples->folder, LIST_NAME, text->str, text->len, &failure))
        g_debug("samples: %s", failure->message);
}

EncodeSamples *
encode_samples_new(const char *folder, const EncodeGrid *grid, gint64 end_us, guint width,
                   guint height)
{
    EncodeSamples *samples = g_new0(EncodeSamples, 1);
    samples->folder = g_strdup(folder);
    samples->grid = *grid;
    samples->width = width;
    samples->height = height;
    samples->ticks = read_list(folder);
    if (samples->ticks == NULL) {
        samples->ticks = encode_samples_choose(grid, end_us);
        write_list(samples);
    }
    return samples;
}

void
encode_samples_free(EncodeSamples *samples)
{
    if (samples == NULL)
        return;
    g_array_unref(samples->ticks);
    g_free(samples->folder);
    g_free(samples);
}

guint
encode_samples_count(const EncodeSamples *samples)
{
    return samples->ticks->len;
}

gint64
encode_samples_get_tick(const EncodeSamples *samples, guint number)
{
    return g_array_index(samples->ticks, gint64, number);
}

const EncodeGrid *
encode_samples_get_grid(const EncodeSamples *samples)
{
    return &samples->grid;
}

static char *
build_name(const EncodeSamples *samples, gint64 tick)
{
    return g_strdup_printf("sample-%" G_GINT64_FORMAT "-%ux%u", tick, samples->width,
                           samples->height);
}

static void
write_canvas(const EncodeSamples *samples, const AVFrame *canvas, gint64 tick)
{
    g_autoptr(GError) failure = NULL;
    g_autofree char *name = build_name(samples, tick);
    int bytes = av_image_get_buffer_size(AV_PIX_FMT_YUV420P, canvas->width, canvas->height, 1);
    g_autofree guint8 *data = bytes > 0 ? g_malloc((gsize)bytes) : NULL;
    if (data == NULL ||
        av_image_copy_to_buffer(data, bytes, (const guint8 *const *)canvas->data, canvas->linesize,
                                AV_PIX_FMT_YUV420P, canvas->width, canvas->height, 1) < 0)
        return;
    if (!package_disk_replace(samples->folder, name, (const char *)data, (gsize)bytes, &failure))
        g_debug("samples: %s", failure->message);
}

void
encode_samples_keep(EncodeSamples *samples, const AVFrame *canvas, gint64 tick)
{
    if (canvas->format != AV_PIX_FMT_YUV420P || canvas->width != (int)samples->width ||
        canvas->height != (int)samples->height)
        return;
    for (guint i = 0; i < samples->ticks->len; i++) {
        if (encode_samples_get_tick(samples, i) != tick)
            continue;
        write_canvas(samples, canvas, tick);
        return;
    }
}

/* Returns: (transfer full) (nullable). */
static AVFrame *
read_canvas(const EncodeSamples *samples, gint64 tick)
{
    g_autofree char *name = build_name(samples, tick);
    g_autofree char *path = g_build_filename(samples->folder, name, NULL);
    g_autofree char *data = NULL;
    gsize length = 0;
    int width = (int)samples->width, height = (int)samples->height;
    if (!g_file_get_contents(path, &data, &length, NULL) ||
        (int)length != av_image_get_buffer_size(AV_PIX_FMT_YUV420P, width, height, 1))
        return NULL;
    AVFrame *canvas = av_frame_alloc();
    canvas->format = AV_PIX_FMT_YUV420P;
    canvas->width = width;
    canvas->height = height;
    guint8 *planes[4] = {NULL};
    int strides[4] = {0};
    if (av_frame_get_buffer(canvas, 0) < 0 ||
        av_image_fill_arrays(planes, strides, (const guint8 *)data, AV_PIX_FMT_YUV420P, width,
                             height, 1) < 0) {
        av_frame_free(&canvas);
        return NULL;
    }
    av_image_copy(canvas->data, canvas->linesize, (const guint8 **)planes, strides,
                  AV_PIX_FMT_YUV420P, width, height);
    return canvas;
}

AVFrame *
encode_samples_load(EncodeSamples *samples, guint number, guint width, guint height)
{
    AVFrame *canvas = read_canvas(samples, encode_samples_get_tick(samples, number));
    if (canvas == NULL)
        return NULL;
    g_autoptr(EncodeShrink) shrink =
        encode_shrink_new(samples->width, samples->height, width, height, NULL);
    const AVFrame *small = shrink != NULL ? encode_shrink_draw(shrink, canvas, NULL, NULL) : NULL;
    AVFrame *loaded = small != NULL ? av_frame_clone(small) : NULL;
    av_frame_free(&canvas);
    return loaded;
}
