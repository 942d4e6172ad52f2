// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The fixture's routes cover every body mode, late and early access checks, and answers given
// later.
#include "tests/server/http/fixture.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/body.h"
#include "server/http/sse.h"

static void
reply_text(HttpExchange *exchange, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    http_exchange_reply_bytes(exchange, 200, "text/plain", bytes);
}

static void
handle_hello(HttpExchange *exchange)
{
    const char *name = http_exchange_get_query(exchange, "name");
    g_autofree char *text = g_strdup_printf("hello %s", name ? name : "world");

    http_exchange_set_header(exchange, "ETag", "\"h1\"");
    reply_text(exchange, text);
}

static void
handle_echo(HttpExchange *exchange)
{
    http_exchange_reply_bytes(exchange, 200, "application/octet-stream",
                              http_exchange_get_body(exchange));
}

static void
handle_who(HttpExchange *exchange)
{
    g_autofree char *text = g_strdup_printf("%s %s %s", (char *)http_exchange_get_account(exchange),
                                            http_exchange_get_parameter(exchange, "name"),
                                            http_exchange_get_remote_address(exchange));

    reply_text(exchange, text);
}

// Answers never; the test takes the peer away.
static void
on_cancellable_cancelled(GCancellable *cancellable, gpointer user_data)
{
    Fixture *fixture = user_data;

    fixture_count(fixture, &fixture->n_cancelled);
}

static void
handle_never(HttpExchange *exchange)
{
    Fixture *fixture = http_exchange_get_app(exchange);

    g_signal_connect(http_exchange_get_cancellable(exchange), "cancelled",
                     G_CALLBACK(on_cancellable_cancelled), fixture);
    fixture_count(fixture, &fixture->n_waiting);
}

typedef struct {
    GChecksum *checksum; // (owned)
    goffset bytes;       //
} Upload;

static void
free_upload(gpointer data)
{
    g_checksum_free(((Upload *)data)->checksum);
    g_free(data);
}

static gboolean
on_upload_resume(gpointer user_data)
{
    http_body_resume(user_data);
    return G_SOURCE_REMOVE;
}

static void
on_upload_chunk(HttpExchange *exchange, GBytes *chunk, gpointer user_data)
{
    Upload *upload = user_data;
    Fixture *fixture = http_exchange_get_app(exchange);
    g_autoptr(GSource) source = NULL;

    upload->bytes += g_bytes_get_size(chunk);
    g_checksum_update(upload->checksum, g_bytes_get_data(chunk, NULL), g_bytes_get_size(chunk));
    if (!g_atomic_int_get(&fixture->pauses))
        return;
    http_body_pause(exchange);
    source = g_timeout_source_new(1);
    g_source_set_callback(source, on_upload_resume, http_exchange_ref(exchange),
                          (GDestroyNotify)http_exchange_unref);
    g_source_attach(source, g_main_context_get_thread_default());
}

static void
on_upload_end(HttpExchange *exchange, gpointer user_data)
{
    Upload *upload = user_data;
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %s", (gint64)upload->bytes,
                                            g_checksum_get_string(upload->checksum));

    reply_text(exchange, text);
}

static void
on_upload_abort(HttpExchange *exchange, gpointer user_data)
{
    Fixture *fixture = http_exchange_get_app(exchange);

    fixture_count(fixture, &fixture->n_aborts);
}

static const HttpBodySink upload_sink = {on_upload_chunk, on_upload_end, on_upload_abort};

static void
handle_upload(HttpExchange *exchange)
{
    Upload *upload;

    if (http_exchange_get_header(exchange, "X-Refuse")) {
        http_exchange_reply_problem(exchange, 409, "conflict", "Refused before the body.");
        return;
    }
    upload = g_new0(Upload, 1);
    upload->checksum = g_checksum_new(G_CHECKSUM_SHA256);
    http_body_start(exchange, &upload_sink, upload, free_upload);
}

static void
on_stream_closed(HttpSse *sse, gpointer user_data)
{
    Fixture *fixture = user_data;

    fixture_count(fixture, &fixture->n_closed_streams);
}

static void
handle_events(HttpExchange *exchange)
{
    Fixture *fixture = http_exchange_get_app(exchange);
    HttpSse *sse = http_sse_start(exchange, 8, on_stream_closed, fixture, NULL);

    g_mutex_lock(&fixture->lock);
    g_ptr_array_add(fixture->streams, sse);
    g_mutex_unlock(&fixture->lock);
}

static void
handle_bundle(HttpExchange *exchange)
{
    http_bundles_serve(((Fixture *)http_exchange_get_app(exchange))->bundles, exchange);
}

static gboolean
on_authorise_later(gpointer user_data)
{
    http_router_proceed(user_data);
    return G_SOURCE_REMOVE;
}

// Access 1 needs the bearer; it is looked up later, as a catalogue would.
static void
authorise(HttpExchange *exchange, guint access)
{
    const char *bearer = http_exchange_get_header(exchange, "Authorization");
    g_autoptr(GSource) source = g_idle_source_new();

    if (bearer && strcmp(bearer, "Bearer good") == 0)
        http_exchange_set_account(exchange, g_strdup("somchai"), g_free);
    else if (access == 1) {
        http_exchange_reply_problem(exchange, 401, "not-signed-in", NULL);
        return;
    }
    g_source_set_callback(source, on_authorise_later, http_exchange_ref(exchange),
                          (GDestroyNotify)http_exchange_unref);
    g_source_attach(source, g_main_context_get_thread_default());
}

static void
lookup_async(const char *lesson_id, gpointer app, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);

    Fixture *fixture = app;

    fixture_count(fixture, &fixture->n_lookups);
    g_task_set_task_data(task, g_strdup(lesson_id), g_free);
    g_task_return_boolean(task, TRUE);
    g_object_unref(task);
}

static gboolean
lookup_finish(GAsyncResult *result, gpointer app, HttpBundlesLesson *lesson, GError **error)
{
    const char *id = g_task_get_task_data(G_TASK(result));
    gboolean is_hidden = g_atomic_int_get(&((Fixture *)app)->is_hidden);

    lesson->is_public = strcmp(id, FIXTURE_LESSON) == 0;
    lesson->is_published = (lesson->is_public && !is_hidden) || strcmp(id, FIXTURE_PRIVATE) == 0;
    lesson->is_hidden = strcmp(id, FIXTURE_DRAFT) == 0;
    lesson->is_published = lesson->is_published || lesson->is_hidden;
    return TRUE;
}

static gboolean
may_watch(const HttpBundlesLesson *lesson, gpointer account)
{
    return account != NULL;
}

static const HttpBundlesAccess bundles_access = {lookup_async, lookup_finish, may_watch};

static const HttpRouterRoute routes[] = {
    {"GET", "/hello", handle_hello, HTTP_ROUTER_BODY_NONE, 0, 0, 0},
    {"POST", "/echo", handle_echo, HTTP_ROUTER_BODY_BUFFERED, 1000000, 0, 0},
    {"GET", "/who/{name}", handle_who, HTTP_ROUTER_BODY_NONE, 0, 1, 0},
    {"GET", "/who/fixed", handle_hello, HTTP_ROUTER_BODY_NONE, 0, 0, 0},
    {"POST", "/who/{name}", handle_echo, HTTP_ROUTER_BODY_BUFFERED, 100, 1, 0},
    {"GET", "/never", handle_never, HTTP_ROUTER_BODY_NONE, 0, 0, 0},
    {"PATCH", "/upload", handle_upload, HTTP_ROUTER_BODY_STREAMED, 0, 0,
     HTTP_ROUTER_CORS | HTTP_ROUTER_METHOD_OVERRIDE},
    {"POST", "/upload", handle_upload, HTTP_ROUTER_BODY_STREAMED, 0, 1, HTTP_ROUTER_CORS},
    {"GET", "/events", handle_events, HTTP_ROUTER_BODY_NONE, 0, 0, 0},
    {"GET", "/lessons/{id}/{file}", handle_bundle, HTTP_ROUTER_BODY_NONE, 0, 0,
     HTTP_ROUTER_CORS | HTTP_ROUTER_AUTHORISE_LATE},
    {"GET", "/lessons/{id}/{folder}/{file}", handle_bundle, HTTP_ROUTER_BODY_NONE, 0, 0,
     HTTP_ROUTER_CORS | HTTP_ROUTER_AUTHORISE_LATE},
};

static void
write_file(Fixture *fixture, const char *lesson, const char *name, const void *bytes, gsize size)
{
    g_autofree char *path = g_build_filename(fixture->folder, lesson, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, bytes, size, NULL));
}

static void
fill_folder(Fixture *fixture)
{
    g_autofree char *link = NULL;
    static const char playlist[] = "#EXTM3U\n#EXT-X-VERSION:7\n";

    fixture->folder = g_dir_make_tmp("daorian-http-XXXXXX", NULL);
    fixture->big = g_malloc(FIXTURE_BIG_BYTES);
    for (gsize i = 0; i < FIXTURE_BIG_BYTES; i++)
        fixture->big[i] = (guint8)((i * 2654435761u) >> 13);
    write_file(fixture, FIXTURE_LESSON, "medium.0123abcd.mp4", fixture->big, FIXTURE_BIG_BYTES);
    write_file(fixture, FIXTURE_LESSON, "index.m3u8", playlist, strlen(playlist));
    write_file(fixture, FIXTURE_LESSON, "empty.vtt", "", 0);
    write_file(fixture, FIXTURE_LESSON, "slides/0001.0123abcd.webp", "RIFF", 4);
    write_file(fixture, FIXTURE_LESSON, "notes.txt", "no", 2);
    write_file(fixture, FIXTURE_PRIVATE, "index.m3u8", playlist, strlen(playlist));
    write_file(fixture, FIXTURE_PRIVATE, "voice.0123abcd.mp4", "ftyp", 4);
    write_file(fixture, FIXTURE_DRAFT, "index.m3u8", playlist, strlen(playlist));
    link = g_build_filename(fixture->folder, FIXTURE_LESSON, "evil.mp4", NULL);
    g_assert_cmpint(symlink("/etc/passwd", link), ==, 0);
}

Fixture *
fixture_new(HttpServerConfig config)
{
    Fixture *fixture = g_new0(Fixture, 1);
    g_autoptr(GError) error = NULL;

    g_mutex_init(&fixture->lock);
    g_cond_init(&fixture->changed);
    fixture->streams = g_ptr_array_new_with_free_func((GDestroyNotify)http_sse_unref);
    fill_folder(fixture);
    fixture->bundles = http_bundles_new(fixture->folder, &bundles_access, fixture, &error);
    g_assert_no_error(error);
    fixture->router = http_router_new(routes, G_N_ELEMENTS(routes), authorise, NULL);
    config.address = "127.0.0.1";
    config.threads = config.threads ? config.threads : 2;
    fixture->server = http_server_new(&config, fixture->router, fixture->bundles, fixture, &error);
    g_assert_no_error(error);
    http_server_start(fixture->server);
    return fixture;
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_DIR) && !g_file_test(child, G_FILE_TEST_IS_SYMLINK))
            remove_tree(child);
        else
            g_unlink(child);
    }
    g_rmdir(path);
}

void
fixture_free(Fixture *fixture)
{
    http_server_stop(fixture->server, 200);
    http_server_free(fixture->server);
    http_router_free(fixture->router);
    http_bundles_free(fixture->bundles);
    g_ptr_array_unref(fixture->streams);
    g_mutex_clear(&fixture->lock);
    g_cond_clear(&fixture->changed);
    remove_tree(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->big);
    g_free(fixture);
}
