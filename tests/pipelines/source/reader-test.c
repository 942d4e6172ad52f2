// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A reader that goes to a time gives what one that reads from the start gives there.
#include "pipelines/source/reader.h"

#include <libavutil/frame.h>

#include "tests/pipelines/encode/folder.h"
#include "tests/pipelines/encode/maker.h"

#define LENGTH_MS 9000
#define STEP_US (730 * 1000)
#define LATE_US (G_USEC_PER_SEC / 2)
#define GROUP_US ((gint64)G_USEC_PER_SEC)

typedef struct {
    gint64 time_us; // (value)
    guint hash;     // (value) of luma
} Seen;

static guint
hash_picture(const AVFrame *frame)
{
    guint hash = 2166136261U; // FNV-1a
    for (int y = 0; y < frame->height; y++) {
        const guint8 *row = frame->data[0] + (gssize)y * frame->linesize[0];
        for (int x = 0; x < frame->width; x++)
            hash = (hash ^ row[x]) * 16777619U;
    }
    return hash;
}

/* Returns: (transfer full) (element-type Seen): the pictures from @from_us on. */
static GArray *
read_pictures(SourceReader *reader, gboolean sound, gint64 from_us)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Seen));
    AVFrame *frame = av_frame_alloc();
    SourceReaderResult result;
    g_assert_true(source_reader_start(reader, TRUE, sound, from_us, NULL));
    while ((result = source_reader_read(reader, frame, NULL)) <= SOURCE_READER_SOUND) {
        Seen seen = {frame->pts, 0};
        if (result == SOURCE_READER_PICTURE) {
            seen.hash = hash_picture(frame);
            g_array_append_val(all, seen);
        }
        av_frame_unref(frame);
    }
    g_assert_cmpint(result, ==, SOURCE_READER_END);
    av_frame_free(&frame);
    return all;
}

/* Returns: the place in @all of the first of @some; every one after it is there too. */
static guint
check_tail(const GArray *all, const GArray *some)
{
    g_assert_cmpuint(some->len, >, 0);
    g_assert_cmpuint(some->len, <=, all->len);
    guint first = all->len - some->len;
    for (guint i = 0; i < some->len; i++) {
        const Seen *here = &g_array_index(some, Seen, i);
        const Seen *there = &g_array_index(all, Seen, first + i);
        g_assert_cmpint(here->time_us, ==, there->time_us);
        g_assert_cmpuint(here->hash, ==, there->hash);
    }
    return first;
}

static void
check_file(const Maker *maker, const char *name, gboolean indexed)
{
    g_autoptr(Folder) folder = folder_new();
    g_autofree char *path = g_build_filename(folder->path, name, NULL);
    g_autoptr(GError) error = NULL;
    maker_write(maker, path);
    g_autoptr(SourceReader) reader = source_reader_open(path, 0, NULL, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(source_reader_can_seek(reader) == indexed);
    g_autoptr(GArray) all = read_pictures(reader, TRUE, 0);
    g_assert_cmpuint(all->len, >, LENGTH_MS / 100);
    for (gint64 from_us = 0; from_us < LENGTH_MS * (gint64)1000; from_us += STEP_US) {
        g_autoptr(GArray) heard = read_pictures(reader, TRUE, from_us);
        guint place = check_tail(all, heard);
        g_assert_true(place == 0 || g_array_index(all, Seen, place).time_us <= from_us);
        g_autoptr(GArray) seen = read_pictures(reader, FALSE, from_us);
        place = check_tail(all, seen);
        const Seen *first = &g_array_index(all, Seen, place);
        g_assert_true(place == 0 || first->time_us <= from_us + LATE_US);
        // No more is decoded than from the key picture before.
        if (indexed && from_us > 4 * (gint64)G_USEC_PER_SEC)
            g_assert_cmpint(first->time_us, >, from_us - GROUP_US - LATE_US);
    }
}

static void
test_goes_to(void)
{
    Maker maker = maker_usual();
    maker.picture_ms = maker.sound_ms = LENGTH_MS;
    check_file(&maker, "usual.mp4", TRUE);
    check_file(&maker, "usual.mkv", TRUE);
    maker.skip_frames = TRUE;
    check_file(&maker, "variable.mp4", TRUE);
    maker.skip_frames = FALSE;
    maker.picture_start_ms = 400;
    check_file(&maker, "late.mp4", TRUE);
    maker.picture = "mpeg2video";
    maker.sound = "mp2";
    check_file(&maker, "broadcast.ts", FALSE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/source/reader/goes-to", test_goes_to);
    return g_test_run();
}
