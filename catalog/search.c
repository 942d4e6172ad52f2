// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The search index and its questions. Every question is bounded: candidates come newest first and
// stop at the page's end, so that a word in every title costs no more than a rare one.
#include "catalog/search.h"

#include "catalog/connection.h"
#include "catalog/error.h"
#include "catalog/query.h"
#include "catalog/statement.h"

static const char GET_DOCUMENT_SQL[] =
    "SELECT docid, title, description FROM search_documents WHERE lesson_id = :lesson_id";
static const char REMOVE_TITLE_SQL[] =
    "INSERT INTO search_titles (search_titles, rowid, title)"
    " SELECT 'delete', docid, title FROM search_documents WHERE docid = :docid";
static const char REMOVE_TEXT_SQL[] =
    "INSERT INTO search_texts (search_texts, rowid, title, description)"
    " SELECT 'delete', docid, title, description FROM search_documents WHERE docid = :docid";
static const char REMOVE_DOCUMENT_SQL[] = "DELETE FROM search_documents WHERE docid = :docid";
static const char UPDATE_DOCUMENT_SQL[] =
    "UPDATE search_documents SET title = :title, description = :description"
    " WHERE lesson_id = :lesson_id";
static const char INSERT_DOCUMENT_SQL[] =
    "INSERT INTO search_documents (lesson_id, title, description)"
    " VALUES (:lesson_id, :title, :description)";
static const char ADD_TITLE_SQL[] =
    "INSERT INTO search_titles (rowid, title)"
    " SELECT docid, title FROM search_documents WHERE lesson_id = :lesson_id";
static const char ADD_TEXT_SQL[] =
    "INSERT INTO search_texts (rowid, title, description)"
    " SELECT docid, title, description FROM search_documents WHERE lesson_id = :lesson_id";

static gboolean
run_with_id(CatalogDatabase *database, const char *sql, gint64 docid, const char *lesson_id,
            GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    if (lesson_id != NULL)
        catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    else
        catalog_statement_bind_int(statement, ":docid", docid);
    return catalog_statement_run(statement, error);
}

static gboolean
write_document(CatalogDatabase *database, const char *sql, const char *lesson_id, const char *title,
               const char *description, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_text(statement, ":title", title);
    catalog_statement_bind_text(statement, ":description", description);
    return catalog_statement_run(statement, error);
}

gboolean
catalog_search_index(CatalogDatabase *database, const char *lesson_id, const char *title,
                     const char *description, GError **error)
{
    gint64 docid = 0;
    g_autoptr(CatalogStatement) get = catalog_statement_new(database, GET_DOCUMENT_SQL);
    catalog_statement_bind_text(get, ":lesson_id", lesson_id);
    if (catalog_statement_next(get)) {
        docid = catalog_statement_get_int(get, "docid");
        if (g_strcmp0(catalog_statement_get_text(get, "title"), title) == 0 &&
            g_strcmp0(catalog_statement_get_text(get, "description"), description) == 0)
            return TRUE;
    }
    if (!catalog_statement_finish(get, error))
        return FALSE;
    g_clear_pointer(&get, catalog_statement_free);
    // The index is told the old text before the document forgets it.
    if (docid != 0 && (!run_with_id(database, REMOVE_TITLE_SQL, docid, NULL, error) ||
                       !run_with_id(database, REMOVE_TEXT_SQL, docid, NULL, error)))
        return FALSE;
    const char *sql = docid != 0 ? UPDATE_DOCUMENT_SQL : INSERT_DOCUMENT_SQL;
    return write_document(database, sql, lesson_id, title, description, error) &&
           run_with_id(database, ADD_TITLE_SQL, 0, lesson_id, error) &&
           run_with_id(database, ADD_TEXT_SQL, 0, lesson_id, error);
}

gboolean
catalog_search_forget(CatalogDatabase *database, const char *lesson_id, GError **error)
{
    g_autoptr(CatalogStatement) get = catalog_statement_new(database, GET_DOCUMENT_SQL);
    catalog_statement_bind_text(get, ":lesson_id", lesson_id);
    gint64 docid = catalog_statement_next(get) ? catalog_statement_get_int(get, "docid") : 0;
    if (!catalog_statement_finish(get, error))
        return FALSE;
    return docid == 0 || (run_with_id(database, REMOVE_TITLE_SQL, docid, NULL, error) &&
                          run_with_id(database, REMOVE_TEXT_SQL, docid, NULL, error) &&
                          run_with_id(database, REMOVE_DOCUMENT_SQL, docid, NULL, error));
}

/* Newest first, so that it can stop early. The rule of visibility is lessonlist.c's. */
#define FIND_IN(table)                                                                             \
    "SELECT d.lesson_id AS lesson_id FROM " table " f"                                             \
    " CROSS JOIN search_documents d ON d.docid = f.rowid"                                          \
    " CROSS JOIN lessons l ON l.id = d.lesson_id WHERE " table " MATCH :expression"                \
    " AND (:sees_all OR owner_id = :account_id OR (state = 'published' AND withdrawn_ms = 0"       \
    "  AND (visibility = 'public' OR (visibility = 'signed-in' AND :account_id IS NOT NULL))))"    \
    " AND (:state IS NULL OR iif(withdrawn_ms <> 0, 'withdrawn', state) = :state)"                 \
    " AND (:owner_id IS NULL OR owner_id = :owner_id)"                                             \
    " ORDER BY f.rowid DESC LIMIT :window"

static const char FIND_IN_TITLES_SQL[] = FIND_IN("search_titles");
static const char FIND_IN_TEXTS_SQL[] = FIND_IN("search_texts");

/* Appends to @ids what is not there yet; the limit is the whole window, because some may be seen
 * already. */
static gboolean
find_tier(CatalogDatabase *database, const char *sql, const char *expression,
          const CatalogSearchRequest *request, GPtrArray *ids, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < ids->len; i++)
        g_hash_table_add(seen, g_ptr_array_index(ids, i));
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    catalog_statement_bind_text(statement, ":expression", expression);
    catalog_statement_bind_int(statement, ":sees_all", request->sees_all);
    catalog_statement_bind_text(statement, ":account_id", request->account_id);
    catalog_statement_bind_text(statement, ":state", request->state);
    catalog_statement_bind_text(statement, ":owner_id", request->owner_id);
    catalog_statement_bind_int(statement, ":window", (gint64)request->offset + request->limit);
    while (catalog_statement_next(statement)) {
        char *id = catalog_statement_dup_text(statement, "lesson_id");
        if (g_hash_table_contains(seen, id))
            g_free(id);
        else
            g_ptr_array_add(ids, id);
    }
    return catalog_statement_finish(statement, error);
}

GPtrArray *
catalog_search_find(CatalogDatabase *database, const CatalogSearchRequest *request, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogQuery) query =
        catalog_query_build(catalog_connection_get_tokenizer(database), request->query);
    if (query == NULL)
        return g_steal_pointer(&ids);
    // Best first. The later ones cost more, and are not asked when the page is full.
    const char *const tiers[][2] = {
        {FIND_IN_TITLES_SQL, query->words},
        {FIND_IN_TITLES_SQL, query->typed},
        {FIND_IN_TEXTS_SQL, query->words},
        {FIND_IN_TEXTS_SQL, query->typed},
    };
    guint window = request->offset + request->limit;
    for (guint i = 0; i < G_N_ELEMENTS(tiers) && ids->len < window; i++) {
        if (!find_tier(database, tiers[i][0], tiers[i][1], request, ids, error))
            return NULL;
    }
    g_ptr_array_set_size(ids, (int)MIN(ids->len, window));
    g_ptr_array_remove_range(ids, 0, MIN(request->offset, ids->len));
    return g_steal_pointer(&ids);
}

static const char GET_FINGERPRINT_SQL[] =
    "SELECT value FROM settings WHERE name = 'search-fingerprint'";
static const char SET_FINGERPRINT_SQL[] =
    "INSERT INTO settings (name, value, updated_ms) VALUES ('search-fingerprint', :fingerprint, 0)"
    " ON CONFLICT DO UPDATE SET value = excluded.value";
static const char REBUILD_TITLES_SQL[] =
    "INSERT INTO search_titles (search_titles) VALUES ('rebuild')";
static const char REBUILD_TEXTS_SQL[] =
    "INSERT INTO search_texts (search_texts) VALUES ('rebuild')";

static gboolean
is_fresh(CatalogDatabase *database, const char *fingerprint, gboolean *fresh, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_FINGERPRINT_SQL);
    *fresh = catalog_statement_next(statement) &&
             g_strcmp0(catalog_statement_get_text(statement, "value"), fingerprint) == 0;
    return catalog_statement_finish(statement, error);
}

static gboolean
run_plain(CatalogDatabase *database, const char *sql, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, sql);
    return catalog_statement_run(statement, error);
}

static gboolean
rebuild_work(CatalogDatabase *database, gpointer data, GError **error)
{
    g_autoptr(CatalogStatement) set = catalog_statement_new(database, SET_FINGERPRINT_SQL);
    catalog_statement_bind_text(set, ":fingerprint", data);
    return run_plain(database, REBUILD_TITLES_SQL, error) &&
           run_plain(database, REBUILD_TEXTS_SQL, error) && catalog_statement_run(set, error);
}

gboolean
catalog_search_refresh(CatalogDatabase *database, GError **error)
{
    gboolean fresh = FALSE;
    g_autofree char *fingerprint =
        catalog_tokenizer_write_fingerprint(catalog_connection_get_tokenizer(database));
    if (!is_fresh(database, fingerprint, &fresh, error))
        return FALSE;
    return fresh || catalog_database_run_write(database, rebuild_work, fingerprint, error);
}

static const char CHECK_TITLES_SQL[] =
    "INSERT INTO search_titles (search_titles, rank) VALUES ('integrity-check', 1)";
static const char CHECK_TEXTS_SQL[] =
    "INSERT INTO search_texts (search_texts, rank) VALUES ('integrity-check', 1)";

gboolean
catalog_search_check(CatalogDatabase *database, GError **error)
{
    return run_plain(database, CHECK_TITLES_SQL, error) &&
           run_plain(database, CHECK_TEXTS_SQL, error);
}
