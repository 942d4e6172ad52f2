// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Opening: fresh files, files of every released schema, newer, foreign and broken files; backup and
// check.
#include "tests/catalog/fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

#include "catalog/accounts.h"
#include "catalog/backup.h"
#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/classes.h"
#include "catalog/error.h"
#include "catalog/guide.h"
#include "catalog/ids.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/migrations.h"
#include "catalog/multiplexes.h"
#include "catalog/patches.h"
#include "catalog/recordings.h"
#include "catalog/search.h"
#include "catalog/services.h"

/* Runs SQL behind the catalogue's back. */
static void
run_raw(const char *path, const char *script)
{
    sqlite3 *handle = NULL;
    g_assert_cmpint(sqlite3_open(path, &handle), ==, SQLITE_OK);
    char *message = NULL;
    sqlite3_exec(handle, script, NULL, NULL, &message);
    g_assert_cmpstr(message, ==, NULL);
    sqlite3_close(handle);
}

static void
assert_refused(const char *path, CatalogError code)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(catalog_database_open(path, &error));
    g_assert_true(g_error_matches(error, CATALOG_ERROR, (int)code));
}

/* The multiplex that schema 3 came with: its service's edit and its programme are as they were. */
static void
assert_broadcasts(CatalogDatabase *database, gboolean present, gboolean imported)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) multiplexes = catalog_multiplexes_list(database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(multiplexes->len, ==, present ? 1 : 0);
    if (!present)
        return;
    const CatalogMultiplexes *multiplex = multiplexes->pdata[0];
    g_autoptr(GPtrArray) services = catalog_services_list(database, multiplex->id, &error);
    const CatalogServices *service = services->pdata[0];
    g_assert_cmpstr(service->own_name, ==, "ห้องเรียน ป.๑");
    g_autoptr(GPtrArray) events =
        catalog_guide_list(database, service->id, 1760000000000, 1760000000001, &error);
    g_assert_cmpuint(events->len, ==, 1);
    g_assert_cmpstr(service->guide_channel, ==, imported ? "one.example.th" : NULL);
    g_assert_true(service->file_first == imported);
    g_assert_cmpint(service->imported, ==, imported ? 1 : 0);
}

static void
assert_channels(CatalogDatabase *database, gboolean known, gboolean burnt, gboolean rests)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) channels = catalog_channels_list(database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(channels->len, ==, known ? 1 : 0);
    const CatalogChannels *channel = known ? channels->pdata[0] : NULL;
    g_assert_true(!known || (channel->service != NULL && channel->revision == 3));
    g_assert_cmpstr(known ? catalog_channels_get_burn_rung(channel) : NULL, ==,
                    burnt ? "medium" : NULL);
    g_assert_cmpint(known ? channel->rest_minutes : 0, ==, rests ? 30 : 0);
}

static void
assert_recording(CatalogDatabase *database, gboolean known, gboolean patched)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) bookings = catalog_bookings_list_pending(database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(bookings->len, ==, known ? 1 : 0);
    if (!known)
        return;
    const CatalogBooking *booking = bookings->pdata[0];
    g_assert_cmpstr(booking->rights_holder, ==, "มูลนิธิ");
    g_autoptr(GArray) gaps = catalog_recordings_list_gaps(database, booking->id, &error);
    g_assert_cmpuint(gaps->len, ==, 1);
    g_assert_true(catalog_gap_is_patched(&g_array_index(gaps, CatalogGap, 0)) == patched);
    g_autoptr(GPtrArray) patches = catalog_patches_list(database, booking->id, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(patches->len, ==, patched ? 1 : 0);
}

static void
assert_classes(CatalogDatabase *database, gboolean known, gboolean kept)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) classes = catalog_classes_list(database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(classes->len, ==, known ? 1 : 0);
    const CatalogClasses *class = known ? classes->pdata[0] : NULL;
    g_assert_true(!known || g_str_equal(class->title, "วิทยาศาสตร์สด"));
    g_assert_true(!known || (class->booking != NULL) == kept);
}

static void
test_released_schema_migrates(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    for (int schema = 1; schema <= catalog_migrations_get_newest(); schema++) {
        g_autofree char *name = g_strdup_printf("schema-%d.sql", schema);
        g_autofree char *dump = g_test_build_filename(G_TEST_DIST, name, NULL);
        g_autofree char *script = NULL;
        g_file_get_contents(dump, &script, NULL, &error);
        g_assert_no_error(error);
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        run_raw(path, script);
        g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
        g_assert_no_error(error);
        g_autoptr(GPtrArray) faults = catalog_backup_check(database, &error);
        g_assert_cmpuint(faults->len, ==, 0);
        CatalogLessonlistFilter filter = {.query = "ส่วน"};
        g_autoptr(CatalogPage) page = catalog_lessonlist_list(database, &filter, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(page->items->len, ==, 1);
        const CatalogLesson *lesson = g_ptr_array_index(page->items, 0);
        g_assert_cmpstr(lesson->owner_name, ==, "ครูสมชาย");
        g_assert_cmpuint(lesson->rungs->len, ==, 1);
        const CatalogRung *rung = g_ptr_array_index(lesson->rungs, 0);
        g_assert_cmpstr(rung->file, ==, "voice.00aa11bb.mp4");
        g_assert_cmpint(rung->generation, ==, lesson->generation);
        g_assert_cmpuint(lesson->assets->len, ==, schema >= 2 ? 1 : 0);
        g_assert_cmpuint(lesson->captions->len, ==, schema >= 2 ? 1 : 0);
        g_assert_nonnull(lesson->job);
        g_assert_cmpint(lesson->job->generation, ==, 1);
        g_assert_cmpint(lesson->length_bytes, ==, 100);
        g_assert_true(catalog_lessons_withdraw(database, lesson->id, &fixture->by, &error));
        assert_broadcasts(database, schema >= 3, schema >= 10);
        assert_channels(database, schema >= 4, schema >= 7, schema >= 9);
        assert_recording(database, schema >= 5, schema >= 8);
        assert_classes(database, schema >= 6, schema >= 10);
    }
}

static void
test_newer_schema_is_refused(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    run_raw(fixture->path, "PRAGMA user_version = 1000");
    assert_refused(fixture->path, CATALOG_ERROR_NEWER_SCHEMA);
    g_autoptr(CatalogDatabase) reader = catalog_database_open_reader(fixture->path, &error);
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NEWER_SCHEMA);
    g_clear_error(&error);
}

static void
test_foreign_files_are_refused_untouched(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *foreign = g_build_filename(fixture->folder, "foreign", NULL);
    run_raw(foreign, "CREATE TABLE music (id)");
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    gsize before_bytes = 0;
    gsize after_bytes = 0;
    g_file_get_contents(foreign, &before, &before_bytes, NULL);
    assert_refused(foreign, CATALOG_ERROR_CORRUPT);
    g_file_get_contents(foreign, &after, &after_bytes, NULL);
    g_assert_cmpmem(before, before_bytes, after, after_bytes);

    g_autofree char *garbage = g_build_filename(fixture->folder, "garbage", NULL);
    g_autofree char *bytes = g_strnfill(8192, 'x');
    g_file_set_contents(garbage, bytes, 8192, &error);
    g_assert_no_error(error);
    assert_refused(garbage, CATALOG_ERROR_CORRUPT);

    g_autofree char *nowhere = g_build_filename(fixture->folder, "no", "such", NULL);
    assert_refused(nowhere, CATALOG_ERROR_IO);
}

static void
test_file_is_private(Fixture *fixture, gconstpointer unused)
{
    GStatBuf info;
    g_assert_cmpint(g_stat(fixture->path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
}

static gpointer
open_in_thread(gpointer data)
{
    GError *error = NULL;
    g_autoptr(CatalogDatabase) database = catalog_database_open(data, &error);
    g_assert_no_error(error);
    return NULL;
}

static void
test_many_may_create_at_once(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *path = g_build_filename(fixture->folder, "together", NULL);
    GThread *threads[4];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("opener", open_in_thread, path);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
}

static gboolean
failing_work(CatalogDatabase *database, gpointer data, GError **error)
{
    Fixture *fixture = data;
    g_free(fixture_add_account(fixture, "a", "staff"));
    g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "as asked");
    return FALSE;
}

static void
test_failed_work_is_rolled_back(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    gint64 count = -1;
    g_assert_false(catalog_database_run_write(fixture->database, failing_work, fixture, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_assert_true(catalog_accounts_count(fixture->database, &count, NULL));
    g_assert_cmpint(count, ==, 0);
}

static void
test_backup_is_whole(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *id = fixture_add_lesson(fixture, "เศษส่วน", CATALOG_LESSON_STATE_PUBLISHED);
    g_autofree char *path = g_build_filename(fixture->folder, "backup", NULL);
    g_assert_true(catalog_backup_write(fixture->database, path, &error));
    g_assert_no_error(error);
    GStatBuf info;
    g_assert_cmpint(g_stat(path, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    const char *const left_over[] = {".part", ".part-wal", ".part-shm", ".part-journal", "-wal"};
    for (guint i = 0; i < G_N_ELEMENTS(left_over); i++) {
        g_autofree char *other = g_strconcat(path, left_over[i], NULL);
        g_assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
    }
    g_autoptr(CatalogDatabase) copy = catalog_database_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(copy, id, &error);
    g_assert_cmpstr(lesson->title, ==, "เศษส่วน");
    g_assert_false(catalog_backup_write(fixture->database, path, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_EXISTS);
}

static void
test_check_finds_faults(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_free(fixture_add_lesson(fixture, "เศษส่วน", CATALOG_LESSON_STATE_PUBLISHED));
    g_autofree char *path = g_build_filename(fixture->folder, "broken", NULL);
    g_assert_true(catalog_backup_write(fixture->database, path, &error));
    run_raw(path, "UPDATE search_documents SET title = 'else';"
                  "INSERT INTO rungs (lesson_id, generation, name, updated_ms)"
                  " VALUES ('nobody', 1, 'voice', 1)");
    g_autoptr(CatalogDatabase) broken = catalog_database_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) faults = catalog_backup_check(broken, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(faults->len, ==, 2);
}

static gboolean
bulky_work(CatalogDatabase *database, gpointer data, GError **error)
{
    g_autofree char *text = g_strnfill(CATALOG_LESSONS_DESCRIPTION_BYTES_MAX, 'x');
    CatalogAuditStamp by = {NULL, FIXTURE_NOW_MS};
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(data);
    catalog_lesson_set_text(&lesson->description, text);
    return catalog_lessons_create(database, lesson, &by, error);
}

/* A limit on the size of files is what a full disk is to SQLite: a write that fails in the middle.
 */
static void
test_full_disk_loses_nothing(Fixture *fixture, gconstpointer unused)
{
    struct rlimit before;
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    signal(SIGXFSZ, SIG_IGN);
    const struct rlimit narrow = {.rlim_cur = 2 * 1024 * 1024, .rlim_max = before.rlim_max};
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &narrow), ==, 0);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    while (error == NULL && ids->len < 1000) {
        char *id = catalog_ids_new(FIXTURE_NOW_MS);
        if (catalog_database_run_write(fixture->database, bulky_work, id, &error))
            g_ptr_array_add(ids, id);
        else
            g_free(id);
    }
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_IO);
    g_clear_error(&error);
    g_assert_cmpuint(ids->len, >, 0);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    // There is room again: the same connection goes on.
    char *last = catalog_ids_new(FIXTURE_NOW_MS);
    g_ptr_array_add(ids, last);
    g_assert_true(catalog_database_run_write(fixture->database, bulky_work, last, &error));
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(CatalogLesson) lesson =
            catalog_lessonlist_get(fixture->database, g_ptr_array_index(ids, i), &error);
        g_assert_no_error(error);
    }
}

static void
test_other_dictionary_rebuilds(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_free(fixture_add_lesson(fixture, "เศษส่วน", CATALOG_LESSON_STATE_PUBLISHED));
    run_raw(fixture->path, "UPDATE search_documents SET title = 'ดาวเคราะห์';"
                           "UPDATE settings SET value = 'old' WHERE name = 'search-fingerprint'");
    g_autoptr(CatalogDatabase) again = catalog_database_open(fixture->path, &error);
    g_assert_no_error(error);
    CatalogLessonlistFilter filter = {.query = "เคราะห์"};
    g_autoptr(CatalogPage) page = catalog_lessonlist_list(again, &filter, &error);
    g_assert_cmpuint(page->items->len, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/database/released-schema-migrates", test_released_schema_migrates);
    FIXTURE_ADD("/catalog/database/newer-schema-is-refused", test_newer_schema_is_refused);
    FIXTURE_ADD("/catalog/database/foreign-files-are-refused-untouched",
                test_foreign_files_are_refused_untouched);
    FIXTURE_ADD("/catalog/database/file-is-private", test_file_is_private);
    FIXTURE_ADD("/catalog/database/many-may-create-at-once", test_many_may_create_at_once);
    FIXTURE_ADD("/catalog/database/failed-work-is-rolled-back", test_failed_work_is_rolled_back);
    FIXTURE_ADD("/catalog/database/backup-is-whole", test_backup_is_whole);
    FIXTURE_ADD("/catalog/database/check-finds-faults", test_check_finds_faults);
    FIXTURE_ADD("/catalog/database/full-disk-loses-nothing", test_full_disk_loses_nothing);
    FIXTURE_ADD("/catalog/database/other-dictionary-rebuilds", test_other_dictionary_rebuilds);
    return g_test_run();
}
