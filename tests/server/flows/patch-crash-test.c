// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Kills the process that fills a gap at each of its durable steps in turn, and while its child
// runs, and starts it again: what is shown plays at every moment, no file of either recording is
// lost, nothing half made is left, and the patch comes to its end. The steps are the calls that
// change what a crash can see; this program has them in its own name, for the libraries that it
// loads too, counts them, and ends itself with SIGKILL in front of the one it was told.
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/flows/window_files.h"
#include "tests/server/flows/patch-checks.h"

#define MOST_STEPS 400
#define SOME_STEPS 5   // every fifth, from a random one on; with `-m slow` each
#define LEAST_STEPS 60 // of a whole life
#define MOST_TICKS 400 // of 50 ms
#define CHILD_LEAST_MS 20
#define CHILD_MOST_MS 4000

/* Every step passes here, on whatever thread. The count is the position in an empty file that the
 * client opened and named in its environment, as it does with the number of the fatal step. */
static void
count_step(void)
{
    const char *fatal = getenv("PATCH_CRASH_STEP");
    const char *counter = getenv("PATCH_CRASH_COUNTER");
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
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
link(const char *from, const char *to)
{
    count_step();
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
unlink(const char *path)
{
    count_step();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int
rmdir(const char *path)
{
    count_step();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}

/* --- the client ------------------------------------------------------------------------------ */

static gboolean
on_doom(gpointer user_data)
{
    kill(getpid(), SIGKILL);
    return G_SOURCE_REMOVE;
}

static gboolean
has_child(void)
{
    g_autofree char *path = g_strdup_printf("/proc/self/task/%d/children", (int)getpid());
    g_autofree char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) && *text != '\0';
}

static gboolean
on_look(gpointer user_data)
{
    if (!has_child())
        return G_SOURCE_CONTINUE;
    g_timeout_add((guint)atoi(g_getenv("PATCH_CRASH_CHILD_MS")), on_doom, NULL);
    return G_SOURCE_REMOVE;
}

/* A folder that the work left is swept soon. */
static gboolean
has_work(PatchHarness *harness)
{
    g_autofree char *path = server_storage_build_recordings_path(harness->storage);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    return dir != NULL && g_dir_read_name(dir) != NULL;
}

/* A daemon's life until there is nothing to patch. */
static int
run_client(char **argv)
{
    PatchHarness *harness = patch_harness_new(g_strdup(argv[2]), argv[3], PATCH_HARNESS_NOW_MS);
    g_autofree char *counter = g_strdup_printf("%d", memfd_create("steps", MFD_CLOEXEC));
    g_setenv("PATCH_CRASH_COUNTER", counter, TRUE);
    if (g_getenv("PATCH_CRASH_CHILD_MS") != NULL)
        g_timeout_add(5, on_look, NULL);
    patch_harness_start(harness);
    if (harness->patch != NULL)
        catalog_patches_free(patch_harness_await_end(harness));
    for (guint i = 0; i < MOST_TICKS && has_work(harness); i++)
        patch_harness_await_tick(harness);
    patch_harness_free(harness);
    return 0;
}

/* --- a bench ---------------------------------------------------------------------------------- */

typedef struct {
    const char *self;  // (unowned) this program
    const char *media; // (unowned) daorian-media
    char *base;        // (owned) folder of all
    char *folder;      // (owned) the data folder
    char *own;         // (owned)
    char *repeat;      // (owned)
    char *patch;       // (owned)
    GHashTable *files; // (owned) (element-type utf8 utf8): sums of what must stay, by path
} Bench;

static void
run_tool(char **command)
{
    int status = 0;
    GError *error = NULL;
    g_spawn_sync(NULL, command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

/* As it was when the patch was ordered. */
static void
put_back(Bench *bench)
{
    g_autofree char *kept = g_build_filename(bench->base, "kept", NULL);
    char *away[] = {(char *)"rm", (char *)"-rf", bench->folder, NULL};
    char *copy[] = {(char *)"cp", (char *)"-a", kept, bench->folder, NULL};
    run_tool(away);
    run_tool(copy);
}

/* Names that hold their hash, and may not change. */
static gboolean
is_lasting(const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, ".", 0);
    return g_strv_length(parts) >= 3 && strlen(parts[1]) == 8 && *name != '.';
}

static char *
sum_file(const char *path)
{
    gsize length = 0;
    g_autofree char *content = NULL;
    if (!g_file_get_contents(path, &content, &length, NULL))
        return NULL;
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, length);
}

/* @files (nullable): what is not in it is new. */
static GPtrArray *
list_lasting(const char *bundle)
{
    static const char *const subs[] = {".", "captions", "slides"};
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < G_N_ELEMENTS(subs); i++) {
        g_autofree char *path = g_build_filename(bundle, subs[i], NULL);
        g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
        const char *name = NULL;
        while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
            if (is_lasting(name))
                g_ptr_array_add(names,
                                i == 0 ? g_strdup(name) : g_build_filename(subs[i], name, NULL));
            g_assert_false(g_str_has_suffix(name, ".tmp"));
        }
    }
    return names;
}

static void
note_files(Bench *bench, PatchHarness *harness, const char *id)
{
    g_autofree char *bundle = server_storage_build_bundle_path(harness->storage, id);
    g_autoptr(GPtrArray) names = list_lasting(bundle);
    g_assert_cmpuint(names->len, >, 4);
    for (guint i = 0; i < names->len; i++) {
        char *path = g_build_filename(bundle, names->pdata[i], NULL);
        g_hash_table_insert(bench->files, path, sum_file(path));
    }
}

/* Two lessons, an order, and a copy of it all. */
static void
set_up(Bench *bench, gconstpointer data)
{
    const Bench *programs = data;
    bench->self = programs->self;
    bench->media = programs->media;
    bench->base = g_dir_make_tmp("daorian-patch-XXXXXX", NULL);
    bench->folder = g_build_filename(bench->base, "data", NULL);
    bench->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_assert_cmpint(g_mkdir(bench->folder, 0700), ==, 0);
    PatchHarness *harness =
        patch_harness_new(g_strdup(bench->folder), bench->media, PATCH_HARNESS_NOW_MS);
    patch_harness_keep_own(harness);
    patch_harness_keep_repeat(harness, NULL, 0);
    patch_harness_start(harness);
    patch_harness_await_lesson(harness, harness->own);
    patch_harness_await_lesson(harness, harness->repeat);
    patch_harness_stop(harness);
    patch_harness_order(harness);
    bench->own = g_strdup(harness->own);
    bench->repeat = g_strdup(harness->repeat);
    bench->patch = g_strdup(harness->patch);
    note_files(bench, harness, bench->own);
    note_files(bench, harness, bench->repeat);
    patch_harness_free(harness);
    g_autofree char *kept = g_build_filename(bench->base, "kept", NULL);
    g_assert_cmpint(g_rename(bench->folder, kept), ==, 0);
    put_back(bench);
}

static void
tear_down(Bench *bench, gconstpointer unused)
{
    char *away[] = {(char *)"rm", (char *)"-rf", bench->base, NULL};
    run_tool(away);
    g_hash_table_unref(bench->files);
    g_free(bench->base);
    g_free(bench->folder);
    g_free(bench->own);
    g_free(bench->repeat);
    g_free(bench->patch);
}

/* @variable (nullable) and its @value: when it dies. Returns: TRUE when it came to its end. */
static gboolean
live(Bench *bench, const char *variable, int value)
{
    GError *error = NULL;
    int status = 0;
    g_autofree char *number = g_strdup_printf("%d", value);
    g_auto(GStrv) environment = g_get_environ();
    if (variable != NULL)
        environment = g_environ_setenv(environment, variable, number, TRUE);
    char *command[] = {(char *)bench->self, (char *)"--client", bench->folder, (char *)bench->media,
                       NULL};
    g_spawn_sync(NULL, command, environment, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status,
                 &error);
    g_assert_no_error(error);
    if (WIFSIGNALED(status)) {
        g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
        return FALSE;
    }
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
    return TRUE;
}

/* --- what must hold --------------------------------------------------------------------------- */

static void
assert_kept(Bench *bench)
{
    GHashTableIter iter;
    gpointer path = NULL, sum = NULL;
    g_hash_table_iter_init(&iter, bench->files);
    while (g_hash_table_iter_next(&iter, &path, &sum)) {
        g_autofree char *now = sum_file(path);
        g_assert_cmpstr(now, ==, sum);
    }
}

/* Whatever a playlist names is there. */
static void
assert_named(const char *bundle, const char *playlist)
{
    g_autofree char *text = NULL;
    g_autofree char *path = g_build_filename(bundle, playlist, NULL);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_true(g_str_has_prefix(text, "#EXTM3U\n"));
    g_autoptr(GRegex) regex =
        g_regex_new("^([^#\n].*)$|URI=\"([^\"]*)\"", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    guint count = 0;
    for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL), count++) {
        g_autofree char *line = g_match_info_fetch(match, 1);
        g_autofree char *uri = g_match_info_fetch(match, 2);
        g_autofree char *named =
            g_build_filename(bundle, line != NULL && *line != '\0' ? line : uri, NULL);
        g_assert_true(g_file_test(named, G_FILE_TEST_IS_REGULAR));
    }
    g_assert_cmpuint(count, >, 0);
}

static void
assert_plays(PatchHarness *harness)
{
    g_autofree char *bundle = patch_harness_build_path(harness, NULL);
    g_autoptr(GDir) dir = g_dir_open(bundle, 0, NULL);
    const char *name = NULL;
    guint playlists = 0;
    while ((name = g_dir_read_name(dir)) != NULL) {
        if (!g_str_has_suffix(name, ".m3u8"))
            continue;
        assert_named(bundle, name);
        playlists++;
    }
    g_assert_cmpuint(playlists, >=, 3);
}

/* Nothing but what was there and what the rows name. */
static void
assert_nothing_more(Bench *bench, PatchHarness *harness, const CatalogLesson *lesson)
{
    g_autofree char *described = patch_harness_read_file(harness, "lesson.json");
    g_autofree char *bundle = patch_harness_build_path(harness, NULL);
    g_autoptr(GPtrArray) names = list_lasting(bundle);
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = g_build_filename(bundle, names->pdata[i], NULL);
        gboolean known = g_hash_table_contains(bench->files, path);
        for (guint rung = 0; rung < lesson->rungs->len; rung++)
            known = known || g_strcmp0(((CatalogRung *)lesson->rungs->pdata[rung])->index_file,
                                       names->pdata[i]) == 0;
        if (!known && strstr(described, names->pdata[i]) == NULL)
            g_error("%s belongs to nothing", path);
    }
    g_autoptr(GDir) dir = g_dir_open(bundle, 0, NULL);
    const char *name = NULL;
    while ((name = g_dir_read_name(dir)) != NULL)
        g_assert_false(g_str_has_prefix(name, "."));
}

/* After a death. Returns: whether the patch is done. */
static gboolean
assert_shown(Bench *bench)
{
    PatchHarness *harness =
        patch_harness_new(g_strdup(bench->folder), bench->media, PATCH_HARNESS_NOW_MS);
    g_clear_pointer(&harness->own, g_free);
    g_clear_pointer(&harness->patch, g_free);
    harness->own = g_strdup(bench->own);
    harness->patch = g_strdup(bench->patch);
    g_autoptr(CatalogPatches) patch = patch_harness_read_patch(harness);
    gboolean done = patch->state == CATALOG_PATCHES_STATE_DONE;
    if (!done)
        g_assert_cmpint(patch->state, ==, CATALOG_PATCHES_STATE_RUNNING);
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    g_assert_cmpint(lesson->generation, ==, done ? 2 : 1);
    g_assert_cmpint(catalog_gap_is_patched(&g_array_index(lesson->gaps, CatalogGap, 0)), ==, done);
    patch_checks_assert_files(harness, lesson);
    assert_kept(bench);
    assert_plays(harness);
    patch_harness_free(harness);
    return done;
}

static void
assert_end(Bench *bench, gboolean listen)
{
    PatchHarness *harness =
        patch_harness_new(g_strdup(bench->folder), bench->media, PATCH_HARNESS_NOW_MS);
    g_assert_null(harness->patch); // none runs
    harness->own = g_strdup(bench->own);
    harness->repeat = g_strdup(bench->repeat);
    harness->patch = g_strdup(bench->patch);
    if (listen)
        patch_checks_assert_patched(harness);
    patch_checks_assert_captions(harness);
    patch_checks_assert_described(harness);
    patch_checks_assert_no_folder(harness);
    g_autoptr(CatalogLesson) lesson = patch_harness_read_lesson(harness);
    assert_nothing_more(bench, harness, lesson);
    patch_harness_free(harness);
}

static void
test_every_step(Bench *bench, gconstpointer unused)
{
    gboolean ended = FALSE, listened = FALSE;
    int pace = g_test_thorough() ? 1 : SOME_STEPS;
    int step = g_test_rand_int_range(1, pace + 1), done_from = 0;
    for (; !ended && step < MOST_STEPS; step += pace) {
        g_test_message("step %d", step);
        ended = live(bench, "PATCH_CRASH_STEP", step);
        gboolean done = assert_shown(bench);
        g_assert_true(done || !ended);
        if (!done)
            continue; // the next life has the same to do, with what this one left
        done_from = done_from > 0 ? done_from : step;
        g_assert_true(live(bench, NULL, 0));
        g_assert_true(assert_shown(bench));
        assert_end(bench, !listened);
        listened = TRUE;
        put_back(bench);
    }
    g_test_message("%d steps and more; done from step %d on", step - pace, done_from);
    g_assert_true(ended);
    g_assert_cmpint(step, >, LEAST_STEPS);
}

/* Later and later, until it dies no more before its end. */
static void
test_while_the_child_runs(Bench *bench, gconstpointer unused)
{
    guint deaths = 0;
    for (int wait_ms = CHILD_LEAST_MS; wait_ms <= CHILD_MOST_MS; wait_ms *= 2) {
        gboolean ended = live(bench, "PATCH_CRASH_CHILD_MS", wait_ms);
        if (assert_shown(bench))
            break;
        g_assert_false(ended);
        deaths++;
    }
    g_test_message("killed %u times", deaths);
    g_assert_cmpuint(deaths, >, 2);
    g_assert_true(live(bench, NULL, 0));
    g_assert_true(assert_shown(bench));
    assert_end(bench, TRUE);
}

int
main(int argc, char **argv)
{
    if (argc == 4 && strcmp(argv[1], "--client") == 0)
        return run_client(argv);
    g_test_init(&argc, &argv, NULL);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    const Bench programs = {.self = self, .media = argv[1]};
    g_test_add("/flows/patch/killed-at-every-step", Bench, &programs, set_up, test_every_step,
               tear_down);
    g_test_add("/flows/patch/killed-while-the-child-runs", Bench, &programs, set_up,
               test_while_the_child_runs, tear_down);
    return g_test_run();
}
