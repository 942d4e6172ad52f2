// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What walls this machine can put around a child, found out once by trying them, and the command
// line that puts them up: bubblewrap for files, processes and network, a systemd scope for memory.
// Used by the launcher and, for the probe, by the encoder supervisor. Main thread.
#pragma once

#include <gio/gio.h>

/** What the probe found; immutable afterwards. */
typedef struct {
    char *bubblewrap;     // (owned) (nullable) path; NULL when it is missing or does not work here
    char *why;            // (owned) (nullable) why not, for the log
    gboolean proc_mounts; // (value) /proc can be mounted inside (not under ProtectKernelTunables)
    char **memory_prefix; // (owned) (nullable) systemd-run and its options, MemoryMax still to come
} ChildSandbox;

/** Where things are on this side; they appear as /source, /staging and /bundle inside. */
typedef struct {
    const char *program; // (unowned) daorian-media
    const char *source;  // (unowned) (nullable) file to read
    const char *staging; // (unowned) (nullable) the only folder to write
    const char *bundle;  // (unowned) (nullable) the lesson's published folder, to read
    gint64 memory_bytes; // (value) 0: no ceiling
    gboolean network;    // (value) the network of this machine, and its DVB cards
} ChildSandboxPlaces;

/** Tries bubblewrap with and without /proc, then a systemd scope; takes at most some seconds. */
void child_sandbox_probe_async(GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);

/** Returns: (transfer full): never NULL unless cancelled. */
ChildSandbox *child_sandbox_probe_finish(GAsyncResult *result, GError **error);

/** Returns: (transfer full): no walls at all, for a configuration that says so. */
ChildSandbox *child_sandbox_new_open(void);
void child_sandbox_free(ChildSandbox *sandbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildSandbox, child_sandbox_free)

/** Returns: (transfer full): the command line, up to and with the program's own name. Pure. */
GStrv child_sandbox_build_command(const ChildSandbox *sandbox, const ChildSandboxPlaces *places);

/** Returns: (transfer full): the whole environment of the command. */
GStrv child_sandbox_build_environment(void);

/** Returns: (transfer full): @path (nullable), or what it is called inside when there are walls. */
char *child_sandbox_translate(const ChildSandbox *sandbox, const char *path, const char *inside);
