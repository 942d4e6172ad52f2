// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of access, cell by cell, against the one that ARCHITECTURE.md prints: neither can
// change alone. Argument: the source tree.
#include "server/access.h"

#include <string.h>

static const char *
describe_cell(const CatalogAccountRole *role, ServerAccessAction action,
              CatalogLessonVisibility visibility)
{
    gboolean others = server_access_allows(role, action, FALSE, visibility);
    gboolean own = server_access_allows(role, action, TRUE, visibility);
    g_assert_true(own || !others);
    return others ? "any" : own ? "own" : "no";
}

static char *
render_row(const CatalogAccountRole *role, ServerAccessAction action)
{
    GString *row = g_string_new(NULL);
    g_string_append_printf(row, "| %s | %s |", server_access_action_to_text(action),
                           role != NULL ? catalog_account_role_to_text(*role) : "visitor");
    for (CatalogLessonVisibility at = CATALOG_LESSON_VISIBILITY_PUBLIC;
         at <= CATALOG_LESSON_VISIBILITY_DRAFT; at++)
        g_string_append_printf(row, " %s |", describe_cell(role, action, at));
    g_string_append_c(row, '\n');
    return g_string_free(row, FALSE);
}

static void
test_every_cell(gconstpointer source)
{
    g_autofree char *path = g_build_filename(source, "ARCHITECTURE.md", NULL);
    g_autofree char *architecture = NULL;
    g_assert_true(g_file_get_contents(path, &architecture, NULL, NULL));
    g_autoptr(GString) table = g_string_new("| action | role |");
    for (CatalogLessonVisibility at = CATALOG_LESSON_VISIBILITY_PUBLIC;
         at <= CATALOG_LESSON_VISIBILITY_DRAFT; at++)
        g_string_append_printf(table, " %s |", catalog_lesson_visibility_to_text(at));
    g_string_append(table, "\n|---|---|---|---|---|---|\n");
    for (ServerAccessAction action = SERVER_ACCESS_WATCH; action <= SERVER_ACCESS_ADMINISTER;
         action++) {
        for (CatalogAccountRole role = CATALOG_ACCOUNT_ROLE_ADMINISTRATOR;
             role <= CATALOG_ACCOUNT_ROLE_LEARNER; role++) {
            g_autofree char *row = render_row(&role, action);
            g_string_append(table, row);
        }
        g_autofree char *row = render_row(NULL, action);
        g_string_append(table, row);
    }
    if (strstr(architecture, table->str) == NULL)
        g_test_message("ARCHITECTURE.md must hold this table:\n%s", table->str);
    g_assert_true(strstr(architecture, table->str) != NULL);
}

static ServerAccessAccount
make_account(CatalogAccountRole role)
{
    ServerAccessAccount account = {.id = (char *)"me", .role = role};
    return account;
}

static void
test_lessons(void)
{
    ServerAccessAccount teacher = make_account(CATALOG_ACCOUNT_ROLE_TEACHER);
    ServerAccessAccount learner = make_account(CATALOG_ACCOUNT_ROLE_LEARNER);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new("01900000-0000-7000-8000-000000000000");
    lesson->owner_id = g_strdup("me");
    g_assert_true(server_access_may_see(&teacher, lesson));
    g_assert_false(server_access_may_see(&learner, lesson));
    g_assert_false(server_access_may_see(NULL, lesson));
    lesson->state = CATALOG_LESSON_STATE_PUBLISHED;
    g_assert_true(server_access_may_see(NULL, lesson));
    lesson->visibility = CATALOG_LESSON_VISIBILITY_DRAFT;
    g_assert_true(server_access_may_see(&teacher, lesson));
    g_assert_false(server_access_may_see(NULL, lesson));
    g_free(lesson->owner_id);
    lesson->owner_id = NULL;
    g_assert_false(server_access_may_see(&teacher, lesson));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/server/access/every-cell", argv[1], test_every_cell);
    g_test_add_func("/server/access/lessons", test_lessons);
    return g_test_run();
}
