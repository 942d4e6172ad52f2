// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Signed-in browsers. A token is 256 random bits, stored only hashed. All functions but the CSRF
// one: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/account.h"
#include "catalog/database.h"

/** Returns: (transfer full): the token for the cookie of a new session of @account_id; NOT_FOUND.
 */
char *catalog_sessions_create(CatalogDatabase *database, const char *account_id, gint64 lifetime_ms,
                              gint64 now_ms, GError **error);

/** Returns: (transfer full): whose session it is, or NULL with NOT_FOUND (unknown, over, account
 * disabled). A read. */
CatalogAccount *catalog_sessions_find(CatalogDatabase *database, const char *token, gint64 now_ms,
                                      GError **error);

/** Prolongs a session and notes that its account was seen; a write, needed once an hour at most. */
gboolean catalog_sessions_touch(CatalogDatabase *database, const char *token, gint64 lifetime_ms,
                                gint64 now_ms, GError **error);

/** Ends one session; one that is gone already is no error. */
gboolean catalog_sessions_remove(CatalogDatabase *database, const char *token, gint64 now_ms,
                                 GError **error);

/** Ends all sessions of an account but @keep_token (nullable). */
gboolean catalog_sessions_remove_all(CatalogDatabase *database, const char *account_id,
                                     const char *keep_token, GError **error);

/** Deletes sessions that are over. */
gboolean catalog_sessions_sweep(CatalogDatabase *database, gint64 now_ms, GError **error);

/** Returns: (transfer full): the CSRF token that belongs to a session token; follows from it, is
 * not stored; compare with catalog_secrets_equal(). Pure, any thread. */
char *catalog_sessions_derive_csrf(const char *token);
