// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who may do what: one table of role × action × visibility, printed in ARCHITECTURE.md and tested
// cell by cell. Pure. Handlers ask it; nothing else compares roles.
#pragma once

#include <glib.h>

typedef enum {
    SERVER_ACCESS_ADMINISTRATOR,
    SERVER_ACCESS_MANAGER, // reserved, of an area
    SERVER_ACCESS_TEACHER,
    SERVER_ACCESS_STAFF,
    SERVER_ACCESS_VOLUNTEER, // reserved, of a centre
    SERVER_ACCESS_LEARNER,
    SERVER_ACCESS_VISITOR, // nobody signed in
} ServerAccessRole;

typedef enum {
    SERVER_ACCESS_PUBLIC,
    SERVER_ACCESS_SIGNED_IN,
    SERVER_ACCESS_GROUP,
    SERVER_ACCESS_DRAFT,
} ServerAccessVisibility;

typedef enum {
    SERVER_ACCESS_WATCH, // find a published lesson, read it, play it
    SERVER_ACCESS_EDIT,  // see it in every state, change, withdraw, restore, retry, cancel, history
    SERVER_ACCESS_UPLOAD,    // make a lesson
    SERVER_ACCESS_ACCOUNT,   // own password, tokens, event stream
    SERVER_ACCESS_ADMINISTER // users, jobs, status, audit
} ServerAccessAction;

/** Who asks. A visitor is NULL wherever an account is expected. */
typedef struct {
    char *id;              // (owned)
    char *name;            // (owned)
    char *display_name;    // (owned)
    char *language;        // (owned) (nullable)
    ServerAccessRole role; // never VISITOR
    char *session_id;      // (owned) (nullable), the cookie's session; NULL for a bearer token
    char *csrf_token; // (owned) (nullable), what X-CSRF-Token must say on a write with the cookie
} ServerAccessAccount;

void server_access_account_free(ServerAccessAccount *account);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerAccessAccount, server_access_account_free)

/** The words of the API and the catalogue. The parsers return FALSE, @out untouched, for anything
 * else. */
const char *server_access_role_to_text(ServerAccessRole role);
gboolean server_access_role_from_text(const char *text, ServerAccessRole *out);
const char *server_access_visibility_to_text(ServerAccessVisibility visibility);
gboolean server_access_visibility_from_text(const char *text, ServerAccessVisibility *out);
const char *server_access_action_to_text(ServerAccessAction action);

/**
 * server_access_allows:
 * @own: whether the lesson belongs to who asks
 * @visibility: the lesson's; ignored by actions that are not about one lesson
 *
 * Returns: the table's cell. Any thread.
 */
gboolean server_access_allows(ServerAccessRole role, ServerAccessAction action, gboolean own,
                              ServerAccessVisibility visibility);

/** Returns: server_access_allows() for an action that is not about one lesson; @account NULL is a
 * visitor. */
gboolean server_access_may(const ServerAccessAccount *account, ServerAccessAction action);

/** The same for one lesson, from its row's @owner_id (nullable) and @visibility words. */
gboolean server_access_may_lesson(const ServerAccessAccount *account, ServerAccessAction action,
                                  const char *owner_id, const char *visibility);
