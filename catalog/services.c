// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of services. A scan is one transaction: everything not present, then what was found.
#include "catalog/services.h"

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/multiplexes.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

void
catalog_services_free(CatalogServices *service)
{
    if (service == NULL)
        return;
    g_free(service->id);
    g_free(service->multiplex_id);
    g_free(service->name);
    g_free(service->provider);
    g_free(service->kind);
    g_free(service->streams);
    g_free(service->own_name);
    g_free(service->guide_channel);
    g_free(service);
}

static const char CLEAR_SQL[] =
    "UPDATE services SET present = 0 WHERE multiplex_id = :multiplex_id AND present = 1";
static const char NOTE_SQL[] =
    "INSERT INTO services (id, multiplex_id, service_id, name, provider, kind, encrypted, channel,"
    "  streams, present, seen_ms, created_ms, updated_ms)"
    " VALUES (:id, :multiplex_id, :service_id, :name, :provider, :kind, :encrypted, :channel,"
    "  :streams, 1, :now_ms, :now_ms, :now_ms)"
    " ON CONFLICT (multiplex_id, service_id) DO UPDATE SET"
    "  name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END,"
    "  provider = CASE excluded.provider WHEN '' THEN provider ELSE excluded.provider END,"
    "  kind = excluded.kind, encrypted = excluded.encrypted, channel = excluded.channel,"
    "  streams = excluded.streams, present = 1, seen_ms = excluded.seen_ms,"
    "  updated_ms = excluded.updated_ms";

static gboolean
note_one(CatalogDatabase *database, const char *multiplex_id, const CatalogServices *found,
         gint64 now_ms, GError **error)
{
    g_autofree char *id = catalog_ids_new(now_ms);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, NOTE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":multiplex_id", multiplex_id);
    catalog_statement_bind_int(statement, ":service_id", found->service_id);
    catalog_statement_bind_text(statement, ":name", found->name);
    catalog_statement_bind_text(statement, ":provider", found->provider);
    catalog_statement_bind_text(statement, ":kind", found->kind);
    catalog_statement_bind_int(statement, ":encrypted", found->encrypted != FALSE);
    catalog_statement_bind_int(statement, ":channel", found->channel);
    catalog_statement_bind_text(statement, ":streams", found->streams);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

gboolean
catalog_services_note_scan(CatalogDatabase *database, const char *multiplex_id, GPtrArray *found,
                           gint64 now_ms, GError **error)
{
    g_autoptr(CatalogMultiplexes) multiplex =
        catalog_multiplexes_get(database, multiplex_id, error);
    if (multiplex == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CLEAR_SQL);
    catalog_statement_bind_text(statement, ":multiplex_id", multiplex_id);
    if (!catalog_statement_run(statement, error))
        return FALSE;
    for (guint i = 0; i < found->len; i++)
        if (!note_one(database, multiplex_id, found->pdata[i], now_ms, error))
            return FALSE;
    return TRUE;
}

static const char EDIT_SQL[] =
    "UPDATE services SET own_name = :own_name, own_channel = nullif(:own_channel, -1),"
    " shown = nullif(:shown, -1), guide_channel = :guide_channel, guide_first = :guide_first,"
    " revision = revision + 1, updated_ms = :now_ms"
    " WHERE id = :id AND revision = :revision";

gboolean
catalog_services_edit(CatalogDatabase *database, const CatalogServices *edited,
                      const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogServices) before = catalog_services_get(database, edited->id, error);
    if (before == NULL)
        return FALSE;
    g_autofree char *channel = g_strdup_printf("%" G_GINT64_FORMAT, edited->own_channel);
    g_autofree char *shown = g_strdup_printf("%" G_GINT64_FORMAT, edited->shown);
    const char *first = edited->file_first ? "file" : "broadcast";
    g_autofree char *detail = catalog_texts_write_object(
        "own_name", edited->own_name, "own_channel", channel, "shown", shown, "guide_channel",
        edited->guide_channel, "guide_first", first, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EDIT_SQL);
    catalog_statement_bind_text(statement, ":id", edited->id);
    catalog_statement_bind_text(statement, ":own_name", edited->own_name);
    catalog_statement_bind_int(statement, ":own_channel", edited->own_channel);
    catalog_statement_bind_int(statement, ":shown", edited->shown);
    catalog_statement_bind_text(statement, ":guide_channel", edited->guide_channel);
    catalog_statement_bind_text(statement, ":guide_first", first);
    catalog_statement_bind_int(statement, ":revision", edited->revision);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the service was changed in between", error) &&
           catalog_audit_append(database, by, "service.edit", edited->id, detail, error);
}

#define OF_FILES                                                                                   \
    " guide_events INDEXED BY guide_events_of_file"                                                \
    " WHERE service = services.id AND event_id > 65535"

#define SERVICES_COLUMNS                                                                           \
    "SELECT id, multiplex_id, service_id, name, provider, kind, encrypted, channel, streams,"      \
    " present, own_name, coalesce(own_channel, -1) AS own_channel, coalesce(shown, -1) AS shown,"  \
    " guide_channel, guide_first = 'file' AS file_first,"                                          \
    " (SELECT count(*) FROM" OF_FILES ") AS imported,"                                             \
    " coalesce((SELECT min(start_ms) FROM" OF_FILES "), 0) AS imported_from_ms,"                   \
    " coalesce((SELECT max(end_ms) FROM" OF_FILES "), 0) AS imported_until_ms,"                    \
    " revision, seen_ms FROM services"

static CatalogServices *
read_service(CatalogStatement *statement)
{
    CatalogServices *service = g_new0(CatalogServices, 1);
    service->id = catalog_statement_dup_text(statement, "id");
    service->multiplex_id = catalog_statement_dup_text(statement, "multiplex_id");
    service->service_id = catalog_statement_get_int(statement, "service_id");
    service->name = catalog_statement_dup_text(statement, "name");
    service->provider = catalog_statement_dup_text(statement, "provider");
    service->kind = catalog_statement_dup_text(statement, "kind");
    service->encrypted = catalog_statement_get_int(statement, "encrypted") != 0;
    service->channel = catalog_statement_get_int(statement, "channel");
    service->streams = catalog_statement_dup_text(statement, "streams");
    service->present = catalog_statement_get_int(statement, "present") != 0;
    service->own_name = catalog_statement_dup_text(statement, "own_name");
    service->own_channel = catalog_statement_get_int(statement, "own_channel");
    service->shown = catalog_statement_get_int(statement, "shown");
    service->guide_channel = catalog_statement_dup_text(statement, "guide_channel");
    service->file_first = catalog_statement_get_int(statement, "file_first") != 0;
    service->imported = catalog_statement_get_int(statement, "imported");
    service->imported_from_ms = catalog_statement_get_int(statement, "imported_from_ms");
    service->imported_until_ms = catalog_statement_get_int(statement, "imported_until_ms");
    service->revision = catalog_statement_get_int(statement, "revision");
    service->seen_ms = catalog_statement_get_int(statement, "seen_ms");
    return service;
}

static const char GET_SQL[] = SERVICES_COLUMNS " WHERE id = :id";

CatalogServices *
catalog_services_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_service(statement);
    catalog_statement_finish_missing(statement, "service", error);
    return NULL;
}

static const char LIST_SQL[] =
    SERVICES_COLUMNS " WHERE multiplex_id = :multiplex_id"
                     " ORDER BY coalesce(own_channel, nullif(channel, -1), 1000000), service_id";

GPtrArray *
catalog_services_list(CatalogDatabase *database, const char *multiplex_id, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_services_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":multiplex_id", multiplex_id);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_service(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}

static char *
read_found(CatalogStatement *statement, GError **error)
{
    g_autofree char *id =
        catalog_statement_next(statement) ? catalog_statement_dup_text(statement, "id") : NULL;
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&id) : NULL;
}

static const char FIND_SQL[] =
    "SELECT id FROM services WHERE multiplex_id = :multiplex_id AND service_id = :service_id";

char *
catalog_services_find(CatalogDatabase *database, const char *multiplex_id, gint64 service_id,
                      GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_SQL);
    catalog_statement_bind_text(statement, ":multiplex_id", multiplex_id);
    catalog_statement_bind_int(statement, ":service_id", service_id);
    return read_found(statement, error);
}

static const char FIND_ELSEWHERE_SQL[] =
    "SELECT services.id AS id FROM services JOIN multiplexes ON multiplexes.id = multiplex_id"
    " WHERE transport_stream_id = :transport_stream_id"
    "  AND original_network_id = :original_network_id AND service_id = :service_id"
    " ORDER BY services.id LIMIT 1";

char *
catalog_services_find_elsewhere(CatalogDatabase *database, gint64 transport_stream_id,
                                gint64 original_network_id, gint64 service_id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_ELSEWHERE_SQL);
    catalog_statement_bind_int(statement, ":transport_stream_id", transport_stream_id);
    catalog_statement_bind_int(statement, ":original_network_id", original_network_id);
    catalog_statement_bind_int(statement, ":service_id", service_id);
    return read_found(statement, error);
}
