// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Jobs: claimed by one, in order of priority, held by a lease, tried again with back-off, ended by
// everything that can end them.
#include "tests/catalog/fixture.h"

#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/joblist.h"
#include "catalog/jobs.h"

#define LEASE_MS 30000

static char *
add_job(Fixture *fixture, int priority)
{
    GError *error = NULL;
    g_autofree char *lesson = fixture_add_lesson(fixture, "x", CATALOG_LESSON_STATE_QUEUED);
    char *id = catalog_jobs_enqueue(fixture->database, CATALOG_JOB_KIND_ENCODE, lesson, priority,
                                    &fixture->by, &error);
    g_assert_no_error(error);
    return id;
}

static CatalogJob *
claim(Fixture *fixture, const char *runner, gint64 now_ms)
{
    GError *error = NULL;
    CatalogJob *job = NULL;
    const CatalogJobsClaim claim = {CATALOG_JOBS_MEDIA, runner, LEASE_MS};
    catalog_jobs_claim(fixture->database, &claim, now_ms, &job, &error);
    g_assert_no_error(error);
    return job;
}

static void
test_claim_in_order(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *low = add_job(fixture, -1);
    fixture->by.now_ms++;
    g_autofree char *high = add_job(fixture, 5);
    fixture->by.now_ms++;
    g_autofree char *middle = add_job(fixture, -1);
    g_assert_true(catalog_joblist_set_priority(fixture->database, middle, 0, &fixture->by, &error));
    const char *const order[] = {high, middle, low};
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        g_autoptr(CatalogJob) job = claim(fixture, "r", fixture->by.now_ms);
        g_assert_cmpstr(job->id, ==, order[i]);
        g_assert_cmpint(job->state, ==, CATALOG_JOB_STATE_RUNNING);
        g_assert_cmpint(job->attempts, ==, 1);
        g_assert_cmpint(job->lease_until_ms, ==, fixture->by.now_ms + LEASE_MS);
    }
    g_assert_null(claim(fixture, "r", fixture->by.now_ms));
    g_assert_false(
        catalog_joblist_set_priority(fixture->database, middle, 101, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID);
    g_clear_error(&error);
}

static void
test_enqueue_twice_is_one(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *first = add_job(fixture, 0);
    g_autoptr(CatalogJob) job = catalog_joblist_get(fixture->database, first, &error);
    g_autofree char *again = catalog_jobs_enqueue(fixture->database, CATALOG_JOB_KIND_ENCODE,
                                                  job->lesson_id, 0, &fixture->by, &error);
    g_assert_cmpstr(first, ==, again);
    g_assert_null(catalog_jobs_enqueue(fixture->database, CATALOG_JOB_KIND_ENCODE,
                                       "01234567-89ab-7000-8000-000000000000", 0, &fixture->by,
                                       &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND);
    g_clear_error(&error);
}

static void
test_progress_is_monotonic(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *id = add_job(fixture, 0);
    g_autoptr(CatalogJob) job = claim(fixture, "r", FIXTURE_NOW_MS);
    CatalogJobsProgress progress = {FIXTURE_NOW_MS + 60000, 500, "voice", "{\"n\":1}"};
    g_assert_true(catalog_jobs_report(fixture->database, id, "r", &progress, 1, &error));
    progress = (CatalogJobsProgress){FIXTURE_NOW_MS + 70000, 400, NULL, NULL};
    g_assert_true(catalog_jobs_report(fixture->database, id, "r", &progress, 1, &error));
    g_autoptr(CatalogJob) kept = catalog_joblist_get(fixture->database, id, &error);
    g_assert_cmpint(kept->permille, ==, 500);
    progress.permille = 5000;
    g_assert_true(catalog_jobs_report(fixture->database, id, "r", &progress, 1, &error));
    g_autoptr(CatalogJob) read = catalog_joblist_get(fixture->database, id, &error);
    g_assert_cmpint(read->permille, ==, 999);
    g_assert_cmpstr(read->stage, ==, "voice");
    g_assert_cmpstr(read->checkpoint, ==, "{\"n\":1}");
    g_assert_cmpint(read->lease_until_ms, ==, FIXTURE_NOW_MS + 70000);
    g_assert_false(catalog_jobs_report(fixture->database, id, "other", &progress, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(catalog_jobs_finish(fixture->database, id, "r", 2, &error));
    g_autoptr(CatalogJob) done = catalog_joblist_get(fixture->database, id, &error);
    g_assert_cmpint(done->permille, ==, 1000);
    g_assert_cmpint(done->state, ==, CATALOG_JOB_STATE_DONE);
    g_assert_false(catalog_jobs_finish(fixture->database, id, "r", 2, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
}

static void
test_back_off_then_failed(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *id = add_job(fixture, 0);
    const CatalogJobsFailure failure = {"internal", "child died", FALSE};
    gint64 now_ms = FIXTURE_NOW_MS;
    for (int attempt = 1; attempt <= CATALOG_JOBS_MAX_ATTEMPTS_DEFAULT; attempt++) {
        g_autoptr(CatalogJob) job = claim(fixture, "r", now_ms);
        g_assert_cmpint(job->attempts, ==, attempt);
        g_assert_cmpint(job->permille, ==, attempt == 1 ? 0 : 700);
        const CatalogJobsProgress progress = {now_ms + LEASE_MS, 700, "small", "700"};
        g_assert_true(catalog_jobs_report(fixture->database, id, "r", &progress, now_ms, &error));
        CatalogJobState state = CATALOG_JOB_STATE_RUNNING;
        g_assert_true(catalog_jobs_fail(fixture->database, job, &failure, now_ms, &state, &error));
        gboolean last = attempt == CATALOG_JOBS_MAX_ATTEMPTS_DEFAULT;
        g_assert_cmpint(state, ==, last ? CATALOG_JOB_STATE_FAILED : CATALOG_JOB_STATE_QUEUED);
        gint64 wake_ms = 0;
        g_assert_true(
            catalog_jobs_get_next_wake(fixture->database, CATALOG_JOBS_MEDIA, &wake_ms, &error));
        g_assert_cmpint(wake_ms, ==, last ? G_MAXINT64 : now_ms + (30000 << (attempt - 1)));
        g_assert_null(claim(fixture, "r", now_ms + 29999));
        now_ms = wake_ms;
    }
    g_assert_true(catalog_jobs_retry(fixture->database, id, &fixture->by, &error));
    g_autoptr(CatalogJob) again = claim(fixture, "r", FIXTURE_NOW_MS);
    g_assert_cmpint(again->attempts, ==, 1);
    g_assert_cmpint(again->permille, ==, 0); // its staging is gone: it begins anew, and says so
    g_assert_null(again->stage);
    g_assert_null(again->checkpoint);
    const CatalogJobsFailure hopeless = {"not-media", NULL, TRUE};
    CatalogJobState state = CATALOG_JOB_STATE_RUNNING;
    g_assert_true(catalog_jobs_fail(fixture->database, again, &hopeless, 1, &state, &error));
    g_assert_cmpint(state, ==, CATALOG_JOB_STATE_FAILED);
    g_autoptr(CatalogJob) failed = catalog_joblist_get(fixture->database, id, &error);
    g_assert_cmpstr(failed->error_code, ==, "not-media");
}

static void
test_lease_runs_out(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *id = add_job(fixture, 0);
    g_autoptr(CatalogJob) job = claim(fixture, "r", FIXTURE_NOW_MS);
    g_autoptr(GPtrArray) none =
        catalog_jobs_expire_leases(fixture->database, FIXTURE_NOW_MS + LEASE_MS - 1, &error);
    g_assert_cmpuint(none->len, ==, 0);
    gint64 end_ms = FIXTURE_NOW_MS + LEASE_MS;
    g_autoptr(GPtrArray) expired = catalog_jobs_expire_leases(fixture->database, end_ms, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(expired->len, ==, 1);
    const CatalogJob *after = g_ptr_array_index(expired, 0);
    g_assert_cmpint(after->state, ==, CATALOG_JOB_STATE_QUEUED);
    g_assert_cmpint(after->not_before_ms, ==, end_ms + 30000);
    g_assert_false(catalog_jobs_finish(fixture->database, id, "r", end_ms, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);

    // The one that took over is not hurt by the old one's failing late.
    g_autoptr(CatalogJob) second = claim(fixture, "r", end_ms + 30000);
    const CatalogJobsFailure failure = {"internal", NULL, FALSE};
    g_assert_false(catalog_jobs_fail(fixture->database, job, &failure, end_ms, NULL, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_true(catalog_jobs_release(fixture->database, id, "r", end_ms, &error));
    g_autoptr(CatalogJob) third = claim(fixture, "r", end_ms);
    g_assert_cmpint(third->attempts, ==, second->attempts);
}

static void
test_cancel_takes_the_lease(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    g_autofree char *id = add_job(fixture, 0);
    g_autoptr(CatalogJob) job = claim(fixture, "r", FIXTURE_NOW_MS);
    g_assert_true(catalog_jobs_cancel(fixture->database, id, &fixture->by, &error));
    CatalogJobsProgress progress = {FIXTURE_NOW_MS + 60000, 500, NULL, NULL};
    g_assert_false(catalog_jobs_report(fixture->database, id, "r", &progress, 1, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(catalog_jobs_cancel(fixture->database, id, &fixture->by, &error));
    g_assert_error(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_null(claim(fixture, "r", FIXTURE_NOW_MS));
    g_assert_true(catalog_jobs_retry(fixture->database, id, &fixture->by, &error));
    g_autoptr(CatalogJob) again = claim(fixture, "r", FIXTURE_NOW_MS);
    g_assert_cmpstr(again->id, ==, id);
}

static void
test_lists_and_counts(Fixture *fixture, gconstpointer unused)
{
    GError *error = NULL;
    for (int i = 0; i < 5; i++)
        g_free(add_job(fixture, 0));
    g_autoptr(CatalogJob) job = claim(fixture, "r", FIXTURE_NOW_MS);
    CatalogJoblistCounts counts = {0};
    g_assert_true(catalog_joblist_count(fixture->database, &counts, &error));
    g_assert_cmpint(counts.queued, ==, 4);
    g_assert_cmpint(counts.running, ==, 1);
    CatalogJobState queued = CATALOG_JOB_STATE_QUEUED;
    g_autoptr(CatalogPage) page = catalog_joblist_list(fixture->database, &queued, NULL, 3, &error);
    g_assert_cmpuint(page->items->len, ==, 3);
    g_autoptr(CatalogPage) rest =
        catalog_joblist_list(fixture->database, &queued, page->next_cursor, 3, &error);
    g_assert_cmpuint(rest->items->len, ==, 1);
    g_assert_null(rest->next_cursor);
    g_autoptr(CatalogJob) latest =
        catalog_joblist_get_latest(fixture->database, job->lesson_id, NULL, &error);
    g_assert_cmpstr(latest->id, ==, job->id);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIXTURE_ADD("/catalog/jobs/claim-in-order", test_claim_in_order);
    FIXTURE_ADD("/catalog/jobs/enqueue-twice-is-one", test_enqueue_twice_is_one);
    FIXTURE_ADD("/catalog/jobs/progress-is-monotonic", test_progress_is_monotonic);
    FIXTURE_ADD("/catalog/jobs/back-off-then-failed", test_back_off_then_failed);
    FIXTURE_ADD("/catalog/jobs/lease-runs-out", test_lease_runs_out);
    FIXTURE_ADD("/catalog/jobs/cancel-takes-the-lease", test_cancel_takes_the_lease);
    FIXTURE_ADD("/catalog/jobs/lists-and-counts", test_lists_and_counts);
    return g_test_run();
}
