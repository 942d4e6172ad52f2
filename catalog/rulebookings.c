// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A booking that was taken back leaves no row: the rule may make it again.
#include "catalog/rulebookings.h"

#include "catalog/bookings.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char WITHDRAW_SQL[] = "DELETE FROM bookings WHERE id = :id AND state = 'waiting'"
                                   " AND rule_id IS NOT NULL AND revision = 1";

gboolean
catalog_rulebookings_withdraw(CatalogDatabase *database, const char *id,
                              const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogBooking) before = catalog_bookings_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autofree char *start = g_strdup_printf("%" G_GINT64_FORMAT, before->start_ms);
    g_autofree char *detail =
        catalog_texts_write_object("channel", before->channel, "title", before->title, "start_ms",
                                   start, "rule_id", before->rule_id, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, WITHDRAW_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run_guarded(statement, "the booking is not a rule's alone", error) &&
           catalog_audit_append(database, by, "booking.withdraw", id, detail, error);
}

static const char MARK_SQL[] = "UPDATE bookings SET error_code = :code, updated_ms = :now_ms"
                               " WHERE id = :id AND state = 'waiting'";

gboolean
catalog_rulebookings_mark(CatalogDatabase *database, const char *id, const char *code,
                          gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, MARK_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":code", code);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, "the booking does not wait", error);
}

GPtrArray *
catalog_rulebookings_list_since(CatalogDatabase *database, gint64 from_ms, GError **error)
{
    const CatalogBookingsFilter filter = {NULL, NULL, from_ms, G_MAXINT64};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    g_autofree char *cursor = NULL;
    do {
        g_autoptr(CatalogPage) page =
            catalog_bookings_list(database, &filter, cursor, CATALOG_PAGE_LIMIT_MAX, error);
        if (page == NULL)
            return NULL;
        while (page->items->len > 0)
            g_ptr_array_add(all, g_ptr_array_steal_index(page->items, 0));
        g_free(cursor);
        cursor = g_steal_pointer(&page->next_cursor);
    } while (cursor != NULL);
    return g_steal_pointer(&all);
}

static const char EPISODES_SQL[] =
    "SELECT id, programme_crid, title, description FROM bookings WHERE event_id >= 0"
    " AND state IN ('waiting', 'running', 'finishing', 'done', 'cancelled')";

gboolean
catalog_rulebookings_tell_episodes(CatalogDatabase *database, CatalogRulebookingsSink sink,
                                   gpointer user_data, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EPISODES_SQL);
    while (catalog_statement_next(statement)) {
        const CatalogRulebookingsEpisode episode = {
            .id = catalog_statement_get_text(statement, "id"),
            .programme_crid = catalog_statement_get_text(statement, "programme_crid"),
            .title = catalog_statement_get_text(statement, "title"),
            .description = catalog_statement_get_text(statement, "description"),
        };
        sink(&episode, user_data);
    }
    return catalog_statement_finish(statement, error);
}

static const char STAMP_SQL[] =
    "SELECT (SELECT count(*) || ' ' || coalesce(max(updated_ms), 0) FROM guide_events) || ' ' ||"
    " (SELECT count(*) || ' ' || coalesce(max(updated_ms), 0) FROM rules) || ' ' ||"
    " (SELECT count(*) || ' ' || coalesce(max(updated_ms), 0) FROM bookings) || ' ' ||"
    " (SELECT count(*) || ' ' || coalesce(max(updated_ms), 0) FROM channels) || ' ' ||"
    " (SELECT count(*) || ' ' || coalesce(max(updated_ms), 0) FROM services) || ' ' ||"
    " (SELECT count(*) || ' ' || coalesce(max(updated_ms), 0) FROM multiplexes) AS stamp";

char *
catalog_rulebookings_read_stamp(CatalogDatabase *database, GError **error)
{
    char *stamp = NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, STAMP_SQL);
    if (catalog_statement_next(statement))
        stamp = catalog_statement_dup_text(statement, "stamp");
    if (catalog_statement_finish(statement, error))
        return stamp;
    g_free(stamp);
    return NULL;
}
