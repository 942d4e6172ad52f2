// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Enqueue → encode → publish with the real child: to the end, over kills of the daemon and of the
// child at every durable step, over a stop, a cancel, and files that are not media. For the kills
// the test runs itself again as the process that dies.
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <libavutil/log.h>

#include "tests/server/flows/bench.h"
#include "tests/server/flows/same.h"

#define PICTURES 75 // 3 s
#define LEAST_KILLS 50
#define MOST_RUNS 8

typedef struct {
    const char *self;  // (unowned) this executable
    const char *media; // (unowned) daorian-media
    const char *liar;  // (unowned) what plays a hostile child
} Programs;

static void
test_becomes_a_lesson(gconstpointer data)
{
    const Programs *programs = data;
    FlowsBench *bench = flows_bench_new(PICTURES, NULL);
    FlowsBenchRun run = {.media_program = programs->media};
    flows_bench_supervise(bench, &run);
    g_assert_cmpuint(flows_bench_assert_published(bench), >=, 2);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(ABS(lesson->duration_ms - 3000), <=, 100);
    g_assert_true(g_str_has_prefix(lesson->poster_file, "poster."));
    g_assert_true(g_str_has_suffix(lesson->poster_file, ".webp"));
    flows_bench_remove(bench);
}

static void
test_edit_reaches_the_bundle(gconstpointer data)
{
    const Programs *programs = data;
    FlowsBench *bench = flows_bench_new(PICTURES, NULL);
    FlowsBenchRun run = {.media_program = programs->media};
    flows_bench_supervise(bench, &run);
    flows_bench_edit_title(bench, "A new title");
    run.describe = TRUE;
    flows_bench_supervise(bench, &run);
    g_autofree char *path =
        server_storage_build_bundle_file_path(bench->storage, bench->lesson_id, "lesson.json");
    g_autofree char *json = NULL;
    g_assert_true(g_file_get_contents(path, &json, NULL, NULL));
    g_assert_nonnull(strstr(json, "A new title"));
    flows_bench_assert_published(bench);
    flows_bench_remove(bench);
}

static void
test_not_media_fails_for_good(gconstpointer data)
{
    const Programs *programs = data;
    g_autoptr(GBytes) text = g_bytes_new_static("It was a dark and stormy night.\n", 32);
    FlowsBench *bench = flows_bench_new(0, text);
    FlowsBenchRun run = {.media_program = programs->media};
    flows_bench_supervise(bench, &run);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(lesson->state, ==, CATALOG_LESSON_STATE_FAILED);
    g_assert_cmpstr(lesson->error_code, ==, "not-media");
    g_assert_cmpint(flows_bench_read_attempts(bench), ==, 1);
    flows_bench_assert_staging_empty(bench);
    flows_bench_remove(bench);
}

static void
test_cancel_leaves_nothing(gconstpointer data)
{
    const Programs *programs = data;
    FlowsBench *bench = flows_bench_new(PICTURES * 4, NULL);
    FlowsBenchRun run = {.media_program = programs->media, .cancel_at = 2};
    flows_bench_supervise(bench, &run);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_null(lesson->job);
    g_assert_cmpint(lesson->state, !=, CATALOG_LESSON_STATE_PUBLISHED);
    flows_bench_assert_staging_empty(bench);
    flows_bench_remove(bench);
}

static void
test_goes_on_after_a_stop(gconstpointer data)
{
    const Programs *programs = data;
    FlowsBench *bench = flows_bench_new(PICTURES * 4, NULL);
    FlowsBenchRun stopped = {.media_program = programs->media, .stop_at = 5};
    flows_bench_supervise(bench, &stopped);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_nonnull(lesson->job);
    g_assert_cmpint(lesson->job->state, ==, CATALOG_JOB_STATE_QUEUED);
    g_assert_cmpint(lesson->job->attempts, ==, 0);
    FlowsBenchRun run = {.media_program = programs->media};
    flows_bench_supervise(bench, &run);
    g_assert_cmpuint(flows_bench_assert_published(bench), >=, 2);
    flows_bench_remove(bench);
}

/* Nothing is begun, nothing is lost, and no attempt is counted, until there is room. */
static void
test_waits_for_room(gconstpointer data)
{
    const Programs *programs = data;
    FlowsBench *bench = flows_bench_new(PICTURES, NULL);
    FlowsBenchRun full = {.media_program = programs->media, .full = TRUE};
    flows_bench_supervise(bench, &full);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(lesson->state, ==, CATALOG_LESSON_STATE_QUEUED);
    g_assert_cmpint(lesson->job->attempts, ==, 0);
    g_assert_cmpuint(full.steps, ==, 0);
    FlowsBenchRun run = {.media_program = programs->media};
    flows_bench_supervise(bench, &run);
    g_assert_cmpuint(flows_bench_assert_published(bench), >=, 2);
    flows_bench_remove(bench);
}

/* A child that never says a word is tried three times, then the lesson fails for people to see. */
static void
test_gives_up_after_three_attempts(gconstpointer data)
{
    FlowsBench *bench = flows_bench_new(PICTURES, NULL);
    FlowsBenchRun run = {.media_program = "/usr/bin/false"};
    flows_bench_supervise(bench, &run);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(lesson->state, ==, CATALOG_LESSON_STATE_FAILED);
    g_assert_cmpstr(lesson->error_code, ==, "internal");
    g_assert_cmpint(flows_bench_read_attempts(bench), ==, 3);
    flows_bench_assert_staging_empty(bench);
    flows_bench_remove(bench);
}

typedef struct {
    const char *part;         // what the child does
    CatalogLessonState state; // in the end
    guint rungs;              // published
} Lie;

static const Lie lies[] = {
    {"unplanned", CATALOG_LESSON_STATE_FAILED, 0},
    {"repeated", CATALOG_LESSON_STATE_PUBLISHED, 1},
    {"nothing", CATALOG_LESSON_STATE_FAILED, 0},
    {"warnings", CATALOG_LESSON_STATE_FAILED, 0},
};

/* Whatever a child says that it should not, it is tried three times and then people are told. */
static void
test_lies_end_clearly(gconstpointer data)
{
    const Programs *programs = data;
    for (guint i = 0; i < G_N_ELEMENTS(lies); i++) {
        g_autoptr(GBytes) part = g_bytes_new_static(lies[i].part, strlen(lies[i].part));
        FlowsBench *bench = flows_bench_new(0, part);
        FlowsBenchRun run = {.media_program = programs->liar};
        g_test_message("the child plays %s", lies[i].part);
        flows_bench_supervise(bench, &run);
        g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
        g_assert_cmpint(lesson->state, ==, lies[i].state);
        g_assert_cmpstr(lesson->error_code, ==, "internal");
        g_assert_cmpuint(lesson->rungs->len, ==, lies[i].rungs);
        g_assert_cmpint(flows_bench_read_attempts(bench), ==, 3);
        flows_bench_assert_staging_empty(bench);
        flows_bench_remove(bench);
    }
}

static void
test_two_children_at_most(gconstpointer data)
{
    const Programs *programs = data;
    FlowsBench *bench = flows_bench_new(PICTURES, NULL);
    flows_bench_add_lesson(bench, PICTURES);
    flows_bench_add_lesson(bench, PICTURES);
    FlowsBenchRun run = {.media_program = programs->media, .children = 2};
    flows_bench_supervise(bench, &run);
    g_assert_cmpuint(run.most_children, >=, 1);
    g_assert_cmpuint(run.most_children, <=, 2);
    g_assert_cmpuint(flows_bench_assert_published(bench), >=, 2);
    for (guint i = 0; i < bench->earlier->len; i++) {
        gpointer newer = bench->lesson_id;
        bench->lesson_id = bench->earlier->pdata[i];
        bench->earlier->pdata[i] = newer;
        g_assert_cmpuint(flows_bench_assert_published(bench), >=, 2);
    }
    flows_bench_remove(bench);
}

/* Runs this program again; returns TRUE when it was killed by itself. */
static gboolean
supervise_in_process(const Programs *programs, FlowsBench *bench, const char *what, guint step)
{
    g_autofree char *number = g_strdup_printf("%u", step);
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, programs->self, programs->media, what,
                         number, bench->folder, bench->lesson_id, NULL);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_wait(process, NULL, &error));
    if (g_subprocess_get_if_signaled(process)) {
        g_assert_cmpint(g_subprocess_get_term_sig(process), ==, SIGKILL);
        return TRUE;
    }
    g_assert_cmpint(g_subprocess_get_exit_status(process), ==, 0);
    return FALSE;
}

/* How many durable steps an undisturbed encoding has, and what comes of it. */
static guint
count_steps(const Programs *programs, char **whole)
{
    FlowsBench *bench = flows_bench_new(PICTURES, NULL);
    FlowsBenchRun run = {.media_program = programs->media};
    flows_bench_supervise(bench, &run);
    guint rungs = flows_bench_assert_published(bench);
    g_assert_cmpuint(run.steps, >=, rungs * 8);
    *whole = same_describe(bench);
    flows_bench_remove(bench);
    return run.steps;
}

static void
assert_same(FlowsBench *bench, const char *whole)
{
    g_assert_cmpuint(flows_bench_assert_published(bench), >=, 2);
    g_autofree char *text = same_describe(bench);
    g_assert_cmpstr(text, ==, whole);
}

/* Until a run is never killed: how many files share a transaction is a matter of time, so the
 * number of steps differs a little from run to run. */
static void
test_daemon_dies_at_each_step(gconstpointer data)
{
    const Programs *programs = data;
    g_autofree char *whole = NULL;
    guint steps = count_steps(programs, &whole);
    gboolean died = TRUE;
    guint kills = 0;
    while (died) {
        FlowsBench *bench = flows_bench_new(PICTURES, NULL);
        g_test_message("the daemon dies at step %u of about %u", kills + 1, steps);
        died = supervise_in_process(programs, bench, "die", kills + 1);
        g_assert_false(died && supervise_in_process(programs, bench, "die", 0));
        assert_same(bench, whole);
        flows_bench_remove(bench);
        kills += died ? 1 : 0;
    }
    g_assert_cmpuint(kills, >=, LEAST_KILLS);
}

static void
test_child_dies_at_each_step(gconstpointer data)
{
    const Programs *programs = data;
    g_autofree char *whole = NULL;
    guint steps = count_steps(programs, &whole);
    for (guint step = 1; step <= steps; step += 3) {
        FlowsBench *bench = flows_bench_new(PICTURES, NULL);
        FlowsBenchRun run = {.media_program = programs->media, .kill_child_at = step};
        g_test_message("the child dies at step %u of %u", step, steps);
        flows_bench_supervise(bench, &run);
        assert_same(bench, whole);
        flows_bench_remove(bench);
    }
}

/* The process that dies: PROGRAM MEDIA die STEP FOLDER LESSON. */
static int
run_as_victim(char **argv)
{
    g_autoptr(FlowsBench) bench = flows_bench_open(argv[4], argv[5]);
    FlowsBenchRun run = {.media_program = argv[1],
                         .die_at = (guint)g_ascii_strtoull(argv[3], NULL, 10)};
    flows_bench_supervise(bench, &run);
    return 0;
}

int
main(int argc, char **argv)
{
    av_log_set_level(AV_LOG_ERROR);
    if (argc == 6 && strcmp(argv[2], "die") == 0)
        return run_as_victim(argv);
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 3);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    const Programs programs = {self, argv[1], argv[2]};
    g_log_set_always_fatal(G_LOG_FATAL_MASK); // a supervisor may warn
    g_test_add_data_func("/flows/encode/becomes-a-lesson", &programs, test_becomes_a_lesson);
    g_test_add_data_func("/flows/encode/edit-reaches-the-bundle", &programs,
                         test_edit_reaches_the_bundle);
    g_test_add_data_func("/flows/encode/not-media-fails-for-good", &programs,
                         test_not_media_fails_for_good);
    g_test_add_data_func("/flows/encode/cancel-leaves-nothing", &programs,
                         test_cancel_leaves_nothing);
    g_test_add_data_func("/flows/encode/waits-for-room", &programs, test_waits_for_room);
    g_test_add_data_func("/flows/encode/gives-up-after-three-attempts", &programs,
                         test_gives_up_after_three_attempts);
    g_test_add_data_func("/flows/encode/lies-end-clearly", &programs, test_lies_end_clearly);
    g_test_add_data_func("/flows/encode/two-children-at-most", &programs,
                         test_two_children_at_most);
    g_test_add_data_func("/flows/encode/goes-on-after-a-stop", &programs,
                         test_goes_on_after_a_stop);
    g_test_add_data_func("/flows/encode/daemon-dies-at-each-step", &programs,
                         test_daemon_dies_at_each_step);
    g_test_add_data_func("/flows/encode/child-dies-at-each-step", &programs,
                         test_child_dies_at_each_step);
    return g_test_run();
}
