// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The administrator's view of the jobs.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/jobs */
void api_jobs_list(HttpExchange *exchange);

/** PATCH /api/v1/jobs/{id} */
void api_jobs_update(HttpExchange *exchange);

/** POST /api/v1/jobs/{id}/retry and …/cancel */
void api_jobs_retry(HttpExchange *exchange);
void api_jobs_cancel(HttpExchange *exchange);
