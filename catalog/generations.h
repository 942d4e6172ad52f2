// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Generations of a lesson's files. A re-encode writes the next one beside the one that is shown; it
// takes its place in one transaction, or is dropped. All functions: on the connection's thread,
// inside a transaction.
#pragma once

#include "catalog/database.h"

/** @next (out): a generation that no row of the lesson has used. */
gboolean catalog_generations_get_next(CatalogDatabase *database, const char *lesson_id,
                                      gint64 *next, GError **error);

typedef struct {
    const char *lesson_id;  // (not owned)
    gint64 generation;      // (value)
    gint64 delete_after_ms; // UTC milliseconds: when the files that nothing names any more may go
} CatalogGenerationsMove;

/**
 * catalog_generations_show:
 *
 * Makes @move's generation the lesson's current one and drops all others. Showing the one that is
 * shown already is no error.
 *
 * Returns: FALSE with NOT_FOUND, or CONFLICT when the generation has no published rung.
 */
gboolean catalog_generations_show(CatalogDatabase *database, const CatalogGenerationsMove *move,
                                  gint64 now_ms, GError **error);

/** What a job leaves when no further one is to come: `complete` when no rung failed but `clear`,
 * which is no more than a gain. @complete of catalog_lessons_set_media() says otherwise before. */
gboolean catalog_generations_settle(CatalogDatabase *database, const char *lesson_id, gint64 now_ms,
                                    GError **error);

/** @lesson_id (out) (transfer full) (nullable), @generation (out): one that is not shown and that
 * no queued or running job writes; NULL: none. For recovery at start: it reads every row. */
gboolean catalog_generations_find_stray(CatalogDatabase *database, char **lesson_id,
                                        gint64 *generation, GError **error);

/** Forgets the rows of a generation that is not shown; CONFLICT when it is. A file that another
 * generation names too stays. */
gboolean catalog_generations_drop(CatalogDatabase *database, const CatalogGenerationsMove *move,
                                  GError **error);
