// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A pair of sockets of which the library has one end. Each direction either waits for bytes or for
// room; an end is handed on as a half-close.
#include "pipelines/intake/tap.h"

#include <sys/socket.h>

#define PIECE_BYTES 16384

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
    GSocket *inside;          // (owned) the library's
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

IntakeTap *
intake_tap_new(GSocket *outside, IntakeTapFlooded flooded, gpointer data, GError **error)
{
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "no pair of sockets");
        return NULL;
    }
    IntakeTap *tap = g_new0(IntakeTap, 1);
    tap->flooded = flooded;
    tap->data = data;
    tap->outside = g_object_ref(outside);
    tap->near = g_socket_new_from_fd(ends[0], NULL);
    tap->inside = g_socket_new_from_fd(ends[1], NULL);
    g_socket_set_blocking(tap->outside, FALSE);
    g_socket_set_blocking(tap->near, FALSE);
    start(tap, &tap->in, tap->outside, tap->near);
    start(tap, &tap->out, tap->near, tap->outside);
    return tap;
}

void
intake_tap_free(IntakeTap *tap)
{
    stop(&tap->in);
    stop(&tap->out);
    g_object_unref(tap->near);
    g_object_unref(tap->inside);
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
