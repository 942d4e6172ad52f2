// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of guide events. What comes unchanged, as nearly everything in a carousel does, writes
// nothing.
#include "catalog/guide.h"

#include "catalog/error.h"
#include "catalog/statement.h"

void
catalog_guide_free(CatalogGuide *event)
{
    if (event == NULL)
        return;
    g_free(event->service);
    g_free(event->title);
    g_free(event->summary);
    g_free(event->description);
    g_free(event->language);
    g_free(event->genre);
    g_free(event->programme_crid);
    g_free(event->series_crid);
    g_free(event);
}

// The least of all numbers stands for no time.
static const char PUT_SQL[] =
    "INSERT INTO guide_events (service, event_id, start_ms, duration_ms, title, summary,"
    "  description, language, genre, age, programme_crid, series_crid, running, updated_ms)"
    " VALUES (:service, :event_id, nullif(:start_ms, -9223372036854775807 - 1),"
    "  nullif(:duration_ms, -9223372036854775807 - 1), :title, :summary, :description, :language,"
    "  :genre, :age, :programme_crid, :series_crid, :running, :now_ms)"
    " ON CONFLICT (service, event_id) DO UPDATE SET start_ms = excluded.start_ms,"
    "  duration_ms = excluded.duration_ms, title = excluded.title, summary = excluded.summary,"
    "  description = excluded.description, language = excluded.language, genre = excluded.genre,"
    "  age = excluded.age, programme_crid = excluded.programme_crid,"
    "  series_crid = excluded.series_crid, running = excluded.running,"
    "  updated_ms = excluded.updated_ms"
    " WHERE (start_ms, duration_ms, title, summary, description, language, genre, age,"
    "  programme_crid, series_crid, running) IS NOT (excluded.start_ms, excluded.duration_ms,"
    "  excluded.title, excluded.summary, excluded.description, excluded.language, excluded.genre,"
    "  excluded.age, excluded.programme_crid, excluded.series_crid, excluded.running)";

static gboolean
put_one(CatalogDatabase *database, const CatalogGuide *event, gint64 now_ms, gint64 *changed,
        GError **error)
{
    gint64 rows = 0;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, PUT_SQL);
    catalog_statement_bind_text(statement, ":service", event->service);
    catalog_statement_bind_int(statement, ":event_id", event->event_id);
    catalog_statement_bind_int(statement, ":start_ms", event->start_ms);
    catalog_statement_bind_int(statement, ":duration_ms", event->duration_ms);
    catalog_statement_bind_text(statement, ":title", event->title);
    catalog_statement_bind_text(statement, ":summary", event->summary);
    catalog_statement_bind_text(statement, ":description", event->description);
    catalog_statement_bind_text(statement, ":language", event->language);
    catalog_statement_bind_text(statement, ":genre", event->genre);
    catalog_statement_bind_int(statement, ":age", event->age);
    catalog_statement_bind_text(statement, ":programme_crid", event->programme_crid);
    catalog_statement_bind_text(statement, ":series_crid", event->series_crid);
    catalog_statement_bind_int(statement, ":running", event->running);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    if (!catalog_statement_run_counting(statement, &rows, error))
        return FALSE;
    *changed += rows;
    return TRUE;
}

static const char COUNT_SQL[] =
    "SELECT count(*) AS events FROM guide_events WHERE service = :service";

static gboolean
is_crowded(CatalogDatabase *database, const char *service, gboolean *crowded, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    if (catalog_statement_next(statement))
        *crowded = catalog_statement_get_int(statement, "events") > CATALOG_GUIDE_SERVICE_MAX;
    return catalog_statement_finish(statement, error);
}

static const char TRIM_SQL[] =
    "DELETE FROM guide_events WHERE (service, event_id) IN"
    " (SELECT service, event_id FROM guide_events WHERE service = :service"
    "  ORDER BY event_id > 65535, abs(coalesce(start_ms, 0) - :now_ms), event_id"
    "  LIMIT -1 OFFSET :most)";

static gboolean
trim(CatalogDatabase *database, const char *service, gint64 now_ms, GError **error)
{
    gboolean crowded = FALSE;
    if (!is_crowded(database, service, &crowded, error))
        return FALSE;
    if (!crowded)
        return TRUE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, TRIM_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_int(statement, ":most", CATALOG_GUIDE_SERVICE_MAX);
    return catalog_statement_run(statement, error);
}

/* Nothing new, nothing to trim. */
static gboolean
trim_all(CatalogDatabase *database, GPtrArray *events, gint64 now_ms, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < events->len; i++) {
        const CatalogGuide *event = events->pdata[i];
        if (g_hash_table_add(seen, event->service) &&
            !trim(database, event->service, now_ms, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
catalog_guide_put(CatalogDatabase *database, GPtrArray *events, gint64 now_ms, gint64 *changed,
                  GError **error)
{
    gint64 count = 0;
    if (events->len > CATALOG_GUIDE_BATCH_MAX) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "too many events at once");
        return FALSE;
    }
    for (guint i = 0; i < events->len; i++)
        if (!put_one(database, events->pdata[i], now_ms, &count, error))
            return FALSE;
    if (count > 0 && !trim_all(database, events, now_ms, error))
        return FALSE;
    *changed = count;
    return TRUE;
}

static const char DROP_SQL[] =
    "DELETE FROM guide_events WHERE (service, event_id) IN"
    " (SELECT service, event_id FROM guide_events WHERE end_ms < :end_ms AND service IN"
    "   (SELECT id FROM services WHERE multiplex_id = :multiplex_id) ORDER BY end_ms"
    "  LIMIT :limit)";

gboolean
catalog_guide_drop(CatalogDatabase *database, const char *multiplex_id, gint64 end_ms,
                   gint64 *dropped, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DROP_SQL);
    catalog_statement_bind_text(statement, ":multiplex_id", multiplex_id);
    catalog_statement_bind_int(statement, ":end_ms", end_ms);
    catalog_statement_bind_int(statement, ":limit", CATALOG_GUIDE_BATCH_MAX);
    return catalog_statement_run_counting(statement, dropped, error);
}

static const char FORGET_SQL[] =
    "DELETE FROM guide_events WHERE service = :service AND event_id = :event_id";

gboolean
catalog_guide_forget(CatalogDatabase *database, const char *service, gint64 event_id,
                     GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FORGET_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    catalog_statement_bind_int(statement, ":event_id", event_id);
    return catalog_statement_run(statement, error);
}

CatalogGuide *
catalog_guide_read_row(CatalogStatement *statement)
{
    CatalogGuide *event = g_new0(CatalogGuide, 1);
    event->service = catalog_statement_dup_text(statement, "service");
    event->event_id = catalog_statement_get_int(statement, "event_id");
    event->start_ms = catalog_statement_get_int(statement, "start_ms");
    event->duration_ms = catalog_statement_get_int(statement, "duration_ms");
    event->title = catalog_statement_dup_text(statement, "title");
    event->summary = catalog_statement_dup_text(statement, "summary");
    event->description = catalog_statement_dup_text(statement, "description");
    event->language = catalog_statement_dup_text(statement, "language");
    event->genre = catalog_statement_dup_text(statement, "genre");
    event->age = catalog_statement_get_int(statement, "age");
    event->programme_crid = catalog_statement_dup_text(statement, "programme_crid");
    event->series_crid = catalog_statement_dup_text(statement, "series_crid");
    event->running = catalog_statement_get_int(statement, "running");
    return event;
}

#define GUIDE_COLUMNS                                                                              \
    "SELECT service, event_id,"                                                                    \
    " coalesce(start_ms, -9223372036854775807 - 1) AS start_ms,"                                   \
    " coalesce(duration_ms, -9223372036854775807 - 1) AS duration_ms, title, summary,"             \
    " description, language, genre, age, programme_crid, series_crid, running FROM "

static const char GET_SQL[] =
    GUIDE_COLUMNS "guide_events WHERE service = :service AND event_id = :event_id";

CatalogGuide *
catalog_guide_get(CatalogDatabase *database, const char *service, gint64 event_id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    catalog_statement_bind_int(statement, ":event_id", event_id);
    if (catalog_statement_next(statement))
        return catalog_guide_read_row(statement);
    catalog_statement_finish_missing(statement, "programme", error);
    return NULL;
}

static const char LIST_SQL[] =
    GUIDE_COLUMNS "guide_shown WHERE service = :service AND start_ms < :until_ms"
                  "  AND (end_ms > :from_ms OR start_ms >= :from_ms)"
                  " ORDER BY start_ms, event_id LIMIT :limit";

GPtrArray *
catalog_guide_list(CatalogDatabase *database, const char *service, gint64 from_ms, gint64 until_ms,
                   GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    catalog_statement_bind_int(statement, ":from_ms", from_ms);
    catalog_statement_bind_int(statement, ":until_ms", until_ms);
    catalog_statement_bind_int(statement, ":limit", CATALOG_GUIDE_BATCH_MAX);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, catalog_guide_read_row(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}

static gboolean
has_event(const GPtrArray *events, const CatalogGuide *event)
{
    for (guint i = events->len; i > 0; i--) {
        const CatalogGuide *other = events->pdata[i - 1];
        if (other->event_id == event->event_id)
            return TRUE;
        if (other->start_ms < event->start_ms)
            return FALSE;
    }
    return FALSE;
}

GPtrArray *
catalog_guide_list_span(CatalogDatabase *database, const char *service, gint64 from_ms,
                        gint64 until_ms, guint most, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_guide_free);
    gboolean more = TRUE;
    while (more && found->len < most) {
        g_autoptr(GPtrArray) rows = catalog_guide_list(database, service, from_ms, until_ms, error);
        if (rows == NULL)
            return NULL;
        const CatalogGuide *last = rows->len > 0 ? rows->pdata[rows->len - 1] : NULL;
        gint64 next_ms = last != NULL ? last->start_ms : from_ms;
        more = rows->len == CATALOG_GUIDE_BATCH_MAX && next_ms > from_ms;
        while (rows->len > 0 && found->len < most) {
            g_autoptr(CatalogGuide) row = g_ptr_array_steal_index(rows, 0);
            if (found->len == 0 || !has_event(found, row))
                g_ptr_array_add(found, g_steal_pointer(&row));
        }
        from_ms = next_ms;
    }
    return g_steal_pointer(&found);
}
