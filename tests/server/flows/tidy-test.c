// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tidying: what is due goes, what is not due stays, and the catalogue forgets only what is off the
// disk.
#include "server/flows/tidy.h"

#include <glib/gstdio.h>

#include "catalog/audit.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/page.h"
#include "catalog/removals.h"
#include "catalog/rungs.h"
#include "catalog/search.h"
#include "catalog/threads.h"

#define OLD "01900000-0000-7000-8000-000000000001"
#define NEW "01900000-0000-7000-8000-000000000002"
#define AWAITED "01900000-0000-7000-8000-000000000008" // as OLD; a job is to read its original
#define DAY_MS (24 * 3600 * (gint64)1000)
#define NOW_MS (100 * DAY_MS)
#define WAIT_S 120

typedef struct {
    char *folder;            // (owned)
    ServerStorage *storage;  // (owned)
    ServerConfig *config;    // (owned)
    ServerClock *clock;      // (owned)
    ServerEvents *events;    // (owned)
    CatalogThreads *catalog; // (owned)
} Fixture;

static gboolean
write_lesson(CatalogDatabase *database, const char *id, gint64 now_ms, gint64 keep_until_ms,
             GError **error)
{
    CatalogAuditStamp stamp = {NULL, now_ms};
    g_autoptr(CatalogLesson) lesson = catalog_lesson_new(id);
    lesson->keep_until_ms = keep_until_ms;
    CatalogLessonsMedia media = {.duration_ms = 1000, .complete = 1};
    return catalog_lessons_create(database, lesson, &stamp, error) &&
           catalog_lessons_set_original(database, id, 5, NULL, now_ms, error) &&
           catalog_lessons_set_state(database, id, CATALOG_LESSON_STATE_QUEUED, &stamp, error) &&
           catalog_lessons_set_state(database, id, CATALOG_LESSON_STATE_ENCODING, &stamp, error) &&
           catalog_lessons_set_state(database, id, CATALOG_LESSON_STATE_PUBLISHED, &stamp, error) &&
           catalog_lessons_set_media(database, id, &media, now_ms, error);
}

static gboolean
write_world(CatalogDatabase *database, gpointer data, GError **error)
{
    const CatalogAuditStamp by = {NULL, NOW_MS};
    g_autofree char *job = NULL;
    if (!write_lesson(database, AWAITED, NOW_MS - 31 * DAY_MS, 0, error))
        return FALSE;
    job = catalog_jobs_enqueue(database, CATALOG_JOB_KIND_REENCODE, AWAITED, 0, &by, error);
    return job != NULL && write_lesson(database, OLD, NOW_MS - 31 * DAY_MS, NOW_MS, error) &&
           write_lesson(database, NEW, NOW_MS - 29 * DAY_MS, 0, error) &&
           catalog_rungs_supersede(database, OLD, "voice.00000001.mp4", NOW_MS - 1, error) &&
           catalog_rungs_supersede(database, OLD, "voice.00000002.mp4", NOW_MS + 1, error) &&
           catalog_rungs_supersede(database, OLD, "gone.00000003.mp4", NOW_MS - 1, error);
}

static void
make_file(char *path)
{
    g_autofree char *owned = path;
    g_autofree char *folder = g_path_get_dirname(owned);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    g_assert_true(g_file_set_contents(owned, "12345", 5, NULL));
}

static gboolean
is_there(char *path)
{
    g_autofree char *owned = path;
    return g_file_test(owned, G_FILE_TEST_EXISTS);
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    fixture->folder = g_dir_make_tmp("daorian-tidy-XXXXXX", NULL);
    fixture->storage = server_storage_new(fixture->folder);
    fixture->config = server_config_new_default();
    fixture->config->original_days = 30;
    fixture->clock = server_clock_new_fixed(NOW_MS);
    fixture->events = server_events_new(1);
    g_assert_true(server_storage_create(fixture->storage, &error));
    g_autofree char *path = server_storage_build_catalog_path(fixture->storage);
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    catalog_database_run_write(database, write_world, NULL, &error);
    g_assert_no_error(error);
    fixture->catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    make_file(server_storage_build_original_path(fixture->storage, OLD));
    make_file(server_storage_build_original_path(fixture->storage, NEW));
    make_file(server_storage_build_original_path(fixture->storage, AWAITED));
    make_file(server_storage_build_bundle_file_path(fixture->storage, OLD, "voice.00000001.mp4"));
    make_file(server_storage_build_bundle_file_path(fixture->storage, OLD, "voice.00000002.mp4"));
}

static void
remove_tree(const char *path)
{
    const char *argv[] = {"rm", "-rf", "--", path, NULL};
    g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
                 NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    g_clear_pointer(&fixture->catalog, catalog_threads_free);
    server_clock_free(fixture->clock);
    server_events_unref(fixture->events);
    server_config_free(fixture->config);
    server_storage_free(fixture->storage);
    remove_tree(fixture->folder);
    g_free(fixture->folder);
}

// What the catalogue still knows.
typedef struct {
    gint64 old_bytes;     // of the old lesson's original
    gint64 new_bytes;     // of the new lesson's original
    gint64 awaited_bytes; // of the original that a job is to read
    guint superseded;     // files noted, due or not
    gboolean hidden;      // the old lesson is withdrawn, the new one is not
    gboolean done;        // asked and answered
} Known;

static gboolean
read_known(CatalogDatabase *database, gpointer data, GError **error)
{
    Known *known = data;
    g_autoptr(CatalogLesson) old = catalog_lessonlist_get(database, OLD, error);
    g_autoptr(CatalogLesson) new = catalog_lessonlist_get(database, NEW, error);
    g_autoptr(CatalogLesson) awaited = catalog_lessonlist_get(database, AWAITED, error);
    g_autoptr(GPtrArray) files = catalog_rungs_list_superseded(database, NOW_MS + 2, error);
    if (old == NULL || new == NULL || awaited == NULL || files == NULL)
        return FALSE;
    known->awaited_bytes = awaited->original_bytes;
    known->old_bytes = old->original_bytes;
    known->new_bytes = new->original_bytes;
    known->superseded = files->len;
    known->hidden = old->state == CATALOG_LESSON_STATE_WITHDRAWN &&
                    new->state != CATALOG_LESSON_STATE_WITHDRAWN;
    return TRUE;
}

static void
on_known_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Known *known = data;
    g_assert_true(catalog_threads_finish(result, NULL));
    known->done = TRUE;
}

static gboolean
on_wait_over(gpointer user_data)
{
    g_error("nothing happened in %d s", WAIT_S);
    return G_SOURCE_REMOVE;
}

static Known
ask(Fixture *fixture)
{
    Known known = {0};
    catalog_threads_read_async(fixture->catalog, read_known, &known, NULL, NULL, on_known_read);
    while (!known.done)
        g_main_context_iteration(NULL, TRUE);
    return known;
}

static void
test_round(Fixture *fixture, gconstpointer data)
{
    FlowsTidySetup setup = {
        .config = fixture->config,
        .storage = fixture->storage,
        .clock = fixture->clock,
        .events = fixture->events,
        .catalog = fixture->catalog,
    };
    g_autoptr(FlowsTidy) tidy = flows_tidy_new(&setup);
    guint timer = g_timeout_add_seconds(WAIT_S, on_wait_over, NULL);
    flows_tidy_start(tidy);
    Known known = ask(fixture);
    while (known.old_bytes != 0)
        known = ask(fixture);
    g_source_remove(timer);
    ServerStorage *storage = fixture->storage;
    g_assert_cmpint(known.new_bytes, ==, 5);
    g_assert_cmpuint(known.superseded, ==, 1);
    g_assert_true(known.hidden);
    g_assert_false(is_there(server_storage_build_original_path(storage, OLD)));
    g_assert_true(is_there(server_storage_build_original_path(storage, NEW)));
    g_assert_true(is_there(server_storage_build_original_path(storage, AWAITED)));
    g_assert_cmpint(known.awaited_bytes, ==, 5);
    g_assert_false(
        is_there(server_storage_build_bundle_file_path(storage, OLD, "voice.00000001.mp4")));
    g_assert_true(
        is_there(server_storage_build_bundle_file_path(storage, OLD, "voice.00000002.mp4")));
    FlowsTidySizes sizes = {0};
    flows_tidy_get_sizes(tidy, &sizes);
    g_assert_cmpint(sizes.originals_bytes, ==, 10);
    g_assert_cmpint(sizes.lessons_bytes, ==, 5);
    g_assert_cmpint(sizes.uploads_bytes, ==, 0);
    flows_tidy_stop(tidy);
}

/* --- lessons that go for good ---------------------------------------------------------------- */

#define LONG "01900000-0000-7000-8000-000000000003"   // its day came long ago
#define SHORT "01900000-0000-7000-8000-000000000004"  // its day came not so long ago
#define BUSY "01900000-0000-7000-8000-000000000005"   // as LONG; something is under way
#define KILLED "01900000-0000-7000-8000-000000000006" // its row went, then came a kill
#define PERSON "01900000-0000-7000-8000-000000000007" // withdrawn long ago by a person; has no day

static const char *const WITHDRAWN[] = {LONG, SHORT, BUSY, KILLED, PERSON, NULL};

static gboolean
withdraw(CatalogDatabase *database, const char *id, gint64 now_ms, GError **error)
{
    gint64 keep_until_ms = strcmp(id, PERSON) == 0 ? 0 : now_ms;
    const CatalogAuditStamp by = {NULL, now_ms};
    return write_lesson(database, id, now_ms, keep_until_ms, error) &&
           catalog_lessons_withdraw(database, id, &by, error);
}

static gboolean
write_withdrawn(CatalogDatabase *database, gpointer data, GError **error)
{
    const CatalogAuditStamp by = {NULL, NOW_MS};
    g_autofree char *job = NULL;
    if (!withdraw(database, KILLED, NOW_MS - 50 * DAY_MS, error) ||
        !catalog_removals_run(database, NOW_MS - 40 * DAY_MS, NOW_MS, error) ||
        !withdraw(database, LONG, NOW_MS - 31 * DAY_MS, error) ||
        !withdraw(database, BUSY, NOW_MS - 31 * DAY_MS, error) ||
        !withdraw(database, PERSON, NOW_MS - 90 * DAY_MS, error) ||
        !withdraw(database, SHORT, NOW_MS - 29 * DAY_MS, error))
        return FALSE;
    job = catalog_jobs_enqueue(database, CATALOG_JOB_KIND_REENCODE, BUSY, 0, &by, error);
    return job != NULL;
}

/* How many lessons are to be removed still, and which of WITHDRAWN have rows. */
typedef struct {
    guint files;      // of which files are to go
    gboolean rows[5]; // by WITHDRAWN
    gboolean told;    // the history of LONG says that it was removed
    gboolean done;    // asked and answered
} Left;

static gboolean
read_left(CatalogDatabase *database, gpointer data, GError **error)
{
    Left *left = data;
    g_autoptr(GPtrArray) files = catalog_removals_list(database, error);
    g_autoptr(CatalogPage) history = catalog_audit_list(database, LONG, NULL, 10, error);
    if (files == NULL || history == NULL)
        return FALSE;
    const CatalogAuditEntry *last = history->items->len > 0 ? history->items->pdata[0] : NULL;
    left->told = last != NULL && strcmp(last->action, "lesson.remove") == 0;
    left->files = files->len;
    for (guint i = 0; WITHDRAWN[i] != NULL; i++) {
        g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, WITHDRAWN[i], NULL);
        left->rows[i] = lesson != NULL;
    }
    return catalog_search_check(database, error);
}

static void
on_left_read(GObject *source, GAsyncResult *result, gpointer data)
{
    GError *error = NULL;
    Left *left = data;
    catalog_threads_finish(result, &error);
    g_assert_no_error(error);
    left->done = TRUE;
}

static Left
ask_left(Fixture *fixture)
{
    Left left = {0};
    catalog_threads_write_async(fixture->catalog, read_left, &left, NULL, NULL, on_left_read);
    while (!left.done)
        g_main_context_iteration(NULL, TRUE);
    return left;
}

static gboolean
has_files(Fixture *fixture, const char *id)
{
    gboolean bundle = is_there(server_storage_build_bundle_path(fixture->storage, id));
    gboolean original = is_there(server_storage_build_original_path(fixture->storage, id));
    g_assert_cmpint(bundle, ==, original);
    return bundle;
}

static gboolean
on_event(gpointer user_data)
{
    return G_SOURCE_REMOVE;
}

static void
take_told(ServerEventsQueue *queue, GHashTable *told)
{
    g_autoptr(GPtrArray) items = server_events_queue_take(queue);
    for (guint i = 0; i < items->len; i++) {
        const ServerEventsItem *item = items->pdata[i];
        if (item->kind == SERVER_EVENTS_LESSON)
            g_hash_table_add(told, g_strdup(item->id));
    }
}

static void
test_withdrawn(Fixture *fixture, gconstpointer data)
{
    GError *error = NULL;
    g_autofree char *path = server_storage_build_catalog_path(fixture->storage);
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
    fixture->config->original_days = 0; // for ever
    catalog_database_run_write(database, write_withdrawn, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; WITHDRAWN[i] != NULL; i++) {
        make_file(server_storage_build_original_path(fixture->storage, WITHDRAWN[i]));
        make_file(server_storage_build_bundle_file_path(fixture->storage, WITHDRAWN[i],
                                                        "slides/0001.00000001.webp"));
    }
    FlowsTidySetup setup = {fixture->config, fixture->storage, fixture->clock, fixture->events,
                            fixture->catalog};
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    ServerEventsQueue *queue =
        server_events_subscribe(fixture->events, NULL, g_main_context_default(), on_event, NULL);
    g_autoptr(FlowsTidy) tidy = flows_tidy_new(&setup);
    guint timer = g_timeout_add_seconds(WAIT_S, on_wait_over, NULL);
    Left left = ask_left(fixture);
    g_assert_cmpuint(left.files, ==, 1);
    g_assert_true(left.rows[0]);
    g_assert_false(left.told);
    flows_tidy_start(tidy);
    while (left.files > 0 || left.rows[0])
        left = ask_left(fixture);
    g_source_remove(timer);
    g_assert_true(left.told);
    g_assert_true(left.rows[1]);
    g_assert_true(left.rows[2]);
    g_assert_false(left.rows[3]);
    g_assert_true(left.rows[4]);
    g_assert_false(has_files(fixture, LONG));
    g_assert_true(has_files(fixture, SHORT));
    g_assert_true(has_files(fixture, BUSY));
    g_assert_false(has_files(fixture, KILLED));
    g_assert_true(has_files(fixture, PERSON));
    flows_tidy_stop(tidy);
    take_told(queue, told);
    server_events_queue_free(queue);
    g_assert_true(g_hash_table_contains(told, LONG)); // or it would be served from memory
    g_assert_true(g_hash_table_contains(told, OLD));  // whose day has come
    g_assert_false(g_hash_table_contains(told, SHORT));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/server/flows/tidy/round", Fixture, NULL, set_up, test_round, tear_down);
    g_test_add("/server/flows/tidy/withdrawn", Fixture, NULL, set_up, test_withdrawn, tear_down);
    return g_test_run();
}
