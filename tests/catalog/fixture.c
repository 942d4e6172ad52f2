// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The tests' catalogue.
#include "tests/catalog/fixture.h"

#include <glib/gstdio.h>

#include "catalog/accounts.h"
#include "catalog/backup.h"
#include "catalog/ids.h"
#include "catalog/lessons.h"

void
fixture_set_up(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    fixture->folder = g_dir_make_tmp("daorian-catalog-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->folder, "catalog.sqlite3", NULL);
    fixture->database = catalog_database_open(fixture->path, &error);
    g_assert_no_error(error);
    fixture->by = (CatalogAuditStamp){NULL, FIXTURE_NOW_MS};
}

static void
remove_folder(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
}

void
fixture_tear_down(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) faults = catalog_backup_check(fixture->database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(faults->len, ==, 0);
    catalog_database_free(fixture->database);
    remove_folder(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->path);
}

char *
fixture_add_account(Fixture *fixture, const char *name, const char *role)
{
    GError *error = NULL;
    CatalogAccountRole parsed = CATALOG_ACCOUNT_ROLE_LEARNER;
    g_assert_true(catalog_account_role_from_text(role, &parsed));
    g_autofree char *id = catalog_ids_new(fixture->by.now_ms);
    g_autoptr(CatalogAccount) account = catalog_account_new(id, name, parsed);
    catalog_accounts_create(fixture->database, account, "no hash", &fixture->by, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&id);
}

char *
fixture_add_lesson(Fixture *fixture, const char *title, CatalogLessonState state)
{
    GError *error = NULL;
    g_autofree char *id = catalog_ids_new(fixture->by.now_ms);
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(id);
    lesson->state = state;
    catalog_lesson_set_text(&lesson->title, title);
    catalog_lessons_create(fixture->database, lesson, &fixture->by, &error);
    g_assert_no_error(error);
    return g_steal_pointer(&id);
}
