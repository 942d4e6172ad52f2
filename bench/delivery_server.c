// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The delivery bench's server: the real HttpServer over one folder of lessons that everyone may
// watch, without a catalogue. Arguments: FOLDER PORT THREADS fast|libsoup. Ends at the end of its
// input.
#include <string.h>
#include <unistd.h>

#include "server/http/server.h"

static void
lookup_async(const char *lesson_id, gpointer app, GCancellable *cancellable,
             GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);

    g_task_return_boolean(task, TRUE);
}

static gboolean
lookup_finish(GAsyncResult *result, gpointer app, HttpBundlesLesson *lesson, GError **error)
{
    lesson->is_published = lesson->is_public = TRUE;
    return g_task_propagate_boolean(G_TASK(result), error);
}

static gboolean
may_watch(const HttpBundlesLesson *lesson, gpointer account)
{
    return TRUE;
}

static const HttpBundlesAccess bundles_access = {lookup_async, lookup_finish, may_watch};

static void
handle_bundle(HttpExchange *exchange)
{
    http_bundles_serve(http_exchange_get_app(exchange), exchange);
}

// Takes a body and drops it; for the slow ones of the attack.
static void
handle_slow(HttpExchange *exchange)
{
    http_exchange_reply_empty(exchange, 204);
}

static const HttpRouterRoute routes[] = {
    {"POST", "/slow", handle_slow, HTTP_ROUTER_BODY_BUFFERED, 0, 0, HTTP_ROUTER_NO_FLAGS},
    {"GET", "/lessons/{id}/{file}", handle_bundle, HTTP_ROUTER_BODY_NONE, 0, 0,
     HTTP_ROUTER_CORS | HTTP_ROUTER_AUTHORISE_LATE},
};

int
main(int argc, char **argv)
{
    g_autoptr(HttpRouter) router = NULL;
    g_autoptr(HttpBundles) bundles = NULL;
    g_autoptr(HttpServer) server = NULL;
    g_autoptr(GError) error = NULL;
    HttpServerConfig config = {.address = "127.0.0.1"};
    char end;

    if (argc != 5) {
        g_printerr("usage: %s FOLDER PORT THREADS fast|libsoup\n", argv[0]);
        return 64;
    }
    config.port = (guint16)g_ascii_strtoull(argv[2], NULL, 10);
    config.threads = (guint)g_ascii_strtoull(argv[3], NULL, 10);
    config.no_fast_parser = strcmp(argv[4], "libsoup") == 0;
    router = http_router_new(routes, G_N_ELEMENTS(routes), NULL, NULL);
    bundles = http_bundles_new(argv[1], &bundles_access, NULL, &error);
    if (bundles)
        server = http_server_new(&config, router, bundles, bundles, &error);
    if (!server) {
        g_printerr("%s\n", error->message);
        return 69;
    }
    http_server_start(server);
    while (read(STDIN_FILENO, &end, 1) > 0)
        ;
    http_server_stop(server, 0);
    return 0;
}
