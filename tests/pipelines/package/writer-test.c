// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The writer with really coded packets: layout, continuity, going on after a kill at every segment,
// refusals, and what libavformat makes of the file.
#include "pipelines/package/writer.h"

#include <glib/gstdio.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/pipelines/package/coded.h"
#include "tests/pipelines/package/mp4.h"

#define GRID 50
#define GRID_PTS90K (GRID * 3600)

typedef struct {
    char *folder;        // (owned)
    PackageCoded *coded; // (owned) (nullable)
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->folder = g_dir_make_tmp("daorian-writer-XXXXXX", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GDir) folder = g_dir_open(fixture->folder, 0, NULL);
    const char *name = NULL;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(fixture->folder);
    g_free(fixture->folder);
    g_clear_pointer(&fixture->coded, package_coded_free);
}

static PackageWriter *
open_writer(Fixture *fixture, PackageWriterPosition *position)
{
    g_autoptr(GError) error = NULL;
    PackageWriter *writer =
        package_writer_open(fixture->folder, "small", fixture->coded->tracks, position, &error);
    g_assert_no_error(error);
    return writer;
}

static PackageResult *
write_whole(Fixture *fixture)
{
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer = open_writer(fixture, &position);
    g_autoptr(GError) error = NULL;
    package_coded_feed(fixture->coded, writer, GRID_PTS90K, G_MAXUINT, &error);
    g_assert_no_error(error);
    PackageResult *result = package_writer_finish(writer, &error);
    g_assert_no_error(error);
    return result;
}

static PackageIndex *
load_index(Fixture *fixture, const PackageResult *result)
{
    g_autofree char *path = g_build_filename(fixture->folder, result->index, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_autoptr(GError) error = NULL;
    PackageIndex *index = package_index_parse(text, length, result->bytes, &error);
    g_assert_no_error(error);
    return index;
}

static PackageMp4 *
load_mp4(Fixture *fixture, const PackageResult *result)
{
    g_autofree char *path = g_build_filename(fixture->folder, result->file, NULL);
    return package_mp4_read(path);
}

/* The sound ends at most one frame of @frame samples before the picture. */
static void
assert_continuous(const PackageMp4 *mp4, guint tracks, guint frame)
{
    guint64 next[3] = {0};
    guint seen = 0;
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        g_assert_cmpuint(run->track_id, <=, tracks);
        g_assert_cmpuint(run->start, ==, next[run->track_id]);
        g_assert_true(run->first_key);
        g_assert_true(run->based_moof);
        g_assert_true(run->in_mdat);
        next[run->track_id] = run->start + run->duration;
        seen |= 1u << run->track_id;
    }
    g_assert_cmpuint(seen, ==, tracks == 2 ? 6 : 2);
    g_assert_false(mp4->edit_list);
    if (tracks == 2) {
        g_assert_cmpuint(next[2] * 15, <=, next[1] * 8);
        g_assert_cmpuint((next[2] + frame) * 15, >, next[1] * 8);
    }
}

static void
assert_index_fits(const PackageIndex *index, const PackageMp4 *mp4, guint64 file_bytes,
                  guint64 sound_pts90k)
{
    g_assert_cmpuint(index->init_bytes, ==, mp4->init_bytes);
    g_assert_cmpuint(mp4->sidx_end, ==, mp4->first_moof);
    g_assert_cmpuint(mp4->references->len, ==, index->segments->len);
    guint64 offset = mp4->first_moof;
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        guint64 reference = g_array_index(mp4->references, guint64, i);
        g_assert_cmpuint(segment->offset_bytes, ==, offset);
        g_assert_cmpuint(reference >> 32, ==, segment->bytes);
        guint64 ticks = (guint32)reference * (guint64)90000 / mp4->timescale;
        g_assert_cmpuint(ticks + sound_pts90k, >=, segment->duration_pts90k);
        g_assert_cmpuint(ticks, <=, segment->duration_pts90k + sound_pts90k);
        offset += segment->bytes;
    }
    g_assert_cmpuint(offset, ==, file_bytes);
}

/* 260 pictures are 10.4 s: five segments, the last with the tail of 0.4 s. */
static void
test_layout(Fixture *fixture, gconstpointer data)
{
    fixture->coded = package_coded_new(
        &(PackageCodedWish){.pictures = 260, .grid = GRID, .samples = 48000 * 11});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autoptr(PackageIndex) index = load_index(fixture, result);
    g_autoptr(PackageMp4) mp4 = load_mp4(fixture, result);
    g_assert_cmpuint(index->segments->len, ==, 5);
    const PackageIndexSegment *last = &g_array_index(index->segments, PackageIndexSegment, 4);
    g_assert_cmpuint(last->duration_pts90k, ==, 60 * 3600);
    g_assert_cmpuint(result->duration_ms, ==, 10400);
    g_assert_cmpstr(result->codecs, ==, "avc1.42C00C,mp4a.40.2");
    assert_continuous(mp4, 2, PACKAGE_TRACK_AAC_FRAME);
    assert_index_fits(index, mp4, result->bytes, 1920);
    g_assert_cmpuint(result->bandwidth_bps, >=, result->average_bandwidth_bps);
}

static void
test_long_tail_is_a_segment(Fixture *fixture, gconstpointer data)
{
    fixture->coded = package_coded_new(
        &(PackageCodedWish){.pictures = 263, .grid = GRID, .samples = 48000 * 11});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autoptr(PackageIndex) index = load_index(fixture, result);
    g_assert_cmpuint(index->segments->len, ==, 6);
}

static void
test_sound_alone(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.pictures = 0, .grid = GRID, .samples = 48000 * 9});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autoptr(PackageIndex) index = load_index(fixture, result);
    g_autoptr(PackageMp4) mp4 = load_mp4(fixture, result);
    g_assert_cmpuint(index->segments->len, ==, 5);
    g_assert_cmpstr(result->codecs, ==, "mp4a.40.2");
    assert_continuous(mp4, 1, PACKAGE_TRACK_AAC_FRAME);
    assert_index_fits(index, mp4, result->bytes, 1920);
    for (guint i = 0; i < 4; i++)
        g_assert_cmpuint(g_array_index(index->segments, PackageIndexSegment, i).duration_pts90k, ==,
                         GRID_PTS90K);
}

/* How many pictures libavformat and libavcodec make of a file. */
static guint
count_pictures(const char *path)
{
    AVFormatContext *context = NULL;
    g_assert_cmpint(avformat_open_input(&context, path, NULL, NULL), ==, 0);
    g_assert_cmpint(avformat_find_stream_info(context, NULL), >=, 0);
    const AVCodec *codec = avcodec_find_decoder(context->streams[0]->codecpar->codec_id);
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(decoder, context->streams[0]->codecpar);
    g_assert_cmpint(avcodec_open2(decoder, codec, NULL), ==, 0);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    guint pictures = 0;
    gboolean more = TRUE;
    while (more) {
        more = av_read_frame(context, packet) >= 0;
        if (!more || packet->stream_index == 0)
            avcodec_send_packet(decoder, more ? packet : NULL);
        while (avcodec_receive_frame(decoder, frame) == 0)
            pictures++;
        av_packet_unref(packet);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    avformat_close_input(&context);
    return pictures;
}

/* What a player of key pictures fetches, the init section and the first bytes of a segment, is one
 * picture. */
static void
assert_key_pictures(Fixture *fixture, const PackageResult *result, const PackageIndex *index)
{
    g_autofree char *path = g_build_filename(fixture->folder, result->file, NULL);
    g_autofree char *key_path = g_build_filename(fixture->folder, "key.mp4", NULL);
    g_autofree char *data = NULL;
    g_assert_true(g_file_get_contents(path, &data, NULL, NULL));
    g_assert_true(package_index_has_keys(index));
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        g_assert_cmpuint(segment->key_bytes, <, segment->bytes);
        g_autoptr(GByteArray) part = g_byte_array_new();
        g_byte_array_append(part, (guint8 *)data, (guint)index->init_bytes);
        g_byte_array_append(part, (guint8 *)data + segment->offset_bytes,
                            (guint)segment->key_bytes);
        g_assert_true(g_file_set_contents(key_path, (char *)part->data, part->len, NULL));
        g_assert_cmpuint(count_pictures(key_path), ==, 1);
    }
}

/* AV1 and Opus are laid out as H.264 and AAC are. */
static void
test_av1_and_opus(Fixture *fixture, gconstpointer data)
{
    fixture->coded = package_coded_new(
        &(PackageCodedWish){.pictures = 110, .grid = GRID, .samples = 48000 * 5, .av1 = TRUE});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autoptr(PackageIndex) index = load_index(fixture, result);
    g_autoptr(PackageMp4) mp4 = load_mp4(fixture, result);
    g_assert_cmpuint(index->segments->len, ==, 2); // the tail of 0.4 s joins
    g_assert_cmpuint(result->duration_ms, ==, 4400);
    g_assert_cmpstr(result->codecs, ==, "av01.0.00M.08,opus");
    assert_continuous(mp4, 2, 2880);
    assert_index_fits(index, mp4, result->bytes, 5400);
    assert_key_pictures(fixture, result, index);
    g_autofree char *path = g_build_filename(fixture->folder, result->file, NULL);
    g_assert_cmpuint(count_pictures(path), ==, 110);
}

static void
test_key_pictures(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.pictures = 110, .grid = GRID, .samples = 48000 * 5});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autoptr(PackageIndex) index = load_index(fixture, result);
    assert_key_pictures(fixture, result, index);
}

static void
test_opus_alone(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.grid = GRID, .samples = 48000 * 9, .av1 = TRUE});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autoptr(PackageIndex) index = load_index(fixture, result);
    g_autoptr(PackageMp4) mp4 = load_mp4(fixture, result);
    g_assert_cmpuint(index->segments->len, ==, 5);
    g_assert_cmpstr(result->codecs, ==, "opus");
    assert_continuous(mp4, 1, 2880);
    assert_index_fits(index, mp4, result->bytes, 5400);
    g_assert_false(package_index_has_keys(index));
}

/* Whatever a player would have to skip at the start is refused, and what is no packet. */
static void
test_opus_is_checked(Fixture *fixture, gconstpointer data)
{
    static const guint8 dops[11] = {0, 1, 0x01, 0x38, 0, 0, 0xbb, 0x80, 0, 0, 0};
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.grid = GRID, .samples = 48000, .av1 = TRUE});
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer = open_writer(fixture, &position);
    g_autoptr(GError) error = NULL;
    g_assert_false(package_writer_add_audio(writer, dops, 0, 0, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
    g_clear_error(&error);
    g_bytes_unref(fixture->coded->tracks->sound_config);
    fixture->coded->tracks->sound_config = g_bytes_new_static(dops, sizeof dops);
    g_assert_null(
        package_writer_open(fixture->folder, "other", fixture->coded->tracks, &position, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
}

static void
test_libavformat_reads_all(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.pictures = 130, .grid = GRID, .samples = 48000 * 6});
    g_autoptr(PackageResult) result = write_whole(fixture);
    g_autofree char *path = g_build_filename(fixture->folder, result->file, NULL);
    AVFormatContext *context = NULL;
    g_assert_cmpint(avformat_open_input(&context, path, NULL, NULL), ==, 0);
    g_assert_cmpint(avformat_find_stream_info(context, NULL), >=, 0);
    g_assert_cmpuint(context->nb_streams, ==, 2);
    g_assert_cmpint(context->duration, ==, 5200000);
    guint counts[2] = {0};
    AVPacket *packet = av_packet_alloc();
    while (av_read_frame(context, packet) >= 0) {
        guint stream = (guint)packet->stream_index;
        if (counts[stream]++ == 0)
            g_assert_cmpint(packet->pts, ==, 0);
        av_packet_unref(packet);
    }
    g_assert_cmpuint(counts[0], ==, 130);
    g_assert_cmpuint(counts[1], ==, 5200 * 48 / 1024);
    av_packet_free(&packet);
    avformat_close_input(&context);
}

/* What a kill leaves behind the last durable segment. */
static void
add_rubbish(Fixture *fixture)
{
    static const char *const endings[] = {"small.part", "small.journal"};
    for (guint i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_build_filename(fixture->folder, endings[i], NULL);
        FILE *file = g_fopen(path, "a");
        fputs("123 456 torn", file);
        fclose(file);
    }
}

static void
test_goes_on_after_each_segment(Fixture *fixture, gconstpointer data)
{
    fixture->coded = package_coded_new(
        &(PackageCodedWish){.pictures = 260, .grid = GRID, .samples = 48000 * 11});
    g_autoptr(PackageResult) whole = write_whole(fixture);
    for (guint stop = 1; stop <= 4; stop++) {
        fixture->coded->tracks->width += 2; // another set-up: starts afresh
        PackageWriterPosition position;
        PackageWriter *writer = open_writer(fixture, &position);
        g_assert_cmpuint(position.segments, ==, 0);
        g_assert_true(package_coded_feed(fixture->coded, writer, GRID_PTS90K, stop, NULL));
        package_writer_free(writer);
        add_rubbish(fixture);
        g_assert_cmpuint(package_writer_peek(fixture->folder, "small", &position), ==, stop);
        g_autoptr(PackageResult) resumed = write_whole(fixture);
        g_autoptr(PackageMp4) mp4 = load_mp4(fixture, resumed);
        g_autoptr(PackageIndex) index = load_index(fixture, resumed);
        g_assert_cmpuint(index->segments->len, ==, 5);
        g_assert_cmpuint(resumed->bytes, ==, whole->bytes);
        assert_continuous(mp4, 2, PACKAGE_TRACK_AAC_FRAME);
    }
}

static void
test_same_bytes_when_resumed_or_finished_again(Fixture *fixture, gconstpointer data)
{
    fixture->coded = package_coded_new(
        &(PackageCodedWish){.pictures = 260, .grid = GRID, .samples = 48000 * 11});
    PackageWriterPosition position;
    PackageWriter *writer = open_writer(fixture, &position);
    g_assert_true(package_coded_feed(fixture->coded, writer, GRID_PTS90K, 2, NULL));
    package_writer_free(writer);
    g_autoptr(PackageResult) resumed = write_whole(fixture);
    g_autoptr(PackageResult) again = write_whole(fixture);
    writer = open_writer(fixture, &position);
    g_assert_true(position.complete);
    package_writer_free(writer);
    g_autofree char *journal = g_build_filename(fixture->folder, "small.journal", NULL);
    g_unlink(journal);
    g_autoptr(PackageResult) fresh = write_whole(fixture);
    g_assert_cmpstr(resumed->sha256, ==, again->sha256);
    g_assert_cmpstr(resumed->sha256, ==, fresh->sha256);
    g_assert_cmpuint(strlen(fresh->sha256), ==, 64);
}

static void
test_refuses_broken_time(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.pictures = 60, .grid = GRID, .samples = 48000});
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer = open_writer(fixture, &position);
    const PackageCodedPacket *second = fixture->coded->video->pdata[1];
    gsize bytes = 0;
    const guint8 *unit = g_bytes_get_data(second->bytes, &bytes);
    g_autoptr(GError) error = NULL;
    const PackageWriterPicture not_key = {unit, bytes, 0, 3600, FALSE};
    g_assert_false(package_writer_add_video(writer, &not_key, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_false(package_writer_add_audio(writer, unit, bytes, 1024, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
    g_clear_error(&error);
    g_assert_null(package_writer_finish(writer, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
}

static void
test_refuses_a_cut_off_the_grid(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.pictures = 150, .grid = GRID, .samples = 0});
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer = open_writer(fixture, &position);
    g_autoptr(GError) error = NULL;
    g_assert_false(package_coded_feed(fixture->coded, writer, 30 * 3600, G_MAXUINT, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
}

static void
test_says_when_the_disk_is_full(Fixture *fixture, gconstpointer data)
{
    fixture->coded =
        package_coded_new(&(PackageCodedWish){.pictures = 150, .grid = GRID, .samples = 0});
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before = {0};
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit little = {4000, before.rlim_max};
    PackageWriterPosition position;
    g_autoptr(PackageWriter) writer = open_writer(fixture, &position);
    g_autoptr(GError) error = NULL;
    setrlimit(RLIMIT_FSIZE, &little);
    gboolean fed = package_coded_feed(fixture->coded, writer, GRID_PTS90K, G_MAXUINT, &error);
    setrlimit(RLIMIT_FSIZE, &before);
    g_assert_false(fed);
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_SPACE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    av_log_set_level(AV_LOG_ERROR);
#define ADD(path, function)                                                                        \
    g_test_add("/package/writer/" path, Fixture, NULL, set_up, function, tear_down)
    ADD("layout", test_layout);
    ADD("long-tail-is-a-segment", test_long_tail_is_a_segment);
    ADD("sound-alone", test_sound_alone);
    ADD("av1-and-opus", test_av1_and_opus);
    ADD("opus-alone", test_opus_alone);
    ADD("opus-is-checked", test_opus_is_checked);
    ADD("key-pictures", test_key_pictures);
    ADD("libavformat-reads-all", test_libavformat_reads_all);
    ADD("goes-on-after-each-segment", test_goes_on_after_each_segment);
    ADD("same-bytes-when-resumed-or-finished-again",
        test_same_bytes_when_resumed_or_finished_again);
    ADD("refuses-broken-time", test_refuses_broken_time);
    ADD("refuses-a-cut-off-the-grid", test_refuses_a_cut_off_the_grid);
    ADD("says-when-the-disk-is-full", test_says_when_the_disk_is_full);
    return g_test_run();
}
