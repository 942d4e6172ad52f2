// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pages are made with libharu, pictures put in as baseline JPEG (ITU-T T.81), which every printer's
// reader takes.
#include "pipelines/encode/pdf.h"

#include <hpdf.h>
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

#include "pipelines/encode/failure.h"
#include "pipelines/package/disk.h"

// A4 across, in points.
#define PAGE_WIDTH 841.89f
#define PAGE_HEIGHT 595.28f
#define MARGIN 28.0f
#define FOOT 22.0f
#define NUMBER_SIZE 10.0f
#define JPEG_QSCALE 3 // of libavcodec: about quality 90

struct _EncodePdf {
    HPDF_Doc document; // (owned)
    HPDF_Font font;    // (unowned)
    guint pages;       // (value)
    gsize bytes;       // (value) of pictures
};

EncodePdf *
encode_pdf_new(GError **error)
{
    EncodePdf *pdf = g_new0(EncodePdf, 1);
    pdf->document = HPDF_New(NULL, NULL);
    pdf->font = pdf->document != NULL ? HPDF_GetFont(pdf->document, "Helvetica", NULL) : NULL;
    if (pdf->font != NULL)
        return pdf;
    encode_failure_set(error, AVERROR(ENOMEM), "PDF");
    encode_pdf_free(pdf);
    return NULL;
}

void
encode_pdf_free(EncodePdf *pdf)
{
    if (pdf == NULL)
        return;
    if (pdf->document != NULL)
        HPDF_Free(pdf->document);
    g_free(pdf);
}

guint
encode_pdf_count_pages(const EncodePdf *pdf)
{
    return pdf->pages;
}

/* JPEG knows the full range only. Returns: (transfer full) (nullable). */
static AVFrame *
widen_range(const AVFrame *picture)
{
    AVFrame *wide = av_frame_alloc();
    wide->format = AV_PIX_FMT_YUVJ420P;
    wide->width = picture->width;
    wide->height = picture->height;
    wide->quality = JPEG_QSCALE * FF_QP2LAMBDA;
    struct SwsContext *scaler =
        sws_getContext(picture->width, picture->height, AV_PIX_FMT_YUV420P, wide->width,
                       wide->height, AV_PIX_FMT_YUVJ420P, SWS_BILINEAR, NULL, NULL, NULL);
    gboolean fine = scaler != NULL && av_frame_get_buffer(wide, 0) >= 0 &&
                    sws_scale(scaler, (const guint8 *const *)picture->data, picture->linesize, 0,
                              picture->height, wide->data, wide->linesize) == wide->height;
    sws_freeContext(scaler);
    if (!fine)
        av_frame_free(&wide);
    return wide;
}

/* Returns: (transfer full) (nullable): one JPEG. */
static AVPacket *
compress(const AVFrame *wide)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    AVCodecContext *encoder = avcodec_alloc_context3(codec);
    AVPacket *packet = av_packet_alloc();
    encoder->width = wide->width;
    encoder->height = wide->height;
    encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
    encoder->time_base = (AVRational){1, 1};
    encoder->flags |= AV_CODEC_FLAG_QSCALE;
    encoder->global_quality = JPEG_QSCALE * FF_QP2LAMBDA;
    encoder->thread_count = 1;
    if (avcodec_open2(encoder, codec, NULL) < 0 || avcodec_send_frame(encoder, wide) < 0 ||
        avcodec_send_frame(encoder, NULL) < 0 || avcodec_receive_packet(encoder, packet) < 0)
        av_packet_free(&packet);
    avcodec_free_context(&encoder);
    return packet;
}

static gboolean
draw_number(EncodePdf *pdf, HPDF_Page page)
{
    g_autofree char *number = g_strdup_printf("%u", pdf->pages + 1);
    float left =
        PAGE_WIDTH - MARGIN -
        (float)HPDF_Font_TextWidth(pdf->font, (const HPDF_BYTE *)number, (HPDF_UINT)strlen(number))
                .width *
            NUMBER_SIZE / 1000;
    return HPDF_Page_BeginText(page) == HPDF_OK &&
           HPDF_Page_SetFontAndSize(page, pdf->font, NUMBER_SIZE) == HPDF_OK &&
           HPDF_Page_TextOut(page, left, MARGIN, number) == HPDF_OK &&
           HPDF_Page_EndText(page) == HPDF_OK;
}

/* As large as the page allows, in the middle. */
static gboolean
draw_picture(HPDF_Page page, HPDF_Image image, const AVFrame *picture)
{
    float room_width = PAGE_WIDTH - 2 * MARGIN;
    float room_height = PAGE_HEIGHT - 2 * MARGIN - FOOT;
    float scale = MIN(room_width / (float)picture->width, room_height / (float)picture->height);
    float width = (float)picture->width * scale, height = (float)picture->height * scale;
    return HPDF_Page_DrawImage(page, image, (PAGE_WIDTH - width) / 2,
                               MARGIN + FOOT + (room_height - height) / 2, width,
                               height) == HPDF_OK;
}

static gboolean
add_page(EncodePdf *pdf, const AVPacket *jpeg, const AVFrame *picture)
{
    HPDF_Image image = HPDF_LoadJpegImageFromMem(pdf->document, jpeg->data, (HPDF_UINT)jpeg->size);
    HPDF_Page page = image != NULL ? HPDF_AddPage(pdf->document) : NULL;
    return page != NULL && HPDF_Page_SetWidth(page, PAGE_WIDTH) == HPDF_OK &&
           HPDF_Page_SetHeight(page, PAGE_HEIGHT) == HPDF_OK &&
           draw_picture(page, image, picture) && draw_number(pdf, page);
}

gboolean
encode_pdf_add(EncodePdf *pdf, const AVFrame *picture, GError **error)
{
    if (pdf->pages >= ENCODE_PDF_MOST_PAGES || pdf->bytes >= ENCODE_PDF_MOST_BYTES)
        return TRUE;
    AVFrame *wide = widen_range(picture);
    AVPacket *jpeg = wide != NULL ? compress(wide) : NULL;
    gboolean added = jpeg != NULL && add_page(pdf, jpeg, picture);
    if (added) {
        pdf->pages++;
        pdf->bytes += (gsize)jpeg->size;
    }
    av_packet_free(&jpeg);
    av_frame_free(&wide);
    return added || encode_failure_set(error, AVERROR(EINVAL), "PDF page");
}

gboolean
encode_pdf_write(EncodePdf *pdf, const char *folder, const char *name, GError **error)
{
    if (HPDF_SaveToStream(pdf->document) != HPDF_OK)
        return encode_failure_set(error, AVERROR(ENOMEM), "PDF");
    HPDF_UINT32 bytes = HPDF_GetStreamSize(pdf->document);
    g_autofree guint8 *text = g_malloc(MAX(bytes, 1));
    HPDF_ResetStream(pdf->document);
    if (HPDF_ReadFromStream(pdf->document, text, &bytes) != HPDF_OK)
        return encode_failure_set(error, AVERROR(EINVAL), "PDF");
    return package_disk_replace(folder, name, (const char *)text, bytes, error);
}
