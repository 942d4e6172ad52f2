// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Kills an uploading process at each of its durable steps in turn and starts it again: the same
// lesson comes out, once, and nothing is left behind. The steps are the calls that change what a
// crash can see; this program has them in its own name, for the libraries that it loads too, counts
// them, and ends itself with SIGKILL in front of the one it was told.
#include "tests/server/flows/receive-harness.h"

#include "catalog/joblist.h"
#include "catalog/lessonlist.h"
#include "catalog/uploads.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOW_MS G_GINT64_CONSTANT(1700000000000)
#define SIZE (300 * 1000)
#define CHUNK (100 * 1000)
#define MOST_STEPS 100
#define PAGE 8192

/* Every step passes here, on whatever thread. The count is the position in an empty file that the
 * child opened and named in its environment, as it does with the number of the fatal step. */
static void
count_step(void)
{
    const char *fatal = getenv("RECEIVE_CRASH_STEP");
    const char *counter = getenv("RECEIVE_CRASH_COUNTER");
    if (fatal == NULL || counter == NULL)
        return;
    if (syscall(SYS_lseek, atoi(counter), 1, SEEK_CUR) == atoi(fatal))
        kill(getpid(), SIGKILL);
}

int
fsync(int descriptor)
{
    count_step();
    return (int)syscall(SYS_fsync, descriptor);
}

int
fdatasync(int descriptor)
{
    count_step();
    return (int)syscall(SYS_fdatasync, descriptor);
}

int
rename(const char *from, const char *to)
{
    count_step();
    return (int)syscall(SYS_renameat2, -100, from, -100, to, 0);
}

int
unlink(const char *path)
{
    count_step();
    return (int)syscall(SYS_unlinkat, -100, path, 0);
}

ssize_t
pwrite(int descriptor, const void *data, size_t size, off_t offset)
{
    if (size > PAGE) // bytes of the upload; SQLite's own recovery is not ours to test
        count_step();
    return syscall(SYS_pwrite64, descriptor, data, size, offset);
}

typedef struct {
    char *account_id;  // (owned)
    GPtrArray *open;   // (owned) (nullable) (element-type CatalogUpload)
    GPtrArray *queued; // (owned) (nullable) (element-type utf8): lessons
} World;

static gboolean
see_world(CatalogDatabase *database, gpointer data, GError **error)
{
    World *world = data;
    world->open = catalog_uploads_list_receiving(database, world->account_id, error);
    world->queued = catalog_lessonlist_list_ids(database, CATALOG_LESSON_STATE_QUEUED, error);
    return world->open != NULL && world->queued != NULL;
}

static void
clear_world(World *world)
{
    g_clear_pointer(&world->open, g_ptr_array_unref);
    g_clear_pointer(&world->queued, g_ptr_array_unref);
}

/* What a client does that may have been cut at any moment: resume what is open, else create, unless
 * the lesson is there. Checked chunks, so that the mark is among the steps. */
static void
upload_all(ReceiveHarness *harness, const guint8 *bytes)
{
    World world = {harness->account_id, NULL, NULL};
    receive_harness_query(harness, see_world, &world);
    g_autoptr(FlowsReceiveStatus) status = NULL;
    if (world.queued->len == 0 && world.open->len == 0)
        status = receive_harness_create(harness, CATALOG_UPLOAD_KIND_WHOLE, SIZE, NULL);
    else if (world.open->len > 0)
        status =
            receive_harness_look(harness, ((CatalogUpload *)g_ptr_array_index(world.open, 0))->id);
    clear_world(&world);
    while (status != NULL && status->upload->offset_bytes < SIZE) {
        gint64 offset_bytes = status->upload->offset_bytes;
        gsize size = (gsize)MIN(CHUNK, SIZE - offset_bytes);
        FlowsReceiveAppendRequest request =
            receive_harness_request(harness, status->upload->id, offset_bytes, (gint64)size);
        request.checked = offset_bytes == CHUNK;
        request.algorithm = FLOWS_RECEIVE_DIGEST_MD5;
        g_autoptr(FlowsReceiveDigest) digest = flows_receive_digest_new(request.algorithm);
        flows_receive_digest_add(digest, bytes + offset_bytes, size);
        flows_receive_digest_read(digest, request.checksum);
        FlowsReceiveStatus *next =
            receive_harness_append(harness, &request, bytes + offset_bytes, size, TRUE);
        g_assert_cmpint(next->outcome, ==, FLOWS_RECEIVE_DONE);
        flows_receive_status_free(status);
        status = next;
    }
}

/* The child: uploads, in one run or as what is left of an earlier one. */
static int
run_client(const char *folder)
{
    g_autofree guint8 *bytes = receive_harness_make_bytes(11, SIZE);
    g_autofree char *counter = g_strdup_printf("%d", memfd_create("steps", MFD_CLOEXEC));
    g_setenv("RECEIVE_CRASH_COUNTER", counter, TRUE);
    ReceiveHarness *harness = receive_harness_open(folder, NOW_MS);
    upload_all(harness, bytes);
    receive_harness_close(harness);
    return 0;
}

/* Returns: TRUE when the child came to its end, FALSE when it was killed at @step. */
static gboolean
spawn_client(const char *program, const char *folder, int step)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *number = g_strdup_printf("%d", step);
    g_auto(GStrv) environment = g_get_environ();
    if (step > 0)
        environment = g_environ_setenv(environment, "RECEIVE_CRASH_STEP", number, TRUE);
    char *arguments[] = {(char *)program, (char *)"--client", (char *)folder, NULL};
    int status = 0;
    g_spawn_sync(NULL, arguments, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                 &error);
    g_assert_no_error(error);
    if (WIFSIGNALED(status)) {
        g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
        return FALSE;
    }
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    return TRUE;
}

static gboolean
see_job(CatalogDatabase *database, gpointer data, GError **error)
{
    CatalogJoblistCounts counts = {0};
    gboolean seen = catalog_joblist_count(database, &counts, error);
    *(gint64 *)data = counts.queued;
    return seen;
}

/* Whether recovery alone ends what was whole: the client may have nothing left to do. */
static void
assert_world(const char *folder)
{
    g_autofree guint8 *bytes = receive_harness_make_bytes(11, SIZE);
    g_autofree char *sent = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, SIZE);
    ReceiveHarness *harness = receive_harness_open(folder, NOW_MS);
    World world = {harness->account_id, NULL, NULL};
    receive_harness_query(harness, see_world, &world);
    g_assert_cmpuint(world.open->len, ==, 0);
    g_assert_cmpuint(world.queued->len, ==, 1);
    gint64 jobs = 0;
    receive_harness_query(harness, see_job, &jobs);
    g_assert_cmpint(jobs, ==, 1);
    g_autofree char *path =
        server_storage_build_original_path(harness->storage, g_ptr_array_index(world.queued, 0));
    g_autofree char *stored = receive_harness_hash_file(path);
    g_assert_cmpstr(stored, ==, sent);
    g_assert_cmpuint(receive_harness_count_parts(harness), ==, 0);
    clear_world(&world);
    receive_harness_close(harness);
}

static void
test_killed_at_every_step(gconstpointer program)
{
    gboolean ended = FALSE;
    int step = 1;
    for (; !ended && step < MOST_STEPS; step++) {
        g_autofree char *folder = g_dir_make_tmp("daorian-crash-XXXXXX", NULL);
        receive_harness_close(receive_harness_open(folder, NOW_MS));
        ended = spawn_client(program, folder, step);
        if (!ended)
            g_assert_true(spawn_client(program, folder, 0));
        assert_world(folder);
        receive_harness_remove(folder);
    }
    g_test_message("killed at %d steps", step - 2);
    g_assert_true(ended);
    g_assert_cmpint(step, >, 20);
}

int
main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--client") == 0)
        return run_client(argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/server/flows/receive/killed-at-every-step", argv[0],
                         test_killed_at_every_step);
    return g_test_run();
}
