// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Personal bearer tokens, for scripts. Stored only hashed; they begin with "daorian_". All
// functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/account.h"
#include "catalog/audit.h"
#include "catalog/database.h"

typedef struct {
    char *id;            // (owned)
    char *account_id;    // (owned)
    char *label;         // (owned)
    gint64 created_ms;   // UTC milliseconds
    gint64 last_used_ms; // UTC milliseconds, 0: never
} CatalogTokensEntry;

/** @entry (out) (nullable): the new row. @label: 1–100 characters. Returns: (transfer full): the
 * token, the only time it can be read; NOT_FOUND, INVALID, CONFLICT (50 tokens already). */
char *catalog_tokens_create(CatalogDatabase *database, const char *account_id, const char *label,
                            const CatalogAuditStamp *by, CatalogTokensEntry **entry,
                            GError **error);

/** Returns: (transfer full): whose token it is; @id (out) (transfer full) (nullable) its id. NULL
 * with NOT_FOUND (unknown, account disabled). A read. */
CatalogAccount *catalog_tokens_find(CatalogDatabase *database, const char *token, char **id,
                                    GError **error);

/** Notes a use; written at most once a minute. */
gboolean catalog_tokens_touch(CatalogDatabase *database, const char *id, gint64 now_ms,
                              GError **error);

/** Returns: (transfer full) (element-type CatalogTokensEntry): oldest first. */
GPtrArray *catalog_tokens_list(CatalogDatabase *database, const char *account_id, GError **error);

/** Deletes a token of this account; NOT_FOUND when it has no such token. */
gboolean catalog_tokens_remove(CatalogDatabase *database, const char *account_id, const char *id,
                               const CatalogAuditStamp *by, GError **error);

CatalogTokensEntry *catalog_tokens_copy_entry(const CatalogTokensEntry *entry);
void catalog_tokens_free_entry(CatalogTokensEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogTokensEntry, catalog_tokens_free_entry)
