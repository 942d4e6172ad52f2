// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads the machine's addresses from the kernel once.
#include "server/greeting.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

static char *
make_url(gboolean secure, const char *host, guint16 port)
{
    gboolean usual = port == (secure ? 443 : 80);
    gboolean six = strchr(host, ':') != NULL;
    g_autofree char *suffix = usual ? g_strdup("") : g_strdup_printf(":%u", port);
    return g_strdup_printf("%s://%s%s%s%s", secure ? "https" : "http", six ? "[" : "", host,
                           six ? "]" : "", suffix);
}

static void
add_network(GPtrArray *urls, gboolean secure, const struct ifaddrs *entry, guint16 port)
{
    char host[NI_MAXHOST];
    gboolean usable = entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET &&
                      (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
    if (usable && getnameinfo(entry->ifa_addr, sizeof(struct sockaddr_in), host, sizeof host, NULL,
                              0, NI_NUMERICHOST) == 0)
        g_ptr_array_add(urls, make_url(secure, host, port));
}

static void
add_networks(GPtrArray *urls, gboolean secure, guint16 port)
{
    struct ifaddrs *entries = NULL;
    if (getifaddrs(&entries) != 0)
        return;
    for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next)
        add_network(urls, secure, entry, port);
    freeifaddrs(entries);
}

static void
add_listener(GPtrArray *urls, gboolean secure, const char *address, guint16 port)
{
    gboolean every = strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
    if (every)
        add_networks(urls, secure, port);
    g_ptr_array_add(urls, make_url(secure, every ? "127.0.0.1" : address, port));
}

GPtrArray *
server_greeting_list_addresses(const ServerConfig *config, guint16 port)
{
    GPtrArray *urls = g_ptr_array_new_with_free_func(g_free);
    gboolean secure = config->tls_certificate != NULL && config->secure_address == NULL;
    if (config->public_url != NULL)
        g_ptr_array_add(urls, g_strdup(config->public_url));
    add_listener(urls, secure, config->listen_address, port);
    return urls;
}

static void
add_secure(GString *text, const ServerConfig *config, guint16 port)
{
    g_autoptr(GPtrArray) urls = g_ptr_array_new_with_free_func(g_free);
    const char *address =
        config->secure_address != NULL ? config->secure_address : config->listen_address;
    add_listener(urls, TRUE, address, port);
    g_string_append(text,
                    "With HTTPS, for keeping lessons offline (devices first follow /trust):\n");
    for (guint i = 0; i < urls->len; i++)
        g_string_append_printf(text, "  %s/\n", (const char *)urls->pdata[i]);
}

void
server_greeting_print(const ServerConfig *config, guint16 port, guint16 secure_port,
                      const char *setup_token)
{
    g_autoptr(GPtrArray) urls = server_greeting_list_addresses(config, port);
    g_autoptr(GString) text = g_string_new("Daorian " DAORIAN_VERSION " is ready:\n");
    for (guint i = 0; i < urls->len; i++)
        g_string_append_printf(text, "  %s/\n", (const char *)urls->pdata[i]);
    if (secure_port != 0)
        add_secure(text, config, secure_port);
    if (setup_token != NULL)
        g_string_append(text, "Make the first administrator with this link (works once):\n");
    for (guint i = 0; i < urls->len && setup_token != NULL; i++)
        g_string_append_printf(text, "  %s/setup?token=%s\n", (const char *)urls->pdata[i],
                               setup_token);
    g_print("%s", text->str);
}
