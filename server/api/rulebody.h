// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a person says about a rule, taken from the body of a request into a value. Any thread.
#pragma once

#include "catalog/rules.h"
#include "server/api/call.h"

/** The members that a body may have, NULL-terminated: (static). */
const char *const *api_rulebody_get_names(void);

/** Returns: (transfer full): a rule of the account of @call that means nothing yet. */
CatalogRules *api_rulebody_make_empty(ApiCall *call);

/** Takes the body's members into @rule; those that are absent stay. INVALID. */
gboolean api_rulebody_take(ApiCall *call, CatalogRules *rule, GError **error);

/** Returns: (transfer full): `HH:MM`. */
char *api_rulebody_write_minute(gint64 minute);
