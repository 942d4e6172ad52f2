// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Errors as people and programs see them: application/problem+json (RFC 9457) with a stable `code`,
// and title and detail in the language the request accepts. The one table from errors to HTTP is
// here.
#pragma once

#include "server/http/exchange.h"
#include "server/sentences.h"

#define API_PROBLEM_ERROR (api_problem_error_quark())

/** What a handler's work refuses with, beside CATALOG_ERROR. */
typedef enum {
    API_PROBLEM_ERROR_MALFORMED,    // 400: not what the route takes at all
    API_PROBLEM_ERROR_UNAUTHORIZED, // 401
    API_PROBLEM_ERROR_FORBIDDEN,    // 403
    API_PROBLEM_ERROR_NO_ORIGINAL,  // 409: there is nothing to encode a lesson from
    API_PROBLEM_ERROR_PRECONDITION, // 412: somebody changed it meanwhile
    API_PROBLEM_ERROR_INVALID,      // 422: a value breaks a rule; the message names it
    API_PROBLEM_ERROR_TOO_MANY,     // 429
    API_PROBLEM_ERROR_BUSY,         // 503 with Retry-After
} ApiProblemError;

GQuark api_problem_error_quark(void);

/** Sets @error. Returns: FALSE. */
gboolean api_problem_refuse(GError **error, ApiProblemError code, const char *why);

/** Returns: the better language for the request: Accept-Language, else the account's, else Thai. */
ServerSentencesLanguage api_problem_choose_language(HttpExchange *exchange);

/**
 * api_problem_reply:
 * @code: a stable word such as `not-found`; one that the table does not know is sent with the
 * status's words
 * @detail: (nullable): English, shown as it is when the table has no sentence for @code
 *
 * The router's problem hook (HttpRouterProblem). Delivery thread.
 */
void api_problem_reply(HttpExchange *exchange, guint status, const char *code, const char *detail);

/** As api_problem_reply() with further members: those of @more (taken). Delivery thread. */
void api_problem_reply_with(HttpExchange *exchange, guint status, const char *code,
                            JsonObject *more);

/** Answers with @error of API_PROBLEM_ERROR, CATALOG_ERROR or anything else (500). Delivery thread.
 */
void api_problem_reply_error(HttpExchange *exchange, const GError *error);

/** Answers 429 or 503 with Retry-After. Delivery thread. */
void api_problem_reply_later(HttpExchange *exchange, guint status, const char *code, guint after_s);
