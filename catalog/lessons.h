// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writing lessons; reading them is lessonlist.h. All functions: on the connection's thread, inside
// a transaction. Search is kept up to date in the same transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/lesson.h"

#define CATALOG_LESSONS_TITLE_BYTES_MAX 1000
#define CATALOG_LESSONS_DESCRIPTION_BYTES_MAX 20000

/** Inserts a lesson with the typed fields and the state of @lesson. EXISTS, INVALID (text too long,
 * not UTF-8, id not a UUIDv7). */
gboolean catalog_lessons_create(CatalogDatabase *database, const CatalogLesson *lesson,
                                const CatalogAuditStamp *by, GError **error);

/**
 * catalog_lessons_update:
 * @changed: a lesson as read, with typed fields changed: title, description, language, visibility,
 *   subject, grade, course, area, centre, rights_holder, licence, keep_until_ms
 * @revision: the revision the editor saw (If-Match), or −1: whatever it is
 *
 * Returns: FALSE with CONFLICT when somebody edited in between, NOT_FOUND, INVALID.
 */
gboolean catalog_lessons_update(CatalogDatabase *database, const CatalogLesson *changed,
                                gint64 revision, const CatalogAuditStamp *by, GError **error);

/**
 * catalog_lessons_set_state:
 * @state: any but WITHDRAWN
 *
 * Moves along the table in lesson.c; the same state again is no change and no error. On a withdrawn
 * lesson the state beneath moves and it stays withdrawn. PUBLISHED sets published_ms the first
 * time; every state but FAILED clears the error code.
 *
 * Returns: FALSE with CONFLICT when the table does not allow the move, NOT_FOUND.
 */
gboolean catalog_lessons_set_state(CatalogDatabase *database, const char *id,
                                   CatalogLessonState state, const CatalogAuditStamp *by,
                                   GError **error);

/** → FAILED with the code of ARCHITECTURE.md; on a PUBLISHED lesson only the code is kept. */
gboolean catalog_lessons_fail(CatalogDatabase *database, const char *id, const char *error_code,
                              const CatalogAuditStamp *by, GError **error);

/** Hides a lesson from everybody but its editors. CONFLICT when it is hidden already. */
gboolean catalog_lessons_withdraw(CatalogDatabase *database, const char *id,
                                  const CatalogAuditStamp *by, GError **error);

/** Withdraws lessons that were to be kept until @now_ms or earlier, at most a hundred at a time. */
gboolean catalog_lessons_withdraw_expired(CatalogDatabase *database, gint64 now_ms, GError **error);

/** Undoes catalog_lessons_withdraw(); a day until which it was kept that is past counts no more.
 * CONFLICT when it is not withdrawn. */
gboolean catalog_lessons_restore(CatalogDatabase *database, const char *id,
                                 const CatalogAuditStamp *by, GError **error);

typedef struct {
    gint64 duration_ms;       // milliseconds; −1 keeps
    const char *poster_file;  // (nullable): file name in the bundle; NULL keeps
    int complete;             // 0, 1; −1 keeps
    const CatalogArea *inset; // (nullable): NULL keeps; without width: there is none
} CatalogLessonsMedia;

/** Where the interpreter of sign language is; NULL: nowhere. An edit, as catalog_lessons_update().
 */
gboolean catalog_lessons_set_interpreter(CatalogDatabase *database, const char *id,
                                         const CatalogArea *area, gint64 revision,
                                         const CatalogAuditStamp *by, GError **error);

/** What the encoder found out. A change of a person's text is not touched, nor the revision. */
gboolean catalog_lessons_set_media(CatalogDatabase *database, const char *id,
                                   const CatalogLessonsMedia *media, gint64 now_ms, GError **error);

/** The upload is whole: its size and (nullable) SHA-256 in lower-case hex. */
gboolean catalog_lessons_set_original(CatalogDatabase *database, const char *id, gint64 bytes,
                                      const char *sha256, gint64 now_ms, GError **error);

/** Adds a warning code; one that is there already is kept once. At most 20. */
gboolean catalog_lessons_add_warning(CatalogDatabase *database, const char *id, const char *code,
                                     gint64 now_ms, GError **error);
