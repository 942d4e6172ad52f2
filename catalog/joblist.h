// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reading and ordering the jobs: the administrator's list, a lesson's own jobs. The queue itself is
// jobs.h. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/job.h"
#include "catalog/page.h"

/** Returns: (transfer full): the job, or NULL with NOT_FOUND. */
CatalogJob *catalog_joblist_get(CatalogDatabase *database, const char *id, GError **error);

/** @kind (nullable): NULL: of any kind but captions. Returns: (transfer full): the newest such job
 * of a lesson in any state, or NULL with NOT_FOUND. */
CatalogJob *catalog_joblist_get_latest(CatalogDatabase *database, const char *lesson_id,
                                       const CatalogJobKind *kind, GError **error);

/**
 * catalog_joblist_list:
 * @state: (nullable): only jobs in this state
 * @cursor: (nullable): of the page before
 *
 * Returns: (transfer full) (element-type CatalogJob): newest first.
 */
CatalogPage *catalog_joblist_list(CatalogDatabase *database, const CatalogJobState *state,
                                  const char *cursor, guint limit, GError **error);

/** Returns: (transfer full) (element-type CatalogJob): queued and running jobs of these lessons
 * (element-type utf8); one query. */
GPtrArray *catalog_joblist_list_active(CatalogDatabase *database, GPtrArray *lesson_ids,
                                       GError **error);

/** @priority: −100 to 100, else INVALID. */
gboolean catalog_joblist_set_priority(CatalogDatabase *database, const char *id, int priority,
                                      const CatalogAuditStamp *by, GError **error);

typedef struct {
    gint64 queued;  // jobs in this state
    gint64 running; // jobs in this state
    gint64 failed;  // jobs in this state
} CatalogJoblistCounts;

gboolean catalog_joblist_count(CatalogDatabase *database, CatalogJoblistCounts *counts,
                               GError **error);
