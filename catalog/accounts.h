// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Accounts. Hash passwords first with catalog_passwords_hash(), outside the transaction. All
// functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/page.h"

/** Inserts @account. EXISTS (name taken), INVALID (name not 1–64 characters, or with blanks at an
 * end or control characters). */
gboolean catalog_accounts_create(CatalogDatabase *database, const CatalogAccount *account,
                                 const char *password_hash, const CatalogAuditStamp *by,
                                 GError **error);

/** Returns: (transfer full): the account, or NULL with NOT_FOUND. */
CatalogAccount *catalog_accounts_get(CatalogDatabase *database, const char *id, GError **error);

/** As catalog_accounts_get(), with NOT_FOUND for a disabled one too. */
CatalogAccount *catalog_accounts_get_enabled(CatalogDatabase *database, const char *id,
                                             GError **error);

/** Returns: (transfer full): by name in any case, or NULL with NOT_FOUND. */
CatalogAccount *catalog_accounts_get_by_name(CatalogDatabase *database, const char *name,
                                             GError **error);

/** Returns: (transfer full): the hash to verify outside the transaction, or NULL with NOT_FOUND. */
char *catalog_accounts_get_password_hash(CatalogDatabase *database, const char *id, GError **error);

/** Sets the password and ends every session of the account but @keep_session (nullable: a session
 * token). */
gboolean catalog_accounts_set_password(CatalogDatabase *database, const char *id,
                                       const char *password_hash, const char *keep_session,
                                       const CatalogAuditStamp *by, GError **error);

/** Writes display_name, role, language, disabled; disabling ends its sessions. CONFLICT when no
 * enabled administrator would be left. */
gboolean catalog_accounts_update(CatalogDatabase *database, const CatalogAccount *changed,
                                 const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full) (element-type CatalogAccount): oldest first. */
CatalogPage *catalog_accounts_list(CatalogDatabase *database, const char *cursor, guint limit,
                                   GError **error);

/** Notes that the account was seen; written at most once a minute. */
gboolean catalog_accounts_touch(CatalogDatabase *database, const char *id, gint64 now_ms,
                                GError **error);

/** @count (out): all accounts, disabled ones too. */
gboolean catalog_accounts_count(CatalogDatabase *database, gint64 *count, GError **error);
