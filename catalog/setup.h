// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one-time link that makes the first administrator. Only its hash is stored. All functions: on
// the connection's thread, inside a transaction.
#pragma once

#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/database.h"

/** @needed (out): TRUE as long as there is no administrator at all. */
gboolean catalog_setup_is_needed(CatalogDatabase *database, gboolean *needed, GError **error);

/** @known (out): whether @token would be taken now; decides nothing. */
gboolean catalog_setup_is_known(CatalogDatabase *database, const char *token, gboolean *known,
                                GError **error);

/** Returns: (transfer full): a new token; the ones before become void. CONFLICT when not needed. */
char *catalog_setup_issue(CatalogDatabase *database, gint64 now_ms, GError **error);

/**
 * catalog_setup_redeem:
 * @account: the administrator to be made
 *
 * Uses the token up and makes the account, or neither.
 *
 * Returns: FALSE with NOT_FOUND (no such token, used, or no longer needed), EXISTS, INVALID.
 */
gboolean catalog_setup_redeem(CatalogDatabase *database, const char *token,
                              const CatalogAccount *account, const char *password_hash,
                              gint64 now_ms, GError **error);
