// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of personal tokens.
#include "catalog/tokens.h"

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/secrets.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define TOKEN_PREFIX "daorian_"
#define LABEL_CHARACTERS_MAX 100
#define TOKENS_MAX 50
#define TOUCH_INTERVAL_MS (60 * 1000)

static gboolean
check_label(const char *label, GError **error)
{
    if (label != NULL && *label != '\0' && g_utf8_validate(label, -1, NULL) &&
        g_utf8_strlen(label, -1) <= LABEL_CHARACTERS_MAX)
        return TRUE;
    g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "a label has 1 to %d characters",
                LABEL_CHARACTERS_MAX);
    return FALSE;
}

static gboolean
check_room(CatalogDatabase *database, const char *account_id, GError **error)
{
    g_autoptr(GPtrArray) tokens = catalog_tokens_list(database, account_id, error);
    if (tokens == NULL)
        return FALSE;
    if (tokens->len >= TOKENS_MAX)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT, "there are %d tokens already",
                    TOKENS_MAX);
    return tokens->len < TOKENS_MAX;
}

static const char CREATE_SQL[] =
    "INSERT INTO tokens (id, token_hash, account_id, label, created_ms)"
    " VALUES (:id, :token_hash, :account_id, :label, :now_ms)";

char *
catalog_tokens_create(CatalogDatabase *database, const char *account_id, const char *label,
                      const CatalogAuditStamp *by, CatalogTokensEntry **entry, GError **error)
{
    if (!check_label(label, error) || !check_room(database, account_id, error))
        return NULL;
    g_autoptr(CatalogTokensEntry) made = g_new0(CatalogTokensEntry, 1);
    made->id = catalog_ids_new(by->now_ms);
    made->account_id = g_strdup(account_id);
    made->label = g_strdup(label);
    made->created_ms = by->now_ms;
    g_autofree char *token = catalog_secrets_new(TOKEN_PREFIX);
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CREATE_SQL);
    catalog_statement_bind_text(statement, ":id", made->id);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    catalog_statement_bind_text(statement, ":account_id", account_id);
    catalog_statement_bind_text(statement, ":label", label);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail =
        catalog_texts_write_object("account_id", account_id, "label", label, NULL);
    if (!catalog_statement_run(statement, error) ||
        !catalog_audit_append(database, by, "token.create", made->id, detail, error))
        return NULL;
    if (entry != NULL)
        *entry = g_steal_pointer(&made);
    return g_steal_pointer(&token);
}

static const char FIND_SQL[] = "SELECT id, account_id FROM tokens WHERE token_hash = :token_hash";

CatalogAccount *
catalog_tokens_find(CatalogDatabase *database, const char *token, char **id, GError **error)
{
    g_autofree char *hash = catalog_secrets_hash(token);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_SQL);
    catalog_statement_bind_text(statement, ":token_hash", hash);
    if (!catalog_statement_next(statement)) {
        catalog_statement_finish_missing(statement, "token", error);
        return NULL;
    }
    g_autoptr(CatalogAccount) account = catalog_accounts_get_enabled(
        database, catalog_statement_get_text(statement, "account_id"), error);
    if (account != NULL && id != NULL)
        *id = catalog_statement_dup_text(statement, "id");
    return g_steal_pointer(&account);
}

static const char TOUCH_SQL[] = "UPDATE tokens SET last_used_ms = :now_ms"
                                " WHERE id = :id AND last_used_ms <= :now_ms - :interval_ms";

gboolean
catalog_tokens_touch(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, TOUCH_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_int(statement, ":interval_ms", TOUCH_INTERVAL_MS);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run(statement, error);
}

static const char LIST_SQL[] = "SELECT id, account_id, label, created_ms, last_used_ms FROM tokens"
                               " WHERE account_id = :account_id ORDER BY created_ms, id";

GPtrArray *
catalog_tokens_list(CatalogDatabase *database, const char *account_id, GError **error)
{
    g_autoptr(GPtrArray) tokens =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_tokens_free_entry);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(statement, ":account_id", account_id);
    while (catalog_statement_next(statement)) {
        CatalogTokensEntry *entry = g_new0(CatalogTokensEntry, 1);
        entry->id = catalog_statement_dup_text(statement, "id");
        entry->account_id = catalog_statement_dup_text(statement, "account_id");
        entry->label = catalog_statement_dup_text(statement, "label");
        entry->created_ms = catalog_statement_get_int(statement, "created_ms");
        entry->last_used_ms = catalog_statement_get_int(statement, "last_used_ms");
        g_ptr_array_add(tokens, entry);
    }
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&tokens) : NULL;
}

static const char REMOVE_SQL[] = "DELETE FROM tokens WHERE id = :id AND account_id = :account_id";

gboolean
catalog_tokens_remove(CatalogDatabase *database, const char *account_id, const char *id,
                      const CatalogAuditStamp *by, GError **error)
{
    gint64 changed = 0;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, REMOVE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":account_id", account_id);
    if (!catalog_statement_run_counting(statement, &changed, error))
        return FALSE;
    if (changed == 0) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "no such token");
        return FALSE;
    }
    g_autofree char *detail = catalog_texts_write_object("account_id", account_id, NULL);
    return catalog_audit_append(database, by, "token.remove", id, detail, error);
}

CatalogTokensEntry *
catalog_tokens_copy_entry(const CatalogTokensEntry *entry)
{
    CatalogTokensEntry *copy = g_memdup2(entry, sizeof *entry);
    copy->id = g_strdup(entry->id);
    copy->account_id = g_strdup(entry->account_id);
    copy->label = g_strdup(entry->label);
    return copy;
}

void
catalog_tokens_free_entry(CatalogTokensEntry *entry)
{
    if (entry == NULL)
        return;
    g_free(entry->id);
    g_free(entry->account_id);
    g_free(entry->label);
    g_free(entry);
}
