// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One read of the catalogue a request that carries a cookie or a token, none for the others.
#include "server/api/guard.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/secrets.h"
#include "catalog/sessions.h"
#include "catalog/threads.h"
#include "catalog/tokens.h"
#include "server/access.h"
#include "server/api/peer.h"
#include "server/api/problem.h"
#include "server/app.h"
#include "server/http/router.h"

#define SECRET_BYTES_MAX 128
#define SESSION_LIFETIME_MS (14 * 24 * 3600 * (gint64)1000)
#define SESSION_TOUCH_MS (3600 * (gint64)1000)
#define TOKEN_TOUCH_MS (60 * (gint64)1000)

// Who is it: the question on its way through the catalogue.
typedef struct {
    HttpExchange *exchange;  // (owned), delivery thread only
    ApiGuardAccess access;   // of the route
    char *session_token;     // (owned) (nullable), from the cookie
    char *bearer_token;      // (owned) (nullable), wins over the cookie
    gint64 now_ms;           // UTC milliseconds
    CatalogAccount *account; // (owned) (nullable), the answer
    char *token_id;          // (owned) (nullable), of the bearer token
} Question;

static void
free_question(gpointer data)
{
    Question *question = data;
    http_exchange_unref(question->exchange);
    g_free(question->session_token);
    g_free(question->bearer_token);
    g_clear_pointer(&question->account, catalog_account_free);
    g_free(question->token_id);
    g_free(question);
}

static gboolean
find_account(CatalogDatabase *database, gpointer data, GError **error)
{
    Question *question = data;
    g_autoptr(GError) local = NULL;
    if (question->bearer_token != NULL)
        question->account =
            catalog_tokens_find(database, question->bearer_token, &question->token_id, &local);
    else
        question->account =
            catalog_sessions_find(database, question->session_token, question->now_ms, &local);
    if (local == NULL || g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

// What a touch needs, apart from the exchange.
typedef struct {
    char *session_token; // (owned) (nullable)
    char *token_id;      // (owned) (nullable)
    gint64 now_ms;       // UTC milliseconds
} Touch;

static void
free_touch(gpointer data)
{
    Touch *touch = data;
    g_free(touch->session_token);
    g_free(touch->token_id);
    g_free(touch);
}

static gboolean
write_touch(CatalogDatabase *database, gpointer data, GError **error)
{
    Touch *touch = data;
    if (touch->token_id != NULL)
        return catalog_tokens_touch(database, touch->token_id, touch->now_ms, error);
    return catalog_sessions_touch(database, touch->session_token, SESSION_LIFETIME_MS,
                                  touch->now_ms, error);
}

// Nobody waits for it and nothing depends on it.
static void
note_seen(Question *question)
{
    gint64 since_ms = question->now_ms - question->account->last_seen_ms;
    if (since_ms < (question->token_id != NULL ? TOKEN_TOUCH_MS : SESSION_TOUCH_MS))
        return;
    ServerApp *app = http_exchange_get_app(question->exchange);
    Touch *touch = g_new0(Touch, 1);
    touch->token_id = g_strdup(question->token_id);
    touch->session_token = g_strdup(question->session_token);
    touch->now_ms = question->now_ms;
    catalog_threads_write_async(server_app_get_catalog(app), write_touch, touch, free_touch, NULL,
                                NULL);
}

static gboolean
is_write(HttpExchange *exchange)
{
    const char *method = http_exchange_get_method(exchange);
    return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 &&
           strcmp(method, "OPTIONS") != 0;
}

static gboolean
may_use(const ServerAccessAccount *account, ApiGuardAccess access)
{
    switch (access) {
    case API_GUARD_ASSET:
    case API_GUARD_ALL:
    case API_GUARD_OPEN:
        return TRUE;
    case API_GUARD_ACCOUNT:
        return server_access_may(account, SERVER_ACCESS_ACCOUNT);
    case API_GUARD_UPLOAD:
        return server_access_may(account, SERVER_ACCESS_UPLOAD);
    case API_GUARD_ADMINISTER:
        return server_access_may(account, SERVER_ACCESS_ADMINISTER);
    }
    return FALSE;
}

static void
refuse_visitor(HttpExchange *exchange)
{
    http_exchange_set_header(exchange, "WWW-Authenticate", "Bearer");
    api_problem_reply(exchange, 401, "unauthorized", NULL);
}

// The exchange has its account, or none: goes on or answers.
static void
decide(HttpExchange *exchange, ApiGuardAccess access)
{
    const ServerAccessAccount *account = http_exchange_get_account(exchange);
    gboolean needs_csrf = account != NULL && account->session_token != NULL &&
                          access != API_GUARD_OPEN && is_write(exchange);
    if (needs_csrf && !catalog_secrets_equal(http_exchange_get_header(exchange, "X-CSRF-Token"),
                                             account->csrf_token))
        api_problem_reply(exchange, 403, "csrf", NULL);
    else if (may_use(account, access))
        http_router_proceed(exchange);
    else if (account == NULL)
        refuse_visitor(exchange);
    else
        api_problem_reply(exchange, 403, "forbidden", NULL);
}

static void
attach_account(Question *question)
{
    ServerAccessAccount *account = server_access_account_new(question->account);
    if (question->bearer_token == NULL) {
        account->session_token = g_strdup(question->session_token);
        account->csrf_token = catalog_sessions_derive_csrf(question->session_token);
    }
    http_exchange_set_account(question->exchange, account,
                              (GDestroyNotify)server_access_account_free);
}

static void
on_account_found(GObject *source, GAsyncResult *result, gpointer data)
{
    Question *question = data;
    g_autoptr(GError) error = NULL;
    if (!catalog_threads_finish(result, &error)) {
        api_problem_reply_error(question->exchange, error);
        return;
    }
    if (question->account != NULL) {
        attach_account(question);
        note_seen(question);
    } else if (question->bearer_token != NULL) {
        refuse_visitor(question->exchange);
        return;
    }
    decide(question->exchange, question->access);
}

static char *
read_bearer(HttpExchange *exchange)
{
    const char *header = http_exchange_get_header(exchange, "Authorization");
    if (header == NULL || g_ascii_strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    return g_strndup(header + 7, SECRET_BYTES_MAX);
}

// Over HTTPS a session begun over HTTP holds too, behind the one begun here.
static const char *
read_cookie(HttpExchange *exchange)
{
    const char *cookie = api_peer_is_secure(exchange)
                             ? http_exchange_get_cookie(exchange, API_GUARD_COOKIE_SECURE)
                             : NULL;
    return cookie != NULL ? cookie : http_exchange_get_cookie(exchange, API_GUARD_COOKIE);
}

void
api_guard_authorise(HttpExchange *exchange, guint access)
{
    g_autofree char *bearer = read_bearer(exchange);
    const char *cookie = read_cookie(exchange);
    if (access == API_GUARD_ASSET || (bearer == NULL && cookie == NULL)) {
        decide(exchange, access);
        return;
    }
    ServerApp *app = http_exchange_get_app(exchange);
    Question *question = g_new0(Question, 1);
    question->exchange = http_exchange_ref(exchange);
    question->access = access;
    question->now_ms = server_clock_now_ms(server_app_get_clock(app));
    question->bearer_token = g_steal_pointer(&bearer);
    question->session_token = g_strndup(cookie, SECRET_BYTES_MAX);
    catalog_threads_read_async(server_app_get_catalog(app), find_account, question, free_question,
                               http_exchange_get_cancellable(exchange), on_account_found);
}
