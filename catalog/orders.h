// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Placing jobs in the queue of jobs.h. On the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/job.h"

typedef struct {
    CatalogJobKind kind;   // what is to be done
    const char *lesson_id; // for which lesson
    const char *argument;  // (nullable): of captions the language
    int priority;          // −100 to 100
} CatalogOrdersItem;

/** Places an order. A re-encode gets the lesson's next generation, all others the one that is
 * shown. Returns: (transfer full): the id of the new job, or of the one of this kind, lesson and
 * argument that is queued or running already; NULL with NOT_FOUND (no such lesson). */
char *catalog_orders_place(CatalogDatabase *database, const CatalogOrdersItem *order,
                           const CatalogAuditStamp *by, GError **error);
