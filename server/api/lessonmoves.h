// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What an editor does with a lesson as a whole: withdraw, restore, retry, cancel, see who did what.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/job.h"
#include "server/http/exchange.h"

/** POST /api/v1/lessons/{id}/withdraw and …/restore */
void api_lessonmoves_withdraw(HttpExchange *exchange);
void api_lessonmoves_restore(HttpExchange *exchange);

/** POST /api/v1/lessons/{id}/retry and …/cancel */
void api_lessonmoves_retry(HttpExchange *exchange);
void api_lessonmoves_cancel(HttpExchange *exchange);

/** GET /api/v1/lessons/{id}/history */
void api_lessonmoves_list_history(HttpExchange *exchange);

/** Cancels @job and what it means for its lesson. Catalogue thread. */
gboolean api_lessonmoves_cancel_job(CatalogDatabase *database, const CatalogJob *job,
                                    const CatalogAuditStamp *by, GError **error);

/** Its job is queued again: the lesson waits, or, published already, only forgets why the job
 * ended. Catalogue thread. */
gboolean api_lessonmoves_requeue(CatalogDatabase *database, const char *lesson_id,
                                 const CatalogAuditStamp *by, GError **error);
