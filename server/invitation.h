// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one-time link that makes the first administrator: made anew at each start while there is
// nobody to sign in.
#pragma once

#include "catalog/threads.h"

/** @token: (nullable): of the link; NULL when none is needed, or could not be made. */
typedef void (*ServerInvitationFunc)(const char *token, gpointer user_data);

/** @func is called once in the caller's thread-default context. */
void server_invitation_issue(CatalogThreads *catalog, gint64 now_ms, ServerInvitationFunc func,
                             gpointer user_data);
