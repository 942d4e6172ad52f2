// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The handlers of tus 1.0.0 at /api/v1/uploads and /api/v1/uploads/{id}, named by routes.c: each
// parses, calls one function of flows/receive, renders. POST and PATCH take streamed bodies; GET of
// one upload is tus' HEAD. All routes: CORS; POST on one upload is there for
// X-HTTP-Method-Override.
#pragma once

#include "server/http/exchange.h"

/** OPTIONS on both paths: what this server can do; no account needed. */
void api_uploads_options(HttpExchange *exchange);

/** GET /api/v1/uploads: the account's own unfinished uploads as JSON. */
void api_uploads_list(HttpExchange *exchange);

/** POST /api/v1/uploads: creation, with or without first bytes. */
void api_uploads_create(HttpExchange *exchange);

/** HEAD (GET) /api/v1/uploads/{id}. */
void api_uploads_look(HttpExchange *exchange);

/** PATCH /api/v1/uploads/{id}. */
void api_uploads_append(HttpExchange *exchange);

/** DELETE /api/v1/uploads/{id}. */
void api_uploads_terminate(HttpExchange *exchange);
