// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One child from spawn to reaping. It has ended when its socket is closed and its process is
// reaped, whichever comes last; only then is on_end called.
//
//   start → RUNNING → (cancel) STOPPING → (5 s) killed
//                  \→ (silence, flood, bad line) killed
#include "pipelines/child/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONTROL_DESCRIPTOR 3
#define LOCK_DESCRIPTOR 4
#define STOP_GRACE_MS 5000
#define QUIET_MS 1000
#define NICENESS 10
#define GENTLE_NICENESS 19 // beside another child it gets a few percent
#define LINES_AT_ONCE 4000 // the flood limit: so many, and then so many a second
#define LINES_PER_SECOND 100
#define MAX_STDERR_BYTES 4096

struct _ChildLauncher {
    ChildLauncherListener listener; // (value)
    GMainContext *context;          // (owned)
    GSubprocess *process;           // (owned)
    GCancellable *gone;             // (owned) cancelled when the launcher is freed early
    int descriptor;                 // (owned) our end of the socket pair
    GSource *readable;              // (owned) (nullable)
    GSource *silence;               // (owned) (nullable)
    GSource *grace;                 // (owned) (nullable)
    GString *received;              // (owned) not yet a whole line
    GString *to_send;               // (owned) the job, and perhaps a cancel
    char *complaint;                // (owned) (nullable) the tail of what it wrote to stderr
    ChildLauncherEnd end;           // (value) filled while it goes
    gboolean ended_by_report;       // (value) done or failed was said
    gboolean closed;                // (value) the socket has ended
    gboolean reaped;                // (value)
    gboolean quiet;                 // (value) its stderr has ended
    gboolean over;                  // (value) on_end was called
    gboolean cancelled;             // (value)
    gint64 started_us;              // (value) monotonic
    gint64 heard_us;                // (value) monotonic, of the last line
    guint silence_s;                // (value)
    guint64 lines;                  // (value)
};

static void
clear_source(GSource **source)
{
    if (*source != NULL)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void
set_end(ChildLauncher *launcher, const char *code, const char *detail)
{
    if (launcher->end.code != NULL || launcher->ended_by_report)
        return;
    launcher->end.code = g_strdup(code);
    launcher->end.detail = g_strdup(detail);
}

static void
kill_process(ChildLauncher *launcher)
{
    if (!launcher->reaped)
        g_subprocess_force_exit(launcher->process);
}

/* bubblewrap passes a signal on as 128 and its number. */
static int
get_signal(GSubprocess *process)
{
    if (g_subprocess_get_if_signaled(process))
        return g_subprocess_get_term_sig(process);
    int status = g_subprocess_get_exit_status(process);
    return status > 128 && status < 128 + NSIG ? status - 128 : 0;
}

/* What an end without a word means. */
static void
judge_exit(ChildLauncher *launcher)
{
    if (launcher->cancelled) {
        set_end(launcher, "cancelled", "killed because it would not stop");
        return;
    }
    int number = get_signal(launcher->process);
    const char *said = launcher->complaint != NULL ? launcher->complaint : "";
    gboolean starved = number == SIGKILL || strstr(said, "failed to allocate") != NULL ||
                       strstr(said, "out of memory") != NULL;
    g_autofree char *detail = NULL;
    if (number != 0)
        detail = g_strdup_printf("the child died of signal %d: %s", number, said);
    else
        detail = g_strdup_printf("the child ended without a word, status %d: %s",
                                 g_subprocess_get_exit_status(launcher->process), said);
    set_end(launcher, starved ? "out-of-memory" : "internal", detail);
}

static gboolean on_quiet_due(gpointer user_data);

/* What it wrote to stderr may come a moment after its end; somebody else may hold that pipe for
 * ever. */
static void
wait_for_quiet(ChildLauncher *launcher)
{
    clear_source(&launcher->silence);
    launcher->silence = g_timeout_source_new(QUIET_MS);
    g_source_set_callback(launcher->silence, on_quiet_due, launcher, NULL);
    g_source_attach(launcher->silence, launcher->context);
}

static void
end_if_over(ChildLauncher *launcher)
{
    if (!launcher->closed || !launcher->reaped || launcher->over)
        return;
    if (!launcher->quiet) {
        wait_for_quiet(launcher);
        return;
    }
    launcher->over = TRUE;
    clear_source(&launcher->silence);
    clear_source(&launcher->grace);
    if (!launcher->ended_by_report && launcher->end.code == NULL)
        judge_exit(launcher);
    launcher->listener.on_end(&launcher->end, launcher->listener.user_data);
}

static gboolean
on_quiet_due(gpointer user_data)
{
    ChildLauncher *launcher = user_data;
    launcher->quiet = TRUE;
    end_if_over(launcher);
    return G_SOURCE_REMOVE;
}

static void
break_contract(ChildLauncher *launcher, const char *detail)
{
    set_end(launcher, "internal", detail);
    kill_process(launcher);
}

static void
take_end_report(ChildLauncher *launcher, const ChildReport *report)
{
    if (launcher->end.code != NULL || launcher->ended_by_report)
        return;
    launcher->ended_by_report = TRUE;
    launcher->end.by_itself = TRUE;
    launcher->end.duration_ms = report->duration_ms;
    launcher->end.code = launcher->cancelled && report->kind == CHILD_REPORT_FAILED
                             ? g_strdup("cancelled")
                             : g_strdup(report->code);
    launcher->end.detail = g_strdup(report->detail);
}

/* FALSE when nothing more is to be read. */
static gboolean
take_line(ChildLauncher *launcher, const char *line, gsize length)
{
    gint64 now_us = g_get_monotonic_time();
    launcher->heard_us = now_us;
    launcher->lines++;
    guint64 seconds = (guint64)(now_us - launcher->started_us) / G_USEC_PER_SEC;
    if (launcher->lines > LINES_AT_ONCE + seconds * LINES_PER_SECOND) {
        break_contract(launcher, "the child floods its parent");
        return FALSE;
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildReport) report = child_report_parse(line, length, &error);
    if (report == NULL) {
        break_contract(launcher, error->message);
        return FALSE;
    }
    if (report->kind == CHILD_REPORT_DONE || report->kind == CHILD_REPORT_FAILED)
        take_end_report(launcher, report);
    else if (!launcher->ended_by_report && launcher->end.code == NULL)
        launcher->listener.on_report(report, launcher->listener.user_data);
    return TRUE;
}

static gboolean
take_lines(ChildLauncher *launcher)
{
    gsize taken = 0;
    gboolean good = TRUE;
    while (good) {
        const char *line = launcher->received->str + taken;
        const char *feed = memchr(line, '\n', launcher->received->len - taken);
        if (feed == NULL)
            break;
        good = take_line(launcher, line, (gsize)(feed - line));
        taken += (gsize)(feed - line) + 1;
    }
    g_string_erase(launcher->received, 0, (gssize)taken);
    if (good && launcher->received->len > CHILD_REPORT_MAX_LINE) {
        break_contract(launcher, "a line of the child is too long");
        return FALSE;
    }
    return good;
}

static gboolean
receive(ChildLauncher *launcher)
{
    char buffer[16384];
    ssize_t got = recv(launcher->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    g_string_append_len(launcher->received, buffer, got);
    return got > 0 && take_lines(launcher);
}

/* FALSE only when the socket is broken. */
static gboolean
send_waiting(ChildLauncher *launcher)
{
    if (launcher->to_send->len == 0)
        return TRUE;
    ssize_t sent = send(launcher->descriptor, launcher->to_send->str, launcher->to_send->len,
                        MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR;
    g_string_erase(launcher->to_send, 0, sent);
    return TRUE;
}

static void watch_socket(ChildLauncher *launcher);

static gboolean
on_socket_ready(int descriptor, GIOCondition condition, gpointer user_data)
{
    ChildLauncher *launcher = user_data;
    gboolean sending = launcher->to_send->len > 0;
    if (condition & G_IO_OUT)
        send_waiting(launcher);
    if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) && !receive(launcher)) {
        clear_source(&launcher->readable);
        launcher->closed = TRUE;
        end_if_over(launcher);
        return G_SOURCE_REMOVE;
    }
    if (sending && launcher->to_send->len == 0)
        watch_socket(launcher);
    return G_SOURCE_CONTINUE;
}

/* For writing only while there is something to send. */
static void
watch_socket(ChildLauncher *launcher)
{
    clear_source(&launcher->readable);
    GIOCondition condition = G_IO_IN | (launcher->to_send->len > 0 ? G_IO_OUT : 0);
    launcher->readable = g_unix_fd_source_new(launcher->descriptor, condition);
    g_source_set_callback(launcher->readable, G_SOURCE_FUNC(on_socket_ready), launcher, NULL);
    g_source_attach(launcher->readable, launcher->context);
}

static void watch_silence(ChildLauncher *launcher, gint64 wait_us);

static gboolean
on_silence_due(gpointer user_data)
{
    ChildLauncher *launcher = user_data;
    gint64 left_us =
        launcher->heard_us + (gint64)launcher->silence_s * G_USEC_PER_SEC - g_get_monotonic_time();
    if (left_us > 0) {
        watch_silence(launcher, left_us);
        return G_SOURCE_REMOVE;
    }
    set_end(launcher, "timed-out", "the child said nothing for too long");
    kill_process(launcher);
    return G_SOURCE_REMOVE;
}

static void
watch_silence(ChildLauncher *launcher, gint64 wait_us)
{
    clear_source(&launcher->silence);
    launcher->silence = g_timeout_source_new((guint)(wait_us / 1000 + 1));
    g_source_set_callback(launcher->silence, on_silence_due, launcher, NULL);
    g_source_attach(launcher->silence, launcher->context);
}

static void
on_process_wait(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    gboolean waited = g_subprocess_wait_finish(G_SUBPROCESS(source), result, &error);
    if (!waited && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; // freed
    ChildLauncher *launcher = user_data;
    launcher->reaped = TRUE;
    end_if_over(launcher);
}

static void
on_complaint_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; // freed
    ChildLauncher *launcher = user_data;
    if (bytes == NULL || g_bytes_get_size(bytes) == 0) {
        launcher->quiet = TRUE;
        end_if_over(launcher);
        return;
    }
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_utf8_make_valid(data, (gssize)size);
    g_autofree char *before = g_steal_pointer(&launcher->complaint);
    g_autofree char *both = g_strconcat(before != NULL ? before : "", text, NULL);
    gsize length = strlen(both);
    const char *tail = length > MAX_STDERR_BYTES ? both + length - MAX_STDERR_BYTES : both;
    launcher->complaint = g_utf8_make_valid(tail, -1);
    g_input_stream_read_bytes_async(G_INPUT_STREAM(source), 4096, G_PRIORITY_DEFAULT,
                                    launcher->gone, on_complaint_read, launcher);
}

typedef struct {
    rlim_t memory; // (value) of the data segment
    int niceness;  // (value)
} ProcessLimits;

/* Runs between fork and exec: only calls that are safe there. */
static void
set_up_process(gpointer user_data)
{
    const ProcessLimits *limits = user_data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpriority(PRIO_PROCESS, 0, limits->niceness);
    struct rlimit limit = {limits->memory, limits->memory};
    if (limits->memory != RLIM_INFINITY)
        setrlimit(RLIMIT_DATA, &limit);
}

/* Sanitizers map terabytes; a scope counts better than the limit does. */
static rlim_t
choose_data_limit(const ChildLauncherSetup *setup)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return RLIM_INFINITY;
#else
    gboolean scoped = setup->sandbox->memory_prefix != NULL;
    return scoped || setup->places.memory_bytes <= 0 ? RLIM_INFINITY
                                                     : (rlim_t)setup->places.memory_bytes;
#endif
}

static int
take_staging_lock(const char *staging, GError **error)
{
    g_autofree char *path = g_build_filename(staging, "lock", NULL);
    int descriptor = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        return descriptor;
    int error_number = errno;
    gboolean busy = descriptor >= 0 && error_number == EWOULDBLOCK;
    g_set_error(error, CHILD_ERROR, busy ? CHILD_ERROR_BUSY : CHILD_ERROR_CLOSED, "%s: %s", path,
                g_strerror(error_number));
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

void
child_launcher_break_lock(const char *staging)
{
    g_autofree char *path = g_build_filename(staging, "lock", NULL);
    g_unlink(path); // the next child locks a new file
}

static GSubprocess *
spawn(const ChildLauncherSetup *setup, int control, int lock, GError **error)
{
    ProcessLimits limits = {choose_data_limit(setup), setup->gentle ? GENTLE_NICENESS : NICENESS};
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_auto(GStrv) environment = child_sandbox_build_environment();
    g_auto(GStrv) front = child_sandbox_build_command(setup->sandbox, &setup->places);
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();
    g_strv_builder_addv(command, (const char **)front);
    g_strv_builder_add(command, "--control-fd");
    g_strv_builder_add(command, G_STRINGIFY(CONTROL_DESCRIPTOR));
    g_auto(GStrv) arguments = g_strv_builder_end(command);
    if (setup->sandbox->bubblewrap ==
        NULL) // else bubblewrap sets it, and systemd-run needs its own
        g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_take_fd(launcher, control, CONTROL_DESCRIPTOR);
    g_subprocess_launcher_take_fd(launcher, lock, LOCK_DESCRIPTOR);
    g_subprocess_launcher_set_child_setup(launcher, set_up_process, &limits, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments, error);
}

static char *
build_job_line(const ChildLauncherSetup *setup)
{
    ChildJob job = *setup->job;
    g_autofree char *source =
        child_sandbox_translate(setup->sandbox, setup->places.source, "/source");
    g_autofree char *staging =
        child_sandbox_translate(setup->sandbox, setup->places.staging, "/staging");
    g_autofree char *bundle =
        child_sandbox_translate(setup->sandbox, setup->places.bundle, "/bundle");
    job.source = source;
    job.staging = staging;
    job.bundle = bundle;
    return child_job_to_line(&job);
}

static void
watch(ChildLauncher *launcher)
{
    launcher->started_us = g_get_monotonic_time();
    launcher->heard_us = launcher->started_us;
    watch_socket(launcher);
    watch_silence(launcher, (gint64)launcher->silence_s * G_USEC_PER_SEC);
    g_subprocess_wait_async(launcher->process, launcher->gone, on_process_wait, launcher);
    g_input_stream_read_bytes_async(g_subprocess_get_stderr_pipe(launcher->process), 4096,
                                    G_PRIORITY_DEFAULT, launcher->gone, on_complaint_read,
                                    launcher);
}

ChildLauncher *
child_launcher_start(const ChildLauncherSetup *setup, const ChildLauncherListener *listener,
                     GError **error)
{
    int pair[2] = {-1, -1};
    int lock = take_staging_lock(setup->places.staging, error);
    if (lock < 0)
        return NULL;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_CLOSED, "socketpair: %s", g_strerror(errno));
        close(lock);
        return NULL;
    }
    g_autoptr(GSubprocess) process = spawn(setup, pair[1], lock, error);
    if (process == NULL) {
        close(pair[0]);
        return NULL;
    }
    ChildLauncher *launcher = g_new0(ChildLauncher, 1);
    launcher->listener = *listener;
    launcher->context = g_main_context_ref_thread_default();
    launcher->process = g_steal_pointer(&process);
    launcher->gone = g_cancellable_new();
    launcher->descriptor = pair[0];
    launcher->received = g_string_new(NULL);
    g_autofree char *line = build_job_line(setup);
    launcher->to_send = g_string_new(line);
    g_string_append_c(launcher->to_send, '\n');
    launcher->silence_s = setup->silence_s;
    watch(launcher);
    return launcher;
}

static gboolean
on_grace_over(gpointer user_data)
{
    kill_process(user_data);
    return G_SOURCE_REMOVE;
}

void
child_launcher_cancel(ChildLauncher *launcher)
{
    if (launcher->cancelled || launcher->closed)
        return;
    launcher->cancelled = TRUE;
    g_string_append(launcher->to_send, "{\"type\":\"cancel\"}\n");
    watch_socket(launcher);
    launcher->grace = g_timeout_source_new(STOP_GRACE_MS);
    g_source_set_callback(launcher->grace, on_grace_over, launcher, NULL);
    g_source_attach(launcher->grace, launcher->context);
}

void
child_launcher_kill(ChildLauncher *launcher)
{
    set_end(launcher, "internal", "killed by its parent");
    kill_process(launcher);
}

void
child_launcher_free(ChildLauncher *launcher)
{
    kill_process(launcher);
    g_cancellable_cancel(launcher->gone);
    clear_source(&launcher->readable);
    clear_source(&launcher->silence);
    clear_source(&launcher->grace);
    close(launcher->descriptor);
    g_object_unref(launcher->process);
    g_object_unref(launcher->gone);
    g_main_context_unref(launcher->context);
    g_string_free(launcher->received, TRUE);
    g_string_free(launcher->to_send, TRUE);
    g_free(launcher->complaint);
    g_free(launcher->end.code);
    g_free(launcher->end.detail);
    g_free(launcher);
}
