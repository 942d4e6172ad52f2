// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A CRID says which programme it is, where both sides have one (ETSI TS 102 323 §12); else its
// texts have to do.
#include "catalog/repeats.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/statement.h"

char *
catalog_repeats_describe(const CatalogGuide *event)
{
    gboolean both = *event->summary != '\0' && *event->description != '\0';
    return g_strjoin(both ? "\n\n" : "", event->summary, event->description, NULL);
}

CatalogRepeatsHow
catalog_repeats_compare(const CatalogBooking *booking, const CatalogGuide *event)
{
    if (booking->programme_crid != NULL && event->programme_crid != NULL)
        return strcmp(booking->programme_crid, event->programme_crid) == 0 ? CATALOG_REPEATS_SURE
                                                                           : CATALOG_REPEATS_NO;
    if (*event->title == '\0' || strcmp(booking->title, event->title) != 0)
        return CATALOG_REPEATS_NO;
    g_autofree char *description = catalog_repeats_describe(event);
    return *description != '\0' && strcmp(booking->description, description) == 0
               ? CATALOG_REPEATS_SURE
               : CATALOG_REPEATS_TITLE;
}

CatalogRepeatsHow
catalog_repeats_compare_kept(const CatalogBooking *booking, const CatalogBooking *other)
{
    if (booking->programme_crid != NULL && other->programme_crid != NULL)
        return strcmp(booking->programme_crid, other->programme_crid) == 0 ? CATALOG_REPEATS_SURE
                                                                           : CATALOG_REPEATS_NO;
    if (strcmp(booking->title, other->title) != 0)
        return CATALOG_REPEATS_NO;
    return *booking->description != '\0' && strcmp(booking->description, other->description) == 0
               ? CATALOG_REPEATS_SURE
               : CATALOG_REPEATS_TITLE;
}

static gboolean
is_same_showing(const CatalogBooking *booking, const CatalogGuide *event)
{
    return g_strcmp0(booking->service, event->service) == 0 &&
           (booking->event_id == event->event_id ||
            (event->start_ms < booking->end_ms &&
             event->start_ms + event->duration_ms > booking->start_ms));
}

/* @booked: (out): whether it is to be kept already. FALSE with an error. */
static gboolean
look_up(CatalogDatabase *database, const CatalogGuide *event, gboolean *booked, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogBooking) there = catalog_bookings_find_event(
        database, event->service, event->event_id, event->start_ms, &local);
    *booked = there != NULL;
    if (local == NULL)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static int
compare_found(gconstpointer a, gconstpointer b)
{
    const CatalogGuidesearch *one = *(CatalogGuidesearch *const *)a;
    const CatalogGuidesearch *other = *(CatalogGuidesearch *const *)b;
    if (one->rank != other->rank)
        return one->rank > other->rank ? -1 : 1;
    if (one->event->start_ms != other->event->start_ms)
        return one->event->start_ms < other->event->start_ms ? -1 : 1;
    return strcmp(one->name, other->name);
}

static const char FIND_SQL[] =
    "SELECT channels.id AS channel, slug, name, service, event_id, start_ms, duration_ms, title,"
    " summary, description, language, genre, age, programme_crid, series_crid, running"
    " FROM channels JOIN guide_shown USING (service)"
    " WHERE (enabled = 1 OR channels.id = :channel) AND start_ms >= :from_ms"
    " AND start_ms < :until_ms AND duration_ms > 0"
    " AND (title = :title OR programme_crid = :programme_crid)"
    " ORDER BY start_ms, name LIMIT :limit";

/* Returns: (transfer full). */
static CatalogGuidesearch *
read_found(CatalogStatement *statement)
{
    CatalogGuidesearch *found = g_new0(CatalogGuidesearch, 1);
    found->channel = catalog_statement_dup_text(statement, "channel");
    found->slug = catalog_statement_dup_text(statement, "slug");
    found->name = catalog_statement_dup_text(statement, "name");
    found->event = catalog_guide_read_row(statement);
    return found;
}

GPtrArray *
catalog_repeats_find(CatalogDatabase *database, const CatalogBooking *booking, gint64 from_ms,
                     gint64 until_ms, GError **error)
{
    g_autoptr(GPtrArray) rows =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guidesearch_free);
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guidesearch_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_SQL);
    catalog_statement_bind_text(statement, ":channel", booking->channel);
    catalog_statement_bind_int(statement, ":from_ms", from_ms);
    catalog_statement_bind_int(statement, ":until_ms", until_ms);
    catalog_statement_bind_text(statement, ":title", booking->title);
    catalog_statement_bind_text(statement, ":programme_crid", booking->programme_crid);
    catalog_statement_bind_int(statement, ":limit", 4 * CATALOG_REPEATS_MOST);
    while (catalog_statement_next(statement))
        g_ptr_array_add(rows, read_found(statement));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    while (rows->len > 0) {
        gboolean booked = FALSE;
        g_autoptr(CatalogGuidesearch) found = g_ptr_array_steal_index(rows, 0);
        found->rank = catalog_repeats_compare(booking, found->event);
        if (found->rank == CATALOG_REPEATS_NO || is_same_showing(booking, found->event))
            continue;
        if (!look_up(database, found->event, &booked, error))
            return NULL;
        if (!booked)
            g_ptr_array_add(items, g_steal_pointer(&found));
    }
    g_ptr_array_sort(items, compare_found);
    if (items->len > CATALOG_REPEATS_MOST)
        g_ptr_array_set_size(items, CATALOG_REPEATS_MOST);
    return g_steal_pointer(&items);
}
