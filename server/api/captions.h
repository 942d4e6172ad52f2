// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The captions of a lesson: read, put, delete, approve, and have the recogniser write a draft.
#pragma once

#include "server/http/exchange.h"

/** GET /api/v1/lessons/{id}/captions: what there is, and what the recogniser is doing. */
void api_captions_list(HttpExchange *exchange);

/** GET /api/v1/lessons/{id}/captions/{language}: the text. */
void api_captions_get(HttpExchange *exchange);

/** PUT /api/v1/lessons/{id}/captions/{language}: a whole file in place of what there is. */
void api_captions_put(HttpExchange *exchange);

/** DELETE /api/v1/lessons/{id}/captions/{language} */
void api_captions_remove(HttpExchange *exchange);

/** POST /api/v1/lessons/{id}/captions/{language}/approve */
void api_captions_approve(HttpExchange *exchange);

/** POST /api/v1/lessons/{id}/captions/{language}/recognise */
void api_captions_recognise(HttpExchange *exchange);
