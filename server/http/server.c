// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Start, stop and the settings of the delivery threads.
#include "server/http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/loop.h"

#define PER_ADDRESS_DEFAULT 2048
#define HEAD_TIMEOUT_MS 10000
#define IDLE_TIMEOUT_MS 75000
#define STALL_TIMEOUT_MS 60000
#define ANSWER_TIMEOUT_MS 120000
#define BACKLOG 4096
#define DESCRIPTORS_KEPT_BACK 1024 // files of bundles, the catalogue, children

struct _HttpServer {
    HttpLoopShared shared; //
    guint16 port;          // as bound
    guint16 secure_port;   // as bound; 0: none
    gboolean is_started;   //
    gboolean is_stopped;   //
};

// Raises the soft limit to the hard one. Returns the limit.
static guint
raise_descriptor_limit(void)
{
    struct rlimit limit = {0};

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit wanted = {limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
            limit = wanted;
    }
    return (guint)MIN(limit.rlim_cur, 4 * 1000 * 1000);
}

static void
fill_defaults(HttpServerConfig *config)
{
    guint limit = raise_descriptor_limit();
    guint cores = g_get_num_processors();
    guint most = limit > 2 * DESCRIPTORS_KEPT_BACK ? limit - DESCRIPTORS_KEPT_BACK : limit / 2;

    config->threads = config->threads ? config->threads : CLAMP(cores, 1, 16);
    config->connections = config->connections ? MIN(config->connections, most) : most;
    config->head_timeout_ms = config->head_timeout_ms ? config->head_timeout_ms : HEAD_TIMEOUT_MS;
    config->idle_timeout_ms = config->idle_timeout_ms ? config->idle_timeout_ms : IDLE_TIMEOUT_MS;
    config->stall_timeout_ms =
        config->stall_timeout_ms ? config->stall_timeout_ms : STALL_TIMEOUT_MS;
    config->answer_timeout_ms =
        config->answer_timeout_ms ? config->answer_timeout_ms : ANSWER_TIMEOUT_MS;
}

static gboolean
parse_address(const char *text, guint16 port, struct sockaddr_storage *address, socklen_t *length)
{
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;

    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        *length = sizeof *four;
        return TRUE;
    }
    if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        *length = sizeof *six;
        return TRUE;
    }
    return FALSE;
}

static gboolean
set_listen_error(const char *address, guint16 port, GError **error)
{
    int code = errno;
    const char *advice = code == EADDRINUSE      ? "another program listens there already"
                         : code == EACCES        ? "ports below 1024 need a privilege"
                         : code == EADDRNOTAVAIL ? "this machine has no such address"
                                                 : g_strerror(code);

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "cannot listen on %s port %u: %s",
                address, port, advice);
    return FALSE;
}

// @port goes in as wanted and comes out as bound.
static gboolean
listen_on(const char *text, guint16 *port, int *listener, GError **error)
{
    struct sockaddr_storage address;
    socklen_t length = 0;
    int on = 1;

    if (!parse_address(text, *port, &address, &length)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "cannot listen on “%s”: it is no numeric IPv4 or IPv6 address", text);
        return FALSE;
    }
    *listener = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*listener < 0)
        return set_listen_error(text, *port, error);
    setsockopt(*listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Accepted sockets inherit it: answers leave in whole writes, nothing is gained by waiting.
    setsockopt(*listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(*listener, (struct sockaddr *)&address, length) < 0 ||
        listen(*listener, BACKLOG) < 0 ||
        getsockname(*listener, (struct sockaddr *)&address, &length) < 0)
        return set_listen_error(text, *port, error);
    *port = ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                : ((struct sockaddr_in *)&address)->sin_port);
    return TRUE;
}

static gboolean
listen_all(HttpServer *server, GError **error)
{
    const HttpServerConfig *config = &server->shared.config;

    server->port = config->port;
    server->secure_port = config->secure_port;
    return listen_on(config->address, &server->port, &server->shared.listener, error) &&
           (!config->secure_address || listen_on(config->secure_address, &server->secure_port,
                                                 &server->shared.secure_listener, error));
}

static gboolean
load_certificate(HttpServer *server, GError **error)
{
    const HttpServerConfig *config = &server->shared.config;

    if (!config->certificate_file)
        return TRUE;
    server->shared.certificate = g_tls_certificate_new_from_files(
        config->certificate_file, config->key_file ? config->key_file : config->certificate_file,
        error);
    if (!server->shared.certificate)
        g_prefix_error(error, "cannot use the certificate %s: ", config->certificate_file);
    return server->shared.certificate != NULL;
}

static gboolean
make_loops(HttpServer *server, GError **error)
{
    for (guint i = 0; i < server->shared.config.threads; i++) {
        HttpLoop *loop = http_loop_new(&server->shared, error);
        if (!loop)
            return FALSE;
        g_ptr_array_add(server->shared.loops, loop);
    }
    return TRUE;
}

HttpServer *
http_server_new(const HttpServerConfig *config, HttpRouter *router, HttpBundles *bundles,
                gpointer app, GError **error)
{
    g_autoptr(HttpServer) server = g_new0(HttpServer, 1);
    HttpLoopShared *shared = &server->shared;

    shared->config = *config;
    fill_defaults(&shared->config);
    shared->config.address = g_strdup(config->address);
    shared->config.secure_address = g_strdup(config->secure_address);
    shared->listener = -1;
    shared->secure_listener = -1;
    shared->router = router;
    shared->bundles = bundles;
    shared->app = app;
    shared->loops = g_ptr_array_new();
    shared->addresses = http_addresses_new(
        config->connections_per_address ? config->connections_per_address : PER_ADDRESS_DEFAULT,
        config->connections_per_address == 0);
    if (!load_certificate(server, error) || !listen_all(server, error) ||
        !make_loops(server, error))
        return NULL;
    return g_steal_pointer(&server);
}

void
http_server_start(HttpServer *server)
{
    server->is_started = TRUE;
    for (guint i = 0; i < server->shared.loops->len; i++)
        http_loop_start(server->shared.loops->pdata[i]);
}

guint16
http_server_get_port(HttpServer *server)
{
    return server->port;
}

guint16
http_server_get_secure_port(HttpServer *server)
{
    return server->shared.secure_listener >= 0 ? server->secure_port : 0;
}

void
http_server_get_stats(HttpServer *server, HttpServerStats *stats)
{
    HttpLoopShared *shared = &server->shared;

    stats->connections = MAX(g_atomic_int_get(&shared->n_connections), 0);
    stats->accepted = __atomic_load_n(&shared->accepted, __ATOMIC_RELAXED);
    stats->refused = __atomic_load_n(&shared->refused, __ATOMIC_RELAXED);
    stats->bad_heads = __atomic_load_n(&shared->bad_heads, __ATOMIC_RELAXED);
    stats->requests = __atomic_load_n(&shared->requests, __ATOMIC_RELAXED);
    stats->bytes_sent = __atomic_load_n(&shared->bytes_sent, __ATOMIC_RELAXED);
}

void
http_server_stop(HttpServer *server, guint grace_ms)
{
    GPtrArray *loops = server->shared.loops;

    if (server->is_stopped)
        return;
    server->is_stopped = TRUE;
    for (guint i = 0; server->is_started && i < loops->len; i++)
        http_loop_stop(loops->pdata[i], grace_ms);
    for (guint i = 0; i < loops->len; i++)
        http_loop_free(loops->pdata[i]);
    g_ptr_array_set_size(loops, 0);
}

void
http_server_free(HttpServer *server)
{
    http_server_stop(server, 0);
    if (server->shared.listener >= 0)
        close(server->shared.listener);
    if (server->shared.secure_listener >= 0)
        close(server->shared.secure_listener);
    g_ptr_array_unref(server->shared.loops);
    http_addresses_free(server->shared.addresses);
    g_clear_object(&server->shared.certificate);
    g_free((char *)server->shared.config.address);
    g_free((char *)server->shared.config.secure_address);
    g_free(server);
}
