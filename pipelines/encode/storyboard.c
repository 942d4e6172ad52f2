// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One sheet, filled tile by tile in order of time. Where there are no stills, a tile shows the last
// key picture before its time: one pass over the packets, and one decoded picture a tile at most.
#include "pipelines/encode/storyboard.h"

#include <libavutil/frame.h>
#include <string.h>

#include "pipelines/encode/asset.h"
#include "pipelines/encode/picture.h"
#include "pipelines/encode/webp.h"
#include "pipelines/package/disk.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/keys.h"

#define FILE_NAME "storyboard.webp"
#define MOST_TILES 100
#define COLUMNS 10
#define LONG_SIDE 160
#define LEAST_INTERVAL_US (2 * (gint64)G_USEC_PER_SEC)
#define INTERVAL_STEP_US (G_USEC_PER_SEC / 2)
#define QUALITY 55
#define BLACK_LUMA 16
#define GREY_CHROMA 128

typedef struct {
    EncodeRun *run;         // (unowned)
    SourceInfo *info;       // (owned) of what is drawn into tiles
    EncodePicture *picture; // (owned)
    AVFrame *sheet;         // (owned)
    AVFrame *tile;          // (owned) blank, or the picture of the present time
    guint width;            // (value) of a tile
    guint height;           // (value)
    guint count;            // (value) of tiles
    guint filled;           // (value)
    gint64 interval_us;     // (value)
} Sheet;

gint64
encode_storyboard_choose_interval(gint64 duration_us)
{
    gint64 least = (duration_us + MOST_TILES - 1) / MOST_TILES;
    gint64 stepped = (least + INTERVAL_STEP_US - 1) / INTERVAL_STEP_US * INTERVAL_STEP_US;
    return MAX(stepped, LEAST_INTERVAL_US);
}

/* Even sides of the same shape in a square of LONG_SIDE. */
static void
choose_tile(Sheet *sheet, const SourceInfo *info)
{
    guint longer = MAX(info->width, info->height);
    sheet->width = MAX((guint)((guint64)info->width * LONG_SIDE / longer) / 2 * 2, 2);
    sheet->height = MAX((guint)((guint64)info->height * LONG_SIDE / longer) / 2 * 2, 2);
}

/* @upright: pictures come turned already. */
static gboolean
open_sheet(Sheet *sheet, gint64 duration_us, gboolean upright)
{
    const SourceInfo *info = source_reader_get_info(sheet->run->reader);
    choose_tile(sheet, info);
    sheet->interval_us = encode_storyboard_choose_interval(duration_us);
    sheet->count = (guint)((duration_us + sheet->interval_us - 1) / sheet->interval_us);
    sheet->info = source_info_copy(info);
    if (upright) {
        sheet->info->turn_degrees = 0;
        sheet->info->mirrored = FALSE;
    }
    sheet->picture = encode_picture_new(sheet->info, sheet->width, sheet->height);
    sheet->tile = av_frame_alloc();
    sheet->sheet = av_frame_alloc();
    sheet->sheet->format = AV_PIX_FMT_YUV420P;
    sheet->sheet->width = (int)(sheet->width * MIN(sheet->count, COLUMNS));
    sheet->sheet->height = (int)(sheet->height * ((sheet->count + COLUMNS - 1) / COLUMNS));
    if (av_frame_get_buffer(sheet->sheet, 0) < 0)
        return FALSE;
    for (int plane = 0; plane < 3; plane++) {
        int rows = plane == 0 ? sheet->sheet->height : sheet->sheet->height / 2;
        memset(sheet->sheet->data[plane], plane == 0 ? BLACK_LUMA : GREY_CHROMA,
               (gsize)sheet->sheet->linesize[plane] * (gsize)rows);
    }
    return TRUE;
}

static void
clear_sheet(Sheet *sheet)
{
    encode_picture_free(sheet->picture);
    source_info_free(sheet->info);
    av_frame_free(&sheet->sheet);
    av_frame_free(&sheet->tile);
}

/* Copies the present picture to the next tile. */
static void
fill_tile(Sheet *sheet)
{
    guint left = sheet->filled % COLUMNS * sheet->width;
    guint top = sheet->filled / COLUMNS * sheet->height;
    for (int plane = 0; plane < 3 && sheet->tile->width > 0; plane++) {
        guint part = plane == 0 ? 1 : 2;
        gsize stride = (gsize)sheet->sheet->linesize[plane];
        guint8 *to = sheet->sheet->data[plane] + (top / part) * stride + left / part;
        const guint8 *from = sheet->tile->data[plane];
        for (guint row = 0; row < sheet->height / part; row++)
            memcpy(to + row * stride, from + row * (gsize)sheet->tile->linesize[plane],
                   sheet->width / part);
    }
    sheet->filled++;
}

static gint64
get_next_us(const Sheet *sheet)
{
    return sheet->filled * sheet->interval_us;
}

/* A picture that cannot be drawn leaves the one before it. */
static gboolean
draw_tile(Sheet *sheet, const AVFrame *frame)
{
    AVFrame *drawn = av_frame_alloc();
    gboolean fine = encode_picture_draw(sheet->picture, frame, drawn, NULL);
    if (fine) {
        av_frame_unref(sheet->tile);
        av_frame_move_ref(sheet->tile, drawn);
    }
    av_frame_free(&drawn);
    return fine;
}

static gboolean
on_key_picture(AVFrame *frame, gpointer data)
{
    return !draw_tile(data, frame);
}

/* Fills what is shown before the next key picture. */
static gboolean
take_group(Sheet *sheet, SourceKeys *keys, const SourceKeysGroup *group, GError **error)
{
    while (sheet->filled < sheet->count && sheet->tile->width > 0 &&
           get_next_us(sheet) < group->start_us)
        fill_tile(sheet);
    gboolean wanted = sheet->tile->width == 0 || get_next_us(sheet) < group->end_us;
    if (!wanted || !group->starts)
        return TRUE;
    return source_keys_decode(keys, group, group->start_us, on_key_picture, sheet, NULL) ||
           encode_run_go_on(sheet->run, group->start_us, error);
}

static gboolean
fill_from_keys(Sheet *sheet, GError **error)
{
    EncodeRun *run = sheet->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    g_autoptr(SourceKeys) keys =
        source_keys_open(run->job->source, info, encode_run_is_stopped, run, NULL);
    while (keys != NULL && sheet->filled < sheet->count) {
        // Of every group no more than its first picture.
        g_autoptr(SourceKeysGroup) group = source_keys_read(keys, 1, NULL);
        if (group == NULL)
            break;
        if (!encode_run_go_on(run, MAX(group->start_us, 0), error) ||
            !take_group(sheet, keys, group, error))
            return FALSE;
    }
    return encode_run_go_on(run, 0, error);
}

static gboolean
fill_from_stills(Sheet *sheet, const EncodeStills *stills, GError **error)
{
    const AVFrame *last = NULL;
    while (sheet->filled < sheet->count) {
        const AVFrame *still = encode_stills_get_thumbnail(stills, get_next_us(sheet));
        if (!encode_run_go_on(sheet->run, 0, error))
            return FALSE;
        if (still != NULL && still != last)
            draw_tile(sheet, still);
        last = still;
        fill_tile(sheet);
    }
    return TRUE;
}

static gboolean
write_sheet(const Sheet *sheet, GError **error)
{
    int matrix = encode_picture_choose_colour(sheet->info).matrix;
    g_autoptr(GBytes) coded = encode_webp_write(sheet->sheet, matrix, QUALITY, error);
    gsize bytes = 0;
    const char *data = coded != NULL ? g_bytes_get_data(coded, &bytes) : NULL;
    return data != NULL &&
           package_disk_replace(sheet->run->job->staging, FILE_NAME, data, bytes, error);
}

static void
report_sheet(const Sheet *sheet)
{
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_STORYBOARD, FILE_NAME);
    report->width = sheet->width;
    report->height = sheet->height;
    report->columns = MIN(sheet->count, COLUMNS);
    report->count = sheet->count;
    report->interval_ms = (guint64)sheet->interval_us / 1000;
    encode_asset_send(sheet->run, report);
}

gboolean
encode_storyboard_run(EncodeRun *run, const EncodeStills *stills, GError **error)
{
    const SourceInfo *info = source_reader_get_info(run->reader);
    gint64 duration_us = run->end_us > 0 ? run->end_us : info->duration_us;
    if (!info->has_picture || duration_us < LEAST_INTERVAL_US || info->width == 0)
        return TRUE;
    Sheet sheet = {.run = run};
    g_autoptr(GError) failure = NULL;
    gboolean fine = open_sheet(&sheet, duration_us, stills != NULL);
    gboolean going = !fine || (stills != NULL ? fill_from_stills(&sheet, stills, error)
                                              : fill_from_keys(&sheet, error));
    fine = fine && going && (sheet.filled > 0 || sheet.tile->width > 0);
    while (fine && sheet.filled < sheet.count)
        fill_tile(&sheet);
    if (fine && write_sheet(&sheet, &failure))
        report_sheet(&sheet);
    else if (failure != NULL)
        g_debug("storyboard: %s", failure->message);
    clear_sheet(&sheet);
    return going;
}
