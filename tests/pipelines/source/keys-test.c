// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Groups of pictures: together they are the file, and tell the same time as a reader of all.
#include "pipelines/source/keys.h"

#include <libavutil/frame.h>

#include "pipelines/source/reader.h"
#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/maker.h"

typedef struct {
    GArray *times; // (owned) (element-type gint64)
    guint most;    // (value) FALSE after so many; 0: never
} Taken;

static gboolean
on_frame(AVFrame *frame, gpointer data)
{
    Taken *taken = data;
    g_array_append_val(taken->times, frame->pts);
    g_assert_cmpint(frame->pkt_duration, >, 0);
    return taken->most == 0 || taken->times->len < taken->most;
}

static SourceReader *
open_file(const Maker *maker, const Folder *folder, const char *name, char **path)
{
    g_autoptr(GError) error = NULL;
    *path = g_build_filename(folder->path, name, NULL);
    maker_write(maker, *path);
    SourceReader *reader = source_reader_open(*path, 0, NULL, NULL, &error);
    g_assert_no_error(error);
    return reader;
}

static GArray *
read_times(SourceReader *reader)
{
    GArray *times = g_array_new(FALSE, FALSE, sizeof(gint64));
    AVFrame *frame = av_frame_alloc();
    g_assert_true(source_reader_start(reader, TRUE, FALSE, 0, NULL));
    while (source_reader_read(reader, frame, NULL) == SOURCE_READER_PICTURE) {
        g_array_append_val(times, frame->pts);
        av_frame_unref(frame);
    }
    av_frame_free(&frame);
    return times;
}

/* Every picture that a reader gives comes in some group, at the same time. */
static void
check_times(const Maker *maker, const char *name)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(SourceReader) reader = open_file(maker, folder, name, &path);
    g_autoptr(GArray) expected = read_times(reader);
    g_autoptr(SourceKeys) keys =
        source_keys_open(path, source_reader_get_info(reader), NULL, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
    Taken taken = {times, 0};
    for (guint groups = 0;; groups++) {
        g_autoptr(SourceKeysGroup) group = source_keys_read(keys, 0, &error);
        g_assert_no_error(error);
        if (group == NULL) {
            g_assert_cmpuint(groups, >, 1);
            break;
        }
        g_assert_true(group->starts);
        g_assert_true(source_keys_decode(keys, group, G_MAXINT64, on_frame, &taken, &error));
    }
    g_assert_cmpuint(times->len, ==, expected->len);
    for (guint i = 0; i < times->len; i++)
        g_assert_cmpint(g_array_index(times, gint64, i), ==, g_array_index(expected, gint64, i));
}

static void
test_times(void)
{
    Maker maker = maker_usual();
    maker.picture_ms = maker.sound_ms = 9000;
    check_times(&maker, "usual.mp4");
    check_times(&maker, "usual.mkv");
    maker.picture_start_ms = 700;
    maker.sound_start_ms = 300;
    check_times(&maker, "late.mp4");
    maker.skip_frames = TRUE;
    check_times(&maker, "variable.mp4");
    maker.picture = "mpeg2video";
    maker.sound = "mp2";
    maker.skip_frames = FALSE;
    check_times(&maker, "broadcast.ts");
    maker.picture = "mpeg4";
    maker.picture_start_ms = maker.sound_start_ms = 0;
    check_times(&maker, "old.avi");
}

static void
test_enough(void)
{
    Maker maker = maker_usual();
    maker.picture_ms = maker.sound_ms = 9000;
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = NULL;
    g_autoptr(SourceReader) reader = open_file(&maker, folder, "usual.mp4", &path);
    g_autoptr(SourceKeys) keys =
        source_keys_open(path, source_reader_get_info(reader), NULL, NULL, NULL);
    g_assert_nonnull(keys);
    g_autoptr(SourceKeysGroup) group = source_keys_read(keys, 0, NULL);
    g_assert_cmpint(group->start_us, ==, 0);
    g_assert_cmpint(group->end_us, >=, 2 * G_USEC_PER_SEC);
    g_autoptr(GArray) times = g_array_new(FALSE, FALSE, sizeof(gint64));
    Taken taken = {times, 3};
    g_assert_true(source_keys_decode(keys, group, G_MAXINT64, on_frame, &taken, NULL));
    g_assert_cmpuint(times->len, ==, 3);
    // It can be decoded again, and only its key.
    g_array_set_size(times, 0);
    taken.most = 0;
    g_assert_true(source_keys_decode(keys, group, group->start_us, on_frame, &taken, NULL));
    g_assert_cmpuint(times->len, ==, 1);
}

static void
test_seek(void)
{
    Maker maker = maker_usual();
    maker.picture_ms = maker.sound_ms = 9000;
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = NULL;
    g_autoptr(SourceReader) reader = open_file(&maker, folder, "usual.mp4", &path);
    g_autoptr(SourceKeys) keys =
        source_keys_open(path, source_reader_get_info(reader), NULL, NULL, NULL);
    g_assert_nonnull(keys);
    g_assert_true(source_keys_seek(keys, 5 * G_USEC_PER_SEC));
    g_autoptr(SourceKeysGroup) late = source_keys_read(keys, 400000, NULL);
    g_assert_cmpint(late->start_us, >, 4 * G_USEC_PER_SEC);
    g_assert_cmpint(late->start_us, <=, 5 * G_USEC_PER_SEC);
    g_assert_cmpint(late->end_us - late->start_us, <, G_USEC_PER_SEC);
    g_assert_true(source_keys_seek(keys, 0));
    g_autoptr(SourceKeysGroup) first = source_keys_read(keys, 400000, NULL);
    g_assert_cmpint(first->start_us, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/source/keys/times", test_times);
    g_test_add_func("/source/keys/enough", test_enough);
    g_test_add_func("/source/keys/seek", test_seek);
    return g_test_run();
}
