// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Plain sockets use the system calls; TLS goes through GIO's nonblocking stream, which needs the
// same bytes offered again after it would have blocked: callers keep them.
#include "server/http/transport.h"

#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/connection.h"

#define TLS_RECORD_BYTES 16384

static gssize
judge(gssize n)
{
    if (n >= 0)
        return n;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
        return HTTP_TRANSPORT_AGAIN;
    return HTTP_TRANSPORT_BROKEN;
}

static gssize
judge_tls(gssize n, GError *error)
{
    g_autoptr(GError) owned = error;

    if (n >= 0)
        return n;
    return g_error_matches(owned, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? HTTP_TRANSPORT_AGAIN
                                                                      : HTTP_TRANSPORT_BROKEN;
}

gssize
http_transport_read(HttpConnection *connection, void *buffer, gsize size)
{
    gssize n;

    if (connection->tls) {
        GError *error = NULL;
        GInputStream *input = g_io_stream_get_input_stream(connection->tls);
        n = g_pollable_stream_read(input, buffer, size, FALSE, NULL, &error);
        n = judge_tls(n, error);
    } else {
        n = judge(recv(connection->descriptor, buffer, size, 0));
        // A short read has emptied the socket; an end that is already announced must still be read.
        if (n > 0 && (gsize)n < size && !connection->is_half_closed)
            connection->is_readable = FALSE;
    }
    if (n == HTTP_TRANSPORT_AGAIN)
        connection->is_readable = FALSE;
    return n;
}

gssize
http_transport_discard(HttpConnection *connection)
{
    gssize n = judge(recv(connection->descriptor, http_loop_get_scratch(connection->loop),
                          HTTP_LOOP_SCRATCH_BYTES, 0));

    if (n == HTTP_TRANSPORT_AGAIN)
        connection->is_readable = FALSE;
    return n;
}

static gssize
write_tls(HttpConnection *connection, const void *bytes, gsize size)
{
    GError *error = NULL;
    GOutputStream *output = g_io_stream_get_output_stream(connection->tls);
    gssize n =
        g_pollable_stream_write(output, bytes, MIN(size, TLS_RECORD_BYTES), FALSE, NULL, &error);

    return judge_tls(n, error);
}

gssize
http_transport_write(HttpConnection *connection, const struct iovec *parts, guint n_parts,
                     gboolean is_more)
{
    struct msghdr message = {.msg_iov = (struct iovec *)parts, .msg_iovlen = n_parts};
    gssize n;

    if (connection->tls)
        n = write_tls(connection, parts[0].iov_base, parts[0].iov_len);
    else
        n = judge(
            sendmsg(connection->descriptor, &message, MSG_NOSIGNAL | (is_more ? MSG_MORE : 0)));
    if (n == HTTP_TRANSPORT_AGAIN)
        connection->is_writable = FALSE;
    return n;
}

gssize
http_transport_send_file(HttpConnection *connection, int descriptor, goffset *offset, gsize size)
{
    gssize n;

    if (connection->tls) {
        char *scratch = http_loop_get_scratch(connection->loop);
        n = pread(descriptor, scratch, MIN(size, TLS_RECORD_BYTES), *offset);
        n = n > 0 ? write_tls(connection, scratch, n) : HTTP_TRANSPORT_BROKEN;
        if (n > 0)
            *offset += n;
    } else {
        n = judge(sendfile(connection->descriptor, descriptor, offset, size));
        if (n == 0) // the file is shorter than it was
            n = HTTP_TRANSPORT_BROKEN;
    }
    if (n == HTTP_TRANSPORT_AGAIN)
        connection->is_writable = FALSE;
    return n;
}

static void
on_tls_handshake(GObject *source, GAsyncResult *result, gpointer user_data)
{
    GIOStream *stream = G_IO_STREAM(source);
    HttpConnection *connection = g_object_get_data(source, "connection");
    gboolean ok = g_tls_connection_handshake_finish(G_TLS_CONNECTION(stream), result, NULL);

    if (!connection) // it was closed meanwhile
        return;
    if (!ok) {
        http_connection_close(connection);
        return;
    }
    connection->state = HTTP_CONNECTION_PARKED;
    connection->is_readable = connection->is_writable = TRUE;
    http_loop_make_ready(connection->loop, connection);
}

gboolean
http_transport_start_tls(HttpConnection *connection)
{
    g_autoptr(GSocket) socket = g_socket_new_from_fd(connection->descriptor, NULL);
    g_autoptr(GSocketConnection) base = NULL;

    if (!socket)
        return FALSE;
    base = g_socket_connection_factory_create_connection(socket);
    connection->tls = g_tls_server_connection_new(
        G_IO_STREAM(base), http_loop_get_shared(connection->loop)->certificate, NULL);
    if (!connection->tls) { // the socket has closed the descriptor
        connection->descriptor = -1;
        return FALSE;
    }
    g_tls_connection_set_require_close_notify(G_TLS_CONNECTION(connection->tls), FALSE);
    g_object_set_data(G_OBJECT(connection->tls), "connection", connection);
    g_object_set_data_full(G_OBJECT(connection->tls), "socket", g_steal_pointer(&socket),
                           g_object_unref);
    g_tls_connection_handshake_async(G_TLS_CONNECTION(connection->tls), G_PRIORITY_DEFAULT, NULL,
                                     on_tls_handshake, NULL);
    return TRUE;
}

void
http_transport_close(HttpConnection *connection)
{
    if (connection->tls) {
        // A handshake may still be at work in its own thread: it is told by the shutdown, and the
        // descriptor closes with the last reference.
        g_object_set_data(G_OBJECT(connection->tls), "connection", NULL);
        http_loop_unwatch(connection->loop, connection->descriptor);
        shutdown(connection->descriptor, SHUT_RDWR);
        g_clear_object(&connection->tls);
    } else if (connection->descriptor >= 0) {
        close(connection->descriptor);
    }
    connection->descriptor = -1;
}
