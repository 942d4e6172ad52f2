// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A booking is in no one's way while, at every moment of it, the multiplexes that are wanted are no
// more than the tuners. That number changes only where a booking begins, so those moments are all
// that need looking at.
#include "server/flows/tuners.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "pipelines/intake/address.h"
#include "pipelines/intake/dvb_tuning.h"

/* Where a channel's packets come from. */
typedef struct {
    char *multiplex;  // (owned)
    char *group;      // (owned) (nullable): free
    char *name;       // (owned) of the channel
    gboolean enabled; // (value)
} Source;

struct _FlowsTuners {
    gint64 now_ms;       // UTC milliseconds
    GHashTable *limits;  // (owned) group → number of tuners
    GHashTable *sources; // (owned) (element-type Source) by channel id
    GPtrArray *bookings; // (owned) (element-type CatalogBooking)
};

void
flows_tuners_clash_free(FlowsTunersClash *clash)
{
    if (clash == NULL)
        return;
    g_ptr_array_unref(clash->bookings);
    g_ptr_array_unref(clash->channels);
    g_free(clash);
}

static void
free_source(gpointer data)
{
    Source *source = data;
    g_free(source->multiplex);
    g_free(source->group);
    g_free(source->name);
    g_free(source);
}

/* Returns: (transfer full) (nullable): the server of an address of the web. */
static char *
name_web_server(const char *uri)
{
    g_autoptr(GUri) parsed = g_uri_parse(uri, G_URI_FLAGS_NON_DNS | G_URI_FLAGS_ENCODED, NULL);
    const char *host = parsed != NULL ? g_uri_get_host(parsed) : NULL;
    if (host == NULL)
        return NULL;
    g_autofree char *small = g_ascii_strdown(host, -1);
    return g_strdup_printf("%s:%d", small, g_uri_get_port(parsed));
}

/* Returns: (transfer full) (nullable): whose tuners @uri takes; @own (out): how many these are when
 * nobody says, 0: without limit. */
static char *
name_group(const char *uri, guint *own)
{
    IntakeDvbTuning tuning = {0};
    g_autofree char *host = NULL;
    g_autoptr(IntakeAddress) address = intake_address_parse(uri, NULL);
    *own = 0;
    if (address == NULL)
        return NULL;
    switch (address->kind) {
    case INTAKE_ADDRESS_SATIP:
        *own = FLOWS_TUNERS_SATIP;
        host = g_ascii_strdown(address->host, -1);
        return g_strdup_printf("satip %s:%u", host, address->port);
    case INTAKE_ADDRESS_DVB:
        *own = 1;
        return intake_dvb_tuning_parse(address->query, &tuning, NULL)
                   ? g_strdup_printf("dvb %u.%u", tuning.adapter, tuning.frontend)
                   : NULL;
    case INTAKE_ADDRESS_HTTP:
        host = name_web_server(uri);
        return host != NULL ? g_strdup_printf("http %s", host) : NULL;
    case INTAKE_ADDRESS_FILE:
    case INTAKE_ADDRESS_UDP:
    case INTAKE_ADDRESS_RTP:
    case INTAKE_ADDRESS_SRT:
        break;
    }
    return NULL;
}

gboolean
flows_tuners_has_group(const char *uri)
{
    guint own = 0;
    g_autofree char *group = name_group(uri, &own);
    return group != NULL;
}

/* The largest number that somebody gave one of the group, else what such an address has by itself.
 * Returns: (transfer full) (element-type utf8) (nullable): groups by multiplex. */
static GHashTable *
read_groups(CatalogDatabase *database, GHashTable *limits, GError **error)
{
    g_autoptr(GHashTable) groups = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) owns = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer group = NULL, own = NULL;
    g_autoptr(GPtrArray) rows = catalog_multiplexes_list(database, error);
    if (rows == NULL)
        return NULL;
    for (guint i = 0; i < rows->len; i++) {
        const CatalogMultiplexes *row = rows->pdata[i];
        guint number = 0;
        char *name = name_group(row->uri, &number);
        if (name == NULL)
            continue;
        g_hash_table_insert(groups, g_strdup(row->id), name);
        g_hash_table_insert(owns, name, GUINT_TO_POINTER(number));
        guint limit = GPOINTER_TO_UINT(g_hash_table_lookup(limits, name));
        g_hash_table_insert(limits, g_strdup(name),
                            GUINT_TO_POINTER(MAX(limit, (guint)row->tuners)));
    }
    g_hash_table_iter_init(&iter, owns);
    while (g_hash_table_iter_next(&iter, &group, &own))
        if (GPOINTER_TO_UINT(g_hash_table_lookup(limits, group)) == 0)
            g_hash_table_insert(limits, g_strdup(group), own);
    return g_steal_pointer(&groups);
}

static gboolean
read_sources(CatalogDatabase *database, FlowsTuners *tuners, GHashTable *groups, GError **error)
{
    g_autoptr(GPtrArray) channels = catalog_channels_list(database, error);
    for (guint i = 0; channels != NULL && i < channels->len; i++) {
        const CatalogChannels *channel = channels->pdata[i];
        g_autoptr(CatalogServices) service =
            channel->service != NULL ? catalog_services_get(database, channel->service, NULL)
                                     : NULL;
        if (service == NULL)
            continue;
        Source *source = g_new0(Source, 1);
        source->multiplex = g_strdup(service->multiplex_id);
        source->group = g_strdup(g_hash_table_lookup(groups, service->multiplex_id));
        source->name = g_strdup(channel->name);
        source->enabled = channel->enabled;
        g_hash_table_insert(tuners->sources, g_strdup(channel->id), source);
    }
    return channels != NULL;
}

/* One that waits for a tuner gives way to all others. */
static gboolean
is_counted(const CatalogBooking *booking)
{
    switch (booking->state) {
    case CATALOG_BOOKING_STATE_WAITING:
        return g_strcmp0(booking->error_code, FLOWS_TUNERS_CODE) != 0;
    case CATALOG_BOOKING_STATE_RUNNING:
        return TRUE;
    case CATALOG_BOOKING_STATE_FINISHING:
    case CATALOG_BOOKING_STATE_DONE:
    case CATALOG_BOOKING_STATE_FAILED:
    case CATALOG_BOOKING_STATE_CANCELLED:
    case CATALOG_BOOKING_STATE_MISSED:
        break;
    }
    return FALSE;
}

FlowsTuners *
flows_tuners_new_bare(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(FlowsTuners) tuners = g_new0(FlowsTuners, 1);
    tuners->now_ms = now_ms;
    tuners->limits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    tuners->sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_source);
    tuners->bookings = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    g_autoptr(GHashTable) groups = read_groups(database, tuners->limits, error);
    if (groups == NULL || !read_sources(database, tuners, groups, error))
        return NULL;
    return g_steal_pointer(&tuners);
}

FlowsTuners *
flows_tuners_new(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(FlowsTuners) tuners = flows_tuners_new_bare(database, now_ms, error);
    g_autoptr(GPtrArray) pending =
        tuners != NULL ? catalog_bookings_list_pending(database, error) : NULL;
    if (pending == NULL)
        return NULL;
    while (pending->len > 0) {
        g_autoptr(CatalogBooking) booking = g_ptr_array_steal_index(pending, pending->len - 1);
        if (is_counted(booking))
            g_ptr_array_add(tuners->bookings, g_steal_pointer(&booking));
    }
    return g_steal_pointer(&tuners);
}

void
flows_tuners_free(FlowsTuners *tuners)
{
    if (tuners == NULL)
        return;
    g_clear_pointer(&tuners->limits, g_hash_table_unref);
    g_clear_pointer(&tuners->sources, g_hash_table_unref);
    g_clear_pointer(&tuners->bookings, g_ptr_array_unref);
    g_free(tuners);
}

gint64
flows_tuners_get_now_ms(const FlowsTuners *tuners)
{
    return tuners->now_ms;
}

void
flows_tuners_add(FlowsTuners *tuners, const CatalogBooking *booking)
{
    g_ptr_array_add(tuners->bookings, catalog_booking_copy(booking));
}

void
flows_tuners_remove(FlowsTuners *tuners, const char *booking_id)
{
    for (guint i = tuners->bookings->len; i > 0; i--) {
        const CatalogBooking *booking = tuners->bookings->pdata[i - 1];
        if (g_strcmp0(booking->id, booking_id) == 0)
            g_ptr_array_remove_index_fast(tuners->bookings, i - 1);
    }
}

static const Source *
find_source(const FlowsTuners *tuners, const CatalogBooking *booking)
{
    return booking->channel != NULL ? g_hash_table_lookup(tuners->sources, booking->channel) : NULL;
}

/* Whether @other wants another multiplex of the same tuners than @source at @at_ms. */
static gboolean
is_rival(const FlowsTuners *tuners, const Source *source, const CatalogBooking *other, gint64 at_ms)
{
    if (catalog_booking_get_first_ms(other) > at_ms || catalog_booking_get_last_ms(other) <= at_ms)
        return FALSE;
    const Source *theirs = find_source(tuners, other);
    return theirs != NULL && g_strcmp0(theirs->group, source->group) == 0 &&
           strcmp(theirs->multiplex, source->multiplex) != 0;
}

/* Channels that are always on with another multiplex; none when that of @source is so, too: then
 * one more booking of it takes nothing from anybody. */
static void
add_always(const FlowsTuners *tuners, const Source *source, GHashTable *wanted, GPtrArray *names)
{
    GHashTableIter iter;
    gpointer item = NULL;
    gboolean shared = FALSE;
    g_autoptr(GPtrArray) others = g_ptr_array_new();
    g_hash_table_iter_init(&iter, tuners->sources);
    while (g_hash_table_iter_next(&iter, NULL, &item)) {
        const Source *other = item;
        if (!other->enabled || g_strcmp0(other->group, source->group) != 0)
            continue;
        if (strcmp(other->multiplex, source->multiplex) == 0)
            shared = TRUE;
        else
            g_ptr_array_add(others, item);
    }
    for (guint i = 0; !shared && i < others->len; i++) {
        const Source *other = others->pdata[i];
        g_hash_table_add(wanted, other->multiplex);
        g_ptr_array_add(names, g_strdup(other->name));
    }
}

/* Returns: (transfer full) (nullable): what is too much at @at_ms. */
static FlowsTunersClash *
look_at(const FlowsTuners *tuners, const CatalogBooking *booking, gint64 at_ms)
{
    const Source *source = find_source(tuners, booking);
    g_autoptr(GHashTable) wanted = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(FlowsTunersClash) clash = g_new0(FlowsTunersClash, 1);
    clash->tuners = GPOINTER_TO_UINT(g_hash_table_lookup(tuners->limits, source->group));
    clash->bookings = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    clash->channels = g_ptr_array_new_with_free_func(g_free);
    add_always(tuners, source, wanted, clash->channels);
    for (guint i = 0; i < tuners->bookings->len; i++) {
        const CatalogBooking *other = tuners->bookings->pdata[i];
        if (g_strcmp0(other->id, booking->id) == 0 && booking->id != NULL)
            continue;
        if (!is_rival(tuners, source, other, at_ms))
            continue;
        g_hash_table_add(wanted, find_source(tuners, other)->multiplex);
        g_ptr_array_add(clash->bookings, catalog_booking_copy(other));
    }
    return g_hash_table_size(wanted) >= clash->tuners ? g_steal_pointer(&clash) : NULL;
}

FlowsTunersClash *
flows_tuners_find_clash(const FlowsTuners *tuners, const CatalogBooking *booking)
{
    const Source *source = find_source(tuners, booking);
    gint64 first_ms = MAX(catalog_booking_get_first_ms(booking), tuners->now_ms);
    gint64 last_ms = catalog_booking_get_last_ms(booking);
    if (source == NULL || source->group == NULL || first_ms >= last_ms ||
        GPOINTER_TO_UINT(g_hash_table_lookup(tuners->limits, source->group)) == 0)
        return NULL;
    FlowsTunersClash *clash = look_at(tuners, booking, first_ms);
    for (guint i = 0; clash == NULL && i < tuners->bookings->len; i++) {
        gint64 at_ms = catalog_booking_get_first_ms(tuners->bookings->pdata[i]);
        if (at_ms > first_ms && at_ms < last_ms)
            clash = look_at(tuners, booking, at_ms);
    }
    return clash;
}
