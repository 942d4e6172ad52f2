// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table itself and its words.
#include "server/access.h"

#include <string.h>

#define ROLES (SERVER_ACCESS_VISITOR + 1)
#define ACTIONS (SERVER_ACCESS_ADMINISTER + 1)
#define VISIBILITIES (SERVER_ACCESS_DRAFT + 1)

static const char *const role_words[ROLES] = {
    [SERVER_ACCESS_ADMINISTRATOR] = "administrator",
    [SERVER_ACCESS_MANAGER] = "manager",
    [SERVER_ACCESS_TEACHER] = "teacher",
    [SERVER_ACCESS_STAFF] = "staff",
    [SERVER_ACCESS_VOLUNTEER] = "volunteer",
    [SERVER_ACCESS_LEARNER] = "learner",
    [SERVER_ACCESS_VISITOR] = "visitor",
};

static const char *const visibility_words[VISIBILITIES] = {
    [SERVER_ACCESS_PUBLIC] = "public",
    [SERVER_ACCESS_SIGNED_IN] = "signed-in",
    [SERVER_ACCESS_GROUP] = "group",
    [SERVER_ACCESS_DRAFT] = "draft",
};

static const char *const action_words[ACTIONS] = {
    [SERVER_ACCESS_WATCH] = "watch",           [SERVER_ACCESS_EDIT] = "edit",
    [SERVER_ACCESS_UPLOAD] = "upload",         [SERVER_ACCESS_ACCOUNT] = "account",
    [SERVER_ACCESS_ADMINISTER] = "administer",
};

// One letter a visibility, in the order public, signed-in, group, draft: A any lesson, O own
// lessons,
// - none. Nobody is in a group yet, so a group's lessons are seen by who edits them. Actions that
// are about no lesson have the same letter four times.
static const char cells[ACTIONS][ROLES][VISIBILITIES + 1] = {
    [SERVER_ACCESS_WATCH] =
        {
            [SERVER_ACCESS_ADMINISTRATOR] = "AAAA",
            [SERVER_ACCESS_MANAGER] = "AA--",
            [SERVER_ACCESS_TEACHER] = "AAOO",
            [SERVER_ACCESS_STAFF] = "AAAA",
            [SERVER_ACCESS_VOLUNTEER] = "AA--",
            [SERVER_ACCESS_LEARNER] = "AA--",
            [SERVER_ACCESS_VISITOR] = "A---",
        },
    [SERVER_ACCESS_EDIT] =
        {
            [SERVER_ACCESS_ADMINISTRATOR] = "AAAA",
            [SERVER_ACCESS_MANAGER] = "----",
            [SERVER_ACCESS_TEACHER] = "OOOO",
            [SERVER_ACCESS_STAFF] = "AAAA",
            [SERVER_ACCESS_VOLUNTEER] = "----",
            [SERVER_ACCESS_LEARNER] = "----",
            [SERVER_ACCESS_VISITOR] = "----",
        },
    [SERVER_ACCESS_UPLOAD] =
        {
            [SERVER_ACCESS_ADMINISTRATOR] = "AAAA",
            [SERVER_ACCESS_MANAGER] = "----",
            [SERVER_ACCESS_TEACHER] = "AAAA",
            [SERVER_ACCESS_STAFF] = "AAAA",
            [SERVER_ACCESS_VOLUNTEER] = "----",
            [SERVER_ACCESS_LEARNER] = "----",
            [SERVER_ACCESS_VISITOR] = "----",
        },
    [SERVER_ACCESS_ACCOUNT] =
        {
            [SERVER_ACCESS_ADMINISTRATOR] = "AAAA",
            [SERVER_ACCESS_MANAGER] = "AAAA",
            [SERVER_ACCESS_TEACHER] = "AAAA",
            [SERVER_ACCESS_STAFF] = "AAAA",
            [SERVER_ACCESS_VOLUNTEER] = "AAAA",
            [SERVER_ACCESS_LEARNER] = "AAAA",
            [SERVER_ACCESS_VISITOR] = "----",
        },
    [SERVER_ACCESS_ADMINISTER] =
        {
            [SERVER_ACCESS_ADMINISTRATOR] = "AAAA",
            [SERVER_ACCESS_MANAGER] = "----",
            [SERVER_ACCESS_TEACHER] = "----",
            [SERVER_ACCESS_STAFF] = "----",
            [SERVER_ACCESS_VOLUNTEER] = "----",
            [SERVER_ACCESS_LEARNER] = "----",
            [SERVER_ACCESS_VISITOR] = "----",
        },
};

void
server_access_account_free(ServerAccessAccount *account)
{
    g_free(account->id);
    g_free(account->name);
    g_free(account->display_name);
    g_free(account->language);
    g_free(account->session_id);
    g_free(account->csrf_token);
    g_free(account);
}

static gboolean
find_word(const char *const *words, guint n_words, const char *text, guint *out)
{
    for (guint i = 0; text != NULL && i < n_words; i++) {
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return TRUE;
        }
    }
    return FALSE;
}

const char *
server_access_role_to_text(ServerAccessRole role)
{
    return role_words[role];
}

gboolean
server_access_role_from_text(const char *text, ServerAccessRole *out)
{
    guint index = 0;
    // "visitor" is the absence of an account, never somebody's role.
    if (!find_word(role_words, SERVER_ACCESS_VISITOR, text, &index))
        return FALSE;
    *out = (ServerAccessRole)index;
    return TRUE;
}

const char *
server_access_visibility_to_text(ServerAccessVisibility visibility)
{
    return visibility_words[visibility];
}

gboolean
server_access_visibility_from_text(const char *text, ServerAccessVisibility *out)
{
    guint index = 0;
    if (!find_word(visibility_words, VISIBILITIES, text, &index))
        return FALSE;
    *out = (ServerAccessVisibility)index;
    return TRUE;
}

const char *
server_access_action_to_text(ServerAccessAction action)
{
    return action_words[action];
}

gboolean
server_access_allows(ServerAccessRole role, ServerAccessAction action, gboolean own,
                     ServerAccessVisibility visibility)
{
    char cell = cells[action][role][visibility];
    return cell == 'A' || (cell == 'O' && own);
}

gboolean
server_access_may(const ServerAccessAccount *account, ServerAccessAction action)
{
    ServerAccessRole role = account != NULL ? account->role : SERVER_ACCESS_VISITOR;
    return server_access_allows(role, action, FALSE, SERVER_ACCESS_PUBLIC);
}

gboolean
server_access_may_lesson(const ServerAccessAccount *account, ServerAccessAction action,
                         const char *owner_id, const char *visibility)
{
    ServerAccessRole role = account != NULL ? account->role : SERVER_ACCESS_VISITOR;
    gboolean own = account != NULL && owner_id != NULL && strcmp(account->id, owner_id) == 0;
    // A word that is not known counts as the narrowest.
    ServerAccessVisibility known = SERVER_ACCESS_DRAFT;
    server_access_visibility_from_text(visibility, &known);
    return server_access_allows(role, action, own, known);
}
