// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One child from spawn to reaping. It has ended when its socket is closed and its process is
// reaped, whichever comes last; only then is on_end called.
//
//   start → RUNNING → (cancel) STOPPING → (5 s) killed
//                  \→ (silence, flood, bad line) killed
#include "pipelines/child/process.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONTROL_DESCRIPTOR 3
#define LOCK_DESCRIPTOR 4
#define INPUT_DESCRIPTOR 5
#define STOP_GRACE_MS 5000
#define QUIET_MS 1000
#define MAX_WAITING 4096 // lines to a child that reads nothing
#define MAX_STDERR_BYTES 4096

/** A line to the child, or what is left of it. */
typedef struct {
    GString *text;  // (owned) with its feed
    int descriptor; // (owned) goes with the first byte, -1: none
} Outgoing;

struct _ChildProcess {
    ChildProcessListener listener; // (value)
    GMainContext *context;         // (owned)
    GSubprocess *subprocess;       // (owned)
    GCancellable *gone;            // (owned) cancelled when it is freed early
    int descriptor;                // (owned) our end of the socket pair
    GSource *readable;             // (owned) (nullable)
    GSource *silence;              // (owned) (nullable)
    GSource *grace;                // (owned) (nullable)
    GString *received;             // (owned) not yet a whole line
    GQueue to_send;                // (value) (element-type Outgoing)
    char *complaint;               // (owned) (nullable) the tail of what it wrote to stderr
    ChildProcessEnd end;           // (value) filled while it goes
    gboolean concluded;            // (value) the child said its end
    gboolean closed;               // (value) the socket has ended
    gboolean reaped;               // (value)
    gboolean quiet;                // (value) its stderr has ended
    gboolean over;                 // (value) on_end was called
    gboolean cancelled;            // (value)
    gboolean held;                 // (value) no lines are taken
    gint64 started_us;             // (value) monotonic
    gint64 heard_us;               // (value) monotonic, of the last line
    guint silence_s;               // (value)
    guint lines_at_once;           // (value)
    guint lines_per_second;        // (value)
    guint64 lines;                 // (value)
};

static void
free_outgoing(Outgoing *outgoing)
{
    g_string_free(outgoing->text, TRUE);
    if (outgoing->descriptor >= 0)
        close(outgoing->descriptor);
    g_free(outgoing);
}

static void
clear_source(GSource **source)
{
    if (*source != NULL)
        g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

static void
set_end(ChildProcess *process, const char *code, const char *detail)
{
    if (process->end.code != NULL || process->concluded)
        return;
    process->end.code = g_strdup(code);
    process->end.detail = g_strdup(detail);
}

static void
kill_process(ChildProcess *process)
{
    if (!process->reaped)
        g_subprocess_force_exit(process->subprocess);
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
judge_exit(ChildProcess *process)
{
    if (process->cancelled) {
        set_end(process, "cancelled", "killed because it would not stop");
        return;
    }
    int number = get_signal(process->subprocess);
    const char *said = process->complaint != NULL ? process->complaint : "";
    gboolean starved = number == SIGKILL || strstr(said, "failed to allocate") != NULL ||
                       strstr(said, "out of memory") != NULL;
    g_autofree char *detail = NULL;
    if (number != 0)
        detail = g_strdup_printf("the child died of signal %d: %s", number, said);
    else
        detail = g_strdup_printf("the child ended without a word, status %d: %s",
                                 g_subprocess_get_exit_status(process->subprocess), said);
    set_end(process, starved ? "out-of-memory" : "internal", detail);
}

static gboolean on_quiet_due(gpointer user_data);

/* What it wrote to stderr may come a moment after its end; somebody else may hold that pipe for
 * ever. */
static void
wait_for_quiet(ChildProcess *process)
{
    clear_source(&process->silence);
    process->silence = g_timeout_source_new(QUIET_MS);
    g_source_set_callback(process->silence, on_quiet_due, process, NULL);
    g_source_attach(process->silence, process->context);
}

static void
end_if_over(ChildProcess *process)
{
    if (!process->closed || !process->reaped || process->over)
        return;
    if (!process->quiet) {
        wait_for_quiet(process);
        return;
    }
    process->over = TRUE;
    clear_source(&process->silence);
    clear_source(&process->grace);
    if (!process->concluded && process->end.code == NULL)
        judge_exit(process);
    process->listener.on_end(&process->end, process->listener.user_data);
}

static gboolean
on_quiet_due(gpointer user_data)
{
    ChildProcess *process = user_data;
    process->quiet = TRUE;
    end_if_over(process);
    return G_SOURCE_REMOVE;
}

static void
break_contract(ChildProcess *process, const char *detail)
{
    set_end(process, "internal", detail);
    kill_process(process);
}

/* FALSE when nothing more is to be read. */
static gboolean
take_line(ChildProcess *process, const char *line, gsize length)
{
    gint64 now_us = g_get_monotonic_time();
    process->heard_us = now_us;
    process->lines++;
    guint64 seconds = (guint64)(now_us - process->started_us) / G_USEC_PER_SEC;
    if (process->lines > process->lines_at_once + seconds * process->lines_per_second) {
        break_contract(process, "the child floods its parent");
        return FALSE;
    }
    g_autoptr(GError) error = NULL;
    if (process->concluded || process->end.code != NULL ||
        process->listener.on_line(line, length, process->listener.user_data, &error))
        return TRUE;
    break_contract(process, error->message);
    return FALSE;
}

static gboolean
take_lines(ChildProcess *process)
{
    gsize taken = 0;
    gboolean good = TRUE;
    while (good && !process->held) {
        const char *line = process->received->str + taken;
        const char *feed = memchr(line, '\n', process->received->len - taken);
        if (feed == NULL)
            break;
        good = take_line(process, line, (gsize)(feed - line));
        taken += (gsize)(feed - line) + 1;
    }
    g_string_erase(process->received, 0, (gssize)taken);
    if (good && !process->held && process->received->len > CHILD_REPORT_MAX_LINE) {
        break_contract(process, "a line of the child is too long");
        return FALSE;
    }
    return good;
}

static gboolean
receive(ChildProcess *process)
{
    char buffer[16384];
    ssize_t got = recv(process->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    g_string_append_len(process->received, buffer, got);
    return got > 0 && take_lines(process);
}

/* Returns: bytes sent, or -1. */
static ssize_t
send_some(ChildProcess *process, const Outgoing *outgoing)
{
    struct iovec piece = {outgoing->text->str, outgoing->text->len};
    union {
        char room[CMSG_SPACE(sizeof(int))]; // (value)
        struct cmsghdr align;               // (value)
    } control = {.room = {0}};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (outgoing->descriptor >= 0) {
        message.msg_control = control.room;
        message.msg_controllen = sizeof control.room;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &outgoing->descriptor, sizeof(int));
    }
    return sendmsg(process->descriptor, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* What cannot be sent now waits; a broken socket is noticed by reading. */
static void
send_waiting(ChildProcess *process)
{
    Outgoing *outgoing = NULL;
    while ((outgoing = g_queue_peek_head(&process->to_send)) != NULL) {
        ssize_t sent = send_some(process, outgoing);
        if (sent <= 0)
            return;
        if (outgoing->descriptor >= 0)
            close(outgoing->descriptor);
        outgoing->descriptor = -1;
        g_string_erase(outgoing->text, 0, sent);
        if (outgoing->text->len == 0)
            free_outgoing(g_queue_pop_head(&process->to_send));
    }
}

static void watch_socket(ChildProcess *process);

static gboolean
on_socket_ready(int descriptor, GIOCondition condition, gpointer user_data)
{
    ChildProcess *process = user_data;
    gboolean sending = process->to_send.length > 0;
    if (condition & G_IO_OUT)
        send_waiting(process);
    if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) && !receive(process)) {
        clear_source(&process->readable);
        process->closed = TRUE;
        end_if_over(process);
        return G_SOURCE_REMOVE;
    }
    if (sending && process->to_send.length == 0)
        watch_socket(process);
    return G_SOURCE_CONTINUE;
}

/* For writing only while there is something to send. */
static void
watch_socket(ChildProcess *process)
{
    clear_source(&process->readable);
    GIOCondition condition =
        (process->held ? 0 : G_IO_IN) | (process->to_send.length > 0 ? G_IO_OUT : 0);
    process->readable = g_unix_fd_source_new(process->descriptor, condition);
    g_source_set_callback(process->readable, G_SOURCE_FUNC(on_socket_ready), process, NULL);
    g_source_attach(process->readable, process->context);
}

static void watch_silence(ChildProcess *process, gint64 wait_us);

static gboolean
on_silence_due(gpointer user_data)
{
    ChildProcess *process = user_data;
    if (process->held)
        process->heard_us = g_get_monotonic_time();
    gint64 left_us =
        process->heard_us + (gint64)process->silence_s * G_USEC_PER_SEC - g_get_monotonic_time();
    if (left_us > 0) {
        watch_silence(process, left_us);
        return G_SOURCE_REMOVE;
    }
    set_end(process, "timed-out", "the child said nothing for too long");
    kill_process(process);
    return G_SOURCE_REMOVE;
}

static void
watch_silence(ChildProcess *process, gint64 wait_us)
{
    clear_source(&process->silence);
    process->silence = g_timeout_source_new((guint)(wait_us / 1000 + 1));
    g_source_set_callback(process->silence, on_silence_due, process, NULL);
    g_source_attach(process->silence, process->context);
}

static void
on_process_wait(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    gboolean waited = g_subprocess_wait_finish(G_SUBPROCESS(source), result, &error);
    if (!waited && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; // freed
    ChildProcess *process = user_data;
    process->reaped = TRUE;
    end_if_over(process);
}

static void
on_complaint_read(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; // freed
    ChildProcess *process = user_data;
    if (bytes == NULL || g_bytes_get_size(bytes) == 0) {
        process->quiet = TRUE;
        end_if_over(process);
        return;
    }
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_utf8_make_valid(data, (gssize)size);
    g_autofree char *before = g_steal_pointer(&process->complaint);
    g_autofree char *both = g_strconcat(before != NULL ? before : "", text, NULL);
    gsize length = strlen(both);
    const char *tail = length > MAX_STDERR_BYTES ? both + length - MAX_STDERR_BYTES : both;
    process->complaint = g_utf8_make_valid(tail, -1);
    g_input_stream_read_bytes_async(G_INPUT_STREAM(source), 4096, G_PRIORITY_DEFAULT, process->gone,
                                    on_complaint_read, process);
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
choose_data_limit(const ChildProcessSetup *setup)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return RLIM_INFINITY;
#else
    gboolean scoped = setup->sandbox->memory_prefix != NULL;
    return scoped || setup->places.memory_bytes <= 0 ? RLIM_INFINITY
                                                     : (rlim_t)setup->places.memory_bytes;
#endif
}

static void
add_option(GStrvBuilder *command, const char *name, const char *value)
{
    g_strv_builder_add(command, name);
    g_strv_builder_add(command, value);
}

static GStrv
build_command(const ChildProcessSetup *setup)
{
    g_auto(GStrv) front = child_sandbox_build_command(setup->sandbox, &setup->places);
    g_autoptr(GStrvBuilder) command = g_strv_builder_new();
    g_strv_builder_addv(command, (const char **)front);
    add_option(command, "--control-fd", G_STRINGIFY(CONTROL_DESCRIPTOR));
    if (setup->role != NULL)
        add_option(command, "--role", setup->role);
    if (setup->input > 0)
        add_option(command, "--input-fd", G_STRINGIFY(INPUT_DESCRIPTOR));
    return g_strv_builder_end(command);
}

static GSubprocess *
spawn(const ChildProcessSetup *setup, int control, GError **error)
{
    ProcessLimits limits = {choose_data_limit(setup), setup->niceness};
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_auto(GStrv) environment = child_sandbox_build_environment();
    g_auto(GStrv) arguments = build_command(setup);
    if (setup->sandbox->bubblewrap ==
        NULL) // else bubblewrap sets it, and systemd-run needs its own
        g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_take_fd(launcher, control, CONTROL_DESCRIPTOR);
    if (setup->lock > 0)
        g_subprocess_launcher_take_fd(launcher, setup->lock, LOCK_DESCRIPTOR);
    if (setup->input > 0)
        g_subprocess_launcher_take_fd(launcher, setup->input, INPUT_DESCRIPTOR);
    g_subprocess_launcher_set_child_setup(launcher, set_up_process, &limits, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)arguments, error);
}

static void
watch(ChildProcess *process)
{
    process->started_us = g_get_monotonic_time();
    process->heard_us = process->started_us;
    watch_socket(process);
    watch_silence(process, (gint64)process->silence_s * G_USEC_PER_SEC);
    g_subprocess_wait_async(process->subprocess, process->gone, on_process_wait, process);
    g_input_stream_read_bytes_async(g_subprocess_get_stderr_pipe(process->subprocess), 4096,
                                    G_PRIORITY_DEFAULT, process->gone, on_complaint_read, process);
}

static void
close_given(const ChildProcessSetup *setup)
{
    if (setup->lock > 0)
        close(setup->lock);
    if (setup->input > 0)
        close(setup->input);
}

ChildProcess *
child_process_start(const ChildProcessSetup *setup, const ChildProcessListener *listener,
                    GError **error)
{
    int pair[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_CLOSED, "socketpair: %s", g_strerror(errno));
        close_given(setup);
        return NULL;
    }
    g_autoptr(GSubprocess) spawned = spawn(setup, pair[1], error);
    if (spawned == NULL) {
        close(pair[0]);
        return NULL;
    }
    ChildProcess *process = g_new0(ChildProcess, 1);
    process->listener = *listener;
    process->context = g_main_context_ref_thread_default();
    process->subprocess = g_steal_pointer(&spawned);
    process->gone = g_cancellable_new();
    process->descriptor = pair[0];
    process->received = g_string_new(NULL);
    g_queue_init(&process->to_send);
    process->silence_s = setup->silence_s;
    process->lines_at_once = setup->lines_at_once;
    process->lines_per_second = setup->lines_per_second;
    watch(process);
    return process;
}

void
child_process_send(ChildProcess *process, const char *line, int descriptor)
{
    Outgoing *outgoing = g_new0(Outgoing, 1);
    outgoing->text = g_string_new(line);
    outgoing->descriptor = descriptor;
    g_string_append_c(outgoing->text, '\n');
    if (process->closed) {
        free_outgoing(outgoing);
        return;
    }
    g_queue_push_tail(&process->to_send, outgoing);
    if (process->to_send.length > MAX_WAITING)
        break_contract(process, "the child does not listen");
    watch_socket(process);
}

void
child_process_hold(ChildProcess *process, gboolean held)
{
    if (process->held == held || process->closed)
        return;
    process->held = held;
    process->heard_us = g_get_monotonic_time();
    watch_socket(process);
    if (!held && !take_lines(process))
        break_contract(process, "a held line is wrong");
}

void
child_process_conclude(ChildProcess *process, const char *code, const char *detail)
{
    if (process->end.code != NULL || process->concluded)
        return;
    process->concluded = TRUE;
    process->end.by_itself = TRUE;
    process->end.code = g_strdup(process->cancelled && code != NULL ? "cancelled" : code);
    process->end.detail = g_strdup(detail);
}

static gboolean
on_grace_over(gpointer user_data)
{
    kill_process(user_data);
    return G_SOURCE_REMOVE;
}

void
child_process_cancel(ChildProcess *process)
{
    if (process->cancelled || process->closed)
        return;
    process->cancelled = TRUE;
    child_process_send(process, "{\"type\":\"cancel\"}", -1);
    process->grace = g_timeout_source_new(STOP_GRACE_MS);
    g_source_set_callback(process->grace, on_grace_over, process, NULL);
    g_source_attach(process->grace, process->context);
}

void
child_process_kill(ChildProcess *process)
{
    set_end(process, "internal", "killed by its parent");
    kill_process(process);
}

void
child_process_free(ChildProcess *process)
{
    kill_process(process);
    g_cancellable_cancel(process->gone);
    clear_source(&process->readable);
    clear_source(&process->silence);
    clear_source(&process->grace);
    close(process->descriptor);
    g_object_unref(process->subprocess);
    g_object_unref(process->gone);
    g_main_context_unref(process->context);
    g_string_free(process->received, TRUE);
    g_queue_clear_full(&process->to_send, (GDestroyNotify)free_outgoing);
    g_free(process->complaint);
    g_free(process->end.code);
    g_free(process->end.detail);
    g_free(process);
}
