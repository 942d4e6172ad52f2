// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names are compared without case, blanks and punctuation: "DLTV 1" is "dltv-1".
#include "server/flows/guidematch.h"

#include "catalog/channels.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/flows/guidefile.h"

/* The services by what they may be found by. */
typedef struct {
    GHashTable *by_channel; // (owned) (element-type utf8 GPtrArray) ids of services
    GHashTable *by_name;    // (owned) (element-type utf8 utf8) id, empty: more than one
} Index;

static void
clear_index(Index *index)
{
    g_hash_table_unref(index->by_channel);
    g_hash_table_unref(index->by_name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Index, clear_index)

void
flows_guidematch_free(FlowsGuidematch *match)
{
    g_ptr_array_unref(match->services);
    g_free(match->suggested);
    g_free(match);
}

/* Returns: (transfer full). Marks above and below Thai letters count. */
static char *
fold(const char *name)
{
    g_autofree char *whole = g_utf8_normalize(name, -1, G_NORMALIZE_ALL_COMPOSE);
    g_autofree char *lower = whole != NULL ? g_utf8_casefold(whole, -1) : g_strdup("");
    g_autoptr(GString) folded = g_string_new(NULL);
    for (const char *at = lower; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        int digit = g_unichar_digit_value(character);
        if (digit >= 0)
            g_string_append_c(folded, (char)('0' + digit));
        else if (g_unichar_isalnum(character) || g_unichar_ismark(character))
            g_string_append_unichar(folded, character);
    }
    return g_string_free(g_steal_pointer(&folded), FALSE);
}

static void
note_name(Index *index, const char *name, const char *id)
{
    char *folded = fold(name);
    const char *there = g_hash_table_lookup(index->by_name, folded);
    if (*folded == '\0')
        g_free(folded);
    else if (there == NULL)
        g_hash_table_insert(index->by_name, folded, g_strdup(id));
    else if (g_str_equal(there, id))
        g_free(folded);
    else
        g_hash_table_insert(index->by_name, folded, g_strdup(""));
}

static void
note_service(Index *index, const CatalogServices *service)
{
    if (service->guide_channel == NULL) {
        note_name(index, service->own_name != NULL ? service->own_name : service->name,
                  service->id);
        return;
    }
    GPtrArray *ids = g_hash_table_lookup(index->by_channel, service->guide_channel);
    if (ids == NULL) {
        ids = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(index->by_channel, g_strdup(service->guide_channel), ids);
    }
    g_ptr_array_add(ids, g_strdup(service->id));
}

/* Channels of services that have no channel of a file yet. */
static gboolean
read_slugs(CatalogDatabase *database, Index *index, GHashTable *waiting, GError **error)
{
    g_autoptr(GPtrArray) channels = catalog_channels_list(database, error);
    for (guint i = 0; channels != NULL && i < channels->len; i++) {
        const CatalogChannels *channel = channels->pdata[i];
        if (channel->service == NULL || !g_hash_table_contains(waiting, channel->service))
            continue;
        note_name(index, channel->slug, channel->service);
        note_name(index, channel->name, channel->service);
    }
    return channels != NULL;
}

static gboolean
read_services(CatalogDatabase *database, Index *index, GError **error)
{
    g_autoptr(GHashTable) waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) multiplexes = catalog_multiplexes_list(database, error);
    for (guint i = 0; multiplexes != NULL && i < multiplexes->len; i++) {
        const CatalogMultiplexes *multiplex = multiplexes->pdata[i];
        g_autoptr(GPtrArray) rows = catalog_services_list(database, multiplex->id, error);
        if (rows == NULL)
            return FALSE;
        for (guint k = 0; k < rows->len; k++) {
            const CatalogServices *service = rows->pdata[k];
            note_service(index, service);
            if (service->guide_channel == NULL)
                g_hash_table_add(waiting, g_strdup(service->id));
        }
    }
    return multiplexes != NULL && read_slugs(database, index, waiting, error);
}

/* Returns: (transfer full) (nullable). */
static char *
suggest(const Index *index, const FlowsGuidefileChannel *channel)
{
    g_autofree char *name = fold(channel->name);
    g_autofree char *id = fold(channel->id);
    const char *by_name = g_hash_table_lookup(index->by_name, name);
    const char *by_id = g_hash_table_lookup(index->by_name, id);
    const char *found = by_name != NULL ? by_name : by_id;
    if (found == NULL || *found == '\0' || (by_id != NULL && !g_str_equal(found, by_id)))
        return NULL;
    return g_strdup(found);
}

static FlowsGuidematch *
make_match(const Index *index, const FlowsGuidefileChannel *channel)
{
    FlowsGuidematch *match = g_new0(FlowsGuidematch, 1);
    GPtrArray *ids = g_hash_table_lookup(index->by_channel, channel->id);
    match->services = ids != NULL ? g_ptr_array_ref(ids) : g_ptr_array_new_with_free_func(g_free);
    match->suggested = ids == NULL ? suggest(index, channel) : NULL;
    return match;
}

GPtrArray *
flows_guidematch_find(CatalogDatabase *database, const GPtrArray *channels, GError **error)
{
    g_auto(Index) index = {
        .by_channel = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)g_ptr_array_unref),
        .by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
    };
    if (!read_services(database, &index, error))
        return NULL;
    GPtrArray *matches = g_ptr_array_new_with_free_func((GDestroyNotify)flows_guidematch_free);
    for (guint i = 0; i < channels->len; i++)
        g_ptr_array_add(matches, make_match(&index, channels->pdata[i]));
    return matches;
}
