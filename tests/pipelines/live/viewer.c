// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A parent of few words: a thread writes the stream into the pipe as fast as it is taken, lines are
// read until the child closes its end.
#include "tests/pipelines/live/viewer.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pipelines/child/live_track.h"
#include "tests/pipelines/package/mp4.h"

#define CONTROL_FD 3
#define INPUT_FD 4

typedef struct {
    int descriptor;           // (owned)
    const GByteArray *stream; // (unowned) (nullable) all there is
    Broadcast *broadcast;     // (unowned) (nullable) or what goes on
    gboolean stop;            // (atomic)
} Writer;

/** What the next segment must be like. */
typedef struct {
    Viewing *viewing;  // (unowned)
    GHashTable *inits; // (owned) rung:init of files that were told
    guint64 sound_end; // (value) of the lowest rung, in samples; 0: nothing yet
    gboolean begun;    // (value) there was a segment
    gboolean ended;    // (value) done or failed was told
    guint segments;    // (value)
    guint kill_after;  // (value) segments, 0: never
    Writer *writer;    // (unowned)
    gboolean (*enough)(const Viewing *viewing); // (nullable)
} Keeper;

/* Returns: FALSE when the child is gone: killed by the test, or the lines will say why. */
static gboolean
write_bytes(int descriptor, const GByteArray *bytes)
{
    gsize at = 0;
    while (at < bytes->len) {
        ssize_t wrote = write(descriptor, bytes->data + at, bytes->len - at);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return FALSE;
        at += (gsize)wrote;
    }
    return TRUE;
}

static gpointer
write_stream(gpointer data)
{
    Writer *writer = data;
    gboolean going = TRUE;
    if (writer->stream != NULL)
        write_bytes(writer->descriptor, writer->stream);
    while (writer->broadcast != NULL && going && !g_atomic_int_get(&writer->stop)) {
        g_autoptr(GByteArray) bytes = g_byte_array_new();
        broadcast_run(writer->broadcast, 1000, bytes);
        going = write_bytes(writer->descriptor, bytes);
    }
    close(writer->descriptor);
    return NULL;
}

static void
check_init(Keeper *keeper, const ChildLiveReport *report)
{
    g_autofree char *path = g_build_filename(keeper->viewing->folder, report->file, NULL);
    g_autofree char *bytes = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    g_assert_cmpuint(length, ==, report->bytes);
    g_assert_cmpuint(report->init, >=, keeper->viewing->next_init);
    keeper->viewing->next_init = report->init + 1;
    g_hash_table_add(keeper->inits,
                     g_strdup_printf("%s:%" G_GUINT64_FORMAT, report->rung, report->init));
}

/* The boxes say what the line says, and sound goes on where it ended. */
static void
check_boxes(Keeper *keeper, const ChildLiveReport *report, const char *path, gboolean lowest)
{
    g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
    gboolean opus = strstr(path, "voice-opus") != NULL;
    g_assert_cmpuint(mp4->runs->len, >=, 1);
    g_assert_cmpuint(mp4->runs->len, <=, 2);
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        gboolean sound = i + 1 == mp4->runs->len;
        g_assert_true(run->based_moof);
        g_assert_true(run->in_mdat);
        g_assert_true(run->first_key);
        if (!sound) {
            g_assert_cmpuint(run->start, ==, report->time);
            g_assert_cmpuint(run->duration, ==, report->duration);
            continue;
        }
        g_assert_cmpuint(run->start * 15 / 8, >=, report->time);
        // A frame of AAC, or a packet of Opus.
        g_assert_cmpuint(run->start * 15 / 8, <, report->time + (opus ? 5400 : 1920));
        if (!lowest)
            continue;
        g_assert_true(!keeper->begun || run->start == keeper->sound_end);
        keeper->sound_end = run->start + run->duration;
    }
}

static void
check_segment(Keeper *keeper, const ChildLiveReport *report)
{
    Viewing *viewing = keeper->viewing;
    g_assert_cmpuint(report->number, ==, viewing->next_number);
    g_assert_cmpuint(report->time, ==, viewing->next_time);
    g_assert_true(keeper->begun || report->discontinuity);
    for (guint i = 0; i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        g_autofree char *path = g_build_filename(viewing->folder, part->file, NULL);
        g_autofree char *key = g_strdup_printf("%s:%" G_GUINT64_FORMAT, part->rung, part->init);
        g_autofree char *bytes = NULL;
        gsize length = 0;
        g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
        g_assert_cmpuint(length, ==, part->bytes);
        if (!child_live_track_has_init(child_live_track_parse(part->rung).kind)) {
            g_assert_cmpuint(part->init, ==, 0);
            continue;
        }
        g_assert_true(g_hash_table_contains(keeper->inits, key));
        check_boxes(keeper, report, path, i == 0);
    }
    keeper->begun = TRUE;
    keeper->segments++;
    viewing->next_number = report->number + 1;
    viewing->next_time = report->time + report->duration;
}

static void
take_line(Keeper *keeper, const char *line)
{
    g_autoptr(GError) error = NULL;
    ChildLiveReport *report = child_live_report_parse(line, strlen(line), &error);
    g_assert_no_error(error);
    g_assert_false(keeper->ended);
    g_test_message("%s", line);
    g_assert_true((report->kind == CHILD_LIVE_REPORT_HELLO) ==
                  (keeper->viewing->reports->len == 0));
    if (report->kind == CHILD_LIVE_REPORT_INIT)
        check_init(keeper, report);
    if (report->kind == CHILD_LIVE_REPORT_SEGMENT)
        check_segment(keeper, report);
    keeper->ended =
        report->kind == CHILD_LIVE_REPORT_DONE || report->kind == CHILD_LIVE_REPORT_FAILED;
    g_ptr_array_add(keeper->viewing->reports, report);
}

static void
cancel_if_enough(Keeper *keeper, int control)
{
    static const char cancel[] = "{\"type\":\"cancel\"}\n";
    if (keeper->enough == NULL || !keeper->enough(keeper->viewing))
        return;
    keeper->enough = NULL;
    g_atomic_int_set(&keeper->writer->stop, TRUE);
    g_assert_cmpint(write(control, cancel, strlen(cancel)), ==, (gssize)strlen(cancel));
}

/* Until the child closes its end, or is killed after so many segments. */
static void
read_lines(Keeper *keeper, int control, GSubprocess *child)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char buffer[4096];
    ssize_t got;
    while ((got = read(control, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)) {
        const char *feed;
        g_string_append_len(text, buffer, MAX(got, 0));
        while ((feed = memchr(text->str, '\n', text->len)) != NULL) {
            g_autofree char *line = g_strndup(text->str, (gsize)(feed - text->str));
            g_string_erase(text, 0, feed - text->str + 1);
            take_line(keeper, line);
            cancel_if_enough(keeper, control);
            if (keeper->kill_after > 0 && keeper->segments >= keeper->kill_after) {
                g_subprocess_force_exit(child);
                return;
            }
        }
    }
}

static GSubprocess *
start_child(const char *program, int control, int input)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autoptr(GError) error = NULL;
    g_subprocess_launcher_take_fd(launcher, control, CONTROL_FD);
    g_subprocess_launcher_take_fd(launcher, input, INPUT_FD);
    GSubprocess *child = g_subprocess_launcher_spawn(launcher, &error, program, "--role", "live",
                                                     "--control-fd", "3", "--input-fd", "4", NULL);
    g_assert_no_error(error);
    return child;
}

static void
send_job(int control, const ChildLiveJob *job)
{
    g_autofree char *line = child_live_job_to_line(job);
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_assert_cmpint(write(control, text, strlen(text)), ==, (gssize)strlen(text));
}

static Viewing *
run(const char *program, ChildLiveJob *job, Writer *writer, Keeper *keeper)
{
    Viewing *viewing = g_new0(Viewing, 1);
    int control[2], input[2];
    viewing->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_live_report_free);
    viewing->folder = g_dir_make_tmp("daorian-live-XXXXXX", NULL);
    viewing->next_number = job->first_number;
    viewing->next_time = job->first_time;
    viewing->next_init = job->first_init;
    g_free(job->staging);
    job->staging = g_strdup(viewing->folder);
    signal(SIGPIPE, SIG_IGN);
    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control), ==, 0);
    g_assert_true(g_unix_open_pipe(input, FD_CLOEXEC, NULL));
    g_autoptr(GSubprocess) child = start_child(program, control[1], input[0]);
    writer->descriptor = input[1];
    GThread *thread = g_thread_new("writer", write_stream, writer);
    keeper->viewing = viewing;
    keeper->writer = writer;
    keeper->inits = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    send_job(control[0], job);
    read_lines(keeper, control[0], child);
    g_subprocess_wait(child, NULL, NULL);
    g_assert_true(keeper->ended || keeper->kill_after > 0);
    g_assert_true(keeper->kill_after > 0 || g_subprocess_get_if_exited(child));
    g_assert_null(keeper->enough);
    g_thread_join(thread);
    close(control[0]);
    g_hash_table_unref(keeper->inits);
    return viewing;
}

Viewing *
viewer_run(const char *program, ChildLiveJob *job, const GByteArray *stream, guint kill_after)
{
    Writer writer = {.stream = stream};
    Keeper keeper = {.kill_after = kill_after};
    return run(program, job, &writer, &keeper);
}

Viewing *
viewer_watch(const char *program, ChildLiveJob *job, Broadcast *broadcast,
             gboolean (*enough)(const Viewing *viewing))
{
    Writer writer = {.broadcast = broadcast};
    Keeper keeper = {.enough = enough};
    return run(program, job, &writer, &keeper);
}

void
viewing_free(Viewing *viewing)
{
    g_autoptr(GDir) folder = g_dir_open(viewing->folder, 0, NULL);
    const char *name;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *path = g_build_filename(viewing->folder, name, NULL);
        unlink(path);
    }
    rmdir(viewing->folder);
    g_ptr_array_unref(viewing->reports);
    g_free(viewing->folder);
    g_free(viewing);
}

guint
viewing_count(const Viewing *viewing, ChildLiveReportKind kind, const char *code)
{
    guint count = 0;
    for (guint i = 0; i < viewing->reports->len; i++) {
        const ChildLiveReport *report = viewing->reports->pdata[i];
        count += report->kind == kind && (code == NULL || g_strcmp0(report->code, code) == 0);
    }
    return count;
}

const ChildLiveReport *
viewing_get_segment(const Viewing *viewing, guint index)
{
    for (guint i = 0; i < viewing->reports->len; i++) {
        const ChildLiveReport *report = viewing->reports->pdata[i];
        if (report->kind == CHILD_LIVE_REPORT_SEGMENT && index-- == 0)
            return report;
    }
    return NULL;
}

/* Each flash has its tone within 40 ms, and both come every two seconds of the source. */
void
played_assert_together(const Played *played, guint least)
{
    guint found = 0;
    for (guint i = 0; i < played->flashes->len; i++) {
        gint64 flash = g_array_index(played->flashes, gint64, i);
        for (guint k = 0; k < played->tones->len; k++) {
            gint64 apart = g_array_index(played->tones, gint64, k) - flash;
            if (ABS(apart) < BROADCAST_MARK_MS / 2) {
                g_test_message("flash at %" G_GINT64_FORMAT ", tone %" G_GINT64_FORMAT " later",
                               flash, apart);
                g_assert_cmpint(ABS(apart), <=, 40);
                found++;
            }
        }
    }
    g_assert_cmpuint(found, >=, least);
}

guint
viewing_count_jumps(const Viewing *viewing)
{
    const ChildLiveReport *segment;
    guint count = 0;
    for (guint i = 0; (segment = viewing_get_segment(viewing, i)) != NULL; i++)
        count += segment->discontinuity != 0;
    return count;
}

gint64
viewing_measure_ms(const Viewing *viewing, const ChildLiveJob *job)
{
    return (gint64)(viewing->next_time - job->first_time) / 90;
}
