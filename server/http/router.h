// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Finds the handler of a request in a table of routes. It answers 404, 405 with Allow, OPTIONS,
// CORS preflights and HEAD (as GET without its body) by itself, runs the access check before the
// handler, and renders every error as application/problem+json. Immutable once made, shared by all
// delivery threads.
#pragma once

#include "server/http/exchange.h"

typedef enum {
    HTTP_ROUTER_BODY_NONE,     // a body is refused with 413
    HTTP_ROUTER_BODY_BUFFERED, // the handler gets it whole; more than the limit is 413
    HTTP_ROUTER_BODY_STREAMED, // see body.h
} HttpRouterBody;

typedef enum {
    HTTP_ROUTER_NO_FLAGS = 0,
    HTTP_ROUTER_CORS = 1 << 0, // any origin, without cookies; exposes what players and tus need
    HTTP_ROUTER_METHOD_OVERRIDE = 1 << 1, // a POST with X-HTTP-Method-Override is that method (tus)
    HTTP_ROUTER_AUTHORISE_LATE = 1 << 2,  // the handler itself calls http_router_authorise()
} HttpRouterFlags;

typedef void (*HttpRouterHandler)(HttpExchange *exchange);

typedef struct {
    const char *method; // GET serves HEAD too; OPTIONS is called only when it is no CORS preflight
    const char *path; // like /api/v1/lessons/{id}; {id} is one segment, percent-decoded, not empty
    HttpRouterHandler handler; //
    HttpRouterBody body;       //
    gsize body_limit_bytes;    // of a buffered body; 0 is 64 KiB
    guint access;              // the application's tag, handed to the access check
    HttpRouterFlags flags;     //
} HttpRouterRoute;

/**
 * Decides whether @exchange may go on: attaches the account and calls http_router_proceed(), or
 * answers (401, 403). Now or later, exactly one of both; it takes a reference when later. @access
 * is the route's.
 */
typedef void (*HttpRouterAuthorise)(HttpExchange *exchange, guint access);

/** Answers @exchange with an error in the language it accepts. @detail is English and nullable. */
typedef void (*HttpRouterProblem)(HttpExchange *exchange, guint status, const char *code,
                                  const char *detail);

typedef struct _HttpRouter HttpRouter;

/**
 * http_router_new:
 * @routes: static table; several rows may share a path
 * @authorise: (nullable): everything is allowed without it
 * @problem: (nullable): plain English problem+json without it
 *
 * Returns: (transfer full): the router. A fixed segment wins over {name}.
 */
HttpRouter *http_router_new(const HttpRouterRoute *routes, gsize n_routes,
                            HttpRouterAuthorise authorise, HttpRouterProblem problem);
void http_router_free(HttpRouter *router);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpRouter, http_router_free)

/** The access check is passed: the handler is called (after a buffered body is whole). Delivery
 * thread. */
void http_router_proceed(HttpExchange *exchange);

/**
 * http_router_authorise:
 * @proceed: called when the check is passed; not called when it answered
 *
 * Runs the access check for a route with HTTP_ROUTER_AUTHORISE_LATE. Delivery thread, once an
 * exchange.
 */
void http_router_authorise(HttpExchange *exchange, HttpRouterHandler proceed);

/** Writes the default English problem answer; for use by problem hooks with nothing better. */
void http_router_reply_plain_problem(HttpExchange *exchange, guint status, const char *code,
                                     const char *detail);

/** For lend.c: finds the route of @exchange and begins. Delivery thread. */
void http_router_route(HttpExchange *exchange);

/** For exchange.c. */
HttpRouterProblem http_router_get_problem(HttpRouter *router);
