// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Captions inside recordings come out at the right time, in the right language, and a recording
// that is broken or has none costs nothing.
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include <libavutil/log.h>

#include "pipelines/captions/extract.h"
#include "pipelines/source/failure.h"
#include "tests/pipelines/captions/recording.h"
#include "tests/pipelines/encode/folder.h"

#define HEAD "WEBVTT\n"
#define FIRST "\n00:00:01.000 --> 00:00:01.500\n"
#define SECOND "\n00:00:02.000 --> 00:00:02.500\n"

static GPtrArray *
extract(const char *source, const char *staging)
{
    const CaptionsExtractJob job = {.source = source, .staging = staging};
    g_autoptr(GError) error = NULL;
    GPtrArray *files = captions_extract_run(&job, &error);
    g_assert_no_error(error);
    return files;
}

static void
assert_file(GPtrArray *files, const char *staging, const char *language, const char *text)
{
    for (guint i = 0; i < files->len; i++) {
        const CaptionsExtractFile *file = files->pdata[i];
        if (strcmp(file->language, language) != 0)
            continue;
        g_autofree char *path = g_build_filename(staging, file->file, NULL);
        g_autofree char *found = NULL;
        gsize length = 0;
        g_assert_true(g_file_get_contents(path, &found, &length, NULL));
        g_assert_cmpstr(found, ==, text);
        g_assert_cmpuint(file->bytes, ==, length);
        g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, found, -1);
        g_assert_cmpstr(file->sha256, ==, sum);
        return;
    }
    g_error("no captions in %s", language);
}

static void
test_matroska(void)
{
    static const RecordingTrack tracks[] = {
        {"subrip", "tha", {"สวัสดี <i>ครับ</i>", "a < b & c"}, 0},
        {"ass",
         "eng",
         {"0,0,Default,,0,0,0,,{\\an8\\i1}Hello{\\i0}\\Nworld, all",
          "1,0,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}shape"},
         0},
        {"subrip", "eng", {"shorter"}, 0}, // says less than the one before
        {NULL, NULL, {NULL}, 0},
    };
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.mkv", NULL);
    recording_make(path, &(RecordingOptions){"matroska", 0, 4, tracks, NULL, NULL});
    g_autoptr(GPtrArray) files = extract(path, folder->path);
    g_assert_cmpuint(files->len, ==, 2);
    assert_file(files, folder->path, "th",
                HEAD FIRST "สวัสดี <i>ครับ</i>\n" SECOND "a &lt; b &amp; c\n");
    assert_file(files, folder->path, "en",
                HEAD FIRST "<i>Hello</i>\nworld, all\n" SECOND "shape\n");
}

static void
test_mp4(void)
{
    static const RecordingTrack tracks[] = {
        {"mov_text", "tha", {"บทที่ ๑", "", "ต่อ"}, 0}, // an empty one clears the screen
        {NULL, NULL, {NULL}, 0},
    };
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.mp4", NULL);
    recording_make(path, &(RecordingOptions){"mp4", 0, 5, tracks, NULL, NULL});
    g_autoptr(GPtrArray) files = extract(path, folder->path);
    g_assert_cmpuint(files->len, ==, 1);
    assert_file(files, folder->path, "th",
                HEAD FIRST "บทที่ ๑\n\n00:00:03.000 --> 00:00:03.500\nต่อ\n");
}

static void
test_webm(void)
{
    static const RecordingTrack tracks[] = {
        {"webvtt", NULL, {"one", "<b>two</b>"}, 0},
        {NULL, NULL, {NULL}, 0},
    };
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.mkv", NULL);
    recording_make(path, &(RecordingOptions){"matroska", 7000, 4, tracks, NULL, NULL});
    // The file's clock starts at 7 s; what is shown then is at the lesson's first second.
    g_autoptr(GPtrArray) files = extract(path, folder->path);
    g_assert_cmpuint(files->len, ==, 1);
    const CaptionsExtractFile *file = files->pdata[0];
    g_autofree char *name = g_build_filename(folder->path, file->file, NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "00:00:01.0"));
    g_assert_nonnull(strstr(text, "<b>two</b>"));
}

/* In each container, though pictures are stored out of order; lines that roll up come once. */
static void
test_closed(gconstpointer format)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson", NULL);
    recording_make(path,
                   &(RecordingOptions){format, 3000, 6, NULL, "FIRST LINE|SECOND|THIRD ONE", NULL});
    g_autoptr(GPtrArray) files = extract(path, folder->path);
    g_assert_cmpuint(files->len, ==, 1);
    const CaptionsExtractFile *file = files->pdata[0];
    g_autofree char *name = g_build_filename(folder->path, file->file, NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
    g_test_message("%s", text);
    g_assert_cmpuint(file->cues, ==, 3);
    g_assert_cmpstr(file->language, ==, "und");
    const char *first = strstr(text, "FIRST LINE"), *third = strstr(text, "THIRD ONE");
    g_assert_true(first != NULL && third != NULL && first < third);
    g_assert_null(strstr(first + 1, "FIRST LINE"));
    g_assert_nonnull(strstr(text, "\n00:00:01.")); // a second after the start, whatever the clock
}

/* CEA-708 alone, and beside EIA-608 that says less. */
static void
test_service(gconstpointer format)
{
    for (guint both = 0; both < 2; both++) {
        g_autoptr(Folder) folder = folder_new();
        g_autofree char *path = g_build_filename(folder->path, "lesson", NULL);
        recording_make(path, &(RecordingOptions){.format = format,
                                                 .offset_ms = 3000,
                                                 .seconds = 5,
                                                 .closed = both == 1 ? "LESS" : NULL,
                                                 .service = "FIRST <LINE>|SECOND"});
        g_autoptr(GPtrArray) files = extract(path, folder->path);
        g_assert_cmpuint(files->len, ==, 1);
        const CaptionsExtractFile *file = files->pdata[0];
        g_autofree char *name = g_build_filename(folder->path, file->file, NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(name, &text, NULL, NULL));
        g_test_message("%s", text);
        g_assert_cmpuint(file->cues, ==, 2);
        g_assert_nonnull(strstr(text, "\n00:00:01."));
        g_assert_nonnull(strstr(text, "FIRST &lt;LINE&gt;\n"));
        g_assert_nonnull(strstr(text, "\n00:00:02."));
        g_assert_nonnull(strstr(text, "SECOND\n"));
        g_assert_null(strstr(text, "LESS"));
    }
}

/* Pages of two magazines, each with its language; a letter of the national option; a page that is
 * cleared ends what it said. */
static void
test_teletext(void)
{
    static const RecordingTrack tracks[] = {
        {"dvb_teletext", "tha", {"HELLO\nWORLD [", "", "AGAIN"}, 0x801},
        {"dvb_teletext", "deu", {"EINS", "ZWEI", "DREI"}, 0x150},
        {NULL, NULL, {NULL}, 0},
    };
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.ts", NULL);
    recording_make(path, &(RecordingOptions){.format = "mpegts", .seconds = 5, .tracks = tracks});
    g_autoptr(GPtrArray) files = extract(path, folder->path);
    g_assert_cmpuint(files->len, ==, 2);
    assert_file(files, folder->path, "th",
                HEAD "\n00:00:01.000 --> 00:00:02.000\nHELLO\nWORLD Ä\n\n"
                     "00:00:03.000 --> 00:00:13.000\nAGAIN\n");
    assert_file(files, folder->path, "de",
                HEAD
                "\n00:00:01.000 --> 00:00:02.000\nEINS\n\n00:00:02.000 --> 00:00:03.000\nZWEI\n\n"
                "00:00:03.000 --> 00:00:13.000\nDREI\n");
}

static void
test_nothing(void)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.mkv", NULL);
    recording_make(path, &(RecordingOptions){"matroska", 0, 1, NULL, NULL, NULL});
    g_autoptr(GPtrArray) files = extract(path, folder->path);
    g_assert_cmpuint(files->len, ==, 0);
    g_autoptr(GPtrArray) none = extract("/nonexistent/file", folder->path);
    g_assert_cmpuint(none->len, ==, 0);
}

static gboolean
on_stop(gpointer data)
{
    return TRUE;
}

static void
test_cancelled(void)
{
    g_autoptr(Folder) folder = folder_new();
    const CaptionsExtractJob job = {
        .source = "/dev/null", .staging = folder->path, .stop = on_stop};
    g_autoptr(GError) error = NULL;
    g_assert_null(captions_extract_run(&job, &error));
    g_assert_error(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED);
}

/* Damage anywhere in the file, always the same: no crash, and nothing that is no caption file. */
static void
test_damage(void)
{
    static const RecordingTrack tracks[] = {
        {"subrip", "tha", {"หนึ่ง", "สอง", "สาม"}, 0},
        {NULL, NULL, {NULL}, 0},
    };
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.mkv", NULL);
    recording_make(path, &(RecordingOptions){"matroska", 0, 4, tracks, "ONE|TWO", NULL});
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (guint round = 0; round < 30; round++) {
        g_autofree char *copy = g_memdup2(bytes, length);
        for (guint i = 0; i < 20; i++)
            copy[g_rand_int_range(random, 0, (gint32)length)] = (char)g_rand_int(random);
        g_assert_true(g_file_set_contents_full(path, copy, (gssize)length, G_FILE_SET_CONTENTS_NONE,
                                               0600, NULL));
        g_autoptr(GPtrArray) files = extract(path, folder->path);
        g_assert_cmpuint(files->len, <=, CAPTIONS_EXTRACT_MAX_FILES);
    }
}

static void
test_end(void)
{
    static const RecordingTrack tracks[] = {
        {"subrip", "tha", {"in", "cut", "gone"}, 0},
        {NULL, NULL, {NULL}, 0},
    };
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, "lesson.mkv", NULL);
    recording_make(path, &(RecordingOptions){"matroska", 0, 4, tracks, NULL, NULL});
    const CaptionsExtractJob job = {.source = path, .staging = folder->path, .end_us = 2200000};
    g_autoptr(GPtrArray) files = captions_extract_run(&job, NULL);
    assert_file(files, folder->path, "th", HEAD FIRST "in\n\n00:00:02.000 --> 00:00:02.200\ncut\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    av_log_set_level(AV_LOG_QUIET);
    g_test_add_func("/captions/extract/matroska", test_matroska);
    g_test_add_func("/captions/extract/mp4", test_mp4);
    g_test_add_func("/captions/extract/webm", test_webm);
    g_test_add_data_func("/captions/extract/closed/mpegts", "mpegts", test_closed);
    g_test_add_data_func("/captions/extract/closed/mp4", "mp4", test_closed);
    g_test_add_data_func("/captions/extract/closed/matroska", "matroska", test_closed);
    g_test_add_data_func("/captions/extract/service/mpegts", "mpegts", test_service);
    g_test_add_data_func("/captions/extract/service/matroska", "matroska", test_service);
    g_test_add_func("/captions/extract/teletext", test_teletext);
    g_test_add_func("/captions/extract/nothing", test_nothing);
    g_test_add_func("/captions/extract/cancelled", test_cancelled);
    g_test_add_func("/captions/extract/damage", test_damage);
    g_test_add_func("/captions/extract/end", test_end);
    return g_test_run();
}
