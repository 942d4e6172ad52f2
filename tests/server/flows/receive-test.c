// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The receive flow on a real catalogue and a real disk: from declared to queued, and every way in
// which it stops before.
#include "tests/server/flows/receive-harness.h"

#include "catalog/error.h"
#include "catalog/joblist.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/uploads.h"
#include "server/flows/receive_terminate.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOW_MS G_GINT64_CONSTANT(1700000000000)
#define SIZE (600 * 1000)

typedef struct {
    ReceiveHarness *harness; // (owned)
    char *folder;            // (owned)
    guint8 *bytes;           // (owned): SIZE of them
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    fixture->folder = g_dir_make_tmp("daorian-receive-XXXXXX", NULL);
    fixture->harness = receive_harness_open(fixture->folder, NOW_MS);
    fixture->bytes = receive_harness_make_bytes(7, SIZE);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    receive_harness_close(fixture->harness);
    receive_harness_remove(fixture->folder);
    g_free(fixture->folder);
    g_free(fixture->bytes);
}

static void
reopen(Fixture *fixture)
{
    receive_harness_close(fixture->harness);
    fixture->harness = receive_harness_open(fixture->folder, NOW_MS);
}

typedef struct {
    const char *lesson_id; // asked for
    CatalogLesson *lesson; // (owned)
    CatalogJob *job;       // (owned) (nullable)
} Found;

static gboolean
find_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Found *found = data;
    found->lesson = catalog_lessonlist_get(database, found->lesson_id, error);
    found->job = catalog_joblist_get_latest(database, found->lesson_id, NULL, NULL);
    return found->lesson != NULL;
}

static void
assert_queued(Fixture *fixture, const char *lesson_id, const guint8 *bytes, gsize size)
{
    Found found = {lesson_id, NULL, NULL};
    receive_harness_query(fixture->harness, find_lesson, &found);
    g_autofree char *path =
        server_storage_build_original_path(fixture->harness->storage, lesson_id);
    g_autofree char *stored = receive_harness_hash_file(path);
    g_autofree char *sent = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
    g_assert_cmpint(found.lesson->state, ==, CATALOG_LESSON_STATE_QUEUED);
    g_assert_cmpstr(stored, ==, sent);
    g_assert_cmpstr(found.lesson->original_sha256, ==, sent);
    g_assert_cmpint(found.lesson->original_bytes, ==, size);
    g_assert_cmpstr(found.lesson->title, ==, "เศษส่วน");
    g_assert_nonnull(found.job);
    g_assert_cmpint(found.job->state, ==, CATALOG_JOB_STATE_QUEUED);
    g_assert_cmpuint(receive_harness_count_parts(fixture->harness), ==, 0);
    catalog_lesson_free(found.lesson);
    catalog_job_free(found.job);
}

static void
assert_failed(Fixture *fixture, const char *lesson_id, const char *code)
{
    Found found = {lesson_id, NULL, NULL};
    receive_harness_query(fixture->harness, find_lesson, &found);
    g_assert_cmpint(found.lesson->state, ==, CATALOG_LESSON_STATE_FAILED);
    g_assert_cmpstr(found.lesson->error_code, ==, code);
    g_assert_cmpstr(found.lesson->title, ==, "เศษส่วน");
    g_assert_null(found.job);
    g_assert_cmpuint(receive_harness_count_parts(fixture->harness), ==, 0);
    catalog_lesson_free(found.lesson);
}

static FlowsReceiveStatus *
append(Fixture *fixture, const char *id, gint64 offset_bytes, gsize size, gboolean whole)
{
    FlowsReceiveAppendRequest request =
        receive_harness_request(fixture->harness, id, offset_bytes, (gint64)size);
    return receive_harness_append(fixture->harness, &request, fixture->bytes + offset_bytes, size,
                                  whole);
}

static void
assert_status(FlowsReceiveStatus *status, FlowsReceiveOutcome outcome, gint64 offset_bytes)
{
    g_assert_cmpint(status->outcome, ==, outcome);
    g_assert_cmpint(status->upload->offset_bytes, ==, offset_bytes);
    flows_receive_status_free(status);
}

static void
test_whole_in_three_runs(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    g_assert_cmpint(created->outcome, ==, FLOWS_RECEIVE_DONE);
    assert_status(append(fixture, id, 0, 100000, TRUE), FLOWS_RECEIVE_DONE, 100000);
    assert_status(append(fixture, id, 100000, 250000, FALSE), FLOWS_RECEIVE_DONE, 350000);
    assert_status(append(fixture, id, 100000, 10, TRUE), FLOWS_RECEIVE_OFFSET_CONFLICT, 350000);
    assert_status(receive_harness_look(fixture->harness, id), FLOWS_RECEIVE_DONE, 350000);
    assert_status(append(fixture, id, 350000, 250000, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
    g_assert_cmpuint(fixture->harness->wakes, ==, 1);
    assert_status(receive_harness_look(fixture->harness, id), FLOWS_RECEIVE_DONE, SIZE);
    assert_status(append(fixture, id, SIZE, 0, TRUE), FLOWS_RECEIVE_FINISHED, SIZE);
    g_autoptr(FlowsReceiveStatus) ended = receive_harness_terminate(fixture->harness, id);
    g_assert_cmpint(ended->outcome, ==, FLOWS_RECEIVE_FINISHED);
}

static void
test_restart_hashes_from_disk(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 300000, TRUE), FLOWS_RECEIVE_DONE, 300000);
    reopen(fixture);
    assert_status(append(fixture, id, 300000, 300000, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_nothing_at_all(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, 0, NULL);
    g_assert_cmpint(created->upload->state, ==, CATALOG_UPLOAD_STATE_FINISHED);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, 0);
}

static void
test_checksum(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    FlowsReceiveAppendRequest request = receive_harness_request(fixture->harness, id, 0, SIZE);
    request.checked = TRUE;
    request.algorithm = FLOWS_RECEIVE_DIGEST_SHA1;
    assert_status(receive_harness_append(fixture->harness, &request, fixture->bytes, SIZE, TRUE),
                  FLOWS_RECEIVE_CHECKSUM, 0);
    g_autoptr(FlowsReceiveDigest) digest = flows_receive_digest_new(request.algorithm);
    flows_receive_digest_add(digest, fixture->bytes, SIZE);
    flows_receive_digest_read(digest, request.checksum);
    assert_status(receive_harness_append(fixture->harness, &request, fixture->bytes, 1000, FALSE),
                  FLOWS_RECEIVE_DONE, 0);
    assert_status(receive_harness_append(fixture->harness, &request, fixture->bytes, SIZE, TRUE),
                  FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
on_stop(gpointer data)
{
    *(gboolean *)data = TRUE;
}

static void
on_room(gpointer data)
{
}

static void
on_ready(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **)data = g_object_ref(result);
}

static void
test_newer_takes_over(Fixture *fixture, gconstpointer unused)
{
    static const FlowsReceiveAppendListener listener = {on_room, on_stop};
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    FlowsReceiveAppendRequest request = receive_harness_request(fixture->harness, id, 0, SIZE);
    FlowsReceiveStatus *refusal = NULL;
    FlowsReceiveAppend *dead = receive_harness_begin(fixture->harness, &request, &refusal);
    gboolean stopped = FALSE;
    flows_receive_append_listen(dead, &listener, &stopped);
    g_autoptr(GBytes) chunk = g_bytes_new(fixture->bytes, 5000);
    g_assert_true(flows_receive_append_push(dead, chunk));
    g_autoptr(GAsyncResult) looked = NULL;
    flows_receive_look_async(fixture->harness->receive, id, &fixture->harness->who, on_ready,
                             &looked);
    while (!stopped)
        g_main_context_iteration(NULL, TRUE);
    g_assert_null(looked);
    assert_status(receive_harness_end(dead, FALSE), FLOWS_RECEIVE_LOCKED, 5000);
    while (looked == NULL)
        g_main_context_iteration(NULL, TRUE);
    assert_status(flows_receive_look_finish(looked), FLOWS_RECEIVE_DONE, 5000);
    assert_status(append(fixture, id, 5000, SIZE - 5000, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_deferred_length(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, -1, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, SIZE, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    FlowsReceiveAppendRequest request = receive_harness_request(fixture->harness, id, SIZE, 0);
    request.length_bytes = SIZE - 1;
    assert_status(receive_harness_append(fixture->harness, &request, "", 0, TRUE),
                  FLOWS_RECEIVE_BEYOND_LENGTH, SIZE);
    request.length_bytes = SIZE;
    assert_status(receive_harness_append(fixture->harness, &request, "", 0, TRUE),
                  FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_more_than_declared(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, 1000, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 1001, TRUE), FLOWS_RECEIVE_BEYOND_LENGTH, 0);
    FlowsReceiveAppendRequest request = receive_harness_request(fixture->harness, id, 0, -1);
    g_autoptr(FlowsReceiveStatus) status =
        receive_harness_append(fixture->harness, &request, fixture->bytes, 5000, TRUE);
    g_assert_cmpint(status->outcome, ==, FLOWS_RECEIVE_BEYOND_LENGTH);
    assert_status(receive_harness_look(fixture->harness, id), FLOWS_RECEIVE_DONE, 0);
    assert_status(append(fixture, id, 0, 400, TRUE), FLOWS_RECEIVE_DONE, 400);
    request.offset_bytes = 400;
    assert_status(
        receive_harness_append(fixture->harness, &request, fixture->bytes + 400, 601, TRUE),
        FLOWS_RECEIVE_BEYOND_LENGTH, 400);
    assert_status(append(fixture, id, 400, 600, TRUE), FLOWS_RECEIVE_DONE, 1000);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, 1000);
}

static char *
upload_part(Fixture *fixture, gint64 offset_bytes, gsize size, gsize sent)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_PARTIAL, (gint64)size, NULL);
    g_assert_null(created->upload->lesson_id);
    FlowsReceiveAppendRequest request =
        receive_harness_request(fixture->harness, created->upload->id, 0, (gint64)sent);
    assert_status(receive_harness_append(fixture->harness, &request, fixture->bytes + offset_bytes,
                                         sent, TRUE),
                  FLOWS_RECEIVE_DONE, (gint64)sent);
    return g_strdup(created->upload->id);
}

static void
test_concatenation(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *second = upload_part(fixture, 200000, SIZE - 200000, SIZE - 200000);
    g_autofree char *first = upload_part(fixture, 0, 200000, 200000);
    const char *parts[] = {first, second, NULL};
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_FINAL, -1, parts);
    g_assert_cmpint(created->outcome, ==, FLOWS_RECEIVE_DONE);
    g_assert_cmpint(created->upload->state, ==, CATALOG_UPLOAD_STATE_FINISHED);
    g_autoptr(FlowsReceiveStatus) again =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_FINAL, -1, parts);
    g_assert_cmpint(again->outcome, ==, FLOWS_RECEIVE_DONE);
    g_assert_cmpstr(again->upload->lesson_id, ==, created->upload->lesson_id);
    g_autoptr(FlowsReceiveStatus) part = receive_harness_look(fixture->harness, first);
    g_assert_cmpint(part->outcome, ==, FLOWS_RECEIVE_GONE);
    while (receive_harness_count_parts(fixture->harness) > 0)
        g_main_context_iteration(NULL, FALSE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_concatenation_refusals(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *whole = upload_part(fixture, 0, 1000, 1000);
    g_autofree char *open = upload_part(fixture, 0, 1000, 900);
    const char *unfinished[] = {whole, open, NULL};
    const char *unknown[] = {whole, "01890000-0000-7000-8000-000000000001", NULL};
    g_autoptr(FlowsReceiveStatus) one =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_FINAL, -1, unfinished);
    g_assert_cmpint(one->outcome, ==, FLOWS_RECEIVE_PART_UNFINISHED);
    g_autoptr(FlowsReceiveStatus) two =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_FINAL, -1, unknown);
    g_assert_cmpint(two->outcome, ==, FLOWS_RECEIVE_PART_UNKNOWN);
    fixture->harness->who.account_id = NULL;
    const char *foreign[] = {whole, NULL};
    g_autoptr(FlowsReceiveStatus) three =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_FINAL, -1, foreign);
    g_assert_cmpint(three->outcome, ==, FLOWS_RECEIVE_PART_UNKNOWN);
}

static void
test_terminated(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 1000, TRUE), FLOWS_RECEIVE_DONE, 1000);
    fixture->harness->who.account_id = "01890000-0000-7000-8000-0000000000bb";
    g_autoptr(FlowsReceiveStatus) foreign = receive_harness_terminate(fixture->harness, id);
    g_assert_cmpint(foreign->outcome, ==, FLOWS_RECEIVE_NOT_FOUND);
    fixture->harness->who.account_id = fixture->harness->account_id;
    g_autoptr(FlowsReceiveStatus) ended = receive_harness_terminate(fixture->harness, id);
    g_assert_cmpint(ended->outcome, ==, FLOWS_RECEIVE_DONE);
    assert_failed(fixture, created->upload->lesson_id, "upload-cancelled");
    g_autoptr(FlowsReceiveStatus) looked = receive_harness_look(fixture->harness, id);
    g_assert_cmpint(looked->outcome, ==, FLOWS_RECEIVE_GONE);
}

static void
test_expired(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    gint64 week_ms = 7 * 24 * 3600 * G_GINT64_CONSTANT(1000);
    g_assert_cmpint(created->upload->expires_ms, ==, NOW_MS + week_ms);
    server_clock_set(fixture->harness->clock, NOW_MS + week_ms - 1);
    g_autoptr(FlowsReceiveStatus) renewed = append(fixture, id, 0, 1000, TRUE);
    g_assert_cmpint(renewed->upload->expires_ms, ==, NOW_MS + 2 * week_ms - 1);
    server_clock_set(fixture->harness->clock, NOW_MS + 2 * week_ms - 1);
    g_autoptr(FlowsReceiveStatus) gone = receive_harness_look(fixture->harness, id);
    g_assert_cmpint(gone->outcome, ==, FLOWS_RECEIVE_GONE);
    flows_receive_terminate_expired(fixture->harness->receive);
    while (receive_harness_count_parts(fixture->harness) > 0)
        g_main_context_iteration(NULL, FALSE);
    assert_failed(fixture, created->upload->lesson_id, "upload-expired");
}

static void
set_limits(ServerConfig *config)
{
    config->upload_limit_bytes = SIZE;
    config->user_limit_bytes = 2 * SIZE + 100;
}

static void
set_floor(ServerConfig *config)
{
    config->free_floor_bytes = G_MAXINT64 / 2;
}

static void
reopen_with(Fixture *fixture, void (*configure)(ServerConfig *config))
{
    receive_harness_close(fixture->harness);
    fixture->harness = receive_harness_open_with(fixture->folder, NOW_MS, configure);
}

static FlowsReceiveOutcome
try_length(Fixture *fixture, gint64 length_bytes)
{
    g_autoptr(FlowsReceiveStatus) status =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, length_bytes, NULL);
    return status->outcome;
}

static void
test_quotas(Fixture *fixture, gconstpointer unused)
{
    reopen_with(fixture, set_limits);
    g_assert_cmpint(try_length(fixture, SIZE + 1), ==, FLOWS_RECEIVE_TOO_LARGE);
    g_assert_cmpint(try_length(fixture, SIZE), ==, FLOWS_RECEIVE_DONE);
    g_assert_cmpint(try_length(fixture, SIZE), ==, FLOWS_RECEIVE_DONE);
    g_assert_cmpint(try_length(fixture, 101), ==, FLOWS_RECEIVE_USER_FULL);
    g_assert_cmpint(try_length(fixture, 100), ==, FLOWS_RECEIVE_DONE);
    reopen_with(fixture, set_floor);
    g_assert_cmpint(try_length(fixture, 1), ==, FLOWS_RECEIVE_DISK_FLOOR);
}

static void
test_quota_of_a_deferred_length(Fixture *fixture, gconstpointer unused)
{
    reopen_with(fixture, set_limits);
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, -1, NULL);
    const char *id = created->upload->id;
    FlowsReceiveAppendRequest request = receive_harness_request(fixture->harness, id, 0, SIZE + 1);
    assert_status(receive_harness_append(fixture->harness, &request, "", 0, TRUE),
                  FLOWS_RECEIVE_TOO_LARGE, 0);
    request.declared_bytes = -1;
    request.length_bytes = SIZE + 1;
    assert_status(receive_harness_append(fixture->harness, &request, "", 0, TRUE),
                  FLOWS_RECEIVE_TOO_LARGE, 0);
    request.length_bytes = SIZE;
    assert_status(receive_harness_append(fixture->harness, &request, fixture->bytes, SIZE, TRUE),
                  FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static char *
build_part_path(Fixture *fixture, const char *id, const char *suffix)
{
    g_autofree char *part = server_storage_build_upload_path(fixture->harness->storage, id);
    return g_strconcat(part, suffix, NULL);
}

/* Bytes that were written and never recorded, as kill -9 leaves them. */
static void
write_behind(Fixture *fixture, const char *id, gsize size)
{
    g_autofree char *path = build_part_path(fixture, id, "");
    g_assert_true(g_file_set_contents(path, (const char *)fixture->bytes, (gssize)size, NULL));
}

static void
test_killed_keeps_what_was_written(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 1000, TRUE), FLOWS_RECEIVE_DONE, 1000);
    write_behind(fixture, id, 5000);
    reopen(fixture);
    assert_status(receive_harness_look(fixture->harness, id), FLOWS_RECEIVE_DONE, 5000);
    assert_status(append(fixture, id, 5000, SIZE - 5000, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_power_cut_counts_only_what_was_synced(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 1000, TRUE), FLOWS_RECEIVE_DONE, 1000);
    write_behind(fixture, id, 5000);
    g_autofree char *folder = server_storage_build_uploads_path(fixture->harness->storage);
    g_autofree char *boot = g_build_filename(folder, "boot-id", NULL);
    g_assert_true(g_file_set_contents(boot, "another boot", -1, NULL));
    reopen(fixture);
    assert_status(receive_harness_look(fixture->harness, id), FLOWS_RECEIVE_DONE, 1000);
    assert_status(append(fixture, id, 1000, SIZE - 1000, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_half_a_checked_chunk_is_taken_back(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 1000, TRUE), FLOWS_RECEIVE_DONE, 1000);
    write_behind(fixture, id, 5000);
    g_autofree char *mark = build_part_path(fixture, id, ".unverified");
    g_assert_true(g_file_set_contents(mark, "", 0, NULL));
    reopen(fixture);
    assert_status(receive_harness_look(fixture->harness, id), FLOWS_RECEIVE_DONE, 1000);
    g_assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
}

static void
test_lost_bytes_are_asked_for_again(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(FlowsReceiveStatus) created =
        receive_harness_create(fixture->harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    const char *id = created->upload->id;
    assert_status(append(fixture, id, 0, 9000, TRUE), FLOWS_RECEIVE_DONE, 9000);
    write_behind(fixture, id, 4000);
    assert_status(append(fixture, id, 9000, 10, TRUE), FLOWS_RECEIVE_OFFSET_CONFLICT, 4000);
    assert_status(append(fixture, id, 4000, SIZE - 4000, TRUE), FLOWS_RECEIVE_DONE, SIZE);
    assert_queued(fixture, created->upload->lesson_id, fixture->bytes, SIZE);
}

static void
test_sweeps_what_nobody_names(Fixture *fixture, gconstpointer unused)
{
    write_behind(fixture, "01890000-0000-7000-8000-000000000001", 10);
    g_autofree char *folder = server_storage_build_uploads_path(fixture->harness->storage);
    g_autofree char *foreign = g_build_filename(folder, "notes.txt", NULL);
    g_assert_true(g_file_set_contents(foreign, "mine", -1, NULL));
    g_assert_cmpuint(receive_harness_count_parts(fixture->harness), ==, 2);
    reopen(fixture);
    g_assert_cmpuint(receive_harness_count_parts(fixture->harness), ==, 1);
    g_assert_true(g_file_test(foreign, G_FILE_TEST_EXISTS));
}

#define ADD(name, function)                                                                        \
    g_test_add("/server/flows/receive/" name, Fixture, NULL, set_up, function, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("whole", test_whole_in_three_runs);
    ADD("restart-hashes", test_restart_hashes_from_disk);
    ADD("nothing", test_nothing_at_all);
    ADD("checksum", test_checksum);
    ADD("take-over", test_newer_takes_over);
    ADD("deferred", test_deferred_length);
    ADD("more-than-declared", test_more_than_declared);
    ADD("concatenation", test_concatenation);
    ADD("concatenation-refusals", test_concatenation_refusals);
    ADD("terminated", test_terminated);
    ADD("expired", test_expired);
    ADD("quotas", test_quotas);
    ADD("quota-deferred", test_quota_of_a_deferred_length);
    ADD("killed", test_killed_keeps_what_was_written);
    ADD("power-cut", test_power_cut_counts_only_what_was_synced);
    ADD("half-a-checked-chunk", test_half_a_checked_chunk_is_taken_back);
    ADD("lost-bytes", test_lost_bytes_are_asked_for_again);
    ADD("sweep", test_sweeps_what_nobody_names);
    return g_test_run();
}
