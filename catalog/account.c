// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The account value and its roles.
#include "catalog/account.h"

#include "catalog/texts.h"

static const char *const ROLE_NAMES[] = {"administrator", "manager", "teacher", "staff",
                                         "volunteer",     "learner", NULL};

CatalogAccount *
catalog_account_new(const char *id, const char *name, CatalogAccountRole role)
{
    CatalogAccount *account = g_new0(CatalogAccount, 1);
    account->id = g_strdup(id);
    account->name = g_strdup(name);
    account->display_name = g_strdup(name);
    account->role = role;
    account->language = g_strdup("th");
    return account;
}

CatalogAccount *
catalog_account_copy(const CatalogAccount *account)
{
    CatalogAccount *copy = g_memdup2(account, sizeof *account);
    copy->id = g_strdup(account->id);
    copy->name = g_strdup(account->name);
    copy->display_name = g_strdup(account->display_name);
    copy->language = g_strdup(account->language);
    return copy;
}

void
catalog_account_free(CatalogAccount *account)
{
    if (account == NULL)
        return;
    g_free(account->id);
    g_free(account->name);
    g_free(account->display_name);
    g_free(account->language);
    g_free(account);
}

const char *
catalog_account_role_to_text(CatalogAccountRole role)
{
    return ROLE_NAMES[role];
}

gboolean
catalog_account_role_from_text(const char *text, CatalogAccountRole *role)
{
    int found = catalog_texts_find(ROLE_NAMES, text);
    if (found >= 0)
        *role = (CatalogAccountRole)found;
    return found >= 0;
}
