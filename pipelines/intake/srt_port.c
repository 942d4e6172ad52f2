// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The thread owns all waiting and reading; news go through one bounded queue to the owner's
// context. Closing a socket is safe from any thread.
#include "pipelines/intake/srt_port.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <srt/srt.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAIT_MS 100   // until the thread looks whether it is wanted
#define EVENTS_MAX 32 // a look
#define MESSAGE_BYTES 1500
#define PIECE_BYTES (64 * 1024)
#define HELD_BYTES_MAX (8 * 1024 * 1024)
#define BACKLOG 16
#define CONNECT_MS 5000
#define PEER_IDLE_MS 5000
#define STREAM_ID_BYTES 513

typedef enum { NEWS_KNOCKED, NEWS_CAME, NEWS_RECEIVED, NEWS_GONE } NewsKind;

typedef struct {
    NewsKind kind;   // (value)
    SRTSOCKET peer;  // (value)
    GBytes *bytes;   // (owned) (nullable) received
    char *stream_id; // (owned) (nullable) came
    char *place;     // (owned) (nullable) came
    GError *error;   // (owned) (nullable) gone
    gint64 now_us;   // (value) received
} News;

struct _IntakeSrtPort {
    IntakeSrtPortFuncs funcs; // (value)
    gpointer data;            // (unowned) for funcs
    gboolean listens;         // (value)
    SRTSOCKET socket;         // (value) the listener, or the one that calls
    int poll;                 // (value) the library's set of sockets
    GThread *thread;          // (owned) (nullable)
    GSource *source;          // (owned) on the owner's context
    int bell;                 // (owned) rings when there are news
    gint stopping;            // (atomic)
    gboolean calling;         // (streaming thread) not connected yet
    guint8 *piece;            // (owned) (streaming thread)
    GArray *peers;            // (owned) (streaming thread) (element-type SRTSOCKET) of a listener
    GMutex lock;              // guards what follows
    GCond room;               // something was taken, or it stops
    GQueue news;              // (owned) (element-type News) (guarded by lock)
    gsize held;               // (value) bytes in news (guarded by lock)
};

G_DEFINE_QUARK(intake - srt - error, intake_srt_port_error)

static void
free_news(News *news)
{
    g_clear_pointer(&news->bytes, g_bytes_unref);
    g_clear_error(&news->error);
    g_free(news->stream_id);
    g_free(news->place);
    g_free(news);
}

static News *
make_news(NewsKind kind, SRTSOCKET peer)
{
    News *news = g_new0(News, 1);
    news->kind = kind;
    news->peer = peer;
    return news;
}

/* Any thread but the owner's; waits while the owner has too much. */
static void
push(IntakeSrtPort *port, News *news)
{
    gsize length = news->bytes != NULL ? g_bytes_get_size(news->bytes) : 0;
    g_mutex_lock(&port->lock);
    while (length > 0 && port->held > HELD_BYTES_MAX && !g_atomic_int_get(&port->stopping))
        g_cond_wait(&port->room, &port->lock);
    port->held += length;
    g_queue_push_tail(&port->news, news);
    g_mutex_unlock(&port->lock);
    eventfd_write(port->bell, 1);
}

static void
tell(IntakeSrtPort *port, const News *news)
{
    gsize length = 0;
    const guint8 *bytes = news->bytes != NULL ? g_bytes_get_data(news->bytes, &length) : NULL;
    switch (news->kind) {
    case NEWS_KNOCKED:
        if (port->funcs.knocked != NULL)
            port->funcs.knocked(port->data);
        return;
    case NEWS_CAME:
        port->funcs.came(news->peer, news->stream_id, news->place, port->data);
        return;
    case NEWS_RECEIVED:
        port->funcs.received(news->peer, bytes, length, news->now_us, port->data);
        return;
    case NEWS_GONE:
        port->funcs.gone(news->peer, news->error, port->data);
        return;
    }
}

static gboolean
on_bell(int bell, GIOCondition condition, gpointer data)
{
    IntakeSrtPort *port = data;
    eventfd_t rings = 0;
    eventfd_read(bell, &rings);
    g_mutex_lock(&port->lock);
    GQueue news = port->news;
    g_queue_init(&port->news);
    port->held = 0;
    g_cond_signal(&port->room);
    g_mutex_unlock(&port->lock);
    for (News *one = NULL; (one = g_queue_pop_head(&news)) != NULL; free_news(one))
        tell(port, one);
    return G_SOURCE_CONTINUE;
}

/* --- the thread ----------------------------------------------------------------------------- */

static GError *
make_error(SRTSOCKET peer, gboolean connected)
{
    int reason = srt_getrejectreason(peer);
    IntakeSrtError code = INTAKE_SRT_ERROR_REFUSED;
    if (connected)
        return g_error_new_literal(INTAKE_SRT_ERROR, INTAKE_SRT_ERROR_GONE, "the connection ended");
    if (reason == SRT_REJ_BADSECRET)
        code = INTAKE_SRT_ERROR_PASSPHRASE;
    else if (reason == SRT_REJ_UNSECURE)
        code = INTAKE_SRT_ERROR_UNSECURE;
    else if (reason == SRT_REJ_TIMEOUT || reason == SRT_REJ_UNKNOWN)
        code = INTAKE_SRT_ERROR_NO_ANSWER;
    return g_error_new(INTAKE_SRT_ERROR, (gint)code, "SRT says %s (%d)",
                       srt_rejectreason_str(reason), reason);
}

static void
end_peer(IntakeSrtPort *port, SRTSOCKET peer, gboolean connected)
{
    News *news = make_news(NEWS_GONE, connected ? peer : 0);
    news->error = make_error(peer, connected);
    srt_epoll_remove_usock(port->poll, peer);
    srt_close(peer);
    push(port, news);
}

static char *
render_place(const struct sockaddr_storage *address)
{
    char text[INET6_ADDRSTRLEN] = "";
    if (address->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, text, sizeof text);
    else if (address->ss_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, text, sizeof text);
    return g_strdup(text);
}

/* From now on what it sends is waited for. */
static void
welcome(IntakeSrtPort *port, SRTSOCKET peer)
{
    int wanted = SRT_EPOLL_IN | SRT_EPOLL_ERR;
    int length = STREAM_ID_BYTES - 1;
    char stream_id[STREAM_ID_BYTES] = "";
    struct sockaddr_storage address = {0};
    int address_length = sizeof address;
    News *news = make_news(NEWS_CAME, peer);
    if (srt_getsockflag(peer, SRTO_STREAMID, stream_id, &length) == 0)
        stream_id[CLAMP(length, 0, STREAM_ID_BYTES - 1)] = '\0';
    srt_getpeername(peer, (struct sockaddr *)&address, &address_length);
    news->stream_id = g_strdup(stream_id);
    news->place = render_place(&address);
    push(port, news);
    if (srt_epoll_update_usock(port->poll, peer, &wanted) != 0)
        srt_epoll_add_usock(port->poll, peer, &wanted);
}

/* Numbers are never used again, so that one that was closed meanwhile does no harm here. */
static void
accept_peer(IntakeSrtPort *port)
{
    SRTSOCKET peer = srt_accept(port->socket, NULL, NULL);
    if (peer == SRT_INVALID_SOCK)
        return;
    for (guint i = port->peers->len; i > 0; i--)
        if (srt_getsockstate(g_array_index(port->peers, SRTSOCKET, i - 1)) != SRTS_CONNECTED)
            g_array_remove_index_fast(port->peers, i - 1);
    g_array_append_val(port->peers, peer);
    welcome(port, peer);
}

/* Takes what is there, a fair share at most. Returns: FALSE when the connection is broken. */
static gboolean
read_peer(IntakeSrtPort *port, SRTSOCKET peer)
{
    gsize filled = 0;
    int length = 0;
    while (filled + MESSAGE_BYTES <= PIECE_BYTES &&
           (length = srt_recvmsg(peer, (char *)port->piece + filled, MESSAGE_BYTES)) > 0)
        filled += (gsize)length;
    gboolean good = length > 0 || srt_getlasterror(NULL) == SRT_EASYNCRCV;
    if (filled > 0) {
        News *news = make_news(NEWS_RECEIVED, peer);
        news->bytes = g_bytes_new(port->piece, filled);
        news->now_us = g_get_monotonic_time();
        push(port, news);
    }
    return good;
}

static void
take_call(IntakeSrtPort *port, SRT_SOCKSTATUS state)
{
    if (state == SRTS_CONNECTING)
        return;
    port->calling = FALSE;
    if (state == SRTS_CONNECTED)
        welcome(port, port->socket);
    else
        end_peer(port, port->socket, FALSE);
}

static void
take_event(IntakeSrtPort *port, const SRT_EPOLL_EVENT *event)
{
    gboolean own = event->fd == port->socket;
    SRT_SOCKSTATUS state = srt_getsockstate(event->fd);
    if (own && port->listens)
        accept_peer(port);
    else if (own && port->calling)
        take_call(port, state);
    else if ((event->events & SRT_EPOLL_IN) != 0 ? !read_peer(port, event->fd)
                                                 : state != SRTS_CONNECTED)
        end_peer(port, event->fd, TRUE);
}

static gpointer
run_streaming_cb(gpointer data)
{
    IntakeSrtPort *port = data;
    SRT_EPOLL_EVENT events[EVENTS_MAX];
    while (!g_atomic_int_get(&port->stopping)) {
        int count = srt_epoll_uwait(port->poll, events, EVENTS_MAX, WAIT_MS);
        for (int i = 0; i < MIN(count, EVENTS_MAX); i++)
            take_event(port, &events[i]);
    }
    return NULL;
}

/* On a thread of the library, for each one who would like to come. */
static int
on_knock(void *data, SRTSOCKET peer, int version, const struct sockaddr *from,
         const char *stream_id)
{
    IntakeSrtPort *port = data;
    IntakeSrtVerdict verdict = INTAKE_SRT_VERDICT_ADMIT;
    if (port->funcs.admit != NULL)
        verdict = port->funcs.admit(stream_id != NULL ? stream_id : "", port->data);
    if (verdict == INTAKE_SRT_VERDICT_ADMIT) {
        push(port, make_news(NEWS_KNOCKED, 0));
        return 0;
    }
    srt_setrejectreason(peer, (int)verdict);
    return -1;
}

/* --- opening -------------------------------------------------------------------------------- */

static gboolean
complain(GError **error)
{
    int system_code = 0;
    int code = srt_getlasterror(&system_code);
    gboolean used = code == SRT_ESOCKFAIL || code == SRT_EBINDCONFLICT || code == SRT_EDUPLISTEN;
    g_set_error(error, G_IO_ERROR,
                system_code > 0 ? (gint)g_io_error_from_errno(system_code)
                : used          ? G_IO_ERROR_ADDRESS_IN_USE
                                : G_IO_ERROR_FAILED,
                "SRT: %s", srt_getlasterror_str());
    return FALSE;
}

static gboolean
set_number(IntakeSrtPort *port, SRT_SOCKOPT option, int value)
{
    return srt_setsockflag(port->socket, option, &value, sizeof value) == 0;
}

static gboolean
set_text(IntakeSrtPort *port, SRT_SOCKOPT option, const char *text)
{
    return text == NULL || srt_setsockflag(port->socket, option, text, (int)strlen(text)) == 0;
}

static gboolean
set_options(IntakeSrtPort *port, const IntakeSrtPortSetup *setup, gboolean six)
{
    return set_number(port, SRTO_TRANSTYPE, SRTT_LIVE) && set_number(port, SRTO_RCVSYN, 0) &&
           set_number(port, SRTO_SNDSYN, 0) &&
           set_number(port, SRTO_RCVLATENCY, (int)setup->latency_ms) &&
           set_number(port, SRTO_CONNTIMEO, CONNECT_MS) &&
           set_number(port, SRTO_PEERIDLETIMEO, PEER_IDLE_MS) &&
           (!six || set_number(port, SRTO_IPV6ONLY, 0)) &&
           (setup->key_bytes == 0 || set_number(port, SRTO_PBKEYLEN, (int)setup->key_bytes)) &&
           set_text(port, SRTO_PASSPHRASE, setup->passphrase) &&
           (setup->listens || set_text(port, SRTO_STREAMID, setup->stream_id));
}

static gboolean
open_socket(IntakeSrtPort *port, const IntakeSrtPortSetup *setup, GError **error)
{
    const char *host = setup->host != NULL ? setup->host : "0.0.0.0";
    struct sockaddr_storage native = {0};
    g_autoptr(GSocketAddress) place = g_inet_socket_address_new_from_string(host, setup->port);
    if (place == NULL || !g_socket_address_to_native(place, &native, sizeof native, error))
        return FALSE;
    int length = (int)g_socket_address_get_native_size(place);
    int wanted = setup->listens ? SRT_EPOLL_IN | SRT_EPOLL_ERR : SRT_EPOLL_OUT | SRT_EPOLL_ERR;
    if (!set_options(port, setup, native.ss_family == AF_INET6) ||
        srt_epoll_add_usock(port->poll, port->socket, &wanted) != 0)
        return complain(error);
    if (!setup->listens)
        return srt_connect(port->socket, (struct sockaddr *)&native, length) != SRT_ERROR ||
               complain(error);
    return (srt_bind(port->socket, (struct sockaddr *)&native, length) == 0 &&
            srt_listen_callback(port->socket, on_knock, port) == 0 &&
            srt_listen(port->socket, BACKLOG) == 0) ||
           complain(error);
}

/* What the library says on its own account names no place for it. */
static void
on_log(void *data, int level, const char *file, int line, const char *area, const char *message)
{
}

IntakeSrtPort *
intake_srt_port_open(const IntakeSrtPortSetup *setup, const IntakeSrtPortFuncs *funcs,
                     gpointer data, GError **error)
{
    srt_startup();
    srt_setloghandler(NULL, on_log);
    IntakeSrtPort *port = g_new0(IntakeSrtPort, 1);
    port->funcs = *funcs;
    port->data = data;
    port->listens = setup->listens;
    port->poll = srt_epoll_create();
    port->socket = srt_create_socket();
    port->piece = g_malloc(PIECE_BYTES);
    g_mutex_init(&port->lock);
    g_cond_init(&port->room);
    g_queue_init(&port->news);
    port->peers = g_array_new(FALSE, FALSE, sizeof(SRTSOCKET));
    port->calling = !setup->listens;
    port->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    port->source = g_unix_fd_source_new(port->bell, G_IO_IN);
    g_source_set_callback(port->source, G_SOURCE_FUNC(on_bell), port, NULL);
    g_source_attach(port->source, g_main_context_get_thread_default());
    if (!open_socket(port, setup, error)) {
        intake_srt_port_free(port);
        return NULL;
    }
    port->thread = g_thread_new("srt", run_streaming_cb, port);
    return port;
}

void
intake_srt_port_free(IntakeSrtPort *port)
{
    g_mutex_lock(&port->lock);
    g_atomic_int_set(&port->stopping, TRUE);
    g_cond_broadcast(&port->room);
    g_mutex_unlock(&port->lock);
    srt_close(port->socket); // and with it the calls to on_knock
    g_clear_pointer(&port->thread, g_thread_join);
    for (guint i = 0; i < port->peers->len; i++)
        srt_close(g_array_index(port->peers, SRTSOCKET, i));
    g_array_unref(port->peers);
    srt_epoll_release(port->poll);
    srt_cleanup();
    g_source_destroy(port->source);
    g_source_unref(port->source);
    close(port->bell);
    g_queue_clear_full(&port->news, (GDestroyNotify)free_news);
    g_mutex_clear(&port->lock);
    g_cond_clear(&port->room);
    g_free(port->piece);
    g_free(port);
}

void
intake_srt_port_end(IntakeSrtPort *port, gint peer)
{
    srt_close(peer);
}

guint16
intake_srt_port_get_number(const IntakeSrtPort *port)
{
    struct sockaddr_storage native = {0};
    int length = sizeof native;
    if (srt_getsockname(port->socket, (struct sockaddr *)&native, &length) != 0)
        return 0;
    return ntohs(native.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&native)->sin6_port
                                              : ((struct sockaddr_in *)&native)->sin_port);
}
