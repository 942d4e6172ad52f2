// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The recogniser's process: what it says, and every way in which it can misbehave; and its command
// line, with and without walls.
#include <string.h>

#include "server/flows/captions_command.h"
#include "server/flows/captions_process.h"

#define MOST_BYTES 100000

typedef struct {
    GMainLoop *loop;              // (owned)
    FlowsCaptionsProcessEnd *end; // (owned) (nullable)
    GError *error;                // (owned) (nullable)
} Run;

static void
on_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Run *run = user_data;
    run->end = flows_captions_process_run_finish(result, &run->error);
    g_main_loop_quit(run->loop);
}

static gboolean
on_cancel_due(gpointer user_data)
{
    g_cancellable_cancel(user_data);
    return G_SOURCE_REMOVE;
}

/* Runs a script; @limit_s 0: a minute, cancelled at once when @cancelled. */
static void
run_script(Run *run, const char *script, guint limit_s, gboolean cancelled)
{
    const char *const command[] = {"/bin/sh", "-c", script, NULL};
    const FlowsCaptionsProcessOrder order = {(GStrv)command, limit_s > 0 ? limit_s : 60,
                                             MOST_BYTES};
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    *run = (Run){.loop = g_main_loop_new(NULL, FALSE)};
    flows_captions_process_run_async(&order, cancellable, on_ended, run);
    if (cancelled)
        g_idle_add(on_cancel_due, cancellable);
    g_main_loop_run(run->loop);
    g_main_loop_unref(run->loop);
}

static void
assert_end(const char *script, guint limit_s, const char *code, const char *word)
{
    Run run;
    run_script(&run, script, limit_s, FALSE);
    g_assert_no_error(run.error);
    g_assert_cmpstr(run.end->code, ==, code);
    g_assert_true((run.end->said != NULL) == (code == NULL));
    const char *text = code != NULL ? run.end->detail : g_bytes_get_data(run.end->said, NULL);
    if (word != NULL)
        g_assert_nonnull(strstr(text, word));
    flows_captions_process_free_end(run.end);
}

static void
test_ends(void)
{
    assert_end("printf 'WEBVTT\\0'; echo noise >&2", 0, NULL, "WEBVTT");
    assert_end("echo why it failed >&2; exit 1", 0, "recogniser-failed", "why it failed");
    assert_end("kill -9 $$", 0, "recogniser-failed", NULL);
    assert_end("yes", 0, "recogniser-output", NULL);
    assert_end("yes >&2 & sleep 600", 1, "recogniser-timeout", "y");
    assert_end("trap '' TERM; sleep 600", 1, "recogniser-timeout", NULL);
}

/* What it leaves in its group goes with it; what fled from the group only holds the outputs. */
static void
test_leaves_something_running(void)
{
    assert_end("sleep 600 & printf 'left\\0'", 0, NULL, "left");
    assert_end("setsid sleep 5 & printf 'fled\\0'", 0, NULL, "fled");
}

static void
test_cancelled(void)
{
    Run run;
    run_script(&run, "sleep 600", 0, TRUE);
    g_assert_null(run.end);
    g_assert_error(run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_error_free(run.error);
}

static void
test_not_started(void)
{
    const char *const command[] = {"/nonexistent/program", NULL};
    const FlowsCaptionsProcessOrder order = {(GStrv)command, 60, MOST_BYTES};
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    Run run = {.loop = g_main_loop_new(NULL, FALSE)};
    flows_captions_process_run_async(&order, cancellable, on_ended, &run);
    g_main_loop_run(run.loop);
    g_main_loop_unref(run.loop);
    g_assert_cmpstr(run.end->code, ==, "recogniser-failed");
    flows_captions_process_free_end(run.end);
}

static char *
build(const ChildSandbox *sandbox, const char *command, gboolean network)
{
    const FlowsCaptionsCommandPlaces places = {command, "/data/lessons/a b/voice.mp4", "th",
                                               "/data", network};
    g_auto(GStrv) words = flows_captions_command_build(sandbox, &places, NULL);
    return words != NULL ? g_strjoinv("|", words) : NULL;
}

static void
test_command(void)
{
    g_autoptr(ChildSandbox) open = child_sandbox_new_open();
    g_autofree char *plain = build(open, "/opt/r --lang={language} '{sound}' 'a $HOME; b'", TRUE);
    g_assert_cmpstr(plain, ==, "/opt/r|--lang=th|/data/lessons/a b/voice.mp4|a $HOME; b");
    g_autofree char *bare = build(open, "/opt/r", TRUE);
    g_assert_cmpstr(bare, ==, "/opt/r|/data/lessons/a b/voice.mp4|th");
    g_assert_null(build(open, "/opt/r 'open", TRUE));
    g_autoptr(ChildSandbox) walls = child_sandbox_new_open();
    walls->bubblewrap = g_strdup("/usr/bin/bwrap");
    g_autofree char *closed = build(walls, "/opt/r", FALSE);
    g_assert_true(g_str_has_prefix(closed, "/usr/bin/bwrap|"));
    g_assert_nonnull(strstr(closed, "|--unshare-net|"));
    g_assert_nonnull(strstr(closed, "|--tmpfs|/data|"));
    g_assert_true(g_str_has_suffix(closed, "|--|/opt/r|/data/lessons/a b/voice.mp4|th"));
    g_autofree char *wired = build(walls, "/opt/r", TRUE);
    g_assert_null(strstr(wired, "--unshare-net"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/captions/process/ends", test_ends);
    g_test_add_func("/captions/process/leaves-something", test_leaves_something_running);
    g_test_add_func("/captions/process/cancelled", test_cancelled);
    g_test_add_func("/captions/process/not-started", test_not_started);
    g_test_add_func("/captions/process/command", test_command);
    return g_test_run();
}
