// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Nothing is touched after on_end: whoever is told may free the child.
#include "server/flows/record_child.h"

#include <string.h>

#include <gio/gio.h>

#include "server/flows/window_files.h"
#include "server/timer.h"

#define PAUSE_MS 2000
#define ROOM_MORE_BYTES (2 * 1024 * 1024) // indexes, playlists, poster, rows

struct _FlowsRecordChild {
    FlowsRecordChildSetup setup; // (value)
    char **rungs;                // (unowned) (nullable)
    ChildLauncher *launcher;     // (owned) (nullable)
    GSource *pause;              // (owned) (nullable) before another try
    gboolean cancelled;          // (value)
};

FlowsRecordChild *
flows_record_child_new(const FlowsRecordChildSetup *setup)
{
    FlowsRecordChild *child = g_new0(FlowsRecordChild, 1);
    child->setup = *setup;
    return child;
}

void
flows_record_child_free(FlowsRecordChild *child)
{
    server_timer_clear(&child->pause);
    g_clear_pointer(&child->launcher, child_launcher_free);
    g_free(child);
}

gboolean
flows_record_child_check_room(const FlowsRecordChild *child, gint64 bytes, GError **error)
{
    gint64 free_bytes = flows_window_files_measure_free(child->setup.folder);
    if (free_bytes < 0 || free_bytes >= bytes + ROOM_MORE_BYTES)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                "what is made takes %" G_GINT64_FORMAT " bytes, the disk has %" G_GINT64_FORMAT,
                bytes + ROOM_MORE_BYTES, free_bytes);
    return FALSE;
}

static void
tell(FlowsRecordChild *child, const FlowsRecordChildEnd *end)
{
    child->setup.on_end(end, child->setup.user_data);
}

static void
tell_cancelled(FlowsRecordChild *child)
{
    const FlowsRecordChildEnd end = {.kind = FLOWS_RECORD_CHILD_CANCELLED};
    tell(child, &end);
}

static void
tell_again(FlowsRecordChild *child, FlowsRecordRetryCause why)
{
    const FlowsRecordChildEnd end = {.kind = FLOWS_RECORD_CHILD_AGAIN, .why = why};
    tell(child, &end);
}

static void
tell_failed(FlowsRecordChild *child, const char *code)
{
    const FlowsRecordChildEnd end = {.kind = FLOWS_RECORD_CHILD_FAILED, .code = code};
    tell(child, &end);
}

/* It crashed, was killed, found no memory, or could not be started. */
static void
judge_crash(FlowsRecordChild *child)
{
    if (child->setup.crashes + 1 < FLOWS_RECORD_RETRY_CRASHES_MAX)
        tell_again(child, FLOWS_RECORD_RETRY_CRASH);
    else
        tell_failed(child, "internal");
}

static void
on_launcher_report(const ChildReport *report, gpointer user_data)
{
    const FlowsRecordChild *child = user_data;
    child->setup.on_report(report, child->setup.user_data);
}

static void
on_launcher_end(const ChildLauncherEnd *ended, gpointer user_data)
{
    FlowsRecordChild *child = user_data;
    g_autofree char *code = g_strdup(ended->code);
    gboolean by_itself = ended->by_itself;
    const FlowsRecordChildEnd end = {
        .kind = code == NULL ? FLOWS_RECORD_CHILD_MADE : FLOWS_RECORD_CHILD_GAVE_UP, .code = code};
    if (code != NULL)
        g_message("%s %s: %s: %s", child->setup.kind, child->setup.id, code,
                  ended->detail != NULL ? ended->detail : "");
    g_clear_pointer(&child->launcher, child_launcher_free);
    if (child->cancelled)
        tell_cancelled(child);
    else if (g_strcmp0(code, "no-space") == 0)
        tell_again(child, FLOWS_RECORD_RETRY_ROOM);
    else if (code != NULL && (!by_itself || strcmp(code, "out-of-memory") == 0))
        judge_crash(child);
    else
        tell(child, &end);
}

static void begin(FlowsRecordChild *child);

static gboolean
on_pause_over(gpointer user_data)
{
    FlowsRecordChild *child = user_data;
    server_timer_clear(&child->pause);
    begin(child);
    return G_SOURCE_REMOVE;
}

static void
judge_start(FlowsRecordChild *child, const GError *error)
{
    gboolean full = flows_record_retry_is_room(error);
    if (g_error_matches(error, CHILD_ERROR, CHILD_ERROR_BUSY)) {
        // A child of an earlier daemon still dies in the folder.
        server_timer_set(&child->pause, NULL, PAUSE_MS, on_pause_over, child);
        return;
    }
    if (!full || !child->setup.quiet)
        g_message("%s %s: %s", child->setup.kind, child->setup.id, error->message);
    if (full)
        tell_again(child, FLOWS_RECORD_RETRY_ROOM);
    else
        judge_crash(child);
}

static void
begin(FlowsRecordChild *child)
{
    char *none[] = {NULL};
    const FlowsRecordChildSetup *own = &child->setup;
    const ChildJob order = {.rungs = child->rungs, .done = none, .published = none};
    const ChildLauncherSetup setup = {
        .sandbox = own->sandbox,
        .places = {.program = own->media_program,
                   .source = own->plan,
                   .staging = own->staging,
                   .bundle = own->folder,
                   .memory_bytes = own->config->encoder_memory_bytes},
        .job = &order,
        .role = own->role,
        .silence_s = own->config->encoder_silence_s,
    };
    const ChildLauncherListener listener = {on_launcher_report, on_launcher_end, child};
    g_autoptr(GError) error = NULL;
    child->launcher = child_launcher_start(&setup, &listener, &error);
    if (child->launcher == NULL)
        judge_start(child, error);
}

void
flows_record_child_start(FlowsRecordChild *child, char **rungs)
{
    child->rungs = rungs;
    if (child->cancelled)
        tell_cancelled(child);
    else if (child->setup.sandbox == NULL)
        tell_failed(child, "no-sandbox");
    else
        begin(child);
}

void
flows_record_child_cancel(FlowsRecordChild *child)
{
    child->cancelled = TRUE;
    if (child->launcher != NULL) {
        child_launcher_cancel(child->launcher);
    } else if (child->pause != NULL) {
        server_timer_clear(&child->pause);
        tell_cancelled(child);
    }
}
