// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The probe runs `true` behind the very walls that a child would get; what works there is used.
#include "pipelines/child/sandbox.h"

#include <string.h>
#include <unistd.h>

#define PROBE_DEADLINE_S 10
#define TEMPORARY_BYTES "67108864"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZER_OPTIONS                                                                          \
    "detect_leaks=0" // its leak check starts a process, which the lockdown refuses
#endif

typedef enum {
    TRY_BUBBLEWRAP_WITH_PROC,
    TRY_BUBBLEWRAP,
    TRY_SYSTEM_SCOPE,
    TRY_END,
} Try;

typedef struct {
    ChildSandbox *sandbox; // (owned) what is known so far
    char *candidate;       // (owned) (nullable) path of bwrap
    Try next;              // (value)
    GSubprocess *process;  // (owned) (nullable) the one that is tried
    GSource *deadline;     // (owned) (nullable)
} Probe;

ChildSandbox *
child_sandbox_new_open(void)
{
    return g_new0(ChildSandbox, 1);
}

void
child_sandbox_free(ChildSandbox *sandbox)
{
    g_free(sandbox->bubblewrap);
    g_free(sandbox->why);
    g_strfreev(sandbox->memory_prefix);
    g_free(sandbox);
}

static void
add(GStrvBuilder *command, const char *first, const char *second, const char *third)
{
    g_strv_builder_add(command, first);
    if (second != NULL)
        g_strv_builder_add(command, second);
    if (third != NULL)
        g_strv_builder_add(command, third);
}

/* A read-only view of the system's programs and libraries; nothing of /etc but what the loader
 * needs. */
static void
add_system(GStrvBuilder *command, gboolean proc_mounts)
{
    static const char *const folders[] = {
        "/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives",
    };
    add(command, "--unshare-all", "--die-with-parent", "--new-session");
    add(command, "--cap-drop", "ALL", "--clearenv");
    for (guint i = 0; i < G_N_ELEMENTS(folders); i++)
        add(command, "--ro-bind-try", folders[i], folders[i]);
    add(command, "--dev", "/dev", NULL);
    if (proc_mounts)
        add(command, "--proc", "/proc", NULL);
    add(command, "--size", TEMPORARY_BYTES, NULL);
    add(command, "--tmpfs", "/tmp", NULL);
}

/* What names of machines and certificates need, and the cards; the rest of /etc stays outside. */
static void
add_network(GStrvBuilder *command)
{
    static const char *const files[] = {
        "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",   "/etc/gai.conf",
        "/etc/services",    "/etc/ssl",   "/etc/ca-certificates",
    };
    add(command, "--share-net", NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        add(command, "--ro-bind-try", files[i], files[i]);
    add(command, "--dev-bind-try", "/dev/dvb", "/dev/dvb");
}

static void
add_environment(GStrvBuilder *command)
{
    g_auto(GStrv) environment = child_sandbox_build_environment();
    for (guint i = 0; environment[i] != NULL; i++) {
        g_auto(GStrv) pair = g_strsplit(environment[i], "=", 2);
        add(command, "--setenv", pair[0], pair[1]);
    }
}

GStrv
child_sandbox_build_environment(void)
{
    g_auto(GStrv) environment = g_new0(char *, 1);
    environment = g_environ_setenv(environment, "PATH", "/usr/bin:/bin", TRUE);
    environment = g_environ_setenv(environment, "HOME", "/tmp", TRUE);
    environment = g_environ_setenv(environment, "LANG", "C.UTF-8", TRUE);
    environment = g_environ_setenv(environment, "GIO_USE_VFS", "local", TRUE);
    environment = g_environ_setenv(environment, "GIO_USE_NETWORK_MONITOR", "base", TRUE);
    environment = g_environ_setenv(environment, "GIO_USE_PROXY_RESOLVER", "dummy", TRUE);
#ifdef SANITIZER_OPTIONS
    environment = g_environ_setenv(environment, "ASAN_OPTIONS", SANITIZER_OPTIONS, TRUE);
#endif
    return g_steal_pointer(&environment);
}

char *
child_sandbox_translate(const ChildSandbox *sandbox, const char *path, const char *inside)
{
    return g_strdup(sandbox->bubblewrap != NULL && path != NULL ? inside : path);
}

static void
add_memory_prefix(GStrvBuilder *command, const ChildSandbox *sandbox, gint64 memory_bytes)
{
    if (sandbox->memory_prefix == NULL || sandbox->bubblewrap == NULL || memory_bytes <= 0)
        return;
    g_autofree char *most = g_strdup_printf("MemoryMax=%" G_GINT64_FORMAT, memory_bytes);
    g_strv_builder_addv(command, (const char **)sandbox->memory_prefix);
    add(command, "-p", most, "-p");
    add(command, "MemorySwapMax=0", "--", NULL);
}

GStrv
child_sandbox_build_command(const ChildSandbox *sandbox, const ChildSandboxPlaces *places)
{
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();
    add_memory_prefix(command, sandbox, places->memory_bytes);
    if (sandbox->bubblewrap == NULL) {
        g_strv_builder_add(command, places->program);
        return g_strv_builder_end(command);
    }
    g_strv_builder_add(command, sandbox->bubblewrap);
    add_system(command, sandbox->proc_mounts);
    if (places->network)
        add_network(command);
    add_environment(command);
    add(command, "--ro-bind", places->program, "/daorian-media");
    // A receiver says in its own words that there is no such file.
    if (places->source != NULL)
        add(command, places->network ? "--ro-bind-try" : "--ro-bind", places->source, "/source");
    if (places->staging != NULL)
        add(command, "--bind", places->staging, "/staging");
    if (places->bundle != NULL)
        add(command, "--ro-bind-try", places->bundle, "/bundle");
    add(command, "--chdir", places->staging != NULL ? "/staging" : "/tmp", NULL);
    add(command, "--", "/daorian-media", NULL);
    return g_strv_builder_end(command);
}

static void
free_probe(Probe *probe)
{
    g_clear_pointer(&probe->sandbox, child_sandbox_free);
    g_free(probe->candidate);
    g_clear_object(&probe->process);
    if (probe->deadline != NULL)
        g_source_destroy(probe->deadline);
    g_clear_pointer(&probe->deadline, g_source_unref);
    g_free(probe);
}

/* The command of one try; NULL when there is nothing to try. */
static GStrv
build_try(const Probe *probe)
{
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();
    switch (probe->next) {
    case TRY_BUBBLEWRAP_WITH_PROC:
    case TRY_BUBBLEWRAP:
        if (probe->candidate == NULL || probe->sandbox->bubblewrap != NULL)
            return NULL;
        g_strv_builder_add(command, probe->candidate);
        add_system(command, probe->next == TRY_BUBBLEWRAP_WITH_PROC);
        add(command, "--", "/usr/bin/true", NULL);
        return g_strv_builder_end(command);
    case TRY_SYSTEM_SCOPE:
        if (!g_file_test("/run/systemd/system", G_FILE_TEST_IS_DIR))
            return NULL;
        add(command, "systemd-run", "--scope", "--quiet");
        add(command, "--collect", geteuid() == 0 ? "--system" : "--user", NULL);
        add(command, "-p", "MemoryMax=1G", "--");
        add(command, "/bin/sh", "-c", ": >&3"); // the control channel must come through
        return g_strv_builder_end(command);
    case TRY_END:
        break;
    }
    return NULL;
}

static void
take_try(Probe *probe, gboolean worked, const char *why)
{
    switch (probe->next) {
    case TRY_BUBBLEWRAP_WITH_PROC:
    case TRY_BUBBLEWRAP:
        if (worked) {
            probe->sandbox->bubblewrap = g_strdup(probe->candidate);
            probe->sandbox->proc_mounts = probe->next == TRY_BUBBLEWRAP_WITH_PROC;
            g_clear_pointer(&probe->sandbox->why, g_free);
        } else if (probe->sandbox->why == NULL) {
            probe->sandbox->why = g_strdup(why);
        }
        return;
    case TRY_SYSTEM_SCOPE:
        if (worked) {
            const char *const prefix[] = {"systemd-run",
                                          "--scope",
                                          "--quiet",
                                          "--collect",
                                          geteuid() == 0 ? "--system" : "--user",
                                          NULL};
            probe->sandbox->memory_prefix = g_strdupv((char **)prefix);
        }
        return;
    case TRY_END:
        return;
    }
}

static void run_next(GTask *task);

static void
end_try(GTask *task, gboolean worked, const char *why)
{
    Probe *probe = g_task_get_task_data(task);
    if (probe->deadline != NULL)
        g_source_destroy(probe->deadline);
    g_clear_pointer(&probe->deadline, g_source_unref);
    g_clear_object(&probe->process);
    take_try(probe, worked, why);
    probe->next++;
    run_next(task);
}

static void
on_process_communicate(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    GSubprocess *process = G_SUBPROCESS(source);
    gboolean ended = g_subprocess_communicate_utf8_finish(process, result, NULL, &said, &error);
    gboolean worked = ended && g_subprocess_get_successful(process);
    if (said != NULL)
        g_strstrip(said);
    end_try(task, worked, said != NULL && *said != '\0' ? said : "it fails here");
}

static gboolean
on_deadline(gpointer user_data)
{
    Probe *probe = user_data;
    g_subprocess_force_exit(probe->process);
    return G_SOURCE_REMOVE;
}

static GSubprocess *
spawn_try(char **command)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_subprocess_launcher_take_fd(launcher, dup(STDERR_FILENO), 3);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)command, NULL);
}

static void
run_next(GTask *task)
{
    Probe *probe = g_task_get_task_data(task);
    g_auto(GStrv) command = NULL;
    while (probe->next < TRY_END && (command = build_try(probe)) == NULL)
        probe->next++;
    if (probe->next == TRY_END) {
        g_task_return_pointer(task, g_steal_pointer(&probe->sandbox),
                              (GDestroyNotify)child_sandbox_free);
        return;
    }
    probe->process = spawn_try(command);
    if (probe->process == NULL) {
        end_try(task, FALSE, "it cannot be started");
        return;
    }
    probe->deadline = g_timeout_source_new_seconds(PROBE_DEADLINE_S);
    g_source_set_callback(probe->deadline, on_deadline, probe, NULL);
    g_source_attach(probe->deadline, g_main_context_get_thread_default());
    g_subprocess_communicate_utf8_async(probe->process, NULL, g_task_get_cancellable(task),
                                        on_process_communicate, g_object_ref(task));
}

void
child_sandbox_probe_async(GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, callback, user_data);
    Probe *probe = g_new0(Probe, 1);
    probe->sandbox = child_sandbox_new_open();
    probe->candidate = g_find_program_in_path("bwrap");
    if (probe->candidate == NULL)
        probe->sandbox->why = g_strdup("bubblewrap is not installed");
    g_task_set_task_data(task, probe, (GDestroyNotify)free_probe);
    run_next(task);
}

ChildSandbox *
child_sandbox_probe_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
