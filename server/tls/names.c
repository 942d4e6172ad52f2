// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names are compared as text in lower case, addresses as addresses.
#include "server/tls/names.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define LABEL_BYTES_MAX 63
#define HOST_BYTES_MAX 253

TlsNames *
tls_names_new(void)
{
    TlsNames *names = g_new0(TlsNames, 1);
    names->hosts = g_ptr_array_new_with_free_func(g_free);
    names->addresses = g_ptr_array_new_with_free_func(g_object_unref);
    return names;
}

void
tls_names_free(TlsNames *names)
{
    g_ptr_array_unref(names->hosts);
    g_ptr_array_unref(names->addresses);
    g_free(names);
}

static gboolean
is_label(const char *label)
{
    gsize length = strlen(label);
    if (length == 0 || length > LABEL_BYTES_MAX || label[0] == '-' || label[length - 1] == '-')
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(label[i]) && label[i] != '-')
            return FALSE;
    }
    return TRUE;
}

// RFC 1123 §2.1. A last label of digits alone would be read as a broken address.
static gboolean
is_host(const char *host)
{
    if (*host == '\0' || strlen(host) > HOST_BYTES_MAX)
        return FALSE;
    g_auto(GStrv) labels = g_strsplit(host, ".", -1);
    guint count = g_strv_length(labels);
    for (guint i = 0; i < count; i++) {
        if (!is_label(labels[i]))
            return FALSE;
    }
    return strspn(labels[count - 1], "0123456789") < strlen(labels[count - 1]);
}

static gboolean
has_host(const TlsNames *names, const char *host)
{
    return g_ptr_array_find_with_equal_func(names->hosts, host, g_str_equal, NULL);
}

static gboolean
is_same_address(gconstpointer one, gconstpointer other)
{
    return g_inet_address_equal(G_INET_ADDRESS((gpointer)one), G_INET_ADDRESS((gpointer)other));
}

static gboolean
has_address(const TlsNames *names, GInetAddress *address)
{
    return g_ptr_array_find_with_equal_func(names->addresses, address, is_same_address, NULL);
}

static gboolean
has_room(const TlsNames *names)
{
    return names->hosts->len + names->addresses->len < TLS_NAMES_MAX;
}

static void
add_address(TlsNames *names, GInetAddress *address)
{
    if (!has_address(names, address) && has_room(names))
        g_ptr_array_add(names->addresses, g_object_ref(address));
}

gboolean
tls_names_add(TlsNames *names, const char *text, GError **error)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(text);
    if (address != NULL && !g_inet_address_get_is_any(address) &&
        !g_inet_address_get_is_multicast(address)) {
        add_address(names, address);
        return TRUE;
    }
    g_autofree char *ascii =
        address == NULL && g_utf8_validate(text, -1, NULL) && strlen(text) <= HOST_BYTES_MAX
            ? g_hostname_to_ascii(text)
            : NULL;
    g_autofree char *host = ascii != NULL ? g_ascii_strdown(ascii, -1) : NULL;
    if (host == NULL || !is_host(host)) {
        g_autofree char *shown = g_utf8_make_valid(text, -1);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "“%s” is neither a host name nor an address", shown);
        return FALSE;
    }
    if (!has_host(names, host) && has_room(names))
        g_ptr_array_add(names->hosts, g_steal_pointer(&host));
    return TRUE;
}

// Addresses that a neighbour can use: link-local ones carry a zone that no browser takes.
static void
add_interface(TlsNames *names, const struct ifaddrs *entry)
{
    if (entry->ifa_addr == NULL || (entry->ifa_flags & IFF_UP) == 0)
        return;
    g_autoptr(GInetAddress) address = NULL;
    if (entry->ifa_addr->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(gpointer)entry->ifa_addr;
        address =
            g_inet_address_new_from_bytes((const guint8 *)&four->sin_addr, G_SOCKET_FAMILY_IPV4);
    } else if (entry->ifa_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(gpointer)entry->ifa_addr;
        address =
            g_inet_address_new_from_bytes((const guint8 *)&six->sin6_addr, G_SOCKET_FAMILY_IPV6);
    }
    if (address != NULL && !g_inet_address_get_is_link_local(address))
        add_address(names, address);
}

void
tls_names_add_machine(TlsNames *names)
{
    char host[HOST_BYTES_MAX + 1] = "";
    struct ifaddrs *entries = NULL;
    if (gethostname(host, sizeof host - 1) == 0 && *host != '\0') {
        g_auto(GStrv) labels = g_strsplit(host, ".", 2);
        g_autofree char *local = g_strconcat(labels[0], ".local", NULL);
        // A host name that no certificate can carry is left out: the addresses still work.
        tls_names_add(names, host, NULL);
        tls_names_add(names, local, NULL);
    }
    tls_names_add(names, "localhost", NULL);
    if (getifaddrs(&entries) != 0)
        return;
    for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next)
        add_interface(names, entry);
    freeifaddrs(entries);
}

void
tls_names_add_all(TlsNames *names, const TlsNames *others)
{
    for (guint i = 0; i < others->hosts->len; i++)
        tls_names_add(names, others->hosts->pdata[i], NULL);
    for (guint i = 0; i < others->addresses->len; i++)
        add_address(names, others->addresses->pdata[i]);
}

gboolean
tls_names_covers(const TlsNames *names, const TlsNames *wanted)
{
    for (guint i = 0; i < wanted->hosts->len; i++) {
        if (!has_host(names, wanted->hosts->pdata[i]))
            return FALSE;
    }
    for (guint i = 0; i < wanted->addresses->len; i++) {
        if (!has_address(names, wanted->addresses->pdata[i]))
            return FALSE;
    }
    return TRUE;
}
