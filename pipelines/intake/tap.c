// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A pair of sockets of which the library has one end. Each direction either waits for bytes or for
// room; an end is handed on as a half-close.
#include "pipelines/intake/tap.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#define PIECE_BYTES 16384
#define STRANGERS_MAX 16

typedef struct {
    IntakeTap *tap;            // (unowned)
    GSocket *from;             // (unowned)
    GSocket *to;               // (unowned)
    GSource *source;           // (owned) (nullable) NULL: over
    gsize start;               // (value) of what is not handed on yet
    gsize end;                 // (value)
    guint8 bytes[PIECE_BYTES]; // (value)
} Pipe;

struct _IntakeTap {
    IntakeTapFlooded flooded; // (value)
    gpointer data;            // (unowned) for flooded
    GSocket *outside;         // (owned)
    GSocket *near;            // (owned) our end of the pair
    GSocket *inside;          // (owned) (nullable) the library's
    Pipe in;                  // (value)
    Pipe out;                 // (value)
    gsize unfinished;         // (value) bytes read since the last whole message
};

static void
stop(Pipe *pipe)
{
    if (pipe->source != NULL)
        g_source_destroy(pipe->source);
    g_clear_pointer(&pipe->source, g_source_unref);
}

static gboolean on_pipe_ready(GSocket *socket, GIOCondition condition, gpointer data);

static void
wait_for(Pipe *pipe)
{
    gboolean full = pipe->end > pipe->start;
    stop(pipe);
    pipe->source =
        g_socket_create_source(full ? pipe->to : pipe->from, full ? G_IO_OUT : G_IO_IN, NULL);
    g_source_set_callback(pipe->source, G_SOURCE_FUNC(on_pipe_ready), pipe, NULL);
    g_source_attach(pipe->source, g_main_context_get_thread_default());
}

static void
end_pipe(Pipe *pipe)
{
    stop(pipe);
    g_socket_shutdown(pipe->to, FALSE, TRUE, NULL);
}

/* Returns: FALSE: nothing more comes, or it was too much. */
static gboolean
fill(Pipe *pipe)
{
    g_autoptr(GError) error = NULL;
    IntakeTap *tap = pipe->tap;
    gssize count = g_socket_receive(pipe->from, (char *)pipe->bytes, PIECE_BYTES, NULL, &error);
    if (count <= 0)
        return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    pipe->start = 0;
    pipe->end = (gsize)count;
    if (pipe != &tap->in)
        return TRUE;
    tap->unfinished += (gsize)count;
    if (tap->unfinished <= INTAKE_TAP_MESSAGE_BYTES_MAX)
        return TRUE;
    stop(&tap->in);
    stop(&tap->out);
    tap->flooded(tap->data);
    return FALSE;
}

/* Returns: FALSE when nobody takes it any more. */
static gboolean
drain(Pipe *pipe)
{
    g_autoptr(GError) error = NULL;
    gssize count = g_socket_send(pipe->to, (const char *)pipe->bytes + pipe->start,
                                 pipe->end - pipe->start, NULL, &error);
    if (count < 0)
        return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
    pipe->start += (gsize)count;
    return TRUE;
}

static gboolean
on_pipe_ready(GSocket *socket, GIOCondition condition, gpointer data)
{
    Pipe *pipe = data;
    if (pipe->start == pipe->end && !fill(pipe)) {
        if (pipe->source != NULL)
            end_pipe(pipe);
        return G_SOURCE_REMOVE;
    }
    if (pipe->end > pipe->start && !drain(pipe)) {
        end_pipe(pipe);
        return G_SOURCE_REMOVE;
    }
    wait_for(pipe);
    return G_SOURCE_REMOVE;
}

static void
start(IntakeTap *tap, Pipe *pipe, GSocket *from, GSocket *to)
{
    pipe->tap = tap;
    pipe->from = from;
    pipe->to = to;
    wait_for(pipe);
}

/* The library asks a socket for its IP address, so no socketpair() will do. Somebody else on this
 * machine may connect first: only the one whose port is ours is taken. */
static GSocket *
connect_pair(GSocket *listener, GSocket *near, GError **error)
{
    g_autoptr(GSocketAddress) own = NULL;
    g_autoptr(GSocketAddress) address = g_socket_get_local_address(listener, error);
    if (address == NULL || !g_socket_connect(near, address, NULL, error) ||
        (own = g_socket_get_local_address(near, error)) == NULL)
        return NULL;
    int port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(own));
    for (guint i = 0; i < STRANGERS_MAX; i++) {
        g_autoptr(GSocket) accepted = g_socket_accept(listener, NULL, error);
        g_autoptr(GSocketAddress) peer =
            accepted != NULL ? g_socket_get_remote_address(accepted, error) : NULL;
        if (peer == NULL)
            return NULL;
        if (g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(peer)) == port)
            return g_steal_pointer(&accepted);
    }
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "others connect first");
    return NULL;
}

static GSocket *
make_socket(GError **error)
{
    return g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
}

static gboolean
make_pair(IntakeTap *tap, GError **error)
{
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocket) listener = make_socket(error);
    if (listener == NULL || !g_socket_bind(listener, any, FALSE, error) ||
        !g_socket_listen(listener, error) || (tap->near = make_socket(error)) == NULL)
        return FALSE;
    tap->inside = connect_pair(listener, tap->near, error);
    if (tap->inside == NULL)
        return FALSE;
    g_socket_set_option(tap->near, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
    g_socket_set_blocking(tap->outside, FALSE);
    g_socket_set_blocking(tap->near, FALSE);
    return TRUE;
}

IntakeTap *
intake_tap_new(GSocket *outside, IntakeTapFlooded flooded, gpointer data, GError **error)
{
    IntakeTap *tap = g_new0(IntakeTap, 1);
    tap->flooded = flooded;
    tap->data = data;
    tap->outside = g_object_ref(outside);
    if (!make_pair(tap, error)) {
        intake_tap_free(tap);
        return NULL;
    }
    start(tap, &tap->in, tap->outside, tap->near);
    start(tap, &tap->out, tap->near, tap->outside);
    return tap;
}

void
intake_tap_free(IntakeTap *tap)
{
    stop(&tap->in);
    stop(&tap->out);
    g_clear_object(&tap->near);
    g_clear_object(&tap->inside);
    g_object_unref(tap->outside);
    g_free(tap);
}

GSocket *
intake_tap_get_inside(IntakeTap *tap)
{
    return tap->inside;
}

void
intake_tap_note_message(IntakeTap *tap)
{
    tap->unfinished = 0;
}
