// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A hash table of 16-byte addresses under one lock that is held for a few instructions an accept.
#include "server/http/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct _HttpAddressesEntry {
    guint8 key[16]; // IPv6 network, or the IPv4 address mapped
    guint count;    // (guarded by lock)
};

struct _HttpAddresses {
    guint cap;                //
    gboolean spares_loopback; //
    GMutex lock;              //
    GHashTable *entries;      // (guarded by lock) (element-type HttpAddressesEntry)
};

static guint
hash_key(gconstpointer key)
{
    guint64 parts[2];

    memcpy(parts, key, sizeof parts);
    parts[0] = (parts[0] ^ (parts[1] * 0x9e3779b97f4a7c15u)) * 0xbf58476d1ce4e5b9u;
    return (guint)(parts[0] >> 32);
}

static gboolean
equal_keys(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, 16) == 0;
}

HttpAddresses *
http_addresses_new(guint cap, gboolean spares_loopback)
{
    HttpAddresses *addresses = g_new0(HttpAddresses, 1);

    addresses->cap = cap;
    addresses->spares_loopback = spares_loopback;
    g_mutex_init(&addresses->lock);
    addresses->entries = g_hash_table_new_full(hash_key, equal_keys, g_free, NULL);
    return addresses;
}

void
http_addresses_free(HttpAddresses *addresses)
{
    g_hash_table_unref(addresses->entries);
    g_mutex_clear(&addresses->lock);
    g_free(addresses);
}

// Returns whether it is this machine's own address.
static gboolean
make_key(const struct sockaddr *peer, guint8 key[16])
{
    memset(key, 0, 16);
    if (peer->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr;
        gboolean is_mapped = IN6_IS_ADDR_V4MAPPED(six);
        memcpy(key, six, is_mapped ? 16 : 8);
        return IN6_IS_ADDR_LOOPBACK(six) || (is_mapped && six->s6_addr[12] == 127);
    }
    key[10] = key[11] = 0xff;
    memcpy(key + 12, &((const struct sockaddr_in *)(const void *)peer)->sin_addr, 4);
    return key[12] == 127;
}

HttpAddressesEntry *
http_addresses_take(HttpAddresses *addresses, const struct sockaddr *peer)
{
    guint8 key[16];
    gboolean is_loopback = make_key(peer, key);
    HttpAddressesEntry *entry;

    g_mutex_lock(&addresses->lock);
    entry = g_hash_table_lookup(addresses->entries, key);
    if (!entry) {
        entry = g_new0(HttpAddressesEntry, 1);
        memcpy(entry->key, key, sizeof key);
        g_hash_table_add(addresses->entries, entry);
    }
    if (entry->count < addresses->cap || (is_loopback && addresses->spares_loopback))
        entry->count++;
    else
        entry = NULL;
    g_mutex_unlock(&addresses->lock);
    return entry;
}

void
http_addresses_give_back(HttpAddresses *addresses, HttpAddressesEntry *entry)
{
    g_mutex_lock(&addresses->lock);
    if (--entry->count == 0)
        g_hash_table_remove(addresses->entries, entry);
    g_mutex_unlock(&addresses->lock);
}
