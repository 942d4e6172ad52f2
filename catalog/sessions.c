// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of sessions.
#include "catalog/sessions.h"

#include "catalog/accounts.h"
#include "catalog/audit.h"
#include "catalog/error.h"
#include "catalog/secrets.h"
#include "catalog/statement.h"

static const char CREATE_SQL[] =
    "INSERT INTO sessions (token_hash, account_id, created_ms, expires_ms)"
    " VALUES (:token_hash, :account_id, :now_ms, :expires_ms)";

char *
catalog_sessions_create(CatalogDatabase *database, const char *account_id, gint64 lifetime_ms,
                        gint64 now_ms, GError **error)
{
    g_autofree char *token = catalog_secrets_new("");
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CREATE_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    catalog_statement_bind_text(statement, ":account_id", account_id);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_int(statement, ":expires_ms", now_ms + lifetime_ms);
    CatalogAuditStamp by = {account_id, now_ms};
    if (!catalog_statement_run(statement, error) ||
        !catalog_audit_append(database, &by, "session.create", account_id, NULL, error))
        return NULL;
    return g_steal_pointer(&token);
}

static const char FIND_SQL[] =
    "SELECT account_id FROM sessions WHERE token_hash = :token_hash AND expires_ms > :now_ms";

CatalogAccount *
catalog_sessions_find(CatalogDatabase *database, const char *token, gint64 now_ms, GError **error)
{
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    if (!catalog_statement_next(statement)) {
        catalog_statement_finish_missing(statement, "session", error);
        return NULL;
    }
    return catalog_accounts_get_enabled(database,
                                        catalog_statement_get_text(statement, "account_id"), error);
}

static const char TOUCH_SQL[] =
    "UPDATE sessions SET expires_ms = max(expires_ms, :expires_ms)"
    " WHERE token_hash = :token_hash AND expires_ms > :now_ms RETURNING account_id";

gboolean
catalog_sessions_touch(CatalogDatabase *database, const char *token, gint64 lifetime_ms,
                       gint64 now_ms, GError **error)
{
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autofree char *account_id = NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, TOUCH_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_int(statement, ":expires_ms", now_ms + lifetime_ms);
    if (catalog_statement_next(statement))
        account_id = catalog_statement_dup_text(statement, "account_id");
    if (!catalog_statement_run(statement, error))
        return FALSE;
    if (account_id != NULL)
        return catalog_accounts_touch(database, account_id, now_ms, error);
    g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such session");
    return FALSE;
}

static const char REMOVE_SQL[] =
    "DELETE FROM sessions WHERE token_hash = :token_hash RETURNING account_id";

gboolean
catalog_sessions_remove(CatalogDatabase *database, const char *token, gint64 now_ms, GError **error)
{
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autofree char *account_id = NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REMOVE_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    if (catalog_statement_next(statement))
        account_id = catalog_statement_dup_text(statement, "account_id");
    if (!catalog_statement_run(statement, error))
        return FALSE;
    CatalogAuditStamp by = {account_id, now_ms};
    return account_id == NULL ||
           catalog_audit_append(database, &by, "session.remove", account_id, NULL, error);
}

static const char REMOVE_ALL_SQL[] = "DELETE FROM sessions WHERE account_id = :account_id"
                                     " AND token_hash <> coalesce(:keep_hash, '')";

gboolean
catalog_sessions_remove_all(CatalogDatabase *database, const char *account_id,
                            const char *keep_token, GError **error)
{
    g_autofree char *keep_hash = keep_token != NULL ? catalog_secrets_hash(keep_token) : NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REMOVE_ALL_SQL);
    catalog_statement_bind_text(statement, ":account_id", account_id);
    catalog_statement_bind_text(statement, ":keep_hash", keep_hash);
    return catalog_statement_run(statement, error);
}

static const char SWEEP_SQL[] = "DELETE FROM sessions WHERE expires_ms <= :now_ms";

gboolean
catalog_sessions_sweep(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SWEEP_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run(statement, error);
}

char *
catalog_sessions_derive_csrf(const char *token)
{
    return catalog_secrets_derive(token, "csrf");
}
