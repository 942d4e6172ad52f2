// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A log-in is three steps, each called back by the one before: read the hash, look at the password
// on the hasher's threads, make the session. The other routes are shorter walks along the same
// steps.
#include "server/api/session.h"

#include <string.h>

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/passwords.h"
#include "catalog/sessions.h"
#include "catalog/setup.h"
#include "server/api/call.h"
#include "server/api/guard.h"
#include "server/api/peer.h"
#include "server/api/problem.h"
#include "server/api/views.h"

#define SESSION_LIFETIME_MS (14 * 24 * 3600 * (gint64)1000)
#define NAME_BYTES_MAX 256
#define TOKEN_BYTES_MAX 128

// What one of these walks knows so far; the call's extra.
typedef struct {
    const char *name;        // (unowned), of the body
    const char *password;    // (unowned), of the body: the one to be checked
    const char *fresh;       // (unowned) (nullable), of the body: the one to be set
    const char *setup_token; // (unowned) (nullable), of the body
    CatalogAccount *account; // (owned) (nullable)
    char *hash;              // (owned) (nullable)
    char *session_token;     // (owned) (nullable)
    gboolean setup_needed;   // no administrator yet
} Walk;

static void
free_walk(gpointer data)
{
    Walk *walk = data;
    g_clear_pointer(&walk->account, catalog_account_free);
    g_free(walk->hash);
    g_free(walk->session_token);
    g_free(walk);
}

// Returns: (transfer full) (nullable): the call with an empty walk, or NULL when it is answered.
static ApiCall *
begin(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call == NULL)
        return NULL;
    call->extra = g_new0(Walk, 1);
    call->free_extra = free_walk;
    return call;
}

// Answers with @error and ends the call.
static void
give_up(ApiCall *call, const GError *error)
{
    api_problem_reply_error(call->exchange, error);
    api_call_free(call);
}

static JsonObject *
render_self(const CatalogAccount *account)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", account->id);
    json_object_set_string_member(object, "name", account->name);
    json_object_set_string_member(object, "display_name", account->display_name);
    json_object_set_string_member(object, "role", catalog_account_role_to_text(account->role));
    json_object_set_string_member(object, "language", account->language);
    return object;
}

static void
reply_session(ApiCall *call, guint status)
{
    Walk *walk = call->extra;
    JsonObject *object = json_object_new();
    if (walk->account != NULL)
        json_object_set_object_member(object, "account", render_self(walk->account));
    else
        json_object_set_null_member(object, "account");
    if (walk->session_token != NULL) {
        g_autofree char *csrf = catalog_sessions_derive_csrf(walk->session_token);
        json_object_set_string_member(object, "csrf_token", csrf);
    } else {
        json_object_set_null_member(object, "csrf_token");
    }
    json_object_set_boolean_member(object, "setup_needed", walk->setup_needed);
    http_exchange_reply_json(call->exchange, status, api_views_wrap(object));
}

static void
set_cookie(HttpExchange *exchange, const char *token, gint64 lifetime_ms)
{
    gboolean secure = api_peer_is_secure(exchange);
    g_autofree char *cookie =
        g_strdup_printf("%s=%s; Path=/; Max-Age=%" G_GINT64_FORMAT "; HttpOnly; SameSite=Lax%s",
                        secure ? API_GUARD_COOKIE_SECURE : API_GUARD_COOKIE, token,
                        lifetime_ms / 1000, secure ? "; Secure" : "");
    http_exchange_append_header(exchange, "Set-Cookie", cookie);
    // Who signed in over HTTP before is known here by that cookie too: it ends with this one.
    if (secure)
        http_exchange_append_header(exchange, "Set-Cookie",
                                    API_GUARD_COOKIE
                                    "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

static gboolean
read_session(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    if (call->account != NULL) {
        walk->account = catalog_accounts_get(database, call->account->id, error);
        if (walk->account == NULL)
            return FALSE;
        walk->session_token = g_strdup(call->account->session_token);
    }
    return catalog_setup_is_needed(database, &walk->setup_needed, error);
}

static void
render_session(ApiCall *call)
{
    reply_session(call, 200);
}

void
api_session_get(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange);
    if (call != NULL)
        api_call_read(call, read_session, render_session);
}

static gboolean
write_session(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    walk->session_token = catalog_sessions_create(database, walk->account->id, SESSION_LIFETIME_MS,
                                                  call->stamp.now_ms, error);
    return walk->session_token != NULL;
}

static void
render_new_session(ApiCall *call)
{
    Walk *walk = call->extra;
    set_cookie(call->exchange, walk->session_token, SESSION_LIFETIME_MS);
    reply_session(call, walk->setup_token != NULL ? 201 : 200);
}

static void
on_login_verified(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ApiCall *call = user_data;
    Walk *walk = call->extra;
    g_autoptr(GError) error = NULL;
    gboolean good = FALSE;
    if (!server_hasher_verify_finish(result, &good, &error)) {
        give_up(call, error);
        return;
    }
    if (!good || walk->account == NULL || walk->account->disabled) {
        api_problem_reply(call->exchange, 401, "wrong-password", NULL);
        api_call_free(call);
        return;
    }
    server_throttle_note_success(server_app_get_throttle(call->app), walk->name,
                                 api_peer_get_address(call->exchange));
    api_call_write(call, write_session, render_new_session);
}

// An unknown name is no error here: it must cost what a wrong password costs.
static gboolean
read_login(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    g_autoptr(GError) local = NULL;
    walk->account = catalog_accounts_get_by_name(database, walk->name, &local);
    if (walk->account != NULL) {
        walk->hash = catalog_accounts_get_password_hash(database, walk->account->id, error);
        return walk->hash != NULL;
    }
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static void
verify_login(ApiCall *finished)
{
    ApiCall *call = api_call_take_over(finished);
    Walk *walk = call->extra;
    server_hasher_verify_async(server_app_get_hasher(call->app), walk->hash, walk->password,
                               on_login_verified, call);
}

static gboolean
parse_login(ApiCall *call, GError **error)
{
    static const char *const names[] = {"name", "password", NULL};
    Walk *walk = call->extra;
    return api_call_refuse_others(call, names, error) &&
           api_call_require_text(call, "name", NAME_BYTES_MAX, &walk->name, error) &&
           api_call_require_text(call, "password", CATALOG_PASSWORDS_BYTES_MAX, &walk->password,
                                 error);
}

void
api_session_create(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    Walk *walk = call->extra;
    if (!parse_login(call, &error)) {
        give_up(call, error);
        return;
    }
    ServerThrottle *throttle = server_app_get_throttle(call->app);
    const char *address = api_peer_get_address(exchange);
    guint wait_s = server_throttle_check(throttle, walk->name, address, call->stamp.now_ms);
    if (wait_s > 0) {
        api_problem_reply_later(exchange, 429, "too-many-tries", wait_s);
        api_call_free(call);
        return;
    }
    server_throttle_note_attempt(throttle, walk->name, address, call->stamp.now_ms);
    api_call_read(call, read_login, verify_login);
}

static gboolean
remove_session(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return call->account->session_token == NULL ||
           catalog_sessions_remove(database, call->account->session_token, call->stamp.now_ms,
                                   error);
}

static void
render_signed_out(ApiCall *call)
{
    set_cookie(call->exchange, "", 0);
    http_exchange_reply_empty(call->exchange, 204);
}

void
api_session_delete(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange);
    if (call != NULL)
        api_call_write(call, remove_session, render_signed_out);
}

static gboolean
write_administrator(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    g_autofree char *id = catalog_ids_new(call->stamp.now_ms);
    walk->account = catalog_account_new(id, walk->name, CATALOG_ACCOUNT_ROLE_ADMINISTRATOR);
    return catalog_setup_redeem(database, walk->setup_token, walk->account, walk->hash,
                                call->stamp.now_ms, error) &&
           write_session(database, call, error);
}

static void
on_setup_hashed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ApiCall *call = user_data;
    Walk *walk = call->extra;
    g_autoptr(GError) error = NULL;
    walk->hash = server_hasher_hash_finish(result, &error);
    if (walk->hash == NULL)
        give_up(call, error);
    else
        api_call_write(call, write_administrator, render_new_session);
}

// The token is looked at before the hash is paid for, and again inside the write.
static gboolean
read_setup(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    gboolean known = FALSE;
    if (!catalog_setup_is_needed(database, &walk->setup_needed, error) ||
        !catalog_setup_is_known(database, walk->setup_token, &known, error))
        return FALSE;
    walk->setup_needed = walk->setup_needed && known;
    return TRUE;
}

static void
hash_setup(ApiCall *finished)
{
    Walk *walk = finished->extra;
    if (!walk->setup_needed) {
        api_problem_reply(finished->exchange, 404, "setup-link", NULL);
        return;
    }
    ApiCall *call = api_call_take_over(finished);
    walk->setup_needed = FALSE;
    server_hasher_hash_async(server_app_get_hasher(call->app), walk->password, on_setup_hashed,
                             call);
}

void
api_session_setup(HttpExchange *exchange)
{
    static const char *const names[] = {"token", "name", "password", NULL};
    ApiCall *call = begin(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    Walk *walk = call->extra;
    if (api_call_refuse_others(call, names, &error) &&
        api_call_require_text(call, "token", TOKEN_BYTES_MAX, &walk->setup_token, &error) &&
        api_call_require_text(call, "name", NAME_BYTES_MAX, &walk->name, &error) &&
        api_call_require_text(call, "password", CATALOG_PASSWORDS_BYTES_MAX, &walk->password,
                              &error))
        api_call_read(call, read_setup, hash_setup);
    else
        give_up(call, error);
}

static gboolean
write_password(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    return catalog_accounts_set_password(database, call->account->id, walk->hash,
                                         call->account->session_token, &call->stamp, error);
}

static void
render_nothing(ApiCall *call)
{
    http_exchange_reply_empty(call->exchange, 204);
}

static void
on_fresh_hashed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ApiCall *call = user_data;
    Walk *walk = call->extra;
    g_autoptr(GError) error = NULL;
    g_free(walk->hash);
    walk->hash = server_hasher_hash_finish(result, &error);
    if (walk->hash == NULL)
        give_up(call, error);
    else
        api_call_write(call, write_password, render_nothing);
}

static void
on_current_verified(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ApiCall *call = user_data;
    Walk *walk = call->extra;
    g_autoptr(GError) error = NULL;
    gboolean good = FALSE;
    if (!server_hasher_verify_finish(result, &good, &error)) {
        give_up(call, error);
        return;
    }
    if (!good) {
        api_problem_reply(call->exchange, 422, "wrong-password", NULL);
        api_call_free(call);
        return;
    }
    server_throttle_note_success(server_app_get_throttle(call->app), call->account->name,
                                 api_peer_get_address(call->exchange));
    server_hasher_hash_async(server_app_get_hasher(call->app), walk->fresh, on_fresh_hashed, call);
}

static gboolean
read_own_hash(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Walk *walk = call->extra;
    walk->hash = catalog_accounts_get_password_hash(database, call->account->id, error);
    return walk->hash != NULL;
}

static void
verify_current(ApiCall *finished)
{
    ApiCall *call = api_call_take_over(finished);
    Walk *walk = call->extra;
    server_hasher_verify_async(server_app_get_hasher(call->app), walk->hash, walk->password,
                               on_current_verified, call);
}

void
api_session_change_password(HttpExchange *exchange)
{
    static const char *const names[] = {"current", "new", NULL};
    ApiCall *call = begin(exchange);
    g_autoptr(GError) error = NULL;
    if (call == NULL)
        return;
    Walk *walk = call->extra;
    if (!api_call_refuse_others(call, names, &error) ||
        !api_call_require_text(call, "current", CATALOG_PASSWORDS_BYTES_MAX, &walk->password,
                               &error) ||
        !api_call_require_text(call, "new", CATALOG_PASSWORDS_BYTES_MAX, &walk->fresh, &error)) {
        give_up(call, error);
        return;
    }
    ServerThrottle *throttle = server_app_get_throttle(call->app);
    const char *address = api_peer_get_address(exchange);
    guint wait_s =
        server_throttle_check(throttle, call->account->name, address, call->stamp.now_ms);
    if (wait_s > 0) {
        api_problem_reply_later(exchange, 429, "too-many-tries", wait_s);
        api_call_free(call);
        return;
    }
    server_throttle_note_attempt(throttle, call->account->name, address, call->stamp.now_ms);
    api_call_read(call, read_own_hash, verify_current);
}
