// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The daorian-media executable: a child process in one of its roles, spoken to in JSON lines. Never
// run by hand.
#include <glib.h>
#include <libavutil/log.h>
#include <string.h>
#include <sysexits.h>

#include "pipelines/child/channel.h"
#include "pipelines/child/lockdown.h"
#include "pipelines/encode/transcode.h"
#include "pipelines/intake/child.h"
#include "pipelines/intake/door.h"
#include "pipelines/keep/patch.h"
#include "pipelines/keep/run.h"
#include "pipelines/live/run.h"

typedef struct {
    int control_fd;    // (value) -1: not given
    int input_fd;      // (value) -1: not given
    gboolean unlocked; // (value) no seccomp filter, for debuggers and sanitizers
    char *role;        // (owned) (nullable) NULL: a job
} Options;

static gboolean
parse_options(int *argc, char ***argv, Options *options)
{
    const GOptionEntry entries[] = {
        {"control-fd", 0, 0, G_OPTION_ARG_INT, &options->control_fd, "The parent's channel", "N"},
        {"input-fd", 0, 0, G_OPTION_ARG_INT, &options->input_fd, "Packets, for live", "N"},
        {"role", 0, 0, G_OPTION_ARG_STRING, &options->role,
         "door, intake, live, keep, patch; else a job", "ROLE"},
        {"no-lockdown", 0, 0, G_OPTION_ARG_NONE, &options->unlocked, "For tests only", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_add_main_entries(context, entries, NULL);
    g_autoptr(GError) error = NULL;
    if (g_option_context_parse(context, argc, argv, &error) && options->control_fd > 2)
        return TRUE;
    g_printerr("daorian-media is started by daorian%s%s\n", error != NULL ? ": " : "",
               error != NULL ? error->message : "");
    return FALSE;
}

static int
run_job(ChildChannel *channel)
{
    g_autoptr(ChildReport) hello = child_report_new(CHILD_REPORT_HELLO);
    g_autoptr(GError) error = NULL;
    child_channel_send(channel, hello);
    g_autoptr(ChildJob) job = child_channel_read_job(channel, &error);
    if (job == NULL) {
        g_printerr("no job: %s\n", error->message);
        return EX_PROTOCOL;
    }
    return encode_transcode_run(channel, job) ? EX_OK : EX_DATAERR;
}

/* Irrevocable. */
static gboolean
lock_down(const Options *options, gboolean (*enter)(GError **error))
{
    g_autoptr(GError) error = NULL;
    if (options->unlocked || enter(&error))
        return TRUE;
    g_printerr("%s\n", error->message);
    return FALSE;
}

static int
be_intake(const Options *options)
{
    if (!lock_down(options, child_lockdown_enter_receiver))
        return EX_OSERR;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(IntakeChild) child = intake_child_new(options->control_fd, loop);
    g_main_loop_run(loop);
    return intake_child_get_exit_code(child);
}

static int
be_door(const Options *options)
{
    if (!lock_down(options, child_lockdown_enter_receiver))
        return EX_OSERR;
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(IntakeDoor) door = intake_door_new(options->control_fd, loop);
    g_main_loop_run(loop);
    return intake_door_get_exit_code(door);
}

static int
be_live(const Options *options)
{
    if (options->input_fd <= 2)
        return EX_USAGE;
    av_log_set_level(AV_LOG_FATAL);
    g_autoptr(ChildChannel) channel = child_channel_new(options->control_fd);
    if (!lock_down(options, child_lockdown_enter))
        return EX_OSERR;
    return live_run(channel, options->input_fd) ? EX_OK : EX_DATAERR;
}

static int
be_keeper(const Options *options)
{
    av_log_set_level(AV_LOG_FATAL);
    g_autoptr(ChildChannel) channel = child_channel_new(options->control_fd);
    if (!lock_down(options, child_lockdown_enter))
        return EX_OSERR;
    return keep_run(channel) ? EX_OK : EX_DATAERR;
}

static int
be_patcher(const Options *options)
{
    av_log_set_level(AV_LOG_FATAL);
    g_autoptr(ChildChannel) channel = child_channel_new(options->control_fd);
    if (!lock_down(options, child_lockdown_enter))
        return EX_OSERR;
    return keep_patch(channel) ? EX_OK : EX_DATAERR;
}

static int
be_encoder(const Options *options)
{
    av_log_set_level(AV_LOG_FATAL);
    // SVT-AV1 would tell its settings on stderr.
    g_setenv("SVT_LOG", "0", TRUE);
    g_autoptr(ChildChannel) channel = child_channel_new(options->control_fd);
    return lock_down(options, child_lockdown_enter) ? run_job(channel) : EX_OSERR;
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;                   // of --role
        int (*run)(const Options *options); // returns an exit code
    } roles[] = {{"door", be_door},
                 {"intake", be_intake},
                 {"live", be_live},
                 {"keep", be_keeper},
                 {"patch", be_patcher}};
    Options options = {.control_fd = -1, .input_fd = -1};
    if (!parse_options(&argc, &argv, &options))
        return EX_USAGE;
    g_autofree char *role = options.role;
    if (role == NULL)
        return be_encoder(&options);
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (strcmp(role, roles[i].name) == 0)
            return roles[i].run(&options);
    g_printerr("daorian-media: there is no role %s\n", role);
    return EX_USAGE;
}
