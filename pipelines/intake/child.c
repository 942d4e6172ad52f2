// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One main context: the address brings bytes, the tables read them first, then the feeds get their
// packets; a timer tells once a second.
//
//   hello → (job) open → bytes ⟲ → (cancel, parent gone) leave → end
//                    \→ (the address fails or ends) failed → end
#include "pipelines/intake/child.h"

#include <math.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include "pipelines/intake/announce.h"
#include "pipelines/intake/code.h"
#include "pipelines/intake/feeds.h"
#include "pipelines/intake/source.h"
#include "pipelines/tables/sync.h"

#define JOB_SECONDS 30 // without a job
#define LEAVE_SECONDS 3
#define TICK_MS 1000
#define PIDS_EVERY_US (5 * G_USEC_PER_SEC)
#define GUIDE_BYTES_MAX (64 * 1024 * 1024)
#define GUIDE_KEEP_MS (3600 * 1000)

struct _IntakeChild {
    GMainLoop *loop;             // (owned)
    ChildIntakeChannel *channel; // (owned)
    IntakeSource *source;        // (owned) (nullable)
    TablesDemux *demux;          // (owned) (nullable) from the job on
    TablesSync *sync;            // (owned) packets for the feeds
    IntakeFeeds *feeds;          // (owned)
    IntakeAnnounce *announce;    // (owned) (nullable) from the job on
    guint wanted_version;        // (value) of the demux, as a tuner was told
    guint feeds_version;         // (value) likewise
    guint64 bytes;               // (value) since the last tick
    gint64 ticked_us;            // (value) monotonic, of the last tick
    gint64 pids_us;              // (value) monotonic, of the last line of all PIDs
    guint deadline;              // (value) id of a timer, 0: none
    guint tick;                  // (value) id of a timer, 0: none
    gboolean leaving;            // (value) asked to stop
    int exit_code;               // (value)
};

static void
stop(IntakeChild *child, int exit_code)
{
    child->exit_code = exit_code;
    g_main_loop_quit(child->loop);
}

static void
fail(IntakeChild *child, const char *code, const char *detail)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_FAILED);
    report->code = g_strdup(code);
    report->detail = g_strdup(detail);
    child_intake_channel_send(child->channel, report);
    child_intake_channel_drain(child->channel);
    stop(child, EX_UNAVAILABLE);
}

static gboolean
on_deadline(gpointer data)
{
    IntakeChild *child = data;
    child->deadline = 0;
    stop(child, child->source == NULL ? EX_PROTOCOL : EX_OK);
    return G_SOURCE_REMOVE;
}

/* A tuner sends what it is asked for: tables, and what is fed. */
static void
follow_tables(IntakeChild *child)
{
    guint version = tables_demux_get_wanted_version(child->demux);
    guint feeds = intake_feeds_follow(child->feeds, tables_demux_get_multiplex(child->demux));
    if (child->source == NULL || !intake_source_needs_pids(child->source) ||
        (version == child->wanted_version && feeds == child->feeds_version))
        return;
    IntakePids pids = {.all = FALSE};
    for (guint pid = 0; pid < INTAKE_PIDS_COUNT; pid++)
        if (tables_demux_is_wanted(child->demux, (guint16)pid))
            intake_pids_add(&pids, (guint16)pid);
    intake_feeds_add_pids(child->feeds, &pids);
    child->wanted_version = version;
    child->feeds_version = feeds;
    intake_source_set_pids(child->source, &pids);
}

static void
on_packet(const guint8 *bytes, gpointer data)
{
    IntakeChild *child = data;
    TablesPacket packet = {0};
    if (tables_packet_parse(bytes, &packet))
        intake_feeds_push(child->feeds, bytes, &packet);
}

static void
on_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeChild *child = data;
    child->bytes += length;
    tables_demux_push(child->demux, bytes, length, now_us);
    follow_tables(child);
    tables_sync_push(child->sync, bytes, length);
    intake_feeds_flush(child->feeds);
}

static void
on_opened(gboolean endless, gpointer data)
{
}

static void
on_troubled(const GError *error, gpointer data)
{
    IntakeChild *child = data;
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_WARNING);
    report->code = g_strdup(intake_code_find(error));
    report->detail = g_strdup(error->message);
    child_intake_channel_send(child->channel, report);
}

static void
on_ended(const GError *error, gpointer data)
{
    IntakeChild *child = data;
    if (child->leaving)
        fail(child, "cancelled", "asked to stop");
    else
        fail(child, intake_code_find(error), error != NULL ? error->message : "the stream ended");
}

static void
tell_health(IntakeChild *child, gint64 now_us)
{
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(child->demux));
    IntakeSignal signal = intake_source_get_signal(child->source);
    gboolean tuner = intake_source_has_tuner(child->source);
    gint64 passed_us = MAX(now_us - child->ticked_us, 1);
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_HEALTH);
    report->health = (ChildIntakeHealth){
        .packets = (gint64)total.packets,
        .bits_per_second = (gint64)(child->bytes * 8 * G_USEC_PER_SEC / (guint64)passed_us),
        .cc_errors = (gint64)total.lost,
        .tei_packets = (gint64)total.damaged,
        .sync_losses = (gint64)tables_demux_get_sync_losses(child->demux),
        .broken_sections = (gint64)tables_demux_get_broken_sections(child->demux),
        .dropped_packets = (gint64)intake_feeds_get_dropped(child->feeds),
        .feeds = intake_feeds_get_count(child->feeds),
        .locked = !tuner || signal.locked || (!signal.known && child->bytes > 0),
        .level = tuner && signal.level >= 0 ? signal.level : CHILD_FIELDS_NOTHING,
        .quality = tuner && signal.quality >= 0 ? signal.quality : CHILD_FIELDS_NOTHING,
        .cn_db = tuner ? signal.cn_db : NAN,
        .ber = tuner ? signal.ber : NAN,
    };
    child_intake_channel_send(child->channel, report);
    child->ticked_us = now_us;
    child->bytes = 0;
}

static ChildIntakePid
describe_step(const TablesHealthStep *step, gint64 passed_us)
{
    gint64 bits = (gint64)step->packets * 8 * TABLES_PACKET_BYTES;
    return (ChildIntakePid){
        .pid = step->pid,
        .scrambled = step->scrambled,
        .bits_per_second = bits * G_USEC_PER_SEC / passed_us,
        .cc_errors = (gint64)step->lost,
        .tei_packets = (gint64)step->damaged,
        .jitter_us =
            step->jitter_max_us < 0 ? CHILD_FIELDS_NOTHING : (gint64)MIN(step->jitter_max_us, 1e9),
    };
}

static void
tell_pids(IntakeChild *child, gint64 now_us)
{
    gint64 passed_us = now_us - child->pids_us;
    if (passed_us < PIDS_EVERY_US)
        return;
    g_autoptr(GArray) steps = tables_demux_take_steps(child->demux);
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_PIDS);
    report->pids = g_array_new(FALSE, FALSE, sizeof(ChildIntakePid));
    for (guint i = 0; i < steps->len; i++) {
        ChildIntakePid pid = describe_step(&g_array_index(steps, TablesHealthStep, i), passed_us);
        g_array_append_val(report->pids, pid);
    }
    child->pids_us = now_us;
    child_intake_channel_send(child->channel, report);
}

static gboolean
on_tick(gpointer data)
{
    IntakeChild *child = data;
    gint64 now_us = g_get_monotonic_time();
    if (!child_intake_channel_has_room(child->channel))
        return G_SOURCE_CONTINUE;
    tell_health(child, now_us);
    tell_pids(child, now_us);
    intake_announce_tell(child->announce, now_us);
    return G_SOURCE_CONTINUE;
}

static void
open_job(IntakeChild *child, const ChildIntakeJob *job)
{
    static const IntakeSourceFuncs funcs = {
        .opened = on_opened,
        .received = on_received,
        .troubled = on_troubled,
        .ended = on_ended,
    };
    TablesDemuxSettings settings = {
        .guide_bytes_max = GUIDE_BYTES_MAX,
        .guide_keep_ms = GUIDE_KEEP_MS,
    };
    g_autoptr(GError) error = NULL;
    tables_text_parse_code(job->text_default, &settings.fallback);
    g_autoptr(IntakeAddress) address = intake_address_parse(job->uri, &error);
    child->demux = tables_demux_new(&settings);
    child->announce = intake_announce_new(child->channel, child->demux, job->guide);
    if (address != NULL)
        child->source = intake_source_open(address, TRUE, &funcs, child, &error);
    if (child->source == NULL) {
        fail(child, intake_code_find(error), error->message);
        return;
    }
    follow_tables(child);
    child->ticked_us = child->pids_us = g_get_monotonic_time();
    child->tick = g_timeout_add(TICK_MS, on_tick, child);
}

static void
leave(IntakeChild *child)
{
    child->leaving = TRUE;
    if (child->source == NULL) {
        on_ended(NULL, child);
        return;
    }
    if (child->deadline == 0)
        child->deadline = g_timeout_add_seconds(LEAVE_SECONDS, on_deadline, child);
    intake_source_leave(child->source);
}

static void
on_line(const ChildIntakeJob *job, int descriptor, gpointer data)
{
    IntakeChild *child = data;
    switch (job->line) {
    case CHILD_INTAKE_JOB_LINE_JOB:
        if (child->demux != NULL) {
            stop(child, EX_PROTOCOL);
            return;
        }
        g_source_remove(child->deadline);
        child->deadline = 0;
        open_job(child, job);
        return;
    case CHILD_INTAKE_JOB_LINE_FEED:
        intake_feeds_add(child->feeds, job->feed, descriptor, (guint16)job->service_id);
        break;
    case CHILD_INTAKE_JOB_LINE_UNFEED:
        intake_feeds_remove(child->feeds, job->feed);
        break;
    case CHILD_INTAKE_JOB_LINE_TELL:
        if (child->announce != NULL)
            intake_announce_repeat(child->announce);
        return;
    case CHILD_INTAKE_JOB_LINE_CANCEL:
        leave(child);
        return;
    case CHILD_INTAKE_JOB_LINE_CLASS_FEED:
        close(descriptor);
        G_GNUC_FALLTHROUGH;
    case CHILD_INTAKE_JOB_LINE_DOOR:
    case CHILD_INTAKE_JOB_LINE_ADMIT:
    case CHILD_INTAKE_JOB_LINE_DISMISS:
        stop(child, EX_PROTOCOL); // of another role
        return;
    }
    if (child->demux != NULL)
        follow_tables(child);
}

static void
on_gone(gpointer data)
{
    stop(data, EX_OK);
}

IntakeChild *
intake_child_new(int control, GMainLoop *loop)
{
    static const ChildIntakeChannelFuncs funcs = {.on_line = on_line, .on_gone = on_gone};
    IntakeChild *child = g_new0(IntakeChild, 1);
    g_autoptr(ChildIntakeReport) hello = child_intake_report_new(CHILD_INTAKE_REPORT_HELLO);
    signal(SIGPIPE, SIG_IGN); // a reader that ends is noticed by its feed
    child->wanted_version = G_MAXUINT;
    child->loop = g_main_loop_ref(loop);
    child->channel = child_intake_channel_new(control, &funcs, child);
    child->sync = tables_sync_new(on_packet, child);
    child->feeds = intake_feeds_new();
    child->deadline = g_timeout_add_seconds(JOB_SECONDS, on_deadline, child);
    child_intake_channel_send(child->channel, hello);
    return child;
}

static void
clear_timer(guint *timer)
{
    if (*timer != 0)
        g_source_remove(*timer);
    *timer = 0;
}

void
intake_child_free(IntakeChild *child)
{
    clear_timer(&child->deadline);
    clear_timer(&child->tick);
    g_clear_pointer(&child->source, intake_source_free);
    g_clear_pointer(&child->announce, intake_announce_free);
    g_clear_pointer(&child->demux, tables_demux_free);
    tables_sync_free(child->sync);
    intake_feeds_free(child->feeds);
    child_intake_channel_free(child->channel);
    g_main_loop_unref(child->loop);
    g_free(child);
}

int
intake_child_get_exit_code(const IntakeChild *child)
{
    return child->exit_code;
}
