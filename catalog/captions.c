// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of captions. Every change is guarded by the revision the editor saw, and what another name
// replaces is noted for deletion in the same transaction.
#include "catalog/captions.h"

#include "catalog/error.h"
#include "catalog/rungs.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char *const STATE_NAMES[] = {"draft", "approved", NULL};
static const char *const SOURCE_NAMES[] = {"upload", "embedded", "recogniser", NULL};

CatalogCaptions *
catalog_captions_copy(const CatalogCaptions *captions)
{
    CatalogCaptions *copy = g_memdup2(captions, sizeof *captions);
    copy->lesson_id = g_strdup(captions->lesson_id);
    copy->language = g_strdup(captions->language);
    copy->file = g_strdup(captions->file);
    copy->sha256 = g_strdup(captions->sha256);
    return copy;
}

void
catalog_captions_free(CatalogCaptions *captions)
{
    if (captions == NULL)
        return;
    g_free(captions->lesson_id);
    g_free(captions->language);
    g_free(captions->file);
    g_free(captions->sha256);
    g_free(captions);
}

const char *
catalog_captions_state_to_text(CatalogCaptionsState state)
{
    return STATE_NAMES[state];
}

const char *
catalog_captions_source_to_text(CatalogCaptionsSource source)
{
    return SOURCE_NAMES[source];
}

static CatalogCaptions *
read_captions(CatalogStatement *statement)
{
    CatalogCaptions *captions = g_new0(CatalogCaptions, 1);
    captions->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    captions->language = catalog_statement_dup_text(statement, "language");
    int state = catalog_texts_find(STATE_NAMES, catalog_statement_get_text(statement, "state"));
    captions->state = (CatalogCaptionsState)MAX(state, 0);
    int source = catalog_texts_find(SOURCE_NAMES, catalog_statement_get_text(statement, "source"));
    captions->source = (CatalogCaptionsSource)MAX(source, 0);
    captions->file = catalog_statement_dup_text(statement, "file");
    captions->bytes = catalog_statement_get_int(statement, "bytes");
    captions->sha256 = catalog_statement_dup_text(statement, "sha256");
    captions->revision = catalog_statement_get_int(statement, "revision");
    captions->created_ms = catalog_statement_get_int(statement, "created_ms");
    captions->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return captions;
}

#define CAPTIONS_COLUMNS                                                                           \
    "SELECT lesson_id, language, state, source, file, bytes, sha256, revision, created_ms,"        \
    " updated_ms FROM captions"

static const char GET_SQL[] =
    CAPTIONS_COLUMNS " WHERE lesson_id = :lesson_id AND language = :language";

CatalogCaptions *
catalog_captions_get(CatalogDatabase *database, const char *lesson_id, const char *language,
                     GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_text(statement, ":language", language);
    if (catalog_statement_next(statement))
        return read_captions(statement);
    catalog_statement_finish_missing(statement, "captions", error);
    return NULL;
}

static const char LIST_SQL[] =
    CAPTIONS_COLUMNS " WHERE lesson_id IN (SELECT value FROM json_each(:lesson_ids))"
                     " ORDER BY lesson_id, language";

GPtrArray *
catalog_captions_list_many(CatalogDatabase *database, GPtrArray *lesson_ids, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_captions_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_list(statement, ":lesson_ids", lesson_ids);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_captions(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}

/* @before (out) (transfer full) (nullable): what there is. FALSE: another revision than @key's. */
static gboolean
read_guarded(CatalogDatabase *database, const CatalogCaptionsKey *key, CatalogCaptions **before,
             GError **error)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(CatalogCaptions) found =
        catalog_captions_get(database, key->lesson_id, key->language, &missing);
    if (found == NULL && !g_error_matches(missing, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&missing));
        return FALSE;
    }
    if (key->revision >= 0 && key->revision != (found != NULL ? found->revision : 0)) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                    "the captions were changed in between");
        return FALSE;
    }
    *before = g_steal_pointer(&found);
    return TRUE;
}

/* As read_guarded(), and there must be some. */
static CatalogCaptions *
read_existing(CatalogDatabase *database, const CatalogCaptionsKey *key, GError **error)
{
    CatalogCaptions *before = NULL;
    if (!read_guarded(database, key, &before, error))
        return NULL;
    if (before == NULL)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such captions");
    return before;
}

static const char SAVE_SQL[] =
    "INSERT INTO captions (lesson_id, language, state, source, file, bytes, sha256, created_ms,"
    "  updated_ms)"
    " VALUES (:lesson_id, :language, :state, :source, :file, :bytes, :sha256, :now_ms, :now_ms)"
    " ON CONFLICT DO UPDATE SET state = excluded.state, source = excluded.source,"
    "  file = excluded.file, bytes = excluded.bytes, sha256 = excluded.sha256,"
    "  revision = revision + 1, updated_ms = excluded.updated_ms";

static gboolean
write_captions(CatalogDatabase *database, const CatalogCaptions *captions,
               const CatalogCaptions *before, gint64 grace_ms, const CatalogAuditStamp *by,
               GError **error)
{
    if (before != NULL && g_strcmp0(before->file, captions->file) != 0 &&
        !catalog_rungs_supersede(database, before->lesson_id, before->file, by->now_ms + grace_ms,
                                 error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SAVE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", captions->lesson_id);
    catalog_statement_bind_text(statement, ":language", captions->language);
    catalog_statement_bind_text(statement, ":state", STATE_NAMES[captions->state]);
    catalog_statement_bind_text(statement, ":source", SOURCE_NAMES[captions->source]);
    catalog_statement_bind_text(statement, ":file", captions->file);
    catalog_statement_bind_int(statement, ":bytes", captions->bytes);
    catalog_statement_bind_text(statement, ":sha256", captions->sha256);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object(
        "language", captions->language, "state", STATE_NAMES[captions->state], "source",
        SOURCE_NAMES[captions->source], "sha256", captions->sha256, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_rungs_keep(database, captions->lesson_id, captions->file, error) &&
           catalog_audit_append(database, by, "captions.save", captions->lesson_id, detail, error);
}

gboolean
catalog_captions_save(CatalogDatabase *database, const CatalogCaptions *captions, gint64 revision,
                      gint64 grace_ms, const CatalogAuditStamp *by, GError **error)
{
    CatalogCaptionsKey key = {captions->lesson_id, captions->language, revision};
    g_autoptr(CatalogCaptions) before = NULL;
    return read_guarded(database, &key, &before, error) &&
           write_captions(database, captions, before, grace_ms, by, error);
}

gboolean
catalog_captions_offer(CatalogDatabase *database, const CatalogCaptions *captions, gint64 grace_ms,
                       gint64 now_ms, gboolean *taken, GError **error)
{
    CatalogCaptionsKey key = {captions->lesson_id, captions->language, -1};
    CatalogAuditStamp by = {NULL, now_ms};
    g_autoptr(CatalogCaptions) before = NULL;
    if (!read_guarded(database, &key, &before, error))
        return FALSE;
    gboolean free_place = before == NULL || (before->source == CATALOG_CAPTIONS_SOURCE_EMBEDDED &&
                                             g_strcmp0(before->sha256, captions->sha256) != 0);
    if (free_place && !write_captions(database, captions, before, grace_ms, &by, error))
        return FALSE;
    *taken = free_place || g_strcmp0(before->file, captions->file) == 0;
    return TRUE;
}

static const char APPROVE_SQL[] =
    "UPDATE captions SET state = 'approved', revision = revision + 1, updated_ms = :now_ms"
    " WHERE lesson_id = :lesson_id AND language = :language AND state = 'draft'";

gboolean
catalog_captions_approve(CatalogDatabase *database, const CatalogCaptionsKey *key,
                         const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogCaptions) before = read_existing(database, key, error);
    if (before == NULL || before->state == CATALOG_CAPTIONS_STATE_APPROVED)
        return before != NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, APPROVE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", key->lesson_id);
    catalog_statement_bind_text(statement, ":language", key->language);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("language", key->language, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, by, "captions.approve", key->lesson_id, detail, error);
}

static const char DELETE_SQL[] =
    "DELETE FROM captions WHERE lesson_id = :lesson_id AND language = :language";

gboolean
catalog_captions_delete(CatalogDatabase *database, const CatalogCaptionsKey *key, gint64 grace_ms,
                        const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogCaptions) before = read_existing(database, key, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DELETE_SQL);
    catalog_statement_bind_text(statement, ":lesson_id", key->lesson_id);
    catalog_statement_bind_text(statement, ":language", key->language);
    g_autofree char *detail =
        catalog_texts_write_object("language", key->language, "sha256", before->sha256, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_rungs_supersede(database, key->lesson_id, before->file, by->now_ms + grace_ms,
                                   error) &&
           catalog_audit_append(database, by, "captions.delete", key->lesson_id, detail, error);
}
