// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reading lessons: one, a page, by search. A page costs six queries whatever its length. All
// functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/database.h"
#include "catalog/lesson.h"
#include "catalog/page.h"

/** For whom a list is made. All zero is a visitor. */
typedef struct {
    const char *account_id; // (nullable): signed in; sees own lessons in every state
    gboolean sees_all;      // an editor of everything (staff, administrator)
} CatalogLessonlistViewer;

typedef struct {
    CatalogLessonlistViewer viewer;  // for whom
    const char *query;               // (nullable): search text as typed; "" is no search
    const char *cursor;              // (nullable): of the page before, same filter
    guint limit;                     // see catalog_page_clamp_limit()
    const CatalogLessonState *state; // (nullable): only these
    const char *owner_id;            // (nullable): only lessons of this account
} CatalogLessonlistFilter;

/**
 * catalog_lessonlist_get:
 *
 * Whole, whoever asks: ask catalog_lessonlist_is_visible() before showing it.
 *
 * Returns: (transfer full): the lesson with rungs, active job and upload; NULL with NOT_FOUND.
 */
CatalogLesson *catalog_lessonlist_get(CatalogDatabase *database, const char *id, GError **error);

/** As catalog_lessonlist_get(), with the rungs, the poster and all assets (stills too) of
 * @generation, or of the one that is shown when it is 0: what a bundle is made from. */
CatalogLesson *catalog_lessonlist_get_generation(CatalogDatabase *database, const char *id,
                                                 gint64 generation, GError **error);

/** Returns: TRUE when @viewer may see @lesson: own and sees_all always; else PUBLISHED and PUBLIC,
 * or PUBLISHED and SIGNED_IN for any account. Pure. */
gboolean catalog_lessonlist_is_visible(const CatalogLesson *lesson,
                                       const CatalogLessonlistViewer *viewer);

/**
 * catalog_lessonlist_list:
 *
 * Without a query newest first; with one the best first (title above description).
 *
 * Returns: (transfer full) (element-type CatalogLesson): what the viewer may see; INVALID when the
 * cursor is not of such a list. No query text is an error.
 */
CatalogPage *catalog_lessonlist_list(CatalogDatabase *database,
                                     const CatalogLessonlistFilter *filter, GError **error);

/** @count (out): lessons that are not withdrawn. */
gboolean catalog_lessonlist_count(CatalogDatabase *database, gint64 *count, GError **error);

/** Returns: (transfer full) (element-type utf8): ids of all lessons in @state (withdrawn ones by
 * the state beneath), for recovery at start; at most 10,000. */
GPtrArray *catalog_lessonlist_list_ids(CatalogDatabase *database, CatalogLessonState state,
                                       GError **error);
