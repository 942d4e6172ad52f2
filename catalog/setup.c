// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one-time set-up link.
#include "catalog/setup.h"

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/secrets.h"
#include "catalog/statement.h"

static const char NEEDED_SQL[] =
    "SELECT NOT EXISTS (SELECT 1 FROM accounts WHERE role = 'administrator') AS needed";

gboolean
catalog_setup_is_needed(CatalogDatabase *database, gboolean *needed, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, NEEDED_SQL);
    if (catalog_statement_next(statement))
        *needed = catalog_statement_get_int(statement, "needed") != 0;
    return catalog_statement_finish(statement, error);
}

static const char CLEAR_SQL[] = "DELETE FROM setup_links";
static const char ISSUE_SQL[] =
    "INSERT INTO setup_links (token_hash, created_ms) VALUES (:token_hash, :now_ms)";

static gboolean
clear_links(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CLEAR_SQL);
    return catalog_statement_run(statement, error);
}

char *
catalog_setup_issue(CatalogDatabase *database, gint64 now_ms, GError **error)
{
    gboolean needed = FALSE;
    if (!catalog_setup_is_needed(database, &needed, error))
        return NULL;
    if (!needed) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT,
                    "there is an administrator already");
        return NULL;
    }
    g_autofree char *token = catalog_secrets_new("");
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ISSUE_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    if (!clear_links(database, error) || !catalog_statement_run(statement, error))
        return NULL;
    return g_steal_pointer(&token);
}

static const char KNOWN_SQL[] =
    "SELECT EXISTS (SELECT 1 FROM setup_links WHERE token_hash = :token_hash) AS known";

gboolean
catalog_setup_is_known(CatalogDatabase *database, const char *token, gboolean *known,
                       GError **error)
{
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, KNOWN_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    if (catalog_statement_next(statement))
        *known = catalog_statement_get_int(statement, "known") != 0;
    return catalog_statement_finish(statement, error);
}

static const char REDEEM_SQL[] =
    "DELETE FROM setup_links WHERE token_hash = :token_hash"
    " AND NOT EXISTS (SELECT 1 FROM accounts WHERE role = 'administrator')";

gboolean
catalog_setup_redeem(CatalogDatabase *database, const char *token, const CatalogAccount *account,
                     const char *password_hash, gint64 now_ms, GError **error)
{
    gint64 changed = 0;
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REDEEM_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    if (!catalog_statement_run_counting(statement, &changed, error))
        return FALSE;
    if (changed == 0) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND,
                    "the set-up link was used already, or is not the newest");
        return FALSE;
    }
    g_autoptr(CatalogAccount) administrator = catalog_account_copy(account);
    administrator->role = CATALOG_ACCOUNT_ROLE_ADMINISTRATOR;
    administrator->disabled = FALSE;
    CatalogAuditStamp by = {NULL, now_ms};
    return catalog_accounts_create(database, administrator, password_hash, &by, error);
}
