// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A writing process is killed (SIGKILL) again and again, at seeded points, on one catalogue: each
// time it opens cleanly, holds every row that was acknowledged, and no half of a transaction.
#include "tests/catalog/fixture.h"

#include <stdio.h>
#include <string.h>

#include "catalog/backup.h"
#include "catalog/ids.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"

#define KILLS 40 // of one catalogue: each is followed by a look at every row
#define ROUNDS_LONG 25
#define ACKNOWLEDGED_MAX 30
#define SPIN_MAX 3000000

typedef struct {
    char *id;   // (owned): of the lesson being written
    int number; // what its title says; grows with every write
} CrashWrite;

/* A lesson, its rung and its job: all or nothing. */
static gboolean
create_work(CatalogDatabase *database, gpointer data, GError **error)
{
    CrashWrite *write = data;
    CatalogAuditStamp by = {NULL, FIXTURE_NOW_MS + write->number};
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(write->id);
    g_autofree char *title = g_strdup_printf("บทเรียนเศษส่วน %d", write->number);
    catalog_lesson_set_text(&lesson->title, title);
    g_autoptr(CatalogRung) rung = catalog_rung_new(write->id, "voice");
    rung->file = g_strdup("voice.mp4");
    if (!catalog_lessons_create(database, lesson, &by, error) ||
        !catalog_rungs_publish(database, rung, 0, by.now_ms, error))
        return FALSE;
    g_autofree char *job =
        catalog_jobs_enqueue(database, CATALOG_JOB_KIND_ENCODE, write->id, 0, &by, error);
    return job != NULL;
}

static gboolean
update_work(CatalogDatabase *database, gpointer data, GError **error)
{
    CrashWrite *write = data;
    CatalogAuditStamp by = {NULL, FIXTURE_NOW_MS + write->number};
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, write->id, error);
    if (lesson == NULL)
        return FALSE;
    g_autofree char *title = g_strdup_printf("บทเรียนทศนิยม %d", write->number);
    catalog_lesson_set_text(&lesson->title, title);
    return catalog_lessons_update(database, lesson, lesson->revision, &by, error);
}

/* The process that is killed: writes for ever, and says what is on the disk. */
static int
run_writer(const char *path, int first)
{
    GError *error = NULL;
    CatalogDatabase *database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    CrashWrite write = {NULL, first};
    // Bounded, in case the parent is gone: a closed pipe ends it sooner.
    for (; write.number < first + 9999; write.number++) {
        gboolean create = write.id == NULL || write.number % 3 == 0;
        if (create) {
            g_free(write.id);
            write.id = catalog_ids_new(FIXTURE_NOW_MS + write.number);
        }
        catalog_database_run_write(database, create ? create_work : update_work, &write, &error);
        g_assert_no_error(error);
        printf("%s %d\n", write.id, write.number);
        fflush(stdout);
    }
    return 1;
}

static void
remember_line(GHashTable *acknowledged, const char *line)
{
    if (strlen(line) <= CATALOG_IDS_LENGTH + 1)
        return;
    int number = (int)g_ascii_strtoll(line + CATALOG_IDS_LENGTH + 1, NULL, 10);
    g_hash_table_replace(acknowledged, g_strndup(line, CATALOG_IDS_LENGTH),
                         GINT_TO_POINTER(number));
}

/* Returns: how many writes were acknowledged before the kill. */
static int
write_until_killed(const char *path, int first, GHashTable *acknowledged)
{
    GError *error = NULL;
    g_autofree char *number = g_strdup_printf("%d", first);
    g_autofree char *self = g_file_read_link("/proc/self/exe", &error);
    g_assert_no_error(error);
    g_autoptr(GSubprocess) writer = g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, self,
                                                     "--writer", path, number, NULL);
    g_assert_no_error(error);
    g_autoptr(GDataInputStream) lines =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(writer));
    int count = 0;
    int enough = g_test_rand_int_range(0, ACKNOWLEDGED_MAX);
    for (; count < enough; count++) {
        g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_nonnull(line);
        remember_line(acknowledged, line);
    }
    // Some way into the next write, wherever that is.
    for (volatile int spin = g_test_rand_int_range(0, SPIN_MAX); spin > 0; spin--)
        continue;
    g_subprocess_force_exit(writer);
    g_subprocess_wait(writer, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_get_if_signaled(writer));
    for (;;) {
        g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
        if (line == NULL)
            return count;
        remember_line(acknowledged, line);
        count++;
    }
}

static void
assert_catalogue(const char *path, GHashTable *acknowledged)
{
    GError *error = NULL;
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) faults = catalog_backup_check(database, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(faults->len, ==, 0);
    GHashTableIter iter;
    gpointer id = NULL;
    gpointer number = NULL;
    g_hash_table_iter_init(&iter, acknowledged);
    while (g_hash_table_iter_next(&iter, &id, &number)) {
        g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, id, &error);
        g_assert_no_error(error);
        int written = (int)g_ascii_strtoll(strrchr(lesson->title, ' '), NULL, 10);
        g_assert_cmpint(written, >=, GPOINTER_TO_INT(number));
    }
    g_autoptr(GPtrArray) ids =
        catalog_lessonlist_list_ids(database, CATALOG_LESSON_STATE_RECEIVING, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(ids->len, >=, g_hash_table_size(acknowledged));
    for (guint i = 0; i < ids->len; i++) {
        g_autoptr(CatalogLesson) lesson =
            catalog_lessonlist_get(database, g_ptr_array_index(ids, i), &error);
        g_assert_no_error(error);
        g_assert_cmpuint(lesson->rungs->len, ==, 1);
        g_assert_nonnull(lesson->job);
    }
}

static int
kill_writers(const char *path)
{
    g_autoptr(GHashTable) acknowledged =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    int total = 0;
    for (int kill = 0; kill < KILLS; kill++) {
        total += write_until_killed(path, kill * 10000, acknowledged);
        assert_catalogue(path, acknowledged);
    }
    return total;
}

static void
test_killed_writers(Fixture *fixture, gconstpointer unused)
{
    int rounds = g_getenv("DAORIAN_TEST_LONG") != NULL ? ROUNDS_LONG : 1;
    int total = 0;
    // With nobody else connected each opening must recover the log by itself.
    g_clear_pointer(&fixture->database, catalog_database_free);
    for (int round = 0; round < rounds; round++) {
        g_autofree char *name = g_strdup_printf("catalog-%d.sqlite3", round);
        g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
        total += kill_writers(path);
    }
    g_test_message("%d writes acknowledged, %d kills", total, rounds * KILLS);
    g_assert_cmpint(total, >, rounds * KILLS);
    fixture->database = catalog_database_open(fixture->path, NULL);
}

int
main(int argc, char **argv)
{
    if (argc == 4 && g_str_equal(argv[1], "--writer"))
        return run_writer(argv[2], (int)g_ascii_strtoll(argv[3], NULL, 10));
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/crash/killed-writers", test_killed_writers);
    return g_test_run();
}
