// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A reader of its own goes from slide to slide; what lies close ahead is reached by decoding on,
// and so is all in a file without an index. A moving inset stays as it is at that moment. Where
// nothing decodes, the picture before stands.
#include "pipelines/encode/stills.h"

#include <libavutil/frame.h>

#include "pipelines/encode/asset.h"
#include "pipelines/encode/deinterlace.h"
#include "pipelines/encode/failure.h"
#include "pipelines/encode/pdf.h"
#include "pipelines/encode/picture.h"
#include "pipelines/encode/poster.h"
#include "pipelines/encode/rungs.h"
#include "pipelines/encode/shrink.h"
#include "pipelines/encode/webp.h"
#include "pipelines/package/disk.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/reader.h"

#define LEAST_SSIM 0.988
#define FIRST_QUALITY 40
#define NEAR_US (2 * (gint64)G_USEC_PER_SEC)
// Far enough before a time for the first picture to be an earlier one.
#define BEFORE_US (3 * (gint64)G_USEC_PER_SEC)
#define PDF_NAME "slides.pdf"
#define THUMBNAIL_WIDTH 160
#define MOST_THUMBNAILS 500

struct _EncodeStills {
    GPtrArray *thumbnails; // (owned) (element-type AVFrame)
    GArray *ends_us;       // (owned) (element-type gint64) of the thumbnails' slides
};

typedef struct {
    EncodeRun *run;                 // (unowned)
    SourceReader *reader;           // (owned)
    EncodeDeinterlace *deinterlace; // (owned) (nullable)
    EncodePicture *picture;         // (owned)
    EncodeShrink *shrink;           // (owned)
    EncodePoster *poster;           // (owned)
    EncodePdf *pdf;                 // (owned) (nullable) NULL once it failed
    EncodeStills *made;             // (unowned)
    AVFrame *shown;                 // (owned) the picture at the time looked for; blank at first
    AVFrame *next;                  // (owned) the one after it, or blank
    AVFrame *canvas;                // (owned) the last slide's
    gboolean ended;                 // (value) the reader has no more
    guint width;                    // (value) of the canvas
    guint height;                   // (value)
    int matrix;                     // (value)
    guint quality;                  // (value) of the last slide
} Maker;

void
encode_stills_free(EncodeStills *stills)
{
    if (stills == NULL)
        return;
    g_ptr_array_unref(stills->thumbnails);
    g_array_unref(stills->ends_us);
    g_free(stills);
}

const AVFrame *
encode_stills_get_thumbnail(const EncodeStills *stills, gint64 time_us)
{
    for (guint i = 0; i < stills->ends_us->len; i++) {
        if (time_us < g_array_index(stills->ends_us, gint64, i))
            return g_ptr_array_index(stills->thumbnails, i);
    }
    return NULL;
}

static void
free_frame(gpointer data)
{
    AVFrame *frame = data;
    av_frame_free(&frame);
}

/* Reads the next picture into the blank `next`; it stays blank at the end. */
static gboolean
read_next(Maker *maker, GError **error)
{
    AVFrame *frame = av_frame_alloc();
    gboolean fine = TRUE;
    while (fine && !encode_deinterlace_pull(maker->deinterlace, maker->next) && !maker->ended) {
        SourceReaderResult result = source_reader_read(maker->reader, frame, error);
        maker->ended = result == SOURCE_READER_END;
        fine = result != SOURCE_READER_FAILED && encode_run_go_on(maker->run, 0, error) &&
               encode_deinterlace_push(maker->deinterlace, maker->ended ? NULL : frame, error);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return fine;
}

/* Makes the picture at @from_us, or one near it, `next`. */
static gboolean
start(Maker *maker, gint64 from_us, GError **error)
{
    av_frame_unref(maker->shown);
    av_frame_unref(maker->next);
    encode_deinterlace_free(maker->deinterlace);
    maker->deinterlace = encode_deinterlace_new();
    maker->ended = FALSE;
    return source_reader_start(maker->reader, TRUE, FALSE, MAX(from_us, 0), error) &&
           read_next(maker, error);
}

/* From the last key picture; when the reader comes out behind it, from one before. */
static gboolean
seek(Maker *maker, gint64 time_us, GError **error)
{
    if (!start(maker, time_us, error))
        return FALSE;
    gboolean late = maker->next->width == 0 || maker->next->pts > time_us;
    return !late || start(maker, time_us - BEFORE_US, error);
}

/* Makes `shown` what is seen at @time_us; blank when nothing is. */
static gboolean
find_picture(Maker *maker, gint64 time_us, GError **error)
{
    gboolean behind = maker->shown->width == 0 || maker->shown->pts > time_us;
    gboolean far = maker->next->width == 0 ||
                   (source_reader_can_seek(maker->reader) && maker->next->pts + NEAR_US < time_us);
    if ((behind || far) && !seek(maker, time_us, error))
        return FALSE;
    for (;;) {
        if (maker->next->width == 0 && !read_next(maker, error))
            return FALSE;
        gboolean late = maker->next->width == 0 || maker->next->pts > time_us;
        if (late && (maker->shown->width > 0 || maker->next->width == 0))
            return TRUE;
        av_frame_unref(maker->shown);
        av_frame_move_ref(maker->shown, maker->next);
        if (late)
            return TRUE;
    }
}

static gboolean
draw(Maker *maker, GError **error)
{
    g_autoptr(GError) failure = NULL;
    AVFrame *canvas = av_frame_alloc();
    if (maker->shown->width > 0 &&
        encode_picture_draw(maker->picture, maker->shown, canvas, &failure)) {
        av_frame_unref(maker->canvas);
        av_frame_move_ref(maker->canvas, canvas);
    }
    av_frame_free(&canvas);
    if (maker->canvas->width > 0)
        return TRUE;
    g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED, "no picture of a slide");
    return FALSE;
}

static gboolean
keep_thumbnail(Maker *maker, const AnalyseResultSlide *slide, GError **error)
{
    if (maker->made->thumbnails->len >= MOST_THUMBNAILS)
        return TRUE;
    const AVFrame *small = encode_shrink_draw(maker->shrink, maker->canvas, NULL, error);
    AVFrame *copy = small != NULL ? av_frame_clone(small) : NULL;
    if (copy == NULL)
        return small == NULL ? FALSE : encode_failure_set(error, AVERROR(ENOMEM), "thumbnail");
    gint64 end_us = slide->end_ms * 1000;
    g_ptr_array_add(maker->made->thumbnails, copy);
    g_array_append_val(maker->made->ends_us, end_us);
    return TRUE;
}

static gboolean
write_still(Maker *maker, const AnalyseResultSlide *slide, guint position, GError **error)
{
    EncodeRun *run = maker->run;
    g_autofree char *name = g_strdup_printf("still-%04u.webp", position);
    g_autoptr(GBytes) coded =
        encode_webp_fit(maker->canvas, maker->matrix, LEAST_SSIM, &maker->quality, error);
    if (coded == NULL)
        return FALSE;
    gsize bytes = 0;
    const char *data = g_bytes_get_data(coded, &bytes);
    if (!package_disk_replace(run->job->staging, name, data, bytes, error))
        return FALSE;
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_STILL, name);
    report->position = position;
    report->start_ms = (guint64)slide->start_ms;
    report->end_ms = (guint64)slide->end_ms;
    report->grows = slide->grows;
    report->width = maker->width;
    report->height = maker->height;
    encode_asset_send(run, report);
    return TRUE;
}

static gboolean
make_still(Maker *maker, const AnalyseResultSlide *slide, guint position, GError **error)
{
    encode_progress_update(maker->run->progress, slide->best_ms * 1000);
    if (!find_picture(maker, slide->best_ms * 1000, error) || !draw(maker, error))
        return FALSE;
    encode_poster_weigh(maker->poster, maker->canvas);
    return keep_thumbnail(maker, slide, error) && write_still(maker, slide, position, error);
}

static void
send_slides(Maker *maker, const GArray *slides)
{
    const AnalyseResultSlide *last = &g_array_index(slides, AnalyseResultSlide, slides->len - 1);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_SLIDES);
    report->count = slides->len;
    report->width = maker->width;
    report->height = maker->height;
    report->duration_ms = (guint64)MAX(maker->run->end_us / 1000, last->end_ms);
    child_channel_send(maker->run->channel, report);
    maker->run->slides_sent = TRUE;
}

/* Slides without their PDF are still slides. */
static void
write_pdf(Maker *maker)
{
    g_autoptr(GError) failure = NULL;
    if (maker->pdf == NULL || encode_pdf_count_pages(maker->pdf) == 0)
        return;
    if (!encode_pdf_write(maker->pdf, maker->run->job->staging, PDF_NAME, &failure)) {
        g_debug("pdf: %s", failure->message);
        return;
    }
    g_autoptr(ChildReport) report = encode_asset_new(CHILD_ASSET_SLIDES_PDF, PDF_NAME);
    encode_asset_send(maker->run, report);
}

static gboolean
open_maker(Maker *maker, GError **error)
{
    EncodeRun *run = maker->run;
    maker->reader = source_reader_open(run->job->source, run->job->limit_pixels,
                                       encode_run_is_stopped, run, error);
    if (maker->reader == NULL)
        return FALSE;
    const SourceInfo *info = source_reader_get_info(maker->reader);
    encode_rungs_fit(encode_rungs_get(ENCODE_RUNGS_SLIDES)->short_side, info->width, info->height,
                     &maker->width, &maker->height);
    maker->matrix = encode_picture_choose_colour(info).matrix;
    maker->picture = encode_picture_new(info, maker->width, maker->height);
    guint width = MIN(maker->width, THUMBNAIL_WIDTH);
    guint height = MAX(maker->height * width / maker->width / 2 * 2, 2);
    maker->shrink = encode_shrink_new(maker->width, maker->height, width, height, error);
    return maker->shrink != NULL;
}

static gboolean
make_all(Maker *maker, const GArray *slides, GError **error)
{
    if (!open_maker(maker, error))
        return FALSE;
    for (guint i = 0; i < slides->len; i++) {
        const AnalyseResultSlide *slide = &g_array_index(slides, AnalyseResultSlide, i);
        gboolean grown = i + 1 < slides->len && slide[1].grows;
        if (!make_still(maker, slide, i + 1, error))
            return FALSE;
        // Nobody wants to print a slide once for each of its lines.
        if (!grown && maker->pdf != NULL && !encode_pdf_add(maker->pdf, maker->canvas, NULL))
            g_clear_pointer(&maker->pdf, encode_pdf_free);
    }
    encode_poster_send(maker->poster, maker->run);
    write_pdf(maker);
    send_slides(maker, slides);
    return TRUE;
}

static void
clear_maker(Maker *maker)
{
    source_reader_free(maker->reader);
    encode_deinterlace_free(maker->deinterlace);
    encode_picture_free(maker->picture);
    encode_shrink_free(maker->shrink);
    encode_poster_free(maker->poster);
    encode_pdf_free(maker->pdf);
    av_frame_free(&maker->shown);
    av_frame_free(&maker->next);
    av_frame_free(&maker->canvas);
}

EncodeStills *
encode_stills_run(EncodeRun *run, const AnalyseResultPicture *picture, EncodeProgressStage stage,
                  GError **error)
{
    g_autoptr(EncodeStills) made = g_new0(EncodeStills, 1);
    made->thumbnails = g_ptr_array_new_with_free_func(free_frame);
    made->ends_us = g_array_new(FALSE, FALSE, sizeof(gint64));
    Maker maker = {
        .run = run,
        .made = made,
        .poster = encode_poster_new(),
        .pdf = encode_pdf_new(NULL),
        .shown = av_frame_alloc(),
        .next = av_frame_alloc(),
        .canvas = av_frame_alloc(),
        .quality = FIRST_QUALITY,
    };
    encode_progress_begin(run->progress, &stage);
    gboolean done = make_all(&maker, picture->slides, error);
    clear_maker(&maker);
    return done ? g_steal_pointer(&made) : NULL;
}
