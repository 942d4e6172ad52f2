// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Upload sessions. The bytes themselves and the true offset are files of server/; a row remembers
// what a client was told. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/upload.h"

/** Inserts a session; its lesson (if any) must exist already. EXISTS, INVALID, NOT_FOUND (lesson).
 */
gboolean catalog_uploads_create(CatalogDatabase *database, const CatalogUpload *upload,
                                const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full): the session in whatever state, or NULL with NOT_FOUND. */
CatalogUpload *catalog_uploads_get(CatalogDatabase *database, const char *id, GError **error);

/** Declares the length (tus creation-defer-length). CONFLICT when another one was declared. */
gboolean catalog_uploads_set_length(CatalogDatabase *database, const char *id, gint64 length_bytes,
                                    gint64 now_ms, GError **error);

/**
 * catalog_uploads_set_offset:
 * @offset_bytes: on the disk now; may also be lower than before (a start found less)
 * @expires_ms: the new end of the session
 *
 * Returns: FALSE with CONFLICT when it is not RECEIVING any more, INVALID beyond the length.
 */
gboolean catalog_uploads_set_offset(CatalogDatabase *database, const char *id, gint64 offset_bytes,
                                    gint64 expires_ms, gint64 now_ms, GError **error);

/** RECEIVING → FINISHED; @sha256 (nullable). CONFLICT when a length is declared and not reached, or
 * not RECEIVING; finishing twice is no error. */
gboolean catalog_uploads_finish(CatalogDatabase *database, const char *id, const char *sha256,
                                gint64 now_ms, GError **error);

/** RECEIVING (or a FINISHED PARTIAL) → TERMINATED or EXPIRED. A FINAL that has taken its parts over
 * closes them as TERMINATED. CONFLICT when it is over already. */
gboolean catalog_uploads_close(CatalogDatabase *database, const char *id, CatalogUploadState state,
                               const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full) (element-type CatalogUpload): RECEIVING, of @owner_id (NULL: of all),
 * newest first, at most 1,000. */
GPtrArray *catalog_uploads_list_receiving(CatalogDatabase *database, const char *owner_id,
                                          GError **error);

/** Returns: (transfer full) (element-type CatalogUpload): RECEIVING ones and FINISHED PARTIALs with
 * expires_ms ≤ @now_ms, at most 100. */
GPtrArray *catalog_uploads_list_expired(CatalogDatabase *database, gint64 now_ms, GError **error);

/** Returns: (transfer full) (element-type CatalogUpload): RECEIVING, of these lessons (element-type
 * utf8); one query. */
GPtrArray *catalog_uploads_list_of_lessons(CatalogDatabase *database, GPtrArray *lesson_ids,
                                           GError **error);

/** Returns: (transfer full) (element-type CatalogUpload): RECEIVING ones with nothing left to come
 * (WHOLE at their length, every FINAL), oldest first, at most 1,000. */
GPtrArray *catalog_uploads_list_whole(CatalogDatabase *database, GError **error);

/** @bytes (out): what all RECEIVING sessions but @except_id still may write of what they declared.
 */
gboolean catalog_uploads_measure_promised(CatalogDatabase *database, const char *except_id,
                                          gint64 *bytes, GError **error);

/** RECEIVING sessions without an owner (imports) that are not whole end now: their expires_ms
 * becomes @now_ms. Only while no import runs. */
gboolean catalog_uploads_abandon_imports(CatalogDatabase *database, gint64 now_ms, GError **error);

/** @bytes (out): what @owner_id has on the disk or was promised: originals of its lessons, plus
 * declared length (or offset, where none) of its RECEIVING sessions and FINISHED PARTIALs. */
gboolean catalog_uploads_measure_owner(CatalogDatabase *database, const char *owner_id,
                                       gint64 *bytes, GError **error);
