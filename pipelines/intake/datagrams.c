// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One non-blocking socket, read dry at each wake-up up to a fair share. Bound to the group, so that
// other groups of the same port stay out.
#include "pipelines/intake/datagrams.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define DATAGRAM_BYTES 65536
#define FEC_PORTS 2    // SMPTE ST 2022-1: columns two above the stream's port, rows four above
#define FAIR_SHARE 256 // datagrams a wake-up
#define BUFFER_BYTES (8 * 1024 * 1024) // asked of the system: half a second of 100 Mbit/s

struct _IntakeDatagrams {
    GSocket *socket;                 // (owned)
    GSource *source;                 // (owned) (nullable)
    GSocket *fec[FEC_PORTS];         // (owned) (nullable) for correction, of RTP
    GSource *fec_sources[FEC_PORTS]; // (owned) (nullable)
    IntakeDatagramsFunc func;        // (unowned)
    gpointer data;                   // (unowned) for func
    IntakeRtp *rtp;                  // (owned)
    gboolean always_rtp;             // (value)
    gint64 now_us;                   // (value) of the datagram at work
    guint8 buffer[DATAGRAM_BYTES];   // (value)
};

static void
on_rtp_payload(const guint8 *bytes, gsize length, gpointer data)
{
    IntakeDatagrams *datagrams = data;
    datagrams->func(bytes, length, datagrams->now_us, datagrams->data);
}

static void
take(IntakeDatagrams *datagrams, gsize length)
{
    const guint8 *bytes = datagrams->buffer;
    if (datagrams->always_rtp || intake_rtp_recognise(bytes, length))
        intake_rtp_push(datagrams->rtp, bytes, length);
    else
        datagrams->func(bytes, length, datagrams->now_us, datagrams->data);
}

static gboolean
on_socket_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    IntakeDatagrams *datagrams = data;
    datagrams->now_us = g_get_monotonic_time();
    for (guint i = 0; i < FAIR_SHARE; i++) {
        gssize length =
            g_socket_receive(socket, (char *)datagrams->buffer, DATAGRAM_BYTES, NULL, NULL);
        if (length < 0) // dry, or a fault of one datagram (ICMP), after which others come
            return G_SOURCE_CONTINUE;
        take(datagrams, (gsize)length);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean
on_fec_readable(GSocket *socket, GIOCondition condition, gpointer data)
{
    IntakeDatagrams *datagrams = data;
    datagrams->now_us = g_get_monotonic_time();
    for (guint i = 0; i < FAIR_SHARE; i++) {
        gssize length =
            g_socket_receive(socket, (char *)datagrams->buffer, DATAGRAM_BYTES, NULL, NULL);
        if (length < 0)
            return G_SOURCE_CONTINUE;
        intake_rtp_push_fec(datagrams->rtp, datagrams->buffer, (gsize)length);
    }
    return G_SOURCE_CONTINUE;
}

/* Returns: (transfer full) (nullable): the interface that has @local. */
static char *
find_interface(const char *local)
{
    g_autoptr(GInetAddress) wanted = g_inet_address_new_from_string(local);
    struct ifaddrs *all = NULL;
    char *name = NULL;
    if (wanted == NULL || getifaddrs(&all) != 0)
        return NULL;
    for (struct ifaddrs *one = all; one != NULL && name == NULL; one = one->ifa_next) {
        const struct sockaddr *address = one->ifa_addr;
        const guint8 *bytes = NULL;
        if (address == NULL)
            continue;
        if (address->sa_family == AF_INET)
            bytes = (const guint8 *)&((const struct sockaddr_in *)address)->sin_addr;
        else if (address->sa_family == AF_INET6)
            bytes = (const guint8 *)&((const struct sockaddr_in6 *)address)->sin6_addr;
        if (bytes != NULL && (int)g_inet_address_get_family(wanted) == (int)address->sa_family &&
            memcmp(bytes, g_inet_address_to_bytes(wanted),
                   g_inet_address_get_native_size(wanted)) == 0)
            name = g_strdup(one->ifa_name);
    }
    freeifaddrs(all);
    return name;
}

static gboolean
join(GSocket *socket, const IntakeAddress *address, GInetAddress *group, GError **error)
{
    g_autofree char *interface = g_strdup(address->interface);
    if (interface == NULL && address->local != NULL) {
        interface = find_interface(address->local);
        if (interface == NULL) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no interface has the address %s",
                        address->local);
            return FALSE;
        }
    }
    if (interface != NULL && if_nametoindex(interface) == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no interface %s", interface);
        return FALSE;
    }
    if (address->sources[0] == NULL)
        return g_socket_join_multicast_group(socket, group, FALSE, interface, error);
    for (guint i = 0; address->sources[i] != NULL; i++) {
        g_autoptr(GInetAddress) source = g_inet_address_new_from_string(address->sources[i]);
        if (!g_socket_join_multicast_group_ssm(socket, group, source, interface, error))
            return FALSE;
    }
    return TRUE;
}

static GSocket *
open_socket(const IntakeAddress *address, guint16 port, GError **error)
{
    g_autoptr(GInetAddress) host = g_inet_address_new_from_string(address->host);
    g_autoptr(GSocketAddress) place = g_inet_socket_address_new(host, port);
    g_autoptr(GSocket) socket = g_socket_new(g_inet_address_get_family(host),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
    gboolean group = g_inet_address_get_is_multicast(host);
    if (socket == NULL)
        return NULL;
    g_socket_set_blocking(socket, FALSE);
    // What the system allows is enough or is not; loss is counted either way.
    if (!g_socket_set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES, NULL))
        g_socket_set_option(socket, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES, NULL);
    if (!g_socket_bind(socket, place, group, error))
        return NULL;
    if (group && !join(socket, address, host, error))
        return NULL;
    return g_steal_pointer(&socket);
}

/* Another program may have these ports, and most senders correct nothing: without them it goes,
 * too.
 */
static void
open_fec(IntakeDatagrams *datagrams, const IntakeAddress *address)
{
    for (guint i = 0; i < FEC_PORTS; i++) {
        guint port = address->port + 2 * (i + 1);
        GSocket *socket = port <= G_MAXUINT16 ? open_socket(address, (guint16)port, NULL) : NULL;
        if (socket == NULL)
            continue;
        datagrams->fec[i] = socket;
        datagrams->fec_sources[i] = g_socket_create_source(socket, G_IO_IN, NULL);
        g_source_set_callback(datagrams->fec_sources[i], G_SOURCE_FUNC(on_fec_readable), datagrams,
                              NULL);
        g_source_attach(datagrams->fec_sources[i], g_main_context_get_thread_default());
    }
}

IntakeDatagrams *
intake_datagrams_open(const IntakeAddress *address, IntakeDatagramsFunc func, gpointer data,
                      GError **error)
{
    GSocket *socket = open_socket(address, address->port, error);
    if (socket == NULL)
        return NULL;
    IntakeDatagrams *datagrams = g_new0(IntakeDatagrams, 1);
    datagrams->socket = socket;
    datagrams->func = func;
    datagrams->data = data;
    datagrams->rtp = intake_rtp_new(on_rtp_payload, datagrams);
    datagrams->always_rtp = address->kind == INTAKE_ADDRESS_RTP;
    datagrams->source = g_socket_create_source(socket, G_IO_IN, NULL);
    g_source_set_callback(datagrams->source, G_SOURCE_FUNC(on_socket_readable), datagrams, NULL);
    g_source_attach(datagrams->source, g_main_context_get_thread_default());
    if (datagrams->always_rtp)
        open_fec(datagrams, address);
    return datagrams;
}

void
intake_datagrams_close(IntakeDatagrams *datagrams)
{
    intake_rtp_flush(datagrams->rtp);
    g_source_destroy(datagrams->source);
    g_source_unref(datagrams->source);
    g_object_unref(datagrams->socket);
    for (guint i = 0; i < FEC_PORTS; i++) {
        if (datagrams->fec_sources[i] != NULL)
            g_source_destroy(datagrams->fec_sources[i]);
        g_clear_pointer(&datagrams->fec_sources[i], g_source_unref);
        g_clear_object(&datagrams->fec[i]);
    }
    intake_rtp_free(datagrams->rtp);
    g_free(datagrams);
}

IntakeRtpFigures
intake_datagrams_get_rtp(const IntakeDatagrams *datagrams)
{
    return intake_rtp_get_figures(datagrams->rtp);
}
