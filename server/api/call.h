// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the handlers of JSON routes have in common: take the request apart, run one piece of work on
// a catalogue thread, render its result. A handler makes a call, fills in what the work needs and
// hands it over; the call answers errors itself.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "server/access.h"
#include "server/app.h"
#include "server/http/exchange.h"

#define API_CALL_ANY_REVISION (-1) // whatever it is: a call begins with it

typedef struct {
    HttpExchange *exchange;             // (owned), delivery thread only
    ServerApp *app;                     // (unowned)
    const ServerAccessAccount *account; // (unowned) (nullable), as long as exchange
    CatalogAuditStamp stamp;            // who and when, for the work's writes
    char *id;                           // (owned) (nullable), the path's valid {id}
    JsonObject *body;                   // (owned) (nullable), what the client sent
    gint64 revision;            // that the client saw, for the work to compare; see revision.h
    gpointer extra;             // (owned) (nullable), the handler's own input
    GDestroyNotify free_extra;  // of extra
    gpointer result;            // (owned) (nullable), what the work found
    GDestroyNotify free_result; // of result
} ApiCall;

/** Runs on a catalogue thread in a transaction; must not touch the exchange. */
typedef gboolean (*ApiCallWork)(CatalogDatabase *database, ApiCall *call, GError **error);

/** Answers; runs on the delivery thread after the work was committed. */
typedef void (*ApiCallRender)(ApiCall *call);

/**
 * api_call_new:
 *
 * Takes the request apart: a path parameter `id` that is no id is answered 404, and a body that is
 * no JSON object (Content-Type application/json, UTF-8, at most 16 deep) 400 or 415. Returns:
 * (transfer full) (nullable): the call, or NULL when the exchange is answered.
 */
ApiCall *api_call_new(HttpExchange *exchange);

/** As api_call_new() for a route whose body is no JSON: it is left alone. */
ApiCall *api_call_new_plain(HttpExchange *exchange);
void api_call_free(ApiCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiCall, api_call_free)

/** Both take @call. @work on a reader or the writer thread, then @render, or the error is answered.
 */
void api_call_read(ApiCall *call, ApiCallWork work, ApiCallRender render);
void api_call_write(ApiCall *call, ApiCallWork work, ApiCallRender render);

/** Returns: (transfer full): the call, to go on with after @finished, which is being rendered, is
 * freed. */
ApiCall *api_call_take_over(ApiCall *finished);

/** Sets what the work found, in place of what an earlier work found. */
void api_call_set_result(ApiCall *call, gpointer result, GDestroyNotify free_result);

/**
 * Members of the body. A member that is absent leaves @out alone and is no error unless the
 * function says so; one of another type, too long or too large is API_PROBLEM_ERROR_INVALID. Texts
 * are borrowed from @body.
 */
gboolean api_call_take_text(ApiCall *call, const char *name, gsize most_bytes, const char **out,
                            GError **error);
gboolean api_call_require_text(ApiCall *call, const char *name, gsize most_bytes, const char **out,
                               GError **error);
gboolean api_call_take_number(ApiCall *call, const char *name, gint64 *out, GError **error);
gboolean api_call_take_boolean(ApiCall *call, const char *name, gboolean *out, GError **error);

/** There must be a body, with no members but those in @names (NULL-terminated). FALSE when the
 * exchange is answered. */
gboolean api_call_require_body(ApiCall *call, const char *const *names);

/** Refuses members that are not in @names (NULL-terminated): a misspelt one must not pass in
 * silence. */
gboolean api_call_refuse_others(ApiCall *call, const char *const *names, GError **error);

/** The query's `limit`, 1 to 200, default 50; INVALID for anything else. */
gboolean api_call_read_limit(ApiCall *call, guint *limit, GError **error);
