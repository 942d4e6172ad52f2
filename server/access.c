// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table itself and its words.
#include "server/access.h"

#define VISITOR (CATALOG_ACCOUNT_ROLE_LEARNER + 1)
#define ROLES (VISITOR + 1)
#define ACTIONS (SERVER_ACCESS_ADMINISTER + 1)
#define VISIBILITIES (CATALOG_LESSON_VISIBILITY_DRAFT + 1)

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
            [CATALOG_ACCOUNT_ROLE_ADMINISTRATOR] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_MANAGER] = "AA--",
            [CATALOG_ACCOUNT_ROLE_TEACHER] = "AAOO",
            [CATALOG_ACCOUNT_ROLE_STAFF] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_VOLUNTEER] = "AA--",
            [CATALOG_ACCOUNT_ROLE_LEARNER] = "AA--",
            [VISITOR] = "A---",
        },
    [SERVER_ACCESS_EDIT] =
        {
            [CATALOG_ACCOUNT_ROLE_ADMINISTRATOR] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_MANAGER] = "----",
            [CATALOG_ACCOUNT_ROLE_TEACHER] = "OOOO",
            [CATALOG_ACCOUNT_ROLE_STAFF] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_VOLUNTEER] = "----",
            [CATALOG_ACCOUNT_ROLE_LEARNER] = "----",
            [VISITOR] = "----",
        },
    [SERVER_ACCESS_UPLOAD] =
        {
            [CATALOG_ACCOUNT_ROLE_ADMINISTRATOR] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_MANAGER] = "----",
            [CATALOG_ACCOUNT_ROLE_TEACHER] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_STAFF] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_VOLUNTEER] = "----",
            [CATALOG_ACCOUNT_ROLE_LEARNER] = "----",
            [VISITOR] = "----",
        },
    [SERVER_ACCESS_ACCOUNT] =
        {
            [CATALOG_ACCOUNT_ROLE_ADMINISTRATOR] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_MANAGER] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_TEACHER] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_STAFF] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_VOLUNTEER] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_LEARNER] = "AAAA",
            [VISITOR] = "----",
        },
    [SERVER_ACCESS_ADMINISTER] =
        {
            [CATALOG_ACCOUNT_ROLE_ADMINISTRATOR] = "AAAA",
            [CATALOG_ACCOUNT_ROLE_MANAGER] = "----",
            [CATALOG_ACCOUNT_ROLE_TEACHER] = "----",
            [CATALOG_ACCOUNT_ROLE_STAFF] = "----",
            [CATALOG_ACCOUNT_ROLE_VOLUNTEER] = "----",
            [CATALOG_ACCOUNT_ROLE_LEARNER] = "----",
            [VISITOR] = "----",
        },
};

ServerAccessAccount *
server_access_account_new(const CatalogAccount *account)
{
    ServerAccessAccount *copy = g_new0(ServerAccessAccount, 1);
    copy->id = g_strdup(account->id);
    copy->name = g_strdup(account->name);
    copy->display_name = g_strdup(account->display_name);
    copy->language = g_strdup(account->language);
    copy->role = account->role;
    return copy;
}

void
server_access_account_free(ServerAccessAccount *account)
{
    g_free(account->id);
    g_free(account->name);
    g_free(account->display_name);
    g_free(account->language);
    g_free(account->session_token);
    g_free(account->csrf_token);
    g_free(account);
}

const char *
server_access_action_to_text(ServerAccessAction action)
{
    return action_words[action];
}

gboolean
server_access_allows(const CatalogAccountRole *role, ServerAccessAction action, gboolean own,
                     CatalogLessonVisibility visibility)
{
    char cell = cells[action][role != NULL ? *role : VISITOR][visibility];
    return cell == 'A' || (cell == 'O' && own);
}

gboolean
server_access_may(const ServerAccessAccount *account, ServerAccessAction action)
{
    return server_access_allows(account != NULL ? &account->role : NULL, action, FALSE,
                                CATALOG_LESSON_VISIBILITY_PUBLIC);
}

gboolean
server_access_may_lesson(const ServerAccessAccount *account, ServerAccessAction action,
                         const char *owner_id, CatalogLessonVisibility visibility)
{
    gboolean own = account != NULL && g_strcmp0(account->id, owner_id) == 0;
    return server_access_allows(account != NULL ? &account->role : NULL, action, own, visibility);
}

gboolean
server_access_may_see(const ServerAccessAccount *account, const CatalogLesson *lesson)
{
    ServerAccessAction action =
        lesson->state == CATALOG_LESSON_STATE_PUBLISHED ? SERVER_ACCESS_WATCH : SERVER_ACCESS_EDIT;
    return server_access_may_lesson(account, action, lesson->owner_id, lesson->visibility);
}
