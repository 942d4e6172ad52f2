// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read what earlier files said → give each programme its id → take back what is not in the file →
// write.
#include "catalog/guideimport.h"

#include "catalog/error.h"
#include "catalog/services.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define FIRST_ID (CATALOG_GUIDE_BROADCAST_MAX + 1)
#define ID_MASK 0x3fffffff
#define MINUTE_MS 60000

/* Programmes by what they are known by, while one file is written. */
typedef struct {
    GHashTable *known; // (owned) (element-type utf8 gint64) of earlier files
    GHashTable *taken; // (owned) (element-type gint64) ids that are somebody's
    GHashTable *seen;  // (owned) (element-type utf8) of this file
    GPtrArray *kept;   // (owned) (element-type utf8) ids of this file
    GPtrArray *wanted; // (owned) (element-type CatalogGuide), elements (unowned)
    gint64 from_ms;    // (value) first start
    gint64 until_ms;   // (value) last end
} Draft;

static void
clear_draft(Draft *draft)
{
    g_hash_table_unref(draft->known);
    g_hash_table_unref(draft->taken);
    g_hash_table_unref(draft->seen);
    g_ptr_array_unref(draft->kept);
    g_ptr_array_unref(draft->wanted);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, clear_draft)

/* Returns: (transfer full). */
static char *
name_programme(gint64 start_ms, const char *series_crid, const char *title)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", start_ms / MINUTE_MS,
                           series_crid != NULL ? series_crid : title);
}

static const char KNOWN_SQL[] = "SELECT event_id, start_ms, title, series_crid FROM guide_events"
                                " WHERE service = :service AND event_id > 65535";

static gboolean
read_known(CatalogDatabase *database, const char *service, Draft *draft, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, KNOWN_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    while (catalog_statement_next(statement)) {
        gint64 id = catalog_statement_get_int(statement, "event_id");
        char *name = name_programme(catalog_statement_get_int(statement, "start_ms"),
                                    catalog_statement_get_text(statement, "series_crid"),
                                    catalog_statement_get_text(statement, "title"));
        g_hash_table_insert(draft->known, name, g_memdup2(&id, sizeof id));
        g_hash_table_add(draft->taken, g_memdup2(&id, sizeof id));
    }
    return catalog_statement_finish(statement, error);
}

static gint64
choose_id(Draft *draft, const char *name)
{
    const gint64 *known = g_hash_table_lookup(draft->known, name);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    if (known != NULL)
        return *known;
    hash[8] = '\0';
    gint64 place = (gint64)g_ascii_strtoull(hash, NULL, 16);
    gint64 id = FIRST_ID + (place & ID_MASK);
    while (g_hash_table_contains(draft->taken, &id)) {
        place++;
        id = FIRST_ID + (place & ID_MASK);
    }
    g_hash_table_add(draft->taken, g_memdup2(&id, sizeof id));
    return id;
}

static void
take_event(Draft *draft, const char *service, CatalogGuide *event)
{
    g_autofree char *name = name_programme(event->start_ms, event->series_crid, event->title);
    if (!g_hash_table_add(draft->seen, g_strdup(name)))
        return;
    event->event_id = choose_id(draft, name);
    g_free(event->service);
    event->service = g_strdup(service);
    draft->from_ms = MIN(draft->from_ms, event->start_ms);
    draft->until_ms = MAX(draft->until_ms, event->start_ms + event->duration_ms);
    g_ptr_array_add(draft->kept, g_strdup_printf("%" G_GINT64_FORMAT, event->event_id));
    g_ptr_array_add(draft->wanted, event);
}

static const char REMOVE_SQL[] =
    "DELETE FROM guide_events WHERE service = :service AND event_id > 65535"
    " AND start_ms < :until_ms AND start_ms + duration_ms / 2 >= :from_ms"
    " AND event_id NOT IN (SELECT CAST(value AS INTEGER) FROM json_each(:kept))";

static gboolean
remove_others(CatalogDatabase *database, const char *service, const Draft *draft, gint64 *removed,
              GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REMOVE_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    catalog_statement_bind_int(statement, ":from_ms", draft->from_ms);
    catalog_statement_bind_int(statement, ":until_ms", draft->until_ms);
    catalog_statement_bind_list(statement, ":kept", draft->kept);
    return catalog_statement_run_counting(statement, removed, error);
}

static gboolean
put_wanted(CatalogDatabase *database, const Draft *draft, gint64 now_ms, gint64 *written,
           GError **error)
{
    g_autoptr(GPtrArray) batch = g_ptr_array_new();
    for (guint i = 0; i < draft->wanted->len; i++) {
        gint64 changed = 0;
        g_ptr_array_add(batch, draft->wanted->pdata[i]);
        if (batch->len < CATALOG_GUIDE_BATCH_MAX && i + 1 < draft->wanted->len)
            continue;
        if (!catalog_guide_put(database, batch, now_ms, &changed, error))
            return FALSE;
        *written += changed;
        g_ptr_array_set_size(batch, 0);
    }
    return TRUE;
}

static gboolean
check(const GPtrArray *events, GError **error)
{
    gboolean good = events->len <= CATALOG_GUIDE_SERVICE_MAX;
    for (guint i = 0; good && i < events->len; i++) {
        const CatalogGuide *event = events->pdata[i];
        good = event->start_ms != CATALOG_GUIDE_NO_TIME && event->duration_ms >= 0;
    }
    if (!good)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                    "too many programmes, or one without times");
    return good;
}

static gboolean
audit(CatalogDatabase *database, const CatalogGuideimport *import, const CatalogAuditStamp *by,
      GError **error)
{
    g_autofree char *written = g_strdup_printf("%" G_GINT64_FORMAT, import->written);
    g_autofree char *removed = g_strdup_printf("%" G_GINT64_FORMAT, import->removed);
    g_autofree char *detail = catalog_texts_write_object("channel", import->channel, "written",
                                                         written, "removed", removed, NULL);
    return catalog_audit_append(database, by, "guide.import", import->service, detail, error);
}

gboolean
catalog_guideimport_write(CatalogDatabase *database, CatalogGuideimport *import,
                          const CatalogAuditStamp *by, GError **error)
{
    g_auto(Draft) draft = {
        .known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
        .taken = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL),
        .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
        .kept = g_ptr_array_new_with_free_func(g_free),
        .wanted = g_ptr_array_new(),
        .from_ms = G_MAXINT64,
        .until_ms = G_MININT64,
    };
    import->written = 0;
    import->removed = 0;
    if (!check(import->events, error) || !read_known(database, import->service, &draft, error))
        return FALSE;
    for (guint i = 0; i < import->events->len; i++)
        take_event(&draft, import->service, import->events->pdata[i]);
    return remove_others(database, import->service, &draft, &import->removed, error) &&
           put_wanted(database, &draft, by->now_ms, &import->written, error) &&
           audit(database, import, by, error);
}

static const char CLEAR_SQL[] =
    "DELETE FROM guide_events WHERE service = :service AND event_id > 65535";

gboolean
catalog_guideimport_clear(CatalogDatabase *database, const char *service,
                          const CatalogAuditStamp *by, GError **error)
{
    gint64 count = 0;
    g_autoptr(CatalogServices) there = catalog_services_get(database, service, error);
    if (there == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CLEAR_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    if (!catalog_statement_run_counting(statement, &count, error))
        return FALSE;
    g_autofree char *removed = g_strdup_printf("%" G_GINT64_FORMAT, count);
    g_autofree char *detail = catalog_texts_write_object("removed", removed, NULL);
    return catalog_audit_append(database, by, "guide.forget", service, detail, error);
}
