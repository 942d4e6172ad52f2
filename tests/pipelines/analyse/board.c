// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Cairo draws RGB, libswscale makes YUV of it; what moves is put into the YUV picture directly.
#include "tests/pipelines/analyse/board.h"

#include <math.h>
#include <string.h>
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#include <pango/pangocairo.h>

#define DESIGN_WIDTH 1280.0
#define FONT "Noto Sans Thai, Loma, Garuda, sans-serif"

static const char *const titles[] = {"บทที่ 1 เศษส่วน", "การบวกเศษส่วน", "ระบบสุริยะของเรา", "วัฏจักรของน้ำ",
                                     "พืชและการสังเคราะห์แสง"};
static const char *const texts[] = {"• เศษส่วนประกอบด้วย ตัวเศษ และ ตัวส่วน",
                                    "• ดาวเคราะห์โคจรรอบดวงอาทิตย์",
                                    "• น้ำระเหยกลายเป็นไอแล้วควบแน่น",
                                    "• ใบไม้มีคลอโรฟิลล์สีเขียว",
                                    "• ตอบคำถามท้ายบททุกข้อ",
                                    "• ส่งงานภายในวันศุกร์นี้"};

static void
show_text(cairo_t *cairo, double x, double y, double size, const char *text)
{
    g_autofree char *font = g_strdup_printf("%s %d", FONT, (int)size);
    PangoLayout *layout = pango_cairo_create_layout(cairo);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_text(layout, text, -1);
    cairo_move_to(cairo, x, y);
    pango_cairo_show_layout(cairo, layout);
    pango_font_description_free(description);
    g_object_unref(layout);
}

static void
paint_slide(cairo_t *cairo, guint number, guint lines)
{
    // Grounds differ a little, as those of one set of slides may.
    double tint = 0.90 + 0.02 * (number % 4);
    cairo_set_source_rgb(cairo, tint, 0.95, 1.83 - tint);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, 0.1, 0.2, 0.4);
    show_text(cairo, 64, 30, 60, titles[number % G_N_ELEMENTS(titles)]);
    g_autofree char *page = g_strdup_printf("%u", number + 1);
    show_text(cairo, 1180, 40, 44, page);
    cairo_rectangle(cairo, 64, 132, 900 - 40.0 * (number % 7), 6);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 0.12, 0.12, 0.16);
    for (guint i = 0; i < lines; i++)
        show_text(cairo, 64 + 16.0 * (number % 3), 165 + 84.0 * i, 38,
                  texts[(number + i) % G_N_ELEMENTS(texts)]);
}

void
board_draw_slide(AVFrame *frame, guint number, guint lines)
{
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, frame->width, frame->height);
    cairo_t *cairo = cairo_create(surface);
    cairo_scale(cairo, frame->width / DESIGN_WIDTH, frame->width / DESIGN_WIDTH);
    paint_slide(cairo, number, lines);
    cairo_destroy(cairo);
    cairo_surface_flush(surface);
    struct SwsContext *scaler =
        sws_getContext(frame->width, frame->height, AV_PIX_FMT_BGR0, frame->width, frame->height,
                       AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL, NULL);
    const guint8 *data[4] = {cairo_image_surface_get_data(surface)};
    const int strides[4] = {cairo_image_surface_get_stride(surface)};
    sws_scale(scaler, data, strides, 0, frame->height, frame->data, frame->linesize);
    sws_freeContext(scaler);
    cairo_surface_destroy(surface);
}

static void
fill_colours(AVFrame *frame, guint8 blue, guint8 red)
{
    gsize rows = (gsize)(frame->height + 1) / 2;
    memset(frame->data[1], blue, (gsize)frame->linesize[1] * rows);
    memset(frame->data[2], red, (gsize)frame->linesize[2] * rows);
}

void
board_draw_black(AVFrame *frame)
{
    memset(frame->data[0], 16, (gsize)frame->linesize[0] * (gsize)frame->height);
    fill_colours(frame, 128, 128);
}

/* Noise without a state, so that any picture can be drawn at any time. */
static int
make_noise(guint x, guint y, guint moment)
{
    guint32 mixed = x * 374761393U + y * 668265263U + moment * 2246822519U;
    mixed = (mixed ^ (mixed >> 13)) * 1274126177U;
    return (int)((mixed >> 16) % 9) - 4;
}

/* A wave from -1000 to 1000 with corners. */
static int
make_wave(int at)
{
    int within = (at % 400 + 400) % 400;
    return within < 200 ? within * 10 - 1000 : 3000 - within * 10;
}

void
board_draw_camera(AVFrame *frame, double seconds)
{
    guint moment = (guint)(seconds * 1000);
    double head_x = frame->width * (0.5 + 0.3 * sin(seconds * 1.7));
    double head_y = frame->height * (0.5 + 0.15 * sin(seconds * 2.3));
    int size = frame->height * 22 / 100;
    for (int y = 0; y < frame->height; y++) {
        guint8 *row = frame->data[0] + (gssize)y * frame->linesize[0];
        for (int x = 0; x < frame->width; x++) {
            int across = x - (int)head_x, down = y - (int)head_y;
            int luma = 120 + make_wave(x * 2 + y) / 25 + make_wave(y * 3 - x) / 40;
            if (across * across + down * down < size * size)
                luma = 70 + 90 * (across * across + down * down) / (size * size) +
                       make_wave(x * 20) / 50;
            luma += make_noise((guint)x, (guint)y, moment);
            row[x] = (guint8)CLAMP(luma, 16, 235);
        }
    }
    fill_colours(frame, 118, 138);
}

void
board_get_inset(const AVFrame *frame, guint box[4])
{
    box[0] = (guint)frame->width * 3 / 4;
    box[1] = (guint)frame->height * 2 / 3;
    box[2] = (guint)frame->width / 5;
    box[3] = (guint)frame->height / 4;
}

void
board_draw_inset(AVFrame *frame, double seconds)
{
    guint box[4];
    board_get_inset(frame, box);
    int head_x = (int)(box[2] * (0.5 + 0.12 * sin(seconds * 2.1)));
    int head_y = (int)(box[3] * (0.55 + 0.06 * sin(seconds * 3.7)));
    int size = (int)box[3] * 35 / 100;
    for (guint y = 0; y < box[3]; y++) {
        guint8 *row = frame->data[0] + (gssize)(box[1] + y) * frame->linesize[0] + box[0];
        for (guint x = 0; x < box[2]; x++) {
            int across = (int)x - head_x, down = (int)y - head_y;
            int far = across * across + down * down * 2 / 3;
            int luma = far < size * size ? 180 - 60 * far / (size * size)
                                         : 60 + make_wave((int)(x * 6 + y * 4)) / 50;
            row[x] = (guint8)(luma + make_noise(x, y, (guint)(seconds * 1000)) / 2);
        }
    }
}

void
board_draw_pointer(AVFrame *frame, double seconds)
{
    int size = MAX(frame->width / 64, 4);
    int left = (int)(frame->width * (0.4 + 0.3 * sin(seconds * 0.9)));
    int top = (int)(frame->height * (0.5 + 0.3 * sin(seconds * 0.7)));
    for (int y = 0; y < size; y++)
        memset(frame->data[0] + (gssize)(top + y) * frame->linesize[0] + left, 30,
               (gsize)(size - y) / 2 + 1);
}

void
board_mix(const AVFrame *from, AVFrame *to, double share)
{
    for (int plane = 0; plane < 3; plane++) {
        int height = plane == 0 ? to->height : (to->height + 1) / 2;
        int width = plane == 0 ? to->width : (to->width + 1) / 2;
        for (int y = 0; y < height; y++) {
            const guint8 *a = from->data[plane] + (gssize)y * from->linesize[plane];
            guint8 *b = to->data[plane] + (gssize)y * to->linesize[plane];
            for (int x = 0; x < width; x++)
                b[x] = (guint8)(a[x] * (1 - share) + b[x] * share + 0.5);
        }
    }
}

void
board_draw_bars(AVFrame *frame)
{
    int bar = frame->height / 8;
    for (int y = 0; y < frame->height; y++) {
        if (y >= bar && y < frame->height - bar)
            continue;
        memset(frame->data[0] + (gssize)y * frame->linesize[0], 16, (gsize)frame->width);
        memset(frame->data[1] + (gssize)(y / 2) * frame->linesize[1], 128, (gsize)frame->width / 2);
        memset(frame->data[2] + (gssize)(y / 2) * frame->linesize[2], 128, (gsize)frame->width / 2);
    }
}

void
board_weave(AVFrame *top, const AVFrame *bottom)
{
    for (int y = 1; y < top->height; y += 2)
        memcpy(top->data[0] + (gssize)y * top->linesize[0],
               bottom->data[0] + (gssize)y * bottom->linesize[0], (gsize)top->width);
}
