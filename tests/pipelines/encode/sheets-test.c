// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The storyboard's arithmetic, and the PDF of slides.
#include <libavutil/frame.h>
#include <libavutil/log.h>
#include <string.h>

#include "pipelines/encode/pdf.h"
#include "pipelines/encode/storyboard.h"
#include "tests/pipelines/encode/folder.h"

#define SECOND ((gint64)G_USEC_PER_SEC)

static void
test_interval(void)
{
    static const struct {
        gint64 duration_us;
        gint64 interval_us;
    } golden[] = {
        {0, 2 * SECOND},
        {3 * SECOND, 2 * SECOND},
        {200 * SECOND, 2 * SECOND},
        {200 * SECOND + 1, 2 * SECOND + SECOND / 2},
        {3000 * SECOND, 30 * SECOND},
        {36000 * SECOND, 360 * SECOND},
    };
    for (guint i = 0; i < G_N_ELEMENTS(golden); i++) {
        gint64 interval_us = encode_storyboard_choose_interval(golden[i].duration_us);
        g_assert_cmpint(interval_us, ==, golden[i].interval_us);
        g_assert_cmpint((golden[i].duration_us + interval_us - 1) / interval_us, <=, 100);
    }
}

static AVFrame *
make_picture(int width, int height, guint8 luma)
{
    AVFrame *picture = av_frame_alloc();
    picture->format = AV_PIX_FMT_YUV420P;
    picture->width = width;
    picture->height = height;
    g_assert_cmpint(av_frame_get_buffer(picture, 0), ==, 0);
    memset(picture->data[0], luma, (gsize)picture->linesize[0] * (gsize)height);
    for (int plane = 1; plane < 3; plane++)
        memset(picture->data[plane], 128, (gsize)picture->linesize[plane] * (gsize)(height / 2));
    return picture;
}

static guint
count_words(const char *text, gsize length, const char *word)
{
    guint count = 0;
    const char *end = text + length;
    while ((text = memmem(text, (gsize)(end - text), word, strlen(word))) != NULL) {
        count++;
        text += strlen(word);
    }
    return count;
}

static void
test_pages(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(EncodePdf) pdf = encode_pdf_new(&error);
    g_assert_no_error(error);
    static const int sizes[][2] = {{1280, 720}, {720, 1280}, {2, 2}};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        AVFrame *picture = make_picture(sizes[i][0], sizes[i][1], (guint8)(60 * (i + 1)));
        g_assert_true(encode_pdf_add(pdf, picture, &error));
        av_frame_free(&picture);
    }
    g_assert_cmpuint(encode_pdf_count_pages(pdf), ==, 3);
    g_assert_true(encode_pdf_write(pdf, folder->path, "slides.pdf", &error));
    g_autofree char *path = g_build_filename(folder->path, "slides.pdf", NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, &error));
    g_assert_true(g_str_has_prefix(text, "%PDF-1."));
    g_assert_cmpuint(count_words(text, length, "/Type /Page\n"), ==, 3);
    g_assert_cmpuint(count_words(text, length, "/DCTDecode"), ==, 3);
}

static void
test_page_limit(void)
{
    g_autoptr(EncodePdf) pdf = encode_pdf_new(NULL);
    AVFrame *picture = make_picture(16, 16, 90);
    for (guint i = 0; i < ENCODE_PDF_MOST_PAGES + 3; i++)
        g_assert_true(encode_pdf_add(pdf, picture, NULL));
    g_assert_cmpuint(encode_pdf_count_pages(pdf), ==, ENCODE_PDF_MOST_PAGES);
    av_frame_free(&picture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    av_log_set_level(AV_LOG_FATAL); // as the child does
    g_test_add_func("/encode/storyboard/interval", test_interval);
    g_test_add_func("/encode/pdf/pages", test_pages);
    g_test_add_func("/encode/pdf/page-limit", test_page_limit);
    return g_test_run();
}
