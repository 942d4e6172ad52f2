// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue's threads: order, atomicity, full queues, cancelling, and where callbacks and data
// end.
#include "tests/catalog/fixture.h"

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/threads.h"

typedef struct {
    Fixture fixture;         // its own connection stands for another process
    CatalogThreads *threads; // (owned)
    GMainLoop *loop;         // (owned)
    GThread *caller;         // the thread that asks
    int answers;             // callbacks so far
    int expected;            // callbacks to wait for
    int freed;               // data freed so far
    GError *error;           // (owned) (nullable): of the last answer
} ThreadsFixture;

typedef struct {
    ThreadsFixture *fixture; // (not owned)
    int number;              // order in which it was asked
    gboolean fail;           // after having written
    GAsyncQueue *started;    // (nullable): told when the work has begun
    GMutex *hold;            // (nullable): taken before the work ends
    gint64 count;            // (out): accounts seen
} Request;

static void
set_up(ThreadsFixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    fixture_set_up(&fixture->fixture, NULL);
    fixture->threads = catalog_threads_new(fixture->fixture.path, 2, &error);
    g_assert_no_error(error);
    fixture->loop = g_main_loop_new(NULL, FALSE);
    fixture->caller = g_thread_self();
}

static void
tear_down(ThreadsFixture *fixture, gconstpointer unused)
{
    catalog_threads_free(fixture->threads);
    g_main_loop_unref(fixture->loop);
    g_clear_error(&fixture->error);
    fixture_tear_down(&fixture->fixture, NULL);
}

static gboolean
write_work(CatalogDatabase *database, gpointer data, GError **error)
{
    Request *request = data;
    g_assert_true(g_thread_self() != request->fixture->caller);
    if (request->hold != NULL) {
        g_async_queue_push(request->started, request);
        g_mutex_lock(request->hold);
        g_mutex_unlock(request->hold);
    }
    g_autofree char *id = catalog_ids_new(request->number);
    g_autofree char *name = g_strdup_printf("account %d", request->number);
    g_autoptr(CatalogAccount) account = catalog_account_new(id, name, CATALOG_ACCOUNT_ROLE_LEARNER);
    CatalogAuditStamp by = {NULL, request->number};
    if (!catalog_accounts_create(database, account, "h", &by, error))
        return FALSE;
    if (request->fail)
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID, "as asked");
    return !request->fail;
}

static gboolean
read_work(CatalogDatabase *database, gpointer data, GError **error)
{
    Request *request = data;
    return catalog_accounts_count(database, &request->count, error);
}

static gboolean
wrong_read_work(CatalogDatabase *database, gpointer data, GError **error)
{
    return write_work(database, data, error);
}

static void
free_request(gpointer data)
{
    Request *request = data;
    g_assert_true(g_thread_self() == request->fixture->caller);
    request->fixture->freed++;
    g_free(request);
}

static void
on_threads_answer(GObject *source, GAsyncResult *result, gpointer data)
{
    Request *request = data;
    ThreadsFixture *fixture = request->fixture;
    g_assert_true(g_thread_self() == fixture->caller);
    g_clear_error(&fixture->error);
    catalog_threads_finish(result, &fixture->error);
    if (++fixture->answers == fixture->expected)
        g_main_loop_quit(fixture->loop);
}

static Request *
new_request(ThreadsFixture *fixture, int number)
{
    Request *request = g_new0(Request, 1);
    request->fixture = fixture;
    request->number = number;
    fixture->expected++;
    return request;
}

static gint64
count_accounts(ThreadsFixture *fixture)
{
    GError *error = NULL;
    gint64 count = 0;
    catalog_accounts_count(fixture->fixture.database, &count, &error);
    g_assert_no_error(error);
    return count;
}

static void
test_writes_in_order(ThreadsFixture *fixture, gconstpointer unused)
{
    for (int i = 1; i <= 100; i++)
        catalog_threads_write_async(fixture->threads, write_work, new_request(fixture, i),
                                    free_request, NULL, on_threads_answer);
    g_main_loop_run(fixture->loop);
    g_assert_no_error(fixture->error);
    g_assert_cmpint(count_accounts(fixture), ==, 100);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    g_assert_cmpint(fixture->freed, ==, 100);
    Request *request = new_request(fixture, 0);
    catalog_threads_read_async(fixture->threads, read_work, request, NULL, NULL, on_threads_answer);
    g_main_loop_run(fixture->loop);
    g_assert_cmpint(request->count, ==, 100);
    g_free(request);
}

static void
test_failed_write_leaves_nothing(ThreadsFixture *fixture, gconstpointer unused)
{
    Request *request = new_request(fixture, 1);
    request->fail = TRUE;
    catalog_threads_write_async(fixture->threads, write_work, request, free_request, NULL,
                                on_threads_answer);
    g_main_loop_run(fixture->loop);
    g_assert_error(fixture->error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_assert_cmpint(count_accounts(fixture), ==, 0);
}

static void
test_reader_cannot_write(ThreadsFixture *fixture, gconstpointer unused)
{
    catalog_threads_read_async(fixture->threads, wrong_read_work, new_request(fixture, 1),
                               free_request, NULL, on_threads_answer);
    g_main_loop_run(fixture->loop);
    g_assert_error(fixture->error, CATALOG_ERROR, CATALOG_ERROR_IO);
    g_assert_cmpint(count_accounts(fixture), ==, 0);
}

static void
test_full_queue_and_cancel(ThreadsFixture *fixture, gconstpointer unused)
{
    GMutex hold;
    g_mutex_init(&hold);
    g_mutex_lock(&hold);
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Request *first = new_request(fixture, 1);
    g_autoptr(GAsyncQueue) started = g_async_queue_new();
    first->hold = &hold;
    first->started = started;
    catalog_threads_write_async(fixture->threads, write_work, first, free_request, NULL,
                                on_threads_answer);
    g_async_queue_pop(started);
    for (int i = 2; i <= 1100; i++)
        catalog_threads_write_async(fixture->threads, write_work, new_request(fixture, i),
                                    free_request, cancellable, on_threads_answer);
    int expected = fixture->expected;
    // What did not fit is answered while the writer still stands.
    fixture->expected = 1100 - 1024 - 1;
    g_main_loop_run(fixture->loop);
    g_assert_error(fixture->error, CATALOG_ERROR, CATALOG_ERROR_BUSY);
    g_cancellable_cancel(cancellable);
    g_mutex_unlock(&hold);
    fixture->expected = expected;
    g_main_loop_run(fixture->loop);
    g_assert_error(fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint(count_accounts(fixture), ==, 1);
    g_mutex_clear(&hold);
}

typedef struct {
    gint64 version;          // (out)
    ThreadsFixture *fixture; // (not owned)
} VersionRequest;

static gboolean
version_work(CatalogDatabase *database, gpointer data, GError **error)
{
    VersionRequest *request = data;
    return catalog_database_read_version(database, &request->version, error);
}

static void
on_threads_version(GObject *source, GAsyncResult *result, gpointer data)
{
    VersionRequest *request = data;
    g_assert_true(catalog_threads_finish(result, NULL));
    g_main_loop_quit(request->fixture->loop);
}

static gint64
ask_version(ThreadsFixture *fixture)
{
    VersionRequest request = {0, fixture};
    catalog_threads_write_async(fixture->threads, version_work, &request, NULL, NULL,
                                on_threads_version);
    g_main_loop_run(fixture->loop);
    return request.version;
}

static void
test_others_are_noticed(ThreadsFixture *fixture, gconstpointer unused)
{
    gint64 before = ask_version(fixture);
    catalog_threads_write_async(fixture->threads, write_work, new_request(fixture, 1), free_request,
                                NULL, on_threads_answer);
    g_main_loop_run(fixture->loop);
    g_assert_cmpint(ask_version(fixture), ==, before);
    g_free(fixture_add_account(&fixture->fixture, "verb", "staff"));
    g_assert_cmpint(ask_version(fixture), !=, before);
}

#define ADD(path, test) g_test_add(path, ThreadsFixture, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/catalog/threads/writes-in-order", test_writes_in_order);
    ADD("/catalog/threads/failed-write-leaves-nothing", test_failed_write_leaves_nothing);
    ADD("/catalog/threads/reader-cannot-write", test_reader_cannot_write);
    ADD("/catalog/threads/full-queue-and-cancel", test_full_queue_and_cancel);
    ADD("/catalog/threads/others-are-noticed", test_others_are_noticed);
    return g_test_run();
}
