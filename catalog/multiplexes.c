// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of multiplexes. A scan writes its own columns and no others.
#include "catalog/multiplexes.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

void
catalog_multiplexes_free(CatalogMultiplexes *multiplex)
{
    if (multiplex == NULL)
        return;
    g_free(multiplex->id);
    g_free(multiplex->uri);
    g_free(multiplex->name);
    g_free(multiplex->text_default);
    g_free(multiplex->network);
    g_free(multiplex);
}

static gboolean
check_texts(const char *uri, const char *name, GError **error)
{
    if (*uri != '\0' && *name != '\0')
        return TRUE;
    g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                "a multiplex has an address and a name");
    return FALSE;
}

/* An address for the audit log: neither who asks nor what is asked for, since secrets may be in
 * both. */
static char *
strip_address(const char *uri)
{
    gsize length = strcspn(uri, "?");
    const char *authority = strstr(uri, "://");
    gsize scheme = authority != NULL && authority < uri + length ? (gsize)(authority - uri) + 3 : 0;
    const char *host = uri + scheme;
    const char *at = scheme > 0 ? memrchr(host, '@', strcspn(host, "/?")) : NULL;
    host = at != NULL ? at + 1 : host;
    return g_strdup_printf("%.*s%.*s", (int)scheme, uri, (int)(uri + length - host), host);
}

static const char ADD_SQL[] =
    "INSERT INTO multiplexes (id, uri, name, text_default, created_ms, updated_ms)"
    " VALUES (:id, :uri, :name, :text_default, :now_ms, :now_ms)";

char *
catalog_multiplexes_add(CatalogDatabase *database, const char *uri, const char *name,
                        const char *text_default, const CatalogAuditStamp *by, GError **error)
{
    if (!check_texts(uri, name, error))
        return NULL;
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autofree char *place = strip_address(uri);
    g_autofree char *detail = catalog_texts_write_object("uri", place, "name", name, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ADD_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":uri", uri);
    catalog_statement_bind_text(statement, ":name", name);
    catalog_statement_bind_text(statement, ":text_default", text_default);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    if (!catalog_statement_run(statement, error) ||
        !catalog_audit_append(database, by, "multiplex.add", id, detail, error))
        return NULL;
    return g_steal_pointer(&id);
}

static const char EDIT_SQL[] =
    "UPDATE multiplexes SET uri = :uri, name = :name, text_default = :text_default,"
    " tuners = :tuners, revision = revision + 1, updated_ms = :now_ms WHERE id = :id AND revision "
    "= :revision";

gboolean
catalog_multiplexes_edit(CatalogDatabase *database, const CatalogMultiplexes *edited,
                         const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogMultiplexes) before = catalog_multiplexes_get(database, edited->id, error);
    if (before == NULL || !check_texts(edited->uri, edited->name, error))
        return FALSE;
    if (edited->tuners < 0 || edited->tuners > CATALOG_MULTIPLEXES_TUNERS_MAX) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "tuners: from 0 to 16");
        return FALSE;
    }
    g_autofree char *place = strip_address(edited->uri);
    g_autofree char *tuners = g_strdup_printf("%" G_GINT64_FORMAT, edited->tuners);
    g_autofree char *detail =
        catalog_texts_write_object("uri", place, "name", edited->name, "text_default",
                                   edited->text_default, "tuners", tuners, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EDIT_SQL);
    catalog_statement_bind_text(statement, ":id", edited->id);
    catalog_statement_bind_text(statement, ":uri", edited->uri);
    catalog_statement_bind_text(statement, ":name", edited->name);
    catalog_statement_bind_text(statement, ":text_default", edited->text_default);
    catalog_statement_bind_int(statement, ":tuners", edited->tuners);
    catalog_statement_bind_int(statement, ":revision", edited->revision);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the multiplex was changed in between",
                                         error) &&
           catalog_audit_append(database, by, "multiplex.edit", edited->id, detail, error);
}

static const char DELETE_SQL[] = "DELETE FROM multiplexes WHERE id = :id";

gboolean
catalog_multiplexes_delete(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                           GError **error)
{
    g_autoptr(CatalogMultiplexes) before = catalog_multiplexes_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autofree char *place = strip_address(before->uri);
    g_autofree char *detail = catalog_texts_write_object("uri", place, "name", before->name, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DELETE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, by, "multiplex.delete", id, detail, error);
}

static const char SCAN_SQL[] =
    "UPDATE multiplexes SET network = :network, transport_stream_id = :transport_stream_id,"
    " original_network_id = :original_network_id, scanned_ms = :now_ms, updated_ms = :now_ms"
    " WHERE id = :id";

gboolean
catalog_multiplexes_note_scan(CatalogDatabase *database, const CatalogMultiplexes *scanned,
                              gint64 now_ms, GError **error)
{
    gint64 changed = 0;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SCAN_SQL);
    catalog_statement_bind_text(statement, ":id", scanned->id);
    catalog_statement_bind_text(statement, ":network", scanned->network);
    catalog_statement_bind_int(statement, ":transport_stream_id", scanned->transport_stream_id);
    catalog_statement_bind_int(statement, ":original_network_id", scanned->original_network_id);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    if (!catalog_statement_run_counting(statement, &changed, error))
        return FALSE;
    if (changed == 0)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such multiplex");
    return changed > 0;
}

#define MULTIPLEXES_COLUMNS                                                                        \
    "SELECT id, uri, name, text_default, network, transport_stream_id, original_network_id,"       \
    " tuners, revision, scanned_ms FROM multiplexes"

static CatalogMultiplexes *
read_multiplex(CatalogStatement *statement)
{
    CatalogMultiplexes *multiplex = g_new0(CatalogMultiplexes, 1);
    multiplex->id = catalog_statement_dup_text(statement, "id");
    multiplex->uri = catalog_statement_dup_text(statement, "uri");
    multiplex->name = catalog_statement_dup_text(statement, "name");
    multiplex->text_default = catalog_statement_dup_text(statement, "text_default");
    multiplex->network = catalog_statement_dup_text(statement, "network");
    multiplex->transport_stream_id = catalog_statement_get_int(statement, "transport_stream_id");
    multiplex->original_network_id = catalog_statement_get_int(statement, "original_network_id");
    multiplex->tuners = catalog_statement_get_int(statement, "tuners");
    multiplex->revision = catalog_statement_get_int(statement, "revision");
    multiplex->scanned_ms = catalog_statement_get_int(statement, "scanned_ms");
    return multiplex;
}

static const char GET_SQL[] = MULTIPLEXES_COLUMNS " WHERE id = :id";

CatalogMultiplexes *
catalog_multiplexes_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_multiplex(statement);
    catalog_statement_finish_missing(statement, "multiplex", error);
    return NULL;
}

static const char LIST_SQL[] = MULTIPLEXES_COLUMNS " ORDER BY name, id";

GPtrArray *
catalog_multiplexes_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_multiplexes_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_multiplex(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}
