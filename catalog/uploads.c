// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of upload sessions.
#include "catalog/uploads.h"

#include "catalog/error.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

static const char OVER[] = "the upload is over";

static const char CREATE_SQL[] =
    "INSERT INTO uploads (id, kind, state, owner_id, lesson_id, filename, metadata, length_bytes,"
    " offset_bytes, parts, expires_ms, created_ms, updated_ms)"
    " VALUES (:id, :kind, 'receiving', :owner_id, :lesson_id, :filename, :metadata, :length_bytes,"
    " :offset_bytes, :parts, :expires_ms, :now_ms, :now_ms)";

gboolean
catalog_uploads_create(CatalogDatabase *database, const CatalogUpload *upload,
                       const CatalogAuditStamp *by, GError **error)
{
    g_autofree char *parts = catalog_texts_write_list(upload->parts);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CREATE_SQL);
    catalog_statement_bind_text(statement, ":id", upload->id);
    catalog_statement_bind_text(statement, ":kind", catalog_upload_kind_to_text(upload->kind));
    catalog_statement_bind_text(statement, ":owner_id", upload->owner_id);
    catalog_statement_bind_text(statement, ":lesson_id", upload->lesson_id);
    catalog_statement_bind_text(statement, ":filename", upload->filename);
    catalog_statement_bind_text(statement, ":metadata", upload->metadata);
    catalog_statement_bind_int(statement, ":length_bytes", upload->length_bytes);
    catalog_statement_bind_int(statement, ":offset_bytes", upload->offset_bytes);
    catalog_statement_bind_text(statement, ":parts", parts);
    catalog_statement_bind_int(statement, ":expires_ms", upload->expires_ms);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("lesson_id", upload->lesson_id, "filename",
                                                         upload->filename, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, by, "upload.create", upload->id, detail, error);
}

#define UPLOAD_COLUMNS                                                                             \
    "SELECT id, kind, state, owner_id, lesson_id, filename, metadata, length_bytes, offset_bytes," \
    " parts, sha256, expires_ms, created_ms, updated_ms FROM uploads"

static CatalogUpload *
read_upload(CatalogStatement *statement)
{
    CatalogUpload *upload = g_new0(CatalogUpload, 1);
    upload->id = catalog_statement_dup_text(statement, "id");
    catalog_upload_kind_from_text(catalog_statement_get_text(statement, "kind"), &upload->kind);
    catalog_upload_state_from_text(catalog_statement_get_text(statement, "state"), &upload->state);
    upload->owner_id = catalog_statement_dup_text(statement, "owner_id");
    upload->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    upload->filename = catalog_statement_dup_text(statement, "filename");
    upload->metadata = catalog_statement_dup_text(statement, "metadata");
    upload->length_bytes = catalog_statement_get_int(statement, "length_bytes");
    upload->offset_bytes = catalog_statement_get_int(statement, "offset_bytes");
    upload->parts = catalog_texts_parse_list(catalog_statement_get_text(statement, "parts"));
    upload->sha256 = catalog_statement_dup_text(statement, "sha256");
    upload->expires_ms = catalog_statement_get_int(statement, "expires_ms");
    upload->created_ms = catalog_statement_get_int(statement, "created_ms");
    upload->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return upload;
}

static const char GET_SQL[] = UPLOAD_COLUMNS " WHERE id = :id";

CatalogUpload *
catalog_uploads_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_upload(statement);
    catalog_statement_finish_missing(statement, "upload", error);
    return NULL;
}

/* A guarded write: NOT_FOUND when there is no such row, CONFLICT when its guard said no. */
static gboolean
run_on_upload(CatalogDatabase *database, CatalogStatement *statement, const char *id,
              const char *why, GError **error)
{
    g_autoptr(CatalogUpload) before = catalog_uploads_get(database, id, error);
    if (before == NULL)
        return FALSE;
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run_guarded(statement, why, error);
}

static const char SET_LENGTH_SQL[] =
    "UPDATE uploads SET length_bytes = :length_bytes, updated_ms = :now_ms"
    " WHERE id = :id AND state = 'receiving' AND length_bytes IN (-1, :length_bytes)";

gboolean
catalog_uploads_set_length(CatalogDatabase *database, const char *id, gint64 length_bytes,
                           gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SET_LENGTH_SQL);
    catalog_statement_bind_int(statement, ":length_bytes", length_bytes);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return run_on_upload(database, statement, id, "the length was declared already", error);
}

static const char SET_OFFSET_SQL[] =
    "UPDATE uploads SET offset_bytes = :offset_bytes, expires_ms = :expires_ms,"
    " updated_ms = :now_ms WHERE id = :id AND state = 'receiving'";

gboolean
catalog_uploads_set_offset(CatalogDatabase *database, const char *id, gint64 offset_bytes,
                           gint64 expires_ms, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SET_OFFSET_SQL);
    catalog_statement_bind_int(statement, ":offset_bytes", offset_bytes);
    catalog_statement_bind_int(statement, ":expires_ms", expires_ms);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return run_on_upload(database, statement, id, OVER, error);
}

static const char FINISH_SQL[] =
    "UPDATE uploads SET state = 'finished', sha256 = coalesce(:sha256, sha256),"
    " length_bytes = offset_bytes, updated_ms = :now_ms"
    " WHERE id = :id AND state IN ('receiving','finished')"
    " AND length_bytes IN (-1, offset_bytes)";

gboolean
catalog_uploads_finish(CatalogDatabase *database, const char *id, const char *sha256, gint64 now_ms,
                       GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FINISH_SQL);
    catalog_statement_bind_text(statement, ":sha256", sha256);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return run_on_upload(database, statement, id, "the upload is over, or not whole yet", error);
}

static const char CLOSE_SQL[] = "UPDATE uploads SET state = :state, updated_ms = :now_ms"
                                " WHERE id = :id AND (state = 'receiving'"
                                " OR (state = 'finished' AND kind = 'partial'))";

gboolean
catalog_uploads_close(CatalogDatabase *database, const char *id, CatalogUploadState state,
                      const CatalogAuditStamp *by, GError **error)
{
    const char *text = catalog_upload_state_to_text(state);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CLOSE_SQL);
    catalog_statement_bind_text(statement, ":state", text);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("state", text, NULL);
    return run_on_upload(database, statement, id, OVER, error) &&
           catalog_audit_append(database, by, "upload.close", id, detail, error);
}

static GPtrArray *
read_all(CatalogStatement *statement, GError **error)
{
    g_autoptr(GPtrArray) uploads =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_upload_free);
    while (catalog_statement_next(statement))
        g_ptr_array_add(uploads, read_upload(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&uploads) : NULL;
}

static const char LIST_RECEIVING_SQL[] =
    UPLOAD_COLUMNS " WHERE state = 'receiving' AND (:owner_id IS NULL OR owner_id = :owner_id)"
                   " ORDER BY created_ms DESC, id DESC LIMIT 1000";

GPtrArray *
catalog_uploads_list_receiving(CatalogDatabase *database, const char *owner_id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_RECEIVING_SQL);
    catalog_statement_bind_text(statement, ":owner_id", owner_id);
    return read_all(statement, error);
}

// In the very words of the index uploads_on_disk, so that it is used.
static const char LIST_EXPIRED_SQL[] =
    UPLOAD_COLUMNS " WHERE iif(kind = 'partial', state IN ('receiving','finished'),"
                   "  state = 'receiving')"
                   " AND expires_ms <= :now_ms"
                   " ORDER BY expires_ms LIMIT 100";

GPtrArray *
catalog_uploads_list_expired(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_EXPIRED_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return read_all(statement, error);
}

static const char LIST_OF_LESSONS_SQL[] =
    UPLOAD_COLUMNS " WHERE lesson_id IN (SELECT value FROM json_each(:lesson_ids))"
                   " AND state = 'receiving'";

GPtrArray *
catalog_uploads_list_of_lessons(CatalogDatabase *database, GPtrArray *lesson_ids, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_OF_LESSONS_SQL);
    catalog_statement_bind_list(statement, ":lesson_ids", lesson_ids);
    return read_all(statement, error);
}

static const char LIST_WHOLE_SQL[] =
    UPLOAD_COLUMNS " WHERE state = 'receiving' AND (kind = 'final'"
                   "  OR (kind = 'whole' AND offset_bytes = length_bytes))"
                   " ORDER BY created_ms, id LIMIT 1000";

GPtrArray *
catalog_uploads_list_whole(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_WHOLE_SQL);
    return read_all(statement, error);
}

static const char ABANDON_IMPORTS_SQL[] =
    "UPDATE uploads SET expires_ms = min(expires_ms, :now_ms)"
    " WHERE state = 'receiving' AND owner_id IS NULL AND kind = 'whole'"
    " AND offset_bytes <> length_bytes";

gboolean
catalog_uploads_abandon_imports(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ABANDON_IMPORTS_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

static const char MEASURE_PROMISED_SQL[] =
    "SELECT coalesce(sum(length_bytes - offset_bytes), 0) AS bytes FROM uploads"
    " WHERE state = 'receiving' AND length_bytes > offset_bytes AND id <> :except_id";

gboolean
catalog_uploads_measure_promised(CatalogDatabase *database, const char *except_id, gint64 *bytes,
                                 GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, MEASURE_PROMISED_SQL);
    catalog_statement_bind_text(statement, ":except_id", except_id);
    if (catalog_statement_next(statement))
        *bytes = catalog_statement_get_int(statement, "bytes");
    return catalog_statement_finish(statement, error);
}

static const char MEASURE_OWNER_SQL[] =
    "SELECT (SELECT coalesce(sum(original_bytes), 0) FROM lessons WHERE owner_id = :owner_id)"
    " + (SELECT coalesce(sum(max(length_bytes, offset_bytes)), 0) FROM uploads"
    "  WHERE owner_id = :owner_id AND ((state = 'receiving' AND kind <> 'final')"
    "   OR (state = 'finished' AND kind = 'partial'))) AS bytes";

gboolean
catalog_uploads_measure_owner(CatalogDatabase *database, const char *owner_id, gint64 *bytes,
                              GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, MEASURE_OWNER_SQL);
    catalog_statement_bind_text(statement, ":owner_id", owner_id);
    if (catalog_statement_next(statement))
        *bytes = catalog_statement_get_int(statement, "bytes");
    return catalog_statement_finish(statement, error);
}
