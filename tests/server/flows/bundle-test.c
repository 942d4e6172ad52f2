// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A published bundle as players find it: the packaging rules on every rung, the same cut points in
// all picture rungs, playlists that a strict parser takes, and every picture decoded by libav and
// by playbin3, the latter over plain HTTP from a static server that knows nothing of lessons.
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libsoup/soup.h>
#include <string.h>

#include "pipelines/package/index.h"
#include "tests/pipelines/package/mp4.h"
#include "tests/server/flows/bench.h"

#define PICTURES 260 // 10.4 s
#define PLAY_TRIES 3
#define PLAY_DEADLINE_S 240

typedef struct {
    FlowsBench *bench;     // (owned)
    CatalogLesson *lesson; // (owned)
    char *folder;          // (owned) the bundle
    const char *node;      // (unowned)
    const char *script;    // (unowned) the strict parser
    const char *web;       // (unowned) folder of the packages
} Bundle;

static PackageIndex *
load_index(const Bundle *bundle, const CatalogRung *rung)
{
    g_autofree char *path = g_build_filename(bundle->folder, rung->index_file, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    PackageIndex *index = package_index_parse(text, length, (guint64)rung->bytes, NULL);
    g_assert_nonnull(index);
    return index;
}

static void
assert_rules(const PackageMp4 *mp4, guint tracks)
{
    guint64 next[3] = {0};
    g_assert_false(mp4->edit_list);
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        g_assert_cmpuint(run->start, ==, next[run->track_id]);
        g_assert_true(run->first_key && run->based_moof && run->in_mdat);
        next[run->track_id] = run->start + run->duration;
    }
    if (tracks == 2) { // sound ends with the picture or at most a frame before
        g_assert_cmpuint(next[2] * 15, <=, next[1] * 8);
        g_assert_cmpuint(next[2] * 15 + 1024 * 15, >, next[1] * 8);
    }
}

static void
test_packaging_rules(gconstpointer data)
{
    const Bundle *bundle = data;
    for (guint i = 0; i < bundle->lesson->rungs->len; i++) {
        const CatalogRung *rung = bundle->lesson->rungs->pdata[i];
        g_autofree char *path = g_build_filename(bundle->folder, rung->file, NULL);
        g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
        assert_rules(mp4, rung->width > 0 ? 2 : 1);
        g_assert_cmpint(ABS(rung->duration_ms - bundle->lesson->duration_ms), <=, 100);
    }
}

static void
test_cut_points_are_the_same(gconstpointer data)
{
    const Bundle *bundle = data;
    g_autoptr(PackageIndex) first = load_index(bundle, bundle->lesson->rungs->pdata[0]);
    g_assert_cmpuint(first->segments->len, >, 1);
    for (guint i = 1; i < bundle->lesson->rungs->len; i++) {
        g_autoptr(PackageIndex) index = load_index(bundle, bundle->lesson->rungs->pdata[i]);
        g_assert_cmpuint(index->segments->len, ==, first->segments->len);
        for (guint k = 0; k < index->segments->len; k++)
            g_assert_cmpuint(g_array_index(index->segments, PackageIndexSegment, k).start_pts90k, ==
                             , g_array_index(first->segments, PackageIndexSegment, k).start_pts90k);
    }
}

static void
test_strict_parser_takes_the_playlists(gconstpointer data)
{
    const Bundle *bundle = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, bundle->node, bundle->script, bundle->web,
                         bundle->folder, NULL);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_wait_check(process, NULL, &error));
    g_assert_no_error(error);
}

/* Pictures of a file or playlist, counted after decoding. */
static guint
decode_pictures(const char *path)
{
    AVFormatContext *input = NULL;
    const AVCodec *codec = NULL;
    g_assert_cmpint(avformat_open_input(&input, path, NULL, NULL), ==, 0);
    g_assert_cmpint(avformat_find_stream_info(input, NULL), >=, 0);
    int stream = av_find_best_stream(input, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    g_assert_cmpint(stream, >=, 0);
    AVCodecContext *decoder = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(decoder, input->streams[stream]->codecpar);
    g_assert_cmpint(avcodec_open2(decoder, codec, NULL), ==, 0);
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    guint count = 0;
    gboolean more = TRUE;
    while (more) {
        more = av_read_frame(input, packet) >= 0;
        if (!more || packet->stream_index == stream)
            g_assert_cmpint(avcodec_send_packet(decoder, more ? packet : NULL), ==, 0);
        while (avcodec_receive_frame(decoder, frame) == 0)
            count += frame->decode_error_flags == 0;
        av_packet_unref(packet);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    avformat_close_input(&input);
    return count;
}

static guint
count_wanted_pictures(const CatalogRung *rung)
{
    return (guint)((double)rung->duration_ms * rung->frame_rate / 1000 + 0.5);
}

static void
test_libav_decodes_every_picture(gconstpointer data)
{
    const Bundle *bundle = data;
    for (guint i = 0; i < bundle->lesson->rungs->len; i++) {
        const CatalogRung *rung = bundle->lesson->rungs->pdata[i];
        if (rung->width == 0)
            continue;
        g_autofree char *name = g_strconcat(rung->name, ".m3u8", NULL);
        g_autofree char *file = g_build_filename(bundle->folder, rung->file, NULL);
        g_autofree char *playlist = g_build_filename(bundle->folder, name, NULL);
        g_assert_cmpuint(decode_pictures(file), ==, count_wanted_pictures(rung));
        g_assert_cmpuint(decode_pictures(playlist), ==, count_wanted_pictures(rung));
    }
}

/* A static server: a file for a path, ranges by libsoup. Whatever holds the end of a rung waits
 * until the player knows what streams there are: hlsdemux2 takes the end of a stream of which it
 * has nothing to show yet for a failure, and over a loopback the end may well come first. */
typedef struct {
    const Bundle *bundle;     // (unowned)
    GPtrArray *held;          // (owned) (element-type SoupServerMessage)
    gboolean streams_unknown; // (value) of a playlist that is being played
} Server;

static void
on_held_finished(SoupServerMessage *message, gpointer user_data)
{
    g_ptr_array_remove_fast(((Server *)user_data)->held, message);
}

static void
hold_end(Server *server, SoupServerMessage *message, gsize bytes)
{
    SoupMessageHeaders *fields = soup_server_message_get_request_headers(message);
    SoupRange *ranges = NULL;
    int count = 0;
    if (!soup_message_headers_get_ranges(fields, (goffset)bytes, &ranges, &count))
        return;
    gboolean ends = ranges[count - 1].end == (goffset)bytes - 1;
    soup_message_headers_free_ranges(fields, ranges);
    if (!ends)
        return;
    soup_server_message_pause(message);
    g_ptr_array_add(server->held, message);
    g_signal_connect(message, "finished", G_CALLBACK(on_held_finished), server);
}

static void
release_ends(Server *server)
{
    server->streams_unknown = FALSE;
    for (guint i = 0; i < server->held->len; i++)
        soup_server_message_unpause(server->held->pdata[i]);
}

static void
on_server_request(SoupServer *listener, SoupServerMessage *message, const char *path,
                  GHashTable *query, gpointer user_data)
{
    Server *server = user_data;
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *file = g_build_filename(server->bundle->folder, name, NULL);
    char *content = NULL;
    gsize bytes = 0;
    if (!g_file_get_contents(file, &content, &bytes, NULL)) {
        soup_server_message_set_status(message, SOUP_STATUS_NOT_FOUND, NULL);
        return;
    }
    const char *type =
        g_str_has_suffix(name, ".m3u8") ? "application/vnd.apple.mpegurl" : "video/mp4";
    soup_server_message_set_status(message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response(message, type, SOUP_MEMORY_TAKE, content, bytes);
    if (server->streams_unknown)
        hold_end(server, message, bytes);
}

typedef struct {
    GMainLoop *loop; // (unowned)
    Server *server;  // (unowned)
    gint buffers;    // (atomic)
    char *error;     // (owned) (nullable)
} Playing;

static void
on_handoff_streaming_cb(GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
    g_atomic_int_inc(&((Playing *)user_data)->buffers);
}

static gboolean
on_bus_message(GstBus *bus, GstMessage *message, gpointer user_data)
{
    Playing *playing = user_data;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
        g_autoptr(GError) error = NULL;
        g_autofree char *detail = NULL;
        gst_message_parse_error(message, &error, &detail);
        g_free(playing->error);
        playing->error = g_strdup_printf("%s: %s", error->message, detail);
    }
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_STREAM_COLLECTION)
        release_ends(playing->server);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR ||
        GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)
        g_main_loop_quit(playing->loop);
    return G_SOURCE_CONTINUE;
}

static gboolean
on_deadline(gpointer user_data)
{
    Playing *playing = user_data;
    playing->error = g_strdup("played for too long");
    g_main_loop_quit(playing->loop);
    return G_SOURCE_REMOVE;
}

static GstElement *
make_sink(Playing *playing)
{
    GstElement *sink = gst_element_factory_make("fakesink", NULL);
    g_object_set(sink, "sync", FALSE, "signal-handoffs", playing != NULL, NULL);
    if (playing != NULL)
        g_signal_connect(sink, "handoff", G_CALLBACK(on_handoff_streaming_cb), playing);
    return sink;
}

/* Pictures that playbin3 shows till the end; its failure, if any, is for the caller to free. */
static guint
play_once(Server *server, const char *uri, char **failure)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Playing playing = {loop, server, 0, NULL};
    server->streams_unknown = g_str_has_suffix(uri, ".m3u8");
    GstElement *player = gst_element_factory_make("playbin3", NULL);
    g_assert_nonnull(player);
    g_object_set(player, "uri", uri, "video-sink", make_sink(&playing), "audio-sink",
                 make_sink(NULL), NULL);
    g_autoptr(GstBus) bus = gst_element_get_bus(player);
    guint watch = gst_bus_add_watch(bus, on_bus_message, &playing);
    guint deadline = g_timeout_add_seconds(PLAY_DEADLINE_S, on_deadline, &playing);
    gst_element_set_state(player, GST_STATE_PLAYING);
    g_main_loop_run(loop);
    gst_element_set_state(player, GST_STATE_NULL);
    g_source_remove(watch);
    if (g_strcmp0(playing.error, "played for too long") != 0)
        g_source_remove(deadline);
    gst_object_unref(player);
    *failure = playing.error;
    return (guint)g_atomic_int_get(&playing.buffers);
}

/* The HLS client of GStreamer 1.22 gives up at once when a machine is busy: it may try again. */
static guint
play_pictures(Server *server, const char *uri)
{
    g_autofree char *failure = NULL;
    guint pictures = play_once(server, uri, &failure);
    for (guint i = 0; failure != NULL && strstr(failure, "download") != NULL && i < PLAY_TRIES;
         i++) {
        g_test_message("%s", failure);
        g_clear_pointer(&failure, g_free);
        pictures = play_once(server, uri, &failure);
    }
    g_assert_cmpstr(failure, ==, NULL);
    return pictures;
}

static void
test_playbin_shows_every_picture(gconstpointer data)
{
    const Bundle *bundle = data;
    g_autoptr(SoupServer) listener = soup_server_new(NULL, NULL);
    g_autoptr(GPtrArray) held = g_ptr_array_new();
    Server server = {bundle, held, FALSE};
    soup_server_add_handler(listener, NULL, on_server_request, &server, NULL);
    g_assert_true(soup_server_listen_local(listener, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
    GSList *uris = soup_server_get_uris(listener);
    g_autofree char *base = g_uri_to_string(uris->data);
    g_slist_free_full(uris, (GDestroyNotify)g_uri_unref);
    for (guint i = 0; i < bundle->lesson->rungs->len; i++) {
        const CatalogRung *rung = bundle->lesson->rungs->pdata[i];
        g_autofree char *file = g_strconcat(base, rung->file, NULL);
        g_autofree char *playlist = g_strconcat(base, rung->name, ".m3u8", NULL);
        // A sink is handed the first picture again when it is prerolled, never fewer than there
        // are.
        g_assert_cmpuint(play_pictures(&server, file), >=, count_wanted_pictures(rung));
        g_assert_cmpuint(play_pictures(&server, playlist), >=, count_wanted_pictures(rung));
    }
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 5);
    gst_init(NULL, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK);
    Bundle bundle = {flows_bench_new_large(PICTURES), NULL, NULL, argv[2], argv[3], argv[4]};
    FlowsBenchRun run = {.media_program = argv[1]};
    flows_bench_supervise(bundle.bench, &run);
    g_assert_cmpuint(flows_bench_assert_published(bundle.bench), >=, 4);
    bundle.lesson = flows_bench_read_lesson(bundle.bench);
    bundle.folder =
        server_storage_build_bundle_path(bundle.bench->storage, bundle.bench->lesson_id);
    g_test_add_data_func("/flows/bundle/packaging-rules", &bundle, test_packaging_rules);
    g_test_add_data_func("/flows/bundle/cut-points-are-the-same", &bundle,
                         test_cut_points_are_the_same);
    g_test_add_data_func("/flows/bundle/strict-parser-takes-the-playlists", &bundle,
                         test_strict_parser_takes_the_playlists);
    g_test_add_data_func("/flows/bundle/libav-decodes-every-picture", &bundle,
                         test_libav_decodes_every_picture);
    g_test_add_data_func("/flows/bundle/playbin-shows-every-picture", &bundle,
                         test_playbin_shows_every_picture);
    int result = g_test_run();
    catalog_lesson_free(bundle.lesson);
    g_free(bundle.folder);
    flows_bench_remove(bundle.bench);
    return result;
}
