// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's end of one child process of any role: starts daorian-media behind its walls, sends
// it lines (and descriptors), takes its lines, kills it when it is silent, floods, breaks the
// contract or will not stop, and says at the end how it went. What lines mean is the listener's
// (launcher.h for jobs; server/flows for broadcasts). Everything happens in the thread-default
// context that was current at the start; that thread owns it.
#pragma once

#include "pipelines/child/report.h"
#include "pipelines/child/sandbox.h"

typedef struct _ChildProcess ChildProcess;

/** How a child ended. */
typedef struct {
    char *code;         // (owned) (nullable) NULL: done; else a failure code of ARCHITECTURE.md
    char *detail;       // (owned) (nullable) English, for the log
    gboolean by_itself; // (value) the child said so; FALSE: it crashed, was killed, or broke the
                        // contract
} ChildProcessEnd;

/** Takes each line of at most 64 KiB until the end was said. Returns: FALSE with an error for one
 * that is not of the contract, which ends the child. Must not free it. */
typedef gboolean (*ChildProcessLineFunc)(const char *line, gsize length, gpointer user_data,
                                         GError **error);
typedef void (*ChildProcessEndFunc)(const ChildProcessEnd *end, gpointer user_data);

typedef struct {
    ChildProcessLineFunc on_line; // (unowned)
    ChildProcessEndFunc on_end;   // (unowned) once, the last call
    gpointer user_data;           // (unowned) must outlive the child
} ChildProcessListener;

typedef struct {
    const ChildSandbox *sandbox; // (unowned) used during the call only
    ChildSandboxPlaces places;   // (value) used during the call only
    const char *role;            // (unowned) (nullable) what `--role` says; NULL: a job
    int lock;               // (owned) of child_lock_take(), held while the child lives; 0: none
    int input;              // (owned) becomes its `--input-fd`; 0: none
    int niceness;           // (value) 0 to 19
    guint silence_s;        // (value) killed after so many seconds without a line
    guint lines_at_once;    // (value) the flood limit: so many, and then…
    guint lines_per_second; // (value) …so many a second
} ChildProcessSetup;

/** Takes the descriptors in any case. Returns: (transfer full): NULL with an error. */
ChildProcess *child_process_start(const ChildProcessSetup *setup,
                                  const ChildProcessListener *listener, GError **error);

/** Queues @line (without its feed) with @descriptor (transfer full) (-1: none) beside it. A child
 * that reads nothing is killed when 4096 lines wait. */
void child_process_send(ChildProcess *process, const char *line, int descriptor);

/** Takes no lines while @held, so that a child that says more than is wanted waits; it is not
 * killed for its silence then. Also in on_line. */
void child_process_hold(ChildProcess *process, gboolean held);

/** The child said its end; @code NULL: done. Only in on_line; no line is told after it. */
void child_process_conclude(ChildProcess *process, const char *code, const char *detail);

/** Asks the child to stop; it is killed 5 s later. Its end has the code `cancelled`. */
void child_process_cancel(ChildProcess *process);

/** Kills at once. Its end has the code `internal`. */
void child_process_kill(ChildProcess *process);

/** After on_end, or before: then the child is killed and no call comes any more. */
void child_process_free(ChildProcess *process);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildProcess, child_process_free)
