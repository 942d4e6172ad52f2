// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who may do what: one table of role × action × visibility, printed in ARCHITECTURE.md and tested
// cell by cell. Pure. Handlers ask it; nothing else compares roles.
#pragma once

#include "catalog/account.h"
#include "catalog/lesson.h"

typedef enum {
    SERVER_ACCESS_WATCH, // find a published lesson, read it, play it
    SERVER_ACCESS_EDIT,  // see it in every state, change, withdraw, restore, retry, cancel, history
    SERVER_ACCESS_UPLOAD,    // make a lesson
    SERVER_ACCESS_ACCOUNT,   // own password, tokens, event stream
    SERVER_ACCESS_ADMINISTER // users, jobs, status, audit
} ServerAccessAction;

/** Who asks. A visitor is NULL wherever an account is expected. */
typedef struct {
    char *id;                // (owned)
    char *name;              // (owned)
    char *display_name;      // (owned)
    char *language;          // (owned) (nullable)
    CatalogAccountRole role; // what it may do
    char *session_token;     // (owned) (nullable), of the cookie; NULL for a bearer token
    char *csrf_token; // (owned) (nullable), what X-CSRF-Token must say on a write with the cookie
} ServerAccessAccount;

/** Returns: (transfer full): who @account is; without a session. */
ServerAccessAccount *server_access_account_new(const CatalogAccount *account);

void server_access_account_free(ServerAccessAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerAccessAccount, server_access_account_free)

/** Returns: (transfer none): the action's word in ARCHITECTURE.md. */
const char *server_access_action_to_text(ServerAccessAction action);

/**
 * server_access_allows:
 * @role: (nullable): NULL is a visitor
 * @own: whether the lesson belongs to who asks
 * @visibility: the lesson's; ignored by actions that are not about one lesson
 *
 * Returns: the table's cell. Any thread.
 */
gboolean server_access_allows(const CatalogAccountRole *role, ServerAccessAction action,
                              gboolean own, CatalogLessonVisibility visibility);

/** Returns: server_access_allows() for an action about no lesson; @account NULL is a visitor. */
gboolean server_access_may(const ServerAccessAccount *account, ServerAccessAction action);

/** The same for one lesson, of which only the owner (nullable) and the visibility count. */
gboolean server_access_may_lesson(const ServerAccessAccount *account, ServerAccessAction action,
                                  const char *owner_id, CatalogLessonVisibility visibility);

/** Returns: TRUE when @account may see @lesson now: an editor always, others once it is published.
 */
gboolean server_access_may_see(const ServerAccessAccount *account, const CatalogLesson *lesson);
