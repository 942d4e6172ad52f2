// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A few rows, read whole each time: channels are tens, not thousands.
#include "server/flows/live_rows.h"

#include "catalog/channelneeds.h"
#include "catalog/classes.h"
#include "catalog/error.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/flows/class.h"

void
flows_live_rows_free(FlowsLiveRow *row)
{
    catalog_channels_free(row->channel);
    g_free(row->multiplex_id);
    g_free(row->uri);
    g_free(row->text_default);
    g_free(row);
}

FlowsLiveRow *
flows_live_rows_copy(const FlowsLiveRow *row)
{
    FlowsLiveRow *copy = g_memdup2(row, sizeof *row);
    copy->channel = catalog_channels_copy(row->channel);
    copy->multiplex_id = g_strdup(row->multiplex_id);
    copy->uri = g_strdup(row->uri);
    copy->text_default = g_strdup(row->text_default);
    return copy;
}

/* A channel without a service may be a live class's. */
static gboolean
add_class(CatalogDatabase *database, FlowsLiveRow *row, GError **error)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(CatalogClasses) class =
        catalog_classes_get_by_channel(database, row->channel->id, &missing);
    if (class == NULL && !g_error_matches(missing, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return FALSE;
    }
    if (class == NULL)
        return TRUE;
    row->multiplex_id = g_strconcat(FLOWS_CLASS_SOURCE, class->id, NULL);
    row->uri = g_strdup(row->multiplex_id);
    row->text_default = g_strdup("");
    row->present = TRUE;
    row->needed = TRUE;
    return TRUE;
}

/* A service that went between two statements cannot be: both are of one transaction. */
static gboolean
add_source(CatalogDatabase *database, FlowsLiveRow *row, GError **error)
{
    if (row->channel->service == NULL)
        return add_class(database, row, error);
    g_autoptr(CatalogServices) service =
        catalog_services_get(database, row->channel->service, error);
    g_autoptr(CatalogMultiplexes) multiplex =
        service != NULL ? catalog_multiplexes_get(database, service->multiplex_id, error) : NULL;
    if (multiplex == NULL)
        return FALSE;
    row->multiplex_id = g_strdup(multiplex->id);
    row->uri = g_strdup(multiplex->uri);
    row->text_default = g_strdup(multiplex->text_default);
    row->service_number = (guint16)service->service_id;
    row->present = service->present;
    return TRUE;
}

/* A running booking keeps a channel on the air that is else off. */
static gboolean
add_needs(CatalogDatabase *database, FlowsLiveRow *row, GError **error)
{
    CatalogChannelneeds needs = {0};
    if (!catalog_channelneeds_read(database, row->channel->id, &needs, error))
        return FALSE;
    row->needed = needs.running;
    row->booked_ms = needs.first_ms;
    row->channel->enabled = row->channel->enabled || needs.running;
    return TRUE;
}

GPtrArray *
flows_live_rows_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) channels = catalog_channels_list(database, error);
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)flows_live_rows_free);
    for (guint i = 0; channels != NULL && i < channels->len; i++) {
        FlowsLiveRow *row = g_new0(FlowsLiveRow, 1);
        g_ptr_array_add(rows, row);
        row->channel = catalog_channels_copy(channels->pdata[i]);
        if (!add_needs(database, row, error) || !add_source(database, row, error))
            return NULL;
    }
    return channels != NULL ? g_steal_pointer(&rows) : NULL;
}

gboolean
flows_live_rows_is_same_work(const FlowsLiveRow *a, const FlowsLiveRow *b)
{
    return a->channel->enabled == b->channel->enabled &&
           g_strcmp0(a->multiplex_id, b->multiplex_id) == 0 && g_strcmp0(a->uri, b->uri) == 0 &&
           a->service_number == b->service_number &&
           g_strcmp0(a->text_default, b->text_default) == 0 &&
           g_strcmp0(a->channel->burn_subtitles, b->channel->burn_subtitles) == 0 &&
           g_strcmp0(catalog_channels_get_burn_rung(a->channel),
                     catalog_channels_get_burn_rung(b->channel)) == 0 &&
           g_strv_equal((const char *const *)a->channel->rungs,
                        (const char *const *)b->channel->rungs);
}
