// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The system chooses a port; its neighbour is tried until both are free.
#include "pipelines/intake/port_pair.h"

#include <sys/socket.h>

#define DATAGRAM_BYTES 65536
#define FAIR_SHARE 256
#define BUFFER_BYTES (4 * 1024 * 1024)
#define TRIES 64

struct _IntakePortPair {
    GSocket *sockets[2];           // (owned) RTP, RTCP
    GSource *sources[2];           // (owned) (nullable)
    GInetAddress *sender;          // (owned) (nullable)
    IntakePortPairFunc func;       // (unowned)
    gpointer data;                 // (unowned) for func
    guint16 port;                  // (value) the even one
    guint8 buffer[DATAGRAM_BYTES]; // (value)
};

static GSocket *
bind_socket(GInetAddress *local, guint16 port, GError **error)
{
    g_autoptr(GSocketAddress) place = g_inet_socket_address_new(local, port);
    g_autoptr(GSocket) socket = g_socket_new(g_inet_address_get_family(local),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
    if (socket == NULL)
        return NULL;
    g_socket_set_blocking(socket, FALSE);
    if (!g_socket_set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES, NULL))
        g_socket_set_option(socket, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES, NULL);
    return g_socket_bind(socket, place, FALSE, error) ? g_steal_pointer(&socket) : NULL;
}

static guint16
get_port(GSocket *socket)
{
    g_autoptr(GSocketAddress) place = g_socket_get_local_address(socket, NULL);
    return place != NULL ? g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(place)) : 0;
}

/* Returns: FALSE with no error when another try is due. */
static gboolean
try_pair(IntakePortPair *pair, GInetAddress *local, GError **error)
{
    g_autoptr(GSocket) first = bind_socket(local, 0, error);
    if (first == NULL)
        return FALSE;
    guint16 port = get_port(first);
    guint16 neighbour = port % 2 == 0 ? port + 1 : port - 1;
    g_autoptr(GSocket) second = neighbour > 0 ? bind_socket(local, neighbour, NULL) : NULL;
    if (second == NULL)
        return FALSE;
    pair->port = MIN(port, neighbour);
    pair->sockets[port % 2] = g_steal_pointer(&first);
    pair->sockets[neighbour % 2] = g_steal_pointer(&second);
    return TRUE;
}

static gboolean
is_sender(const IntakePortPair *pair, GSocketAddress *from)
{
    return pair->sender != NULL && G_IS_INET_SOCKET_ADDRESS(from) &&
           g_inet_address_equal(g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(from)),
                                pair->sender);
}

static gboolean
on_socket_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    IntakePortPair *pair = data;
    GSource *source = g_main_current_source();
    for (guint i = 0; i < FAIR_SHARE && !g_source_is_destroyed(source); i++) {
        g_autoptr(GSocketAddress) from = NULL;
        gssize length =
            g_socket_receive_from(socket, &from, (char *)pair->buffer, DATAGRAM_BYTES, NULL, NULL);
        if (length < 0)
            break;
        if (length > 0 && is_sender(pair, from))
            pair->func(socket == pair->sockets[1], pair->buffer, (gsize)length, pair->data);
    }
    return G_SOURCE_CONTINUE;
}

IntakePortPair *
intake_port_pair_open(GInetAddress *local, IntakePortPairFunc func, gpointer data, GError **error)
{
    g_autoptr(IntakePortPair) pair = g_new0(IntakePortPair, 1);
    g_autoptr(GError) problem = NULL;
    pair->func = func;
    pair->data = data;
    for (guint i = 0; i < TRIES && pair->port == 0 && problem == NULL; i++)
        try_pair(pair, local, &problem);
    if (pair->port == 0 && problem != NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    if (pair->port == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "no two UDP ports are free");
        return NULL;
    }
    for (guint i = 0; i < 2; i++) {
        pair->sources[i] = g_socket_create_source(pair->sockets[i], G_IO_IN, NULL);
        g_source_set_callback(pair->sources[i], G_SOURCE_FUNC(on_socket_readable), pair, NULL);
        g_source_attach(pair->sources[i], g_main_context_get_thread_default());
    }
    return g_steal_pointer(&pair);
}

void
intake_port_pair_close(IntakePortPair *pair)
{
    for (guint i = 0; i < 2; i++) {
        if (pair->sources[i] != NULL)
            g_source_destroy(pair->sources[i]);
        g_clear_pointer(&pair->sources[i], g_source_unref);
        g_clear_object(&pair->sockets[i]);
    }
    g_clear_object(&pair->sender);
    g_free(pair);
}

guint16
intake_port_pair_get_port(const IntakePortPair *pair)
{
    return pair->port;
}

void
intake_port_pair_set_sender(IntakePortPair *pair, GInetAddress *sender)
{
    g_set_object(&pair->sender, sender);
}
