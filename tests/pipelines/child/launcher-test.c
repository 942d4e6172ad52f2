// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The launcher with a real child process that plays a part: each way to end has its code, the walls
// and the lockdown hold, two children never share a staging folder.
#include "pipelines/child/launcher.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    const char *actor;   // (unowned) path of the acting child
    ChildSandbox *walls; // (owned) (nullable) bubblewrap, where it works
    ChildSandbox *open;  // (owned) none
} Stage;

typedef struct {
    char *folder;            // (owned)
    char *source;            // (owned)
    GMainLoop *loop;         // (owned)
    ChildLauncher *launcher; // (owned)
    guint reports;           // (value)
    char *code;              // (owned) (nullable)
    char *detail;            // (owned) (nullable)
    gboolean by_itself;      // (value)
    guint silence_s;         // (value)
    gboolean cancel;         // (value) at the first report
} Play;

static void
on_report(const ChildReport *report, gpointer user_data)
{
    Play *play = user_data;
    play->reports++;
    if (play->cancel)
        child_launcher_cancel(play->launcher);
    play->cancel = FALSE;
}

static void
on_end(const ChildLauncherEnd *end, gpointer user_data)
{
    Play *play = user_data;
    play->code = g_strdup(end->code);
    play->detail = g_strdup(end->detail);
    play->by_itself = end->by_itself;
    g_main_loop_quit(play->loop);
}

static Play *
new_play(const char *part)
{
    Play *play = g_new0(Play, 1);
    play->folder = g_dir_make_tmp("daorian-child-XXXXXX", NULL);
    play->source = g_strconcat(play->folder, ".source", NULL);
    g_assert_true(g_file_set_contents(play->source, part, -1, NULL));
    play->loop = g_main_loop_new(NULL, FALSE);
    play->silence_s = strcmp(part, "silent") == 0 ? 2 : 60;
    return play;
}

static ChildLauncher *
start(const Stage *stage, Play *play, const ChildSandbox *sandbox, GError **error)
{
    char *none[] = {NULL};
    const ChildJob job = {.rungs = none, .done = none};
    const ChildLauncherSetup setup = {
        .sandbox = sandbox,
        .places = {.program = stage->actor,
                   .source = play->source,
                   .staging = play->folder,
                   .memory_bytes = 256 * 1024 * 1024},
        .job = &job,
        .silence_s = play->silence_s,
    };
    const ChildLauncherListener listener = {on_report, on_end, play};
    return child_launcher_start(&setup, &listener, error);
}

static void
perform(const Stage *stage, Play *play, const ChildSandbox *sandbox)
{
    g_autoptr(GError) error = NULL;
    play->launcher = start(stage, play, sandbox, &error);
    g_assert_no_error(error);
    g_main_loop_run(play->loop);
    g_test_message("%s: %s", play->code, play->detail);
}

static void
free_play(Play *play)
{
    g_clear_pointer(&play->launcher, child_launcher_free);
    static const char *const names[] = {"lock", "mine"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(play->folder, names[i], NULL);
        g_unlink(path);
    }
    g_unlink(play->source);
    g_assert_cmpint(g_rmdir(play->folder), ==, 0);
    g_main_loop_unref(play->loop);
    g_free(play->folder);
    g_free(play->source);
    g_free(play->code);
    g_free(play->detail);
    g_free(play);
}

static void
assert_ends(const Stage *stage, const char *part, const char *code, gboolean by_itself)
{
    const ChildSandbox *sandboxes[] = {stage->open, stage->walls};
    for (guint i = 0; i < G_N_ELEMENTS(sandboxes) && sandboxes[i] != NULL; i++) {
        Play *play = new_play(part);
        perform(stage, play, sandboxes[i]);
        g_assert_cmpstr(play->code, ==, code);
        g_assert_cmpint(play->by_itself, ==, by_itself);
        free_play(play);
    }
}

static void
test_ends(gconstpointer data)
{
    assert_ends(data, "done", NULL, TRUE);
    assert_ends(data, "leave", "internal", FALSE);
    assert_ends(data, "crash", "internal", FALSE);
    assert_ends(data, "starve", "out-of-memory", FALSE);
    assert_ends(data, "rubbish", "internal", FALSE);
}

static void
test_flood_is_stopped(gconstpointer data)
{
    assert_ends(data, "flood", "internal", FALSE);
}

static void
test_silence_is_ended(gconstpointer data)
{
    assert_ends(data, "silent", "timed-out", FALSE);
}

static void
test_cancel(gconstpointer data)
{
    const Stage *stage = data;
    Play *play = new_play("cancel");
    play->cancel = TRUE;
    perform(stage, play, stage->open);
    g_assert_cmpstr(play->code, ==, "cancelled");
    g_assert_cmpuint(play->reports, ==, 1);
    free_play(play);
}

static void
test_one_child_a_folder(gconstpointer data)
{
    const Stage *stage = data;
    Play *play = new_play("silent");
    g_autoptr(GError) error = NULL;
    play->launcher = start(stage, play, stage->open, &error);
    g_assert_no_error(error);
    g_assert_null(start(stage, play, stage->open, &error));
    g_assert_error(error, CHILD_ERROR, CHILD_ERROR_BUSY);
    g_main_loop_run(play->loop);
    g_clear_error(&error);
    ChildLauncher *again = start(stage, play, stage->open, &error); // the lock went with the child
    g_assert_no_error(error);
    child_launcher_free(again);
    free_play(play);
}

static void
test_missing_program(gconstpointer data)
{
    const Stage *stage = data;
    const Stage broken = {.actor = "/nonexistent/daorian-media"};
    Play *play = new_play("done");
    g_autoptr(GError) error = NULL;
    g_assert_null(start(&broken, play, stage->open, &error));
    g_assert_nonnull(error);
    free_play(play);
}

static void
test_walls_hold(gconstpointer data)
{
    const Stage *stage = data;
    if (stage->walls == NULL) {
        g_test_skip("bubblewrap does not work here");
        return;
    }
    Play *play = new_play("walls");
    perform(stage, play, stage->walls);
    g_assert_cmpstr(play->code, ==, "walls-hold");
    free_play(play);
}

/* Sanitizers need the memory for themselves, so there the ceiling is not set. */
static void
test_memory_has_a_ceiling(gconstpointer data)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    g_test_skip("a build with a sanitizer sets no ceiling");
#else
    assert_ends(data, "greedy", "out-of-memory", FALSE);
#endif
}

static void
test_lockdown_holds(gconstpointer data)
{
    assert_ends(data, "lockdown", "lockdown-holds", TRUE);
}

typedef struct {
    ChildSandbox *found; // (owned) (nullable)
    GMainLoop *loop;     // (unowned)
} Probe;

static void
on_probed(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Probe *probe = user_data;
    probe->found = child_sandbox_probe_finish(result, NULL);
    g_main_loop_quit(probe->loop);
}

static ChildSandbox *
find_walls(void)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    Probe probe = {NULL, loop};
    child_sandbox_probe_async(NULL, on_probed, &probe);
    g_main_loop_run(loop);
    g_assert_nonnull(probe.found);
    if (probe.found->bubblewrap != NULL)
        return probe.found;
    g_assert_nonnull(probe.found->why);
    g_test_message("no walls: %s", probe.found->why);
    child_sandbox_free(probe.found);
    return NULL;
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    Stage stage = {argv[1], find_walls(), child_sandbox_new_open()};
    g_test_add_data_func("/child/launcher/ends", &stage, test_ends);
    g_test_add_data_func("/child/launcher/flood-is-stopped", &stage, test_flood_is_stopped);
    g_test_add_data_func("/child/launcher/silence-is-ended", &stage, test_silence_is_ended);
    g_test_add_data_func("/child/launcher/cancel", &stage, test_cancel);
    g_test_add_data_func("/child/launcher/one-child-a-folder", &stage, test_one_child_a_folder);
    g_test_add_data_func("/child/launcher/missing-program", &stage, test_missing_program);
    g_test_add_data_func("/child/sandbox/walls-hold", &stage, test_walls_hold);
    g_test_add_data_func("/child/launcher/memory-has-a-ceiling", &stage, test_memory_has_a_ceiling);
    g_test_add_data_func("/child/lockdown/holds", &stage, test_lockdown_holds);
    int result = g_test_run();
    g_clear_pointer(&stage.walls, child_sandbox_free);
    child_sandbox_free(stage.open);
    return result;
}
