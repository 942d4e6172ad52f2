// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One thing goes on at a time, and step() says what is next:
//
//   IDLE    ─(enabled) begin_open─▶  OPENING ─on_opened─▶ RUNNING
//   RUNNING ─on_child_end─▶          PAUSING ─on_pause_over─▶ IDLE
//   RUNNING ─(other work, off, end)─▶ CLOSING ─on_child_end─▶ IDLE
//   OPENING ─(nothing can run) park─▶ PARKED, until a new row comes
//   IDLE    ─(nobody watches) lie_down─▶ RESTING ─(somebody does, or a booking begins)─▶ IDLE
//   IDLE    ─(end) begin_erase─▶     ERASING ─▶ on_ended
//
// Files are taken by the worker, one after the other; what it could not take ends the child.
#include "server/flows/live_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "server/flows/live_child.h"
#include "server/flows/live_nap.h"
#include "server/flows/live_take.h"
#include "server/timer.h"

#define PAUSE_MOST_MS 30000u
#define SETTLED_US (60 * G_USEC_PER_SEC) // a child that worked so long has no trouble starting
#define FAILURES_MAX 3                   // in a row, without a segment: then it is said to fail
#define QUIET_US (15 * G_USEC_PER_SEC)   // without a segment: no signal
#define BEGIN_US (30 * G_USEC_PER_SEC)   // before the first segment of a child
#define PENDING_MAX 64                   // reports that the disk has not taken yet

typedef enum {
    PHASE_IDLE,
    PHASE_OPENING,
    PHASE_RUNNING,
    PHASE_CLOSING,
    PHASE_PAUSING,
    PHASE_PARKED,
    PHASE_RESTING,
    PHASE_ERASING,
} Phase;

struct _FlowsLiveChannel {
    const FlowsLiveChannelShared *shared; // (unowned)
    FlowsLiveRow *row;                    // (owned)
    FlowsLiveRow *working;                // (owned) (nullable) what the child works for
    char *folder;                         // (owned)
    FlowsLiveStatus *status;              // (owned)
    FlowsWindow *window;                  // (owned) (nullable)
    FlowsLiveChild *child;                // (owned) (nullable)
    GSource *timer;                       // (owned) (nullable) while PAUSING
    FlowsLiveNap *nap;                    // (owned) whether it rests
    GMainContext *context;                // (owned)
    Phase phase;                          // (value)
    guint subscription;                   // (value) 0: none
    guint pending;                        // (value) takes at the worker
    guint generation;                     // (value) of children
    guint failures;                       // (value) in a row without a segment
    guint pause_ms;                       // (value) the next one
    gint64 begun_us;                      // (value) monotonic: of the child
    gint64 segment_us;                    // (value) monotonic: of its last segment, 0: none yet
    gboolean fresh;                       // (value) the child's first segment is still to come
    gboolean ending;                      // (value)
    gboolean erase;                       // (value)
};

static void step(FlowsLiveChannel *channel);

const FlowsLiveRow *
flows_live_channel_get_row(const FlowsLiveChannel *channel)
{
    return channel->row;
}

const FlowsLiveStatus *
flows_live_channel_get_status(const FlowsLiveChannel *channel)
{
    return channel->status;
}

FlowsWindow *
flows_live_channel_get_window(const FlowsLiveChannel *channel)
{
    return channel->window;
}

gboolean
flows_live_channel_is_ending(const FlowsLiveChannel *channel)
{
    return channel->ending;
}

static void
tell(FlowsLiveChannel *channel)
{
    channel->shared->on_change(channel, channel->shared->user_data);
}

static void
set_state(FlowsLiveChannel *channel, FlowsLiveState state, const char *code, const char *detail)
{
    gint64 now_ms = server_clock_now_ms(channel->shared->clock);
    if (state != FLOWS_LIVE_STATE_WAITING && state != FLOWS_LIVE_STATE_FAILED)
        channel->status->retry_ms = 0;
    if (flows_live_state_set(channel->status, state, code, detail, now_ms))
        tell(channel);
}

static gboolean
on_pause_over(gpointer user_data)
{
    FlowsLiveChannel *channel = user_data;
    server_timer_clear(&channel->timer);
    channel->phase = PHASE_IDLE;
    step(channel);
    return G_SOURCE_REMOVE;
}

/* Tries again later, and later each time. */
static void
take_pause(FlowsLiveChannel *channel, FlowsLiveState state, const char *code, const char *detail)
{
    channel->phase = PHASE_PAUSING;
    channel->pause_ms = CLAMP(channel->pause_ms, channel->shared->retry_ms, PAUSE_MOST_MS);
    server_timer_set(&channel->timer, channel->context, channel->pause_ms, on_pause_over, channel);
    channel->status->retry_ms =
        server_clock_now_ms(channel->shared->clock) + (gint64)channel->pause_ms;
    channel->pause_ms *= 2;
    set_state(channel, state, code, detail);
}

static void
park(FlowsLiveChannel *channel, const char *code)
{
    channel->phase = PHASE_PARKED;
    set_state(channel, FLOWS_LIVE_STATE_FAILED, code, NULL);
}

static gboolean
has_news(const FlowsLiveChannel *channel)
{
    return channel->ending || !channel->row->channel->enabled || channel->working == NULL ||
           flows_live_nap_is_resting(channel->nap) ||
           !flows_live_rows_is_same_work(channel->row, channel->working);
}

/* --- the child ------------------------------------------------------------------------------ */

static void
note_segment(FlowsLiveChannel *channel)
{
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(channel->window, &figures);
    channel->segment_us = g_get_monotonic_time();
    channel->failures = 0;
    gboolean slow =
        channel->status->dropped_rungs != NULL && *channel->status->dropped_rungs != NULL;
    const char *code = figures.disk_is_full ? "no-space" : slow ? "too-slow" : NULL;
    set_state(channel, FLOWS_LIVE_STATE_ON_AIR, code, NULL);
}

static void
on_taken(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsLiveChannel *channel = user_data;
    FlowsLiveTake *take = flows_receive_worker_get_data(result);
    g_autoptr(GError) error = NULL;
    gboolean good = flows_receive_worker_run_finish(result, &error);
    channel->pending--;
    if (good && take->report->kind == CHILD_LIVE_REPORT_SEGMENT)
        channel->shared->on_segment(channel, channel->shared->user_data);
    gboolean current = take->generation == channel->generation && channel->phase == PHASE_RUNNING;
    if (good && current && take->report->kind == CHILD_LIVE_REPORT_SEGMENT)
        note_segment(channel);
    if (!good && current) {
        gboolean full = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
        flows_live_child_break(channel->child, full ? "no-space" : "internal", error->message);
    }
    step(channel);
}

static void
queue_take(FlowsLiveChannel *channel, ChildLiveReport *report)
{
    gboolean is_segment = report->kind == CHILD_LIVE_REPORT_SEGMENT;
    FlowsLiveTake *take = flows_live_take_new(channel->window, report);
    take->generation = channel->generation;
    take->restarted = is_segment && channel->fresh;
    channel->fresh = channel->fresh && !is_segment;
    channel->pending++;
    flows_receive_worker_run_async(channel->shared->worker, flows_live_take_run, take,
                                   flows_live_take_free, on_taken, channel);
    if (channel->pending > PENDING_MAX)
        flows_live_child_break(channel->child, "no-space", "the disk does not keep up");
}

/* Why nothing comes, as the multiplex knows it. */
static void
judge_silence(FlowsLiveChannel *channel, const ChildLiveReport *report)
{
    const FlowsLiveFeed *feed = &channel->shared->feed;
    gint64 since_us = channel->segment_us > 0 ? channel->segment_us : channel->begun_us;
    gint64 patience_us = channel->segment_us > 0 ? QUIET_US : BEGIN_US;
    if (report->scrambled) {
        set_state(channel, FLOWS_LIVE_STATE_SCRAMBLED, "scrambled", NULL);
        return;
    }
    if (g_get_monotonic_time() - since_us < patience_us)
        return;
    g_autoptr(FlowsIntakeStatus) status =
        feed->get_status(feed->source, channel->working->multiplex_id);
    gboolean receiving = status->state == FLOWS_INTAKE_STATE_RECEIVING;
    const char *code = "no-signal";
    if (receiving && !channel->working->present)
        code = "service-absent";
    else if (receiving && report->packets > 0)
        code = "no-picture";
    set_state(channel, FLOWS_LIVE_STATE_NO_SIGNAL, code, status->detail);
}

static void
note_health(FlowsLiveChannel *channel, ChildLiveReport *report)
{
    flows_live_state_take_health(channel->status, report);
    flows_window_set_language(channel->window, report->language);
    judge_silence(channel, report);
    channel->shared->on_health(channel, channel->shared->user_data);
}

static void
on_child_report(ChildLiveReport *report, gpointer user_data)
{
    FlowsLiveChannel *channel = user_data;
    switch (report->kind) {
    case CHILD_LIVE_REPORT_INIT:
    case CHILD_LIVE_REPORT_SEGMENT:
        queue_take(channel, report);
        return;
    case CHILD_LIVE_REPORT_HEALTH:
        note_health(channel, report);
        break;
    case CHILD_LIVE_REPORT_WARNING:
        g_debug("channel %s: %s: %s", channel->row->channel->slug, report->code, report->detail);
        break;
    case CHILD_LIVE_REPORT_HELLO:
    case CHILD_LIVE_REPORT_FAILED:
    case CHILD_LIVE_REPORT_DONE:
        break;
    }
    child_live_report_free(report);
}

/* With it ends what the child reads. */
static void
close_feed(FlowsLiveChannel *channel)
{
    guint subscription = channel->subscription;
    channel->subscription = 0;
    if (subscription != 0)
        channel->shared->feed.unsubscribe(channel->shared->feed.source, subscription);
}

static void
on_child_end(const ChildProcessEnd *end, gpointer user_data)
{
    FlowsLiveChannel *channel = user_data;
    gboolean asked = channel->phase == PHASE_CLOSING;
    gboolean worked = channel->segment_us > 0;
    if (worked && channel->segment_us - channel->begun_us > SETTLED_US)
        channel->pause_ms = channel->shared->retry_ms;
    channel->failures = worked ? 0 : channel->failures + 1;
    channel->generation++;
    // Who lies down has not stumbled.
    channel->status->restarts += asked && flows_live_nap_is_resting(channel->nap) ? 0 : 1;
    close_feed(channel);
    g_clear_pointer(&channel->working, flows_live_rows_free);
    g_autofree char *code = g_strdup(end->code != NULL ? end->code : "ended");
    g_autofree char *detail = g_strdup(end->detail);
    g_clear_pointer(&channel->child, flows_live_child_free); // and @end with it
    if (asked) {
        channel->phase = PHASE_IDLE;
        step(channel);
        return;
    }
    g_message("channel %s: its child ended: %s: %s", channel->row->channel->slug, code,
              detail != NULL ? detail : "");
    take_pause(channel,
               channel->failures >= FAILURES_MAX ? FLOWS_LIVE_STATE_FAILED
                                                 : FLOWS_LIVE_STATE_WAITING,
               strcmp(code, "no-space") == 0 ? "no-space" : "restarting", detail);
}

static gboolean
start_child(FlowsLiveChannel *channel, int lock, GError **error)
{
    const FlowsLiveFeed *feed = &channel->shared->feed;
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        int code = errno;
        close(lock);
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "pipe: %s", g_strerror(code));
        return FALSE;
    }
    const FlowsLiveChildSetup setup = {
        .config = channel->shared->config,
        .sandbox = channel->shared->sandbox,
        .media_program = channel->shared->media_program,
        .row = channel->row,
        .folder = channel->folder,
        .window = channel->window,
        .lock = lock,
        .input = ends[0],
    };
    const FlowsLiveChildListener listener = {on_child_report, on_child_end, channel};
    channel->child = flows_live_child_start(&setup, &listener, error);
    if (channel->child == NULL) {
        close(ends[1]);
        return FALSE;
    }
    channel->subscription = feed->subscribe(feed->source, channel->row->multiplex_id,
                                            channel->row->service_number, ends[1]);
    return TRUE;
}

/* --- opening -------------------------------------------------------------------------------- */

static void
begin_child(FlowsLiveChannel *channel, int lock)
{
    g_autoptr(GError) error = NULL;
    if (!start_child(channel, lock, &error)) {
        take_pause(channel, FLOWS_LIVE_STATE_FAILED, "internal", error->message);
        return;
    }
    channel->phase = PHASE_RUNNING;
    channel->working = flows_live_rows_copy(channel->row);
    channel->begun_us = g_get_monotonic_time();
    channel->segment_us = 0;
    channel->fresh = TRUE;
    if (channel->failures < FAILURES_MAX)
        set_state(channel, FLOWS_LIVE_STATE_WAITING, "starting", NULL);
}

static void
adopt_window(FlowsLiveChannel *channel, FlowsLiveOpen *opened)
{
    if (opened->window == NULL || channel->window != NULL)
        return;
    channel->window = flows_window_ref(opened->window);
    tell(channel);
}

static void
on_opened(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsLiveChannel *channel = user_data;
    FlowsLiveOpen *opened = flows_receive_worker_get_data(result);
    g_autoptr(GError) error = NULL;
    gboolean good = flows_receive_worker_run_finish(result, &error);
    channel->phase = PHASE_IDLE;
    adopt_window(channel, opened);
    gboolean idle = good && flows_live_nap_is_resting(channel->nap);
    if (channel->ending || !channel->row->channel->enabled || idle)
        step(channel);
    else if (!good)
        take_pause(channel, FLOWS_LIVE_STATE_WAITING,
                   g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ? "no-space"
                                                                           : "restarting",
                   error->message);
    else if (channel->row->multiplex_id == NULL)
        park(channel, "no-service");
    else if (channel->shared->sandbox == NULL)
        park(channel, "no-sandbox");
    else
        begin_child(channel, flows_live_take_steal_lock(opened));
}

static void
begin_open(FlowsLiveChannel *channel)
{
    const CatalogChannels *wanted = channel->row->channel;
    FlowsLiveOpen *open = g_new0(FlowsLiveOpen, 1);
    open->folder = g_strdup(channel->folder);
    open->window = channel->window != NULL ? flows_window_ref(channel->window) : NULL;
    open->lock = -1;
    open->limits = (FlowsWindowLimits){wanted->window_hours, wanted->window_bytes,
                                       channel->shared->config->free_floor_bytes};
    channel->phase = PHASE_OPENING;
    flows_receive_worker_run_async(channel->shared->worker, flows_live_take_open, open,
                                   flows_live_take_free_open, on_opened, channel);
}

/* --- the end -------------------------------------------------------------------------------- */

static void
on_erased(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsLiveChannel *channel = user_data;
    channel->shared->on_ended(channel, channel->shared->user_data);
}

static void
begin_erase(FlowsLiveChannel *channel)
{
    channel->phase = PHASE_ERASING;
    flows_receive_worker_run_async(channel->shared->worker, flows_live_take_erase,
                                   g_strdup(channel->erase ? channel->folder : ""), g_free,
                                   on_erased, channel);
}

static void
go_off(FlowsLiveChannel *channel)
{
    if (channel->window != NULL) {
        g_clear_pointer(&channel->window, flows_window_unref);
        tell(channel);
    }
    set_state(channel, FLOWS_LIVE_STATE_OFF, NULL, NULL);
}

/* What is there stays; live playlists begin with what comes when somebody wants it again. */
static void
lie_down(FlowsLiveChannel *channel)
{
    channel->phase = PHASE_RESTING;
    channel->failures = 0;
    channel->pause_ms = channel->shared->retry_ms;
    flows_live_state_clear_health(channel->status);
    flows_window_begin_anew(channel->window);
    set_state(channel, FLOWS_LIVE_STATE_RESTING, "resting", NULL);
}

/* Whether nobody wants it now. */
static gboolean
look(FlowsLiveChannel *channel)
{
    const FlowsLiveChannelShared *shared = channel->shared;
    const FlowsLiveRestFacts facts = {
        .rest_ms = channel->row->channel->rest_minutes * (gint64)shared->rest_minute_ms,
        .wanted_us = shared->get_wanted(channel, shared->user_data),
        .booked_ms = channel->row->booked_ms,
        .now_us = g_get_monotonic_time(),
        .now_ms = server_clock_now_ms(shared->clock),
        .needed = channel->row->needed,
    };
    return flows_live_nap_look(channel->nap, &facts);
}

static void
step_idle(FlowsLiveChannel *channel, gboolean rests)
{
    if (channel->pending > 0)
        return; // on_taken steps
    if (channel->ending)
        begin_erase(channel);
    else if (!channel->row->channel->enabled)
        go_off(channel);
    else if (rests && channel->window != NULL)
        lie_down(channel);
    else
        begin_open(channel);
}

static void
step(FlowsLiveChannel *channel)
{
    gboolean rests = look(channel);
    switch (channel->phase) {
    case PHASE_IDLE:
        step_idle(channel, rests);
        return;
    case PHASE_RUNNING:
        if (!has_news(channel))
            return;
        channel->phase = PHASE_CLOSING;
        flows_live_child_cancel(channel->child);
        close_feed(channel);
        return;
    case PHASE_RESTING:
        if (rests && !channel->ending && channel->row->channel->enabled)
            return;
        channel->phase = PHASE_IDLE;
        step_idle(channel, rests);
        return;
    case PHASE_PAUSING:
        if (!rests || channel->window == NULL)
            return;
        server_timer_clear(&channel->timer); // nobody waits for the next try
        channel->phase = PHASE_IDLE;
        step_idle(channel, rests);
        return;
    case PHASE_OPENING:
    case PHASE_CLOSING:
    case PHASE_PARKED:
    case PHASE_ERASING:
        return;
    }
}

/* A person changed something: nobody waits for a pause. */
static void
wake(FlowsLiveChannel *channel)
{
    if (channel->phase == PHASE_PAUSING || channel->phase == PHASE_PARKED) {
        server_timer_clear(&channel->timer);
        channel->phase = PHASE_IDLE;
        channel->pause_ms = channel->shared->retry_ms;
    }
    step(channel);
}

static void
on_nap_due(gpointer user_data)
{
    step(user_data);
}

void
flows_live_channel_look(FlowsLiveChannel *channel)
{
    step(channel);
}

FlowsLiveChannel *
flows_live_channel_new(const FlowsLiveChannelShared *shared, FlowsLiveRow *row)
{
    FlowsLiveChannel *channel = g_new0(FlowsLiveChannel, 1);
    channel->shared = shared;
    channel->row = row;
    channel->folder = server_storage_build_channel_path(shared->storage, row->channel->id);
    channel->status = flows_live_state_new();
    channel->context = g_main_context_ref_thread_default();
    channel->pause_ms = shared->retry_ms;
    channel->nap = flows_live_nap_new(on_nap_due, channel);
    step(channel);
    return channel;
}

void
flows_live_channel_update(FlowsLiveChannel *channel, FlowsLiveRow *row)
{
    gboolean same = flows_live_rows_is_same_work(channel->row, row);
    gboolean shown = channel->row->channel->revision == row->channel->revision;
    const FlowsWindowLimits limits = {row->channel->window_hours, row->channel->window_bytes,
                                      channel->shared->config->free_floor_bytes};
    flows_live_rows_free(channel->row);
    channel->row = row;
    if (channel->window != NULL)
        flows_window_set_limits(channel->window, &limits);
    if (!shown)
        tell(channel);
    if (!same)
        wake(channel);
    else
        step(channel);
}

void
flows_live_channel_end(FlowsLiveChannel *channel, gboolean erase)
{
    channel->ending = TRUE;
    channel->erase = channel->erase || erase;
    wake(channel);
}

void
flows_live_channel_free(FlowsLiveChannel *channel)
{
    server_timer_clear(&channel->timer);
    flows_live_nap_free(channel->nap);
    g_clear_pointer(&channel->window, flows_window_unref);
    g_clear_pointer(&channel->working, flows_live_rows_free);
    flows_live_rows_free(channel->row);
    flows_live_state_free(channel->status);
    g_main_context_unref(channel->context);
    g_free(channel->folder);
    g_free(channel);
}
