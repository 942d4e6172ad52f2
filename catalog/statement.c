// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Prepared statements: binding, stepping, reading.
#include "catalog/statement.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <string.h>

#include "catalog/connection.h"
#include "catalog/error.h"

struct _CatalogStatement {
    CatalogDatabase *database; // (not owned)
    const char *sql;           // (not owned): static; the key in the cache
    sqlite3_stmt *prepared;    // (owned) (nullable): NULL when preparing failed
    GError *fault;             // (owned) (nullable): the first one
    int column_hint;           // where the last column was found
};

static void
keep_fault(CatalogStatement *statement, int code)
{
    if (code == SQLITE_OK || statement->fault != NULL)
        return;
    catalog_connection_set_error(catalog_connection_get_handle(statement->database), code,
                                 &statement->fault);
}

CatalogStatement *
catalog_statement_new(CatalogDatabase *database, const char *sql)
{
    CatalogStatement *statement = g_new0(CatalogStatement, 1);
    statement->database = database;
    statement->sql = sql;
    statement->prepared = catalog_connection_take_prepared(database, sql);
    if (statement->prepared == NULL)
        keep_fault(statement,
                   sqlite3_prepare_v3(catalog_connection_get_handle(database), sql, -1,
                                      SQLITE_PREPARE_PERSISTENT, &statement->prepared, NULL));
    return statement;
}

/* Returns: the place of a parameter, 0 when there is a fault already. */
static int
find_parameter(CatalogStatement *statement, const char *name)
{
    if (statement->fault != NULL)
        return 0;
    int index = sqlite3_bind_parameter_index(statement->prepared, name);
    if (index == 0)
        g_error("no parameter %s in: %s", name, statement->sql);
    return index;
}

void
catalog_statement_bind_text(CatalogStatement *statement, const char *name, const char *value)
{
    int index = find_parameter(statement, name);
    if (index == 0)
        return;
    if (value != NULL && !g_utf8_validate(value, -1, NULL)) {
        g_set_error(&statement->fault, CATALOG_ERROR, CATALOG_ERROR_INVALID, "%s is not UTF-8",
                    name + 1);
        return;
    }
    keep_fault(statement,
               sqlite3_bind_text(statement->prepared, index, value, -1, SQLITE_TRANSIENT));
}

void
catalog_statement_bind_int(CatalogStatement *statement, const char *name, gint64 value)
{
    int index = find_parameter(statement, name);
    if (index != 0)
        keep_fault(statement, sqlite3_bind_int64(statement->prepared, index, value));
}

void
catalog_statement_bind_double(CatalogStatement *statement, const char *name, double value)
{
    int index = find_parameter(statement, name);
    if (index != 0)
        keep_fault(statement, sqlite3_bind_double(statement->prepared, index, value));
}

void
catalog_statement_bind_pointer(CatalogStatement *statement, const char *name, gpointer pointer,
                               const char *type)
{
    int index = find_parameter(statement, name);
    if (index != 0)
        keep_fault(statement,
                   sqlite3_bind_pointer(statement->prepared, index, pointer, type, NULL));
}

void
catalog_statement_bind_list(CatalogStatement *statement, const char *name, GPtrArray *texts)
{
    g_autoptr(JsonArray) array = json_array_new();
    for (guint i = 0; i < texts->len; i++)
        json_array_add_string_element(array, g_ptr_array_index(texts, i));
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
    json_node_set_array(node, array);
    g_autofree char *text = json_to_string(node, FALSE);
    catalog_statement_bind_text(statement, name, text);
}

gboolean
catalog_statement_next(CatalogStatement *statement)
{
    if (statement->fault != NULL)
        return FALSE;
    int code = sqlite3_step(statement->prepared);
    if (code == SQLITE_ROW)
        return TRUE;
    if (code != SQLITE_DONE)
        keep_fault(statement, code);
    return FALSE;
}

gboolean
catalog_statement_finish(CatalogStatement *statement, GError **error)
{
    if (statement->fault == NULL)
        return TRUE;
    if (error != NULL)
        *error = g_error_copy(statement->fault);
    return FALSE;
}

void
catalog_statement_finish_missing(CatalogStatement *statement, const char *what, GError **error)
{
    if (catalog_statement_finish(statement, error))
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such %s", what);
}

gboolean
catalog_statement_run(CatalogStatement *statement, GError **error)
{
    while (catalog_statement_next(statement))
        continue;
    return catalog_statement_finish(statement, error);
}

gboolean
catalog_statement_run_counting(CatalogStatement *statement, gint64 *changed, GError **error)
{
    if (!catalog_statement_run(statement, error))
        return FALSE;
    *changed = sqlite3_changes64(catalog_connection_get_handle(statement->database));
    return TRUE;
}

gboolean
catalog_statement_run_guarded(CatalogStatement *statement, const char *why, GError **error)
{
    gint64 changed = 0;
    if (!catalog_statement_run_counting(statement, &changed, error))
        return FALSE;
    if (changed == 0)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "%s", why);
    return changed != 0;
}

/* Rows are read in the order of their columns nearly always, so the next column is tried first. */
static int
find_column(CatalogStatement *statement, const char *column)
{
    int count = sqlite3_column_count(statement->prepared);
    for (int i = 0; i < count; i++) {
        int index = (statement->column_hint + i) % count;
        if (strcmp(sqlite3_column_name(statement->prepared, index), column) != 0)
            continue;
        statement->column_hint = index + 1;
        return index;
    }
    g_error("no column %s in: %s", column, statement->sql);
}

const char *
catalog_statement_get_text(CatalogStatement *statement, const char *column)
{
    return (const char *)sqlite3_column_text(statement->prepared, find_column(statement, column));
}

char *
catalog_statement_dup_text(CatalogStatement *statement, const char *column)
{
    return g_strdup(catalog_statement_get_text(statement, column));
}

gint64
catalog_statement_get_int(CatalogStatement *statement, const char *column)
{
    return sqlite3_column_int64(statement->prepared, find_column(statement, column));
}

double
catalog_statement_get_double(CatalogStatement *statement, const char *column)
{
    return sqlite3_column_double(statement->prepared, find_column(statement, column));
}

gboolean
catalog_statement_run_script(CatalogDatabase *database, const char *script, GError **error)
{
    sqlite3 *handle = catalog_connection_get_handle(database);
    int code = sqlite3_exec(handle, script, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        catalog_connection_set_error(handle, code, error);
    return code == SQLITE_OK;
}

void
catalog_statement_free(CatalogStatement *statement)
{
    if (statement->prepared != NULL)
        catalog_connection_give_prepared(statement->database, statement->sql, statement->prepared);
    g_clear_error(&statement->fault);
    g_free(statement);
}
