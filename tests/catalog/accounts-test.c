// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Accounts, passwords, sessions, tokens and the set-up link: who gets in, and who no longer does.
#include "tests/catalog/fixture.h"

#include <string.h>

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/passwords.h"
#include "catalog/secrets.h"
#include "catalog/sessions.h"
#include "catalog/setup.h"
#include "catalog/tokens.h"

static void
test_passwords(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *hash = catalog_passwords_hash("ความลับของครู", &error);
    g_assert_no_error(error);
    g_assert_true(g_str_has_prefix(hash, "$argon2id$"));
    g_assert_true(catalog_passwords_verify(hash, "ความลับของครู"));
    g_assert_false(catalog_passwords_verify(hash, "ความลับของครุ"));
    g_assert_false(catalog_passwords_verify(NULL, "ความลับของครู"));
    g_assert_false(catalog_passwords_verify("not a hash", "ความลับของครู"));
    g_assert_null(catalog_passwords_hash("short", &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_autofree char *made = catalog_passwords_generate();
    g_assert_cmpuint(strlen(made), ==, 16);
}

static void
test_secrets(void)
{
    g_autofree char *a = catalog_secrets_new("p_");
    g_autofree char *b = catalog_secrets_new("p_");
    g_assert_cmpuint(strlen(a), ==, 2 + 43);
    g_assert_cmpstr(a, !=, b);
    g_autofree char *hash = catalog_secrets_hash(a);
    g_assert_cmpuint(strlen(hash), ==, 64);
    g_autofree char *csrf = catalog_secrets_derive(a, "csrf");
    g_autofree char *same = catalog_secrets_derive(a, "csrf");
    g_autofree char *other = catalog_secrets_derive(a, "other");
    g_assert_true(catalog_secrets_equal(csrf, same));
    g_assert_false(catalog_secrets_equal(csrf, other));
    g_assert_false(catalog_secrets_equal(csrf, NULL));
}

static void
test_names(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *id = fixture_add_account(fixture, "Somchai", "staff");
    const char *const bad[] = {"", " a", "a ", "a\nb", "\xff", "SOMCHAI"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *other = catalog_ids_new(1);
        g_autoptr(CatalogAccount) account =
            catalog_account_new(other, bad[i], CATALOG_ACCOUNT_ROLE_STAFF);
        g_assert_false(
            catalog_accounts_create(fixture->database, account, "h", &fixture->by, &error));
        gboolean taken = g_str_equal(bad[i], "SOMCHAI");
        int code = taken ? CATALOG_ERROR_EXISTS : CATALOG_ERROR_INVALID;
        g_assert_true(g_error_matches(error, CATALOG_ERROR, code));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogAccount) found =
        catalog_accounts_get_by_name(fixture->database, "somCHAI", &error);
    g_assert_cmpstr(found->id, ==, id);
    g_assert_null(catalog_accounts_get_by_name(fixture->database, "\xff", &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

static void
test_last_administrator_stays(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = fixture_add_account(fixture, "a", "administrator");
    g_autoptr(CatalogAccount) account = catalog_accounts_get(fixture->database, id, &error);
    account->role = CATALOG_ACCOUNT_ROLE_LEARNER;
    g_assert_false(catalog_accounts_update(fixture->database, account, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    account->role = CATALOG_ACCOUNT_ROLE_ADMINISTRATOR;
    account->disabled = TRUE;
    g_assert_false(catalog_accounts_update(fixture->database, account, &fixture->by, &error));
    g_clear_error(&error);
    g_free(fixture_add_account(fixture, "b", "administrator"));
    g_assert_true(catalog_accounts_update(fixture->database, account, &fixture->by, &error));
    g_assert_no_error(error);
}

static void
test_sessions(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *id = fixture_add_account(fixture, "a", "staff");
    g_autofree char *token = catalog_sessions_create(database, id, 1000, 100, &error);
    g_autofree char *second = catalog_sessions_create(database, id, 1000, 100, &error);
    g_assert_no_error(error);
    g_autoptr(CatalogAccount) found = catalog_sessions_find(database, token, 1099, &error);
    g_assert_cmpstr(found->id, ==, id);
    g_assert_null(catalog_sessions_find(database, token, 1100, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(catalog_sessions_touch(database, token, 5000, 200, &error));
    g_autoptr(CatalogAccount) later = catalog_sessions_find(database, token, 5199, &error);
    g_assert_nonnull(later);
    g_assert_true(catalog_accounts_set_password(database, id, "new", token, &fixture->by, &error));
    g_assert_null(catalog_sessions_find(database, second, 200, &error));
    g_clear_error(&error);
    g_autoptr(CatalogAccount) kept = catalog_sessions_find(database, token, 200, &error);
    g_assert_nonnull(kept);
    kept->disabled = TRUE;
    g_assert_true(catalog_accounts_update(database, kept, &fixture->by, &error));
    g_assert_null(catalog_sessions_find(database, token, 200, &error));
    g_clear_error(&error);
    g_assert_true(catalog_sessions_sweep(database, 10000, &error));
    g_assert_true(catalog_sessions_remove(database, token, 1, &error));
    g_assert_null(catalog_sessions_create(database, "nobody", 1, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
}

static void
test_tokens(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *id = fixture_add_account(fixture, "a", "staff");
    g_autofree char *other = fixture_add_account(fixture, "b", "staff");
    g_autoptr(CatalogTokensEntry) entry = NULL;
    g_autofree char *token =
        catalog_tokens_create(database, id, "สคริปต์", &fixture->by, &entry, &error);
    g_assert_no_error(error);
    g_autofree char *token_id = NULL;
    g_autoptr(CatalogAccount) found = catalog_tokens_find(database, token, &token_id, &error);
    g_assert_cmpstr(found->id, ==, id);
    g_assert_cmpstr(token_id, ==, entry->id);
    g_assert_true(catalog_tokens_touch(database, token_id, FIXTURE_NOW_MS, &error));
    g_autoptr(GPtrArray) list = catalog_tokens_list(database, id, &error);
    const CatalogTokensEntry *listed = g_ptr_array_index(list, 0);
    g_assert_cmpint(listed->last_used_ms, ==, FIXTURE_NOW_MS);
    g_assert_false(catalog_tokens_remove(database, other, token_id, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(catalog_tokens_remove(database, id, token_id, &fixture->by, &error));
    g_assert_null(catalog_tokens_find(database, token, NULL, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    for (int i = 0; i < 50; i++) {
        g_autofree char *many =
            catalog_tokens_create(database, id, "x", &fixture->by, NULL, &error);
        g_assert_no_error(error);
    }
    g_assert_null(catalog_tokens_create(database, id, "x", &fixture->by, NULL, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_null(catalog_tokens_create(database, id, "", &fixture->by, NULL, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
}

static void
test_setup_link_works_once(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    CatalogDatabase *database = fixture->database;
    g_autofree char *old = catalog_setup_issue(database, 1, &error);
    g_autofree char *token = catalog_setup_issue(database, 2, &error);
    g_assert_no_error(error);
    g_autofree char *id = catalog_ids_new(1);
    g_autoptr(CatalogAccount) account =
        catalog_account_new(id, "ผู้ดูแล", CATALOG_ACCOUNT_ROLE_LEARNER);
    gboolean known = TRUE;
    g_assert_true(catalog_setup_is_known(database, old, &known, &error));
    g_assert_false(known);
    g_assert_true(catalog_setup_is_known(database, token, &known, &error));
    g_assert_true(known);
    g_assert_false(catalog_setup_redeem(database, old, account, "h", 3, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_true(catalog_setup_redeem(database, token, account, "h", 3, &error));
    g_autoptr(CatalogAccount) made = catalog_accounts_get(database, id, &error);
    g_assert_cmpint(made->role, ==, CATALOG_ACCOUNT_ROLE_ADMINISTRATOR);
    g_assert_false(catalog_setup_redeem(database, token, account, "h", 3, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
    g_assert_null(catalog_setup_issue(database, 4, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    gboolean needed = TRUE;
    g_assert_true(catalog_setup_is_needed(database, &needed, NULL));
    g_assert_false(needed);
}

static void
test_list_pages(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    for (int i = 0; i < 5; i++) {
        g_autofree char *name = g_strdup_printf("n%d", i);
        fixture->by.now_ms += i % 2;
        g_free(fixture_add_account(fixture, name, "learner"));
    }
    g_autoptr(CatalogPage) first = catalog_accounts_list(fixture->database, NULL, 3, &error);
    g_assert_cmpuint(first->items->len, ==, 3);
    g_autoptr(CatalogPage) rest =
        catalog_accounts_list(fixture->database, first->next_cursor, 3, &error);
    g_assert_cmpuint(rest->items->len, ==, 2);
    g_assert_null(rest->next_cursor);
    gint64 count = 0;
    g_assert_true(catalog_accounts_count(fixture->database, &count, &error));
    g_assert_cmpint(count, ==, 5);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/catalog/accounts/passwords", test_passwords);
    g_test_add_func("/catalog/accounts/secrets", test_secrets);
    FIXTURE_ADD("/catalog/accounts/names", test_names);
    FIXTURE_ADD("/catalog/accounts/last-administrator-stays", test_last_administrator_stays);
    FIXTURE_ADD("/catalog/accounts/sessions", test_sessions);
    FIXTURE_ADD("/catalog/accounts/tokens", test_tokens);
    FIXTURE_ADD("/catalog/accounts/setup-link-works-once", test_setup_link_works_once);
    FIXTURE_ADD("/catalog/accounts/list-pages", test_list_pages);
    return g_test_run();
}
