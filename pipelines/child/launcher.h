// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's end of one child that has a job: hands it the job and turns its lines into calls;
// process.h starts, watches and kills it. Everything happens in the thread-default context that was
// current at the start; that thread owns the launcher.
#pragma once

#include "pipelines/child/job.h"
#include "pipelines/child/process.h"

typedef struct _ChildLauncher ChildLauncher;

/** How a child ended. */
typedef struct {
    char *code;          // (owned) (nullable) NULL: done; else a failure code of ARCHITECTURE.md
    char *detail;        // (owned) (nullable) English, for the log
    gboolean by_itself;  // (value) the child said so; FALSE: it crashed, was killed, or broke the
                         // contract
    guint64 duration_ms; // (value) what `done` said
} ChildLauncherEnd;

typedef struct {
    void (*on_report)(const ChildReport *report,
                      gpointer user_data); // each line but done and failed
    void (*on_end)(const ChildLauncherEnd *end, gpointer user_data); // once, the last call
    gpointer user_data; // (unowned) must outlive the child
} ChildLauncherListener;

typedef struct {
    const ChildSandbox *sandbox; // (unowned) used during the call only
    ChildSandboxPlaces places;   // (value) used during the call only
    const ChildJob *job;         // (unowned) its paths are set from places
    const char *role;            // (unowned) (nullable) `keep`; NULL: an encoder
    gboolean gentle;             // (value) gets only the processor time that nobody else wants
    guint silence_s;             // (value) killed after so many seconds without a line
} ChildLauncherSetup;

/**
 * child_launcher_start:
 *
 * Takes a lock in the staging folder that lives as long as any process of the child does, so that
 * two never write there. Returns: (transfer full): the launcher, or NULL with CHILD_ERROR_BUSY (a
 * child of an earlier daemon still dies there: try again), or another error.
 */
ChildLauncher *child_launcher_start(const ChildLauncherSetup *setup,
                                    const ChildLauncherListener *listener, GError **error);

/** Asks the child to stop; it is killed 5 s later. Its end has the code `cancelled`. */
void child_launcher_cancel(ChildLauncher *launcher);

/** Kills at once. Its end has the code `internal`. */
void child_launcher_kill(ChildLauncher *launcher);

/** After on_end, or before: then the child is killed and no call comes any more. */
void child_launcher_free(ChildLauncher *launcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildLauncher, child_launcher_free)
