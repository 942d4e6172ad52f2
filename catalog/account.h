// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one person (or machine) with a role. Its password hash never leaves accounts.c and setup.c
// but for checking.
#pragma once

#include <glib.h>

typedef enum {
    CATALOG_ACCOUNT_ROLE_ADMINISTRATOR,
    CATALOG_ACCOUNT_ROLE_MANAGER,
    CATALOG_ACCOUNT_ROLE_TEACHER,
    CATALOG_ACCOUNT_ROLE_STAFF,
    CATALOG_ACCOUNT_ROLE_VOLUNTEER,
    CATALOG_ACCOUNT_ROLE_LEARNER,
} CatalogAccountRole;

typedef struct {
    char *id;                // (owned)
    char *name;              // (owned): to sign in with; case is folded when compared
    char *display_name;      // (owned): never NULL
    CatalogAccountRole role; // what it may do
    char *language;          // (owned): "th" or "en"
    gboolean disabled;       // cannot sign in, its sessions and tokens are refused
    gint64 created_ms;       // UTC milliseconds
    gint64 updated_ms;       // UTC milliseconds
    gint64 last_seen_ms;     // UTC milliseconds, 0: never
} CatalogAccount;

/** Returns: (transfer full): an enabled account with @name as display name, language "th". */
CatalogAccount *catalog_account_new(const char *id, const char *name, CatalogAccountRole role);

CatalogAccount *catalog_account_copy(const CatalogAccount *account);
void catalog_account_free(CatalogAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogAccount, catalog_account_free)

const char *catalog_account_role_to_text(CatalogAccountRole role);
/** Returns: FALSE when @text (nullable) names no role; @role is then untouched. */
gboolean catalog_account_role_from_text(const char *text, CatalogAccountRole *role);
