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
make_url(const ServerConfig *config, const char *host, guint16 port)
{
    gboolean secure = config->tls_certificate != NULL;
    gboolean usual = port == (secure ? 443 : 80);
    gboolean six = strchr(host, ':') != NULL;
    g_autofree char *suffix = usual ? g_strdup("") : g_strdup_printf(":%u", port);
    return g_strdup_printf("%s://%s%s%s%s", secure ? "https" : "http", six ? "[" : "", host,
                           six ? "]" : "", suffix);
}

static void
add_network(GPtrArray *urls, const ServerConfig *config, const struct ifaddrs *entry, guint16 port)
{
    char host[NI_MAXHOST];
    gboolean usable = entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET &&
                      (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_LOOPBACK) == 0;
    if (usable && getnameinfo(entry->ifa_addr, sizeof(struct sockaddr_in), host, sizeof host, NULL,
                              0, NI_NUMERICHOST) == 0)
        g_ptr_array_add(urls, make_url(config, host, port));
}

static void
add_networks(GPtrArray *urls, const ServerConfig *config, guint16 port)
{
    struct ifaddrs *entries = NULL;
    if (getifaddrs(&entries) != 0)
        return;
    for (const struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next)
        add_network(urls, config, entry, port);
    freeifaddrs(entries);
}

GPtrArray *
server_greeting_list_addresses(const ServerConfig *config, guint16 port)
{
    GPtrArray *urls = g_ptr_array_new_with_free_func(g_free);
    gboolean every =
        strcmp(config->listen_address, "0.0.0.0") == 0 || strcmp(config->listen_address, "::") == 0;
    if (config->public_url != NULL)
        g_ptr_array_add(urls, g_strdup(config->public_url));
    if (every)
        add_networks(urls, config, port);
    g_ptr_array_add(urls, make_url(config, every ? "127.0.0.1" : config->listen_address, port));
    return urls;
}

void
server_greeting_print(const ServerConfig *config, guint16 port, const char *setup_token)
{
    g_autoptr(GPtrArray) urls = server_greeting_list_addresses(config, port);
    g_autoptr(GString) text = g_string_new("Daorian " DAORIAN_VERSION " is ready:\n");
    for (guint i = 0; i < urls->len; i++)
        g_string_append_printf(text, "  %s/\n", (const char *)urls->pdata[i]);
    if (setup_token != NULL)
        g_string_append(text, "Make the first administrator with this link (works once):\n");
    for (guint i = 0; i < urls->len && setup_token != NULL; i++)
        g_string_append_printf(text, "  %s/setup?token=%s\n", (const char *)urls->pdata[i],
                               setup_token);
    g_print("%s", text->str);
}
