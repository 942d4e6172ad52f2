// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Slides, assets, refine jobs and re-encodes with a child that is quick (artist.c): over kills at
// every durable step, over failures and a cancel. A lesson that was published once is shown whole
// at every moment after.
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include <gio/gio.h>

#include "catalog/joblist.h"
#include "catalog/jobs.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/rungs.h"
#include "server/flows/reencode.h"
#include "tests/server/flows/bench.h"

typedef struct {
    const char *self;   // (unowned) this executable
    const char *artist; // (unowned) what plays the child
} Programs;

typedef struct {
    const char *lesson_id; // (unowned)
    gboolean mark;         // (value) with an interpreter
} Order;

static FlowsBench *
make_bench(const char *script)
{
    g_autoptr(GBytes) original = g_bytes_new(script, strlen(script));
    return flows_bench_new(0, original);
}

static void
rewrite_script(FlowsBench *bench, const char *script)
{
    g_autofree char *path = server_storage_build_original_path(bench->storage, bench->lesson_id);
    g_assert_true(g_file_set_contents(path, script, -1, NULL));
}

static gboolean
write_order(CatalogDatabase *database, gpointer data, GError **error)
{
    const Order *order = data;
    const CatalogAuditStamp by = {NULL, g_get_real_time() / 1000};
    const CatalogArea area = {700, 0, 300, 400};
    if (!catalog_lessons_set_original(database, order->lesson_id, 10, NULL, by.now_ms, error))
        return FALSE;
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, order->lesson_id, error);
    if (order->mark)
        return flows_reencode_mark_interpreter(database, lesson, &area, -1, &by, error);
    g_autofree char *job = flows_reencode_order(database, lesson, FALSE, &by, error);
    return job != NULL;
}

static void
run_on_catalog(FlowsBench *bench, CatalogDatabaseWork work, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = server_storage_build_catalog_path(bench->storage);
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    catalog_database_run_write(database, work, data, &error);
    g_assert_no_error(error);
}

static void
order_reencode(FlowsBench *bench, gboolean mark)
{
    Order order = {bench->lesson_id, mark};
    run_on_catalog(bench, write_order, &order);
}

static void
supervise(const Programs *programs, FlowsBench *bench)
{
    FlowsBenchRun run = {.media_program = programs->artist};
    flows_bench_supervise(bench, &run);
}

static char *
read_file(FlowsBench *bench, const char *name)
{
    g_autofree char *path =
        server_storage_build_bundle_file_path(bench->storage, bench->lesson_id, name);
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

/* What a reader meets: the rows name files that are there, the texts name files that are there. */
static void
assert_shown(FlowsBench *bench)
{
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(lesson->state, ==, CATALOG_LESSON_STATE_PUBLISHED);
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        g_autofree char *name = rung->index_file != NULL ? g_strconcat(rung->name, ".m3u8", NULL)
                                                         : g_strdup(rung->file);
        g_autofree char *text = name != NULL ? read_file(bench, name) : NULL;
        g_assert_nonnull(text);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (guint k = 0; lines[k] != NULL; k++) {
            gboolean named =
                g_str_has_suffix(lines[k], ".mp4") || g_str_has_suffix(lines[k], ".webp");
            g_autofree char *file = named ? read_file(bench, lines[k]) : g_strdup("");
            g_assert_nonnull(file);
        }
    }
}

static guint
count_assets(const CatalogLesson *lesson, CatalogAssetKind kind)
{
    guint count = 0;
    for (guint i = 0; i < lesson->assets->len; i++)
        count += ((const CatalogAsset *)lesson->assets->pdata[i])->kind == kind;
    return count;
}

static void
test_everything_is_published(gconstpointer data)
{
    FlowsBench *bench = make_bench("stills=3\n");
    supervise(data, bench);
    g_assert_cmpuint(flows_bench_assert_published(bench), ==, 3); // voice, slides, small
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpuint(count_assets(lesson, CATALOG_ASSET_KIND_STILL), ==, 3);
    for (guint kind = 0; kind <= CATALOG_ASSET_KIND_SLIDES_PDF; kind++)
        g_assert_cmpuint(count_assets(lesson, kind), >=, 1);
    g_assert_cmpuint(lesson->captions->len, ==, 1);
    g_assert_cmpstr(((CatalogCaptions *)lesson->captions->pdata[0])->language, ==, "th");
    g_assert_cmpint(lesson->inset.x, ==, 500);
    g_assert_cmpint(lesson->inset.height, ==, 500);
    g_autofree char *slides = read_file(bench, "slides.vtt");
    g_assert_nonnull(strstr(slides, "grows"));
    g_autofree char *board = read_file(bench, "storyboard.vtt");
    g_assert_nonnull(strstr(board, "#xywh="));
    g_autofree char *poster = read_file(bench, "poster.webp");
    g_assert_nonnull(poster);
    flows_bench_remove(bench);
}

static void
test_lies_are_refused(gconstpointer data)
{
    static const char *const scripts[] = {"lie=still\n",    "lie=poster\n",   "lie=waveform\n",
                                          "lie=analysis\n", "lie=captions\n", "lie=slides-pdf\n",
                                          "late-stills\n",  "stills=0\n"};
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        FlowsBench *bench = make_bench(scripts[i]);
        g_test_message("the child plays %s", scripts[i]);
        FlowsBenchRun run = {.media_program = ((const Programs *)data)->artist};
        flows_bench_supervise(bench, &run);
        g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
        g_assert_false(lesson->complete);
        g_assert_cmpstr(lesson->error_code, ==, "internal");
        flows_bench_assert_staging_empty(bench);
        flows_bench_remove(bench);
    }
}

static void
test_refine_follows(gconstpointer data)
{
    FlowsBench *bench = make_bench("large\nstills=2\n");
    supervise(data, bench);
    g_assert_cmpuint(flows_bench_assert_published(bench), ==, 4);
    flows_bench_remove(bench);
}

static void
test_failed_refine_leaves_it_complete(gconstpointer data)
{
    static const char *const scripts[] = {"large\nbreak=clear\n", "large\nfail=clear\n"};
    for (guint i = 0; i < G_N_ELEMENTS(scripts); i++) {
        FlowsBench *bench = make_bench(scripts[i]);
        supervise(data, bench);
        g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
        g_assert_true(lesson->complete);
        g_assert_false(lesson->refining);
        g_assert_null(lesson->error_code);
        const CatalogRung *last = lesson->rungs->pdata[lesson->rungs->len - 1];
        g_assert_cmpstr(last->name, ==, "clear");
        g_assert_cmpstr(last->error_code, ==, "damaged");
        flows_bench_assert_staging_empty(bench);
        flows_bench_remove(bench);
    }
}

static void
test_reencode_takes_the_place(gconstpointer data)
{
    FlowsBench *bench = make_bench("stills=3\n");
    supervise(data, bench);
    g_autoptr(CatalogLesson) before = flows_bench_read_lesson(bench);
    order_reencode(bench, TRUE);
    rewrite_script(bench, "stills=2\n");
    supervise(data, bench);
    g_assert_cmpuint(flows_bench_assert_published(bench), ==, 3);
    g_autoptr(CatalogLesson) after = flows_bench_read_lesson(bench);
    g_assert_cmpint(after->generation, ==, before->generation + 1);
    g_assert_cmpint(after->interpreter.width, ==, 300);
    g_assert_cmpstr(after->poster_file, !=, before->poster_file);
    g_assert_cmpuint(count_assets(after, CATALOG_ASSET_KIND_STILL), ==, 2);
    assert_shown(bench);
    flows_bench_remove(bench);
}

static gboolean
write_overtaking(CatalogDatabase *database, gpointer data, GError **error)
{
    const char *lesson_id = data;
    const CatalogAuditStamp by = {NULL, g_get_real_time() / 1000};
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, lesson_id, error);
    const CatalogAuditStamp later = {NULL, by.now_ms + 5};
    g_autofree char *late =
        catalog_jobs_enqueue(database, CATALOG_JOB_KIND_REFINE, lesson_id, -60, &later, error);
    if (!catalog_lessons_set_original(database, lesson_id, 10, NULL, by.now_ms, error))
        return FALSE;
    lesson->original_bytes = 10;
    g_autofree char *job = flows_reencode_order(database, lesson, FALSE, &by, error);
    return job != NULL && late != NULL;
}

/* A job that was ordered for what was shown before does not bring it back. */
static void
test_overtaken_refine_shows_nothing(gconstpointer data)
{
    FlowsBench *bench = make_bench("large\nstills=2\n");
    supervise(data, bench);
    run_on_catalog(bench, write_overtaking, bench->lesson_id);
    supervise(data, bench);
    g_assert_cmpuint(flows_bench_assert_published(bench), ==, 4);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(lesson->generation, ==, 2);
    assert_shown(bench);
    flows_bench_remove(bench);
}

/* Nothing of a re-encode that ends badly is seen or left. */
static void
test_failed_reencode_changes_nothing(gconstpointer data)
{
    FlowsBench *bench = make_bench("stills=3\n");
    supervise(data, bench);
    g_autofree char *before = read_file(bench, "lesson.json");
    order_reencode(bench, FALSE);
    rewrite_script(bench, "stills=2\nbreak=small\n");
    supervise(data, bench);
    g_assert_cmpuint(flows_bench_assert_published(bench), ==, 3);
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    g_assert_cmpint(lesson->generation, ==, 1);
    g_autofree char *after = read_file(bench, "lesson.json");
    g_assert_cmpstr(before, ==, after);
    flows_bench_remove(bench);
}

static void
test_cancelled_reencode_changes_nothing(gconstpointer data)
{
    for (guint step = 3; step <= 15; step += 4) {
        FlowsBench *bench = make_bench("stills=3\n");
        supervise(data, bench);
        order_reencode(bench, TRUE);
        FlowsBenchRun run = {.media_program = ((const Programs *)data)->artist, .cancel_at = step};
        flows_bench_supervise(bench, &run);
        assert_shown(bench);
        flows_bench_assert_staging_empty(bench);
        g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
        g_assert_null(lesson->job);
        flows_bench_remove(bench);
    }
}

/* Runs this program again; returns TRUE when it was killed by itself. */
static gboolean
supervise_in_process(const Programs *programs, FlowsBench *bench, guint step)
{
    g_autofree char *number = g_strdup_printf("%u", step);
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, programs->self, programs->artist, "die",
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

/* With a leftover of an earlier generation's stills, so that swaps supersede something. */
static void
test_daemon_dies_at_each_step(gconstpointer data)
{
    const Programs *programs = data;
    for (guint step = 1;; step += 2) {
        FlowsBench *bench = make_bench("stills=2\n");
        g_test_message("the daemon dies at step %u", step);
        gboolean died = supervise_in_process(programs, bench, step);
        g_assert_false(died && supervise_in_process(programs, bench, 0));
        g_assert_cmpuint(flows_bench_assert_published(bench), ==, 3);
        flows_bench_remove(bench);
        if (!died)
            break;
    }
}

static void
test_daemon_dies_at_each_step_of_a_reencode(gconstpointer data)
{
    const Programs *programs = data;
    for (guint step = 1;; step += 2) {
        FlowsBench *bench = make_bench("stills=2\n");
        g_assert_false(supervise_in_process(programs, bench, 0));
        order_reencode(bench, TRUE);
        rewrite_script(bench, "stills=1\n");
        g_test_message("the daemon dies at step %u of the re-encode", step);
        gboolean died = supervise_in_process(programs, bench, step);
        assert_shown(bench);
        g_assert_false(died && supervise_in_process(programs, bench, 0));
        g_assert_cmpuint(flows_bench_assert_published(bench), ==, 3);
        g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
        g_assert_cmpint(lesson->generation, ==, 2);
        flows_bench_remove(bench);
        if (!died)
            break;
    }
}

/* The process that dies: PROGRAM ARTIST die STEP FOLDER LESSON. */
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
    if (argc == 6 && strcmp(argv[2], "die") == 0)
        return run_as_victim(argv);
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    const Programs programs = {self, argv[1]};
    g_log_set_always_fatal(G_LOG_FATAL_MASK); // a supervisor may warn
    static const struct {
        const char *path;
        void (*test)(gconstpointer);
    } tests[] = {
        {"everything-is-published", test_everything_is_published},
        {"lies-are-refused", test_lies_are_refused},
        {"refine-follows", test_refine_follows},
        {"failed-refine-leaves-it-complete", test_failed_refine_leaves_it_complete},
        {"reencode-takes-the-place", test_reencode_takes_the_place},
        {"overtaken-refine-shows-nothing", test_overtaken_refine_shows_nothing},
        {"failed-reencode-changes-nothing", test_failed_reencode_changes_nothing},
        {"cancelled-reencode-changes-nothing", test_cancelled_reencode_changes_nothing},
        {"daemon-dies-at-each-step", test_daemon_dies_at_each_step},
        {"daemon-dies-at-each-step-of-a-reencode", test_daemon_dies_at_each_step_of_a_reencode},
    };
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++) {
        g_autofree char *path = g_strconcat("/flows/generations/", tests[i].path, NULL);
        g_test_add_data_func(path, &programs, tests[i].test);
    }
    return g_test_run();
}
