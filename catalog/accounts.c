// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of accounts.
#include "catalog/accounts.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/sessions.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define NAME_CHARACTERS_MAX 64
#define TOUCH_INTERVAL_MS (60 * 1000)

/* Names that look the same to a person are the same name. */
static char *
fold_name(const char *name)
{
    g_autofree char *normal = g_utf8_normalize(name, -1, G_NORMALIZE_ALL_COMPOSE);
    return normal != NULL ? g_utf8_casefold(normal, -1) : NULL;
}

static gboolean
check_name(const char *name, GError **error)
{
    gboolean good = name != NULL && g_utf8_validate(name, -1, NULL) && *name != '\0' &&
                    g_utf8_strlen(name, -1) <= NAME_CHARACTERS_MAX;
    const char *last = good ? g_utf8_find_prev_char(name, name + strlen(name)) : NULL;
    good = good && !g_unichar_isspace(g_utf8_get_char(name)) &&
           !g_unichar_isspace(g_utf8_get_char(last));
    for (const char *p = name; good && *p != '\0'; p = g_utf8_next_char(p))
        good = !g_unichar_iscntrl(g_utf8_get_char(p));
    if (!good)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                    "a name has 1 to %d characters and no blank at its ends", NAME_CHARACTERS_MAX);
    return good;
}

static const char CREATE_SQL[] =
    "INSERT INTO accounts (id, name, name_folded, display_name, password_hash, role, language,"
    " disabled, created_ms, updated_ms)"
    " VALUES (:id, :name, :name_folded, :display_name, :password_hash, :role, :language, :disabled,"
    " :now_ms, :now_ms)";

gboolean
catalog_accounts_create(CatalogDatabase *database, const CatalogAccount *account,
                        const char *password_hash, const CatalogAuditStamp *by, GError **error)
{
    if (!check_name(account->name, error))
        return FALSE;
    g_autofree char *folded = fold_name(account->name);
    const char *role = catalog_account_role_to_text(account->role);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, CREATE_SQL);
    catalog_statement_bind_text(statement, ":id", account->id);
    catalog_statement_bind_text(statement, ":name", account->name);
    catalog_statement_bind_text(statement, ":name_folded", folded);
    catalog_statement_bind_text(statement, ":display_name", account->display_name);
    catalog_statement_bind_text(statement, ":password_hash", password_hash);
    catalog_statement_bind_text(statement, ":role", role);
    catalog_statement_bind_text(statement, ":language", account->language);
    catalog_statement_bind_int(statement, ":disabled", account->disabled != FALSE);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    g_autofree char *detail = catalog_texts_write_object("name", account->name, "role", role, NULL);
    return catalog_statement_run(statement, error) &&
           catalog_audit_append(database, by, "account.create", account->id, detail, error);
}

#define ACCOUNT_COLUMNS                                                                            \
    "SELECT id, name, display_name, role, language, disabled, created_ms, updated_ms,"             \
    " last_seen_ms FROM accounts"

static CatalogAccount *
read_account(CatalogStatement *statement)
{
    CatalogAccount *account = g_new0(CatalogAccount, 1);
    account->id = catalog_statement_dup_text(statement, "id");
    account->name = catalog_statement_dup_text(statement, "name");
    account->display_name = catalog_statement_dup_text(statement, "display_name");
    account->role = CATALOG_ACCOUNT_ROLE_LEARNER;
    catalog_account_role_from_text(catalog_statement_get_text(statement, "role"), &account->role);
    account->language = catalog_statement_dup_text(statement, "language");
    account->disabled = catalog_statement_get_int(statement, "disabled") != 0;
    account->created_ms = catalog_statement_get_int(statement, "created_ms");
    account->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    account->last_seen_ms = catalog_statement_get_int(statement, "last_seen_ms");
    return account;
}

static const char GET_SQL[] = ACCOUNT_COLUMNS " WHERE id = :id";

CatalogAccount *
catalog_accounts_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_account(statement);
    catalog_statement_finish_missing(statement, "account", error);
    return NULL;
}

CatalogAccount *
catalog_accounts_get_enabled(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogAccount) account = catalog_accounts_get(database, id, error);
    if (account != NULL && account->disabled) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND, "the account is disabled");
        return NULL;
    }
    return g_steal_pointer(&account);
}

static const char GET_BY_NAME_SQL[] = ACCOUNT_COLUMNS " WHERE name_folded = :name_folded";

CatalogAccount *
catalog_accounts_get_by_name(CatalogDatabase *database, const char *name, GError **error)
{
    g_autofree char *folded = g_utf8_validate(name, -1, NULL) ? fold_name(name) : NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_BY_NAME_SQL);
    catalog_statement_bind_text(statement, ":name_folded", folded);
    if (catalog_statement_next(statement))
        return read_account(statement);
    catalog_statement_finish_missing(statement, "account", error);
    return NULL;
}

static const char GET_HASH_SQL[] = "SELECT password_hash FROM accounts WHERE id = :id";

char *
catalog_accounts_get_password_hash(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_HASH_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return catalog_statement_dup_text(statement, "password_hash");
    catalog_statement_finish_missing(statement, "account", error);
    return NULL;
}

static const char SET_HASH_SQL[] =
    "UPDATE accounts SET password_hash = :password_hash, updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_accounts_set_password(CatalogDatabase *database, const char *id, const char *password_hash,
                              const char *keep_session, const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogAccount) before = catalog_accounts_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SET_HASH_SQL);
    catalog_statement_bind_text(statement, ":password_hash", password_hash);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run(statement, error) &&
           catalog_sessions_remove_all(database, id, keep_session, error) &&
           catalog_audit_append(database, by, "account.password", id, NULL, error);
}

static const char UPDATE_SQL[] =
    "UPDATE accounts SET display_name = :display_name, role = :role, language = :language,"
    " disabled = :disabled, updated_ms = :now_ms"
    " WHERE id = :id AND ((:role = 'administrator' AND NOT :disabled)"
    "  OR role <> 'administrator' OR disabled"
    "  OR EXISTS (SELECT 1 FROM accounts o WHERE o.role = 'administrator' AND NOT o.disabled"
    "   AND o.id <> :id))";

gboolean
catalog_accounts_update(CatalogDatabase *database, const CatalogAccount *changed,
                        const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogAccount) before = catalog_accounts_get(database, changed->id, error);
    if (before == NULL)
        return FALSE;
    const char *role = catalog_account_role_to_text(changed->role);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, UPDATE_SQL);
    catalog_statement_bind_text(statement, ":display_name", changed->display_name);
    catalog_statement_bind_text(statement, ":role", role);
    catalog_statement_bind_text(statement, ":language", changed->language);
    catalog_statement_bind_int(statement, ":disabled", changed->disabled != FALSE);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    catalog_statement_bind_text(statement, ":id", changed->id);
    g_autofree char *detail = catalog_texts_write_object("role", role, "disabled",
                                                         changed->disabled ? "yes" : "no", NULL);
    if (!catalog_statement_run_guarded(statement, "one enabled administrator must remain", error) ||
        !catalog_audit_append(database, by, "account.update", changed->id, detail, error))
        return FALSE;
    return !changed->disabled || catalog_sessions_remove_all(database, changed->id, NULL, error);
}

static const char LIST_SQL[] = ACCOUNT_COLUMNS " WHERE (created_ms, id) > (:position_ms, :id)"
                                               " ORDER BY created_ms, id LIMIT :limit";

CatalogPage *
catalog_accounts_list(CatalogDatabase *database, const char *cursor, guint limit, GError **error)
{
    gint64 position_ms = 0;
    g_autofree char *id = NULL;
    if (!catalog_page_read_cursor(cursor, &position_ms, &id, error))
        return NULL;
    limit = catalog_page_clamp_limit(limit);
    gboolean first = position_ms == G_MAXINT64;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_int(statement, ":position_ms", first ? G_MININT64 : position_ms);
    catalog_statement_bind_text(statement, ":id", first ? "" : id);
    catalog_statement_bind_int(statement, ":limit", (gint64)limit + 1);

    g_autoptr(CatalogPage) page =
        catalog_page_new(g_ptr_array_new_with_free_func((GDestroyNotify)catalog_account_free));
    while (catalog_statement_next(statement))
        g_ptr_array_add(page->items, read_account(statement));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    if (page->items->len > limit) {
        g_ptr_array_set_size(page->items, (int)limit);
        const CatalogAccount *last = g_ptr_array_index(page->items, limit - 1);
        page->next_cursor = catalog_page_write_cursor(last->created_ms, last->id);
    }
    return g_steal_pointer(&page);
}

static const char TOUCH_SQL[] = "UPDATE accounts SET last_seen_ms = :now_ms"
                                " WHERE id = :id AND last_seen_ms <= :now_ms - :interval_ms";

gboolean
catalog_accounts_touch(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, TOUCH_SQL);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    catalog_statement_bind_int(statement, ":interval_ms", TOUCH_INTERVAL_MS);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run(statement, error);
}

static const char COUNT_SQL[] = "SELECT count(*) AS accounts FROM accounts";

gboolean
catalog_accounts_count(CatalogDatabase *database, gint64 *count, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    if (catalog_statement_next(statement))
        *count = catalog_statement_get_int(statement, "accounts");
    return catalog_statement_finish(statement, error);
}
