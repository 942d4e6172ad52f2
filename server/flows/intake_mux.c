// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A multiplex's life. Needed is: a feed, a scan that is not over, a guide that is read.
//
//   IDLE → (needed) read the row → STARTING (start_child) → packets: RECEIVING ⇄ none: SILENT
//   any → (the child ends, still needed) WAITING → (back-off) read the row …
//   any → (not needed for some seconds) cancel the child → IDLE
//
// What a child says is kept by intake_store.c; why it goes wrong stays in the status until packets
// come or the next child begins.
#include "server/flows/intake_mux.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "catalog/error.h"
#include "catalog/multiplexes.h"
#include "pipelines/child/intake_job.h"
#include "pipelines/child/process.h"
#include "pipelines/intake/address.h"
#include "server/flows/intake_store.h"
#include "server/timer.h"

#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 60000
#define LINGER_MS 5000 // after the last one left, before the child ends
#define SILENCE_S 30   // without a line
#define QUIET_US (10 * G_USEC_PER_SEC)
#define STEADY_US (30 * G_USEC_PER_SEC) // of packets, and the next failure counts as the first
#define SCAN_US (45 * G_USEC_PER_SEC)
#define REFRESH_US (150 * G_USEC_PER_SEC)
#define AFTER_SCAN_US (60 * G_USEC_PER_SEC) // of guide
#define SHOW_US (5 * G_USEC_PER_SEC)        // between two figures that are shown
#define MEMORY_BYTES (G_GINT64_CONSTANT(512) * 1024 * 1024)
#define PIPE_BYTES (1024 * 1024)
#define LINES_AT_ONCE 8000
#define LINES_PER_SECOND 600

typedef struct {
    guint number;           // (value) of the subscription
    guint16 service_number; // (value)
    int descriptor;         // (owned) write end
} Feed;

struct _FlowsIntakeMux {
    const FlowsIntakeMuxShared *shared; // (unowned)
    char *id;                           // (owned)
    GArray *feeds;                      // (owned) (element-type Feed)
    CatalogMultiplexes *row;            // (owned) (nullable) what the child was started with
    GCancellable *reading;              // (owned) (nullable) its row is being read
    ChildProcess *child;                // (owned) (nullable)
    FlowsIntakeStore *store;            // (owned)
    GSource *timer;                     // (owned) (nullable) of retry or linger
    gint64 retry_ms;                    // (value) the next wait
    gint64 scan_until_us;               // (value) monotonic, 0: no scan
    gint64 guide_until_us;              // (value) monotonic, 0: no refresh
    gint64 packet_us;                   // (value) monotonic, of the last new packet
    gint64 begun_us;                    // (value) monotonic, of the child
    gint64 shown_us;                    // (value) monotonic, of the last time it was shown
    gboolean ending;                    // (value) the child was asked to end
    gboolean stopped;                   // (value) for good
    FlowsIntakeStatus *status;          // (owned)
};

static void
clear_feed(Feed *feed)
{
    close(feed->descriptor);
}

static void
set_timer(FlowsIntakeMux *mux, gint64 wait_ms, GSourceFunc due)
{
    GMainContext *context = g_main_context_get_thread_default();
    server_timer_set(&mux->timer, context, (guint)wait_ms, due, mux);
}

static void
show(FlowsIntakeMux *mux)
{
    gint64 now_us = g_get_monotonic_time();
    mux->status->scanning = mux->scan_until_us > 0;
    mux->status->refreshing = mux->guide_until_us > 0;
    mux->status->subscribers = mux->feeds->len;
    mux->shown_us = now_us;
    mux->shared->on_changed(mux, mux->shared->data);
}

/* @code: (nullable): why. */
static void
set_state(FlowsIntakeMux *mux, FlowsIntakeState state, const char *code, const char *detail)
{
    FlowsIntakeStatus *status = mux->status;
    g_autofree char *code_before = status->code; // may be @code
    g_autofree char *detail_before = status->detail;
    if (status->state != state)
        status->since_ms = server_clock_now_ms(mux->shared->setup.clock);
    status->state = state;
    status->code = g_strdup(code);
    status->detail = g_strdup(detail);
    show(mux);
}

gboolean
flows_intake_mux_is_idle(const FlowsIntakeMux *mux)
{
    return mux->child == NULL && mux->reading == NULL && !flows_intake_store_is_busy(mux->store);
}

static void
tell_idle(FlowsIntakeMux *mux)
{
    if (flows_intake_mux_is_idle(mux))
        mux->shared->on_idle(mux, mux->shared->data);
}

static gboolean
is_needed(FlowsIntakeMux *mux)
{
    return !mux->stopped &&
           (mux->feeds->len > 0 || mux->scan_until_us > 0 || mux->guide_until_us > 0);
}

static void
on_round(gint64 services, gboolean whole, gpointer data)
{
    FlowsIntakeMux *mux = data;
    mux->status->services = services;
    if (whole && mux->scan_until_us > 0) {
        mux->scan_until_us = 0;
        mux->guide_until_us = g_get_monotonic_time() + AFTER_SCAN_US;
    }
    if (whole && services == 0)
        set_state(mux, mux->status->state, "no-services", NULL);
    else
        show(mux);
    flows_intake_mux_look(mux);
}

static void
on_room(gpointer data)
{
    FlowsIntakeMux *mux = data;
    if (mux->child != NULL)
        child_process_hold(mux->child, FALSE);
}

static void
on_quiet(gpointer data)
{
    tell_idle(data);
}

FlowsIntakeMux *
flows_intake_mux_new(const FlowsIntakeMuxShared *shared, const char *id)
{
    FlowsIntakeMux *mux = g_new0(FlowsIntakeMux, 1);
    const FlowsIntakeStoreFuncs funcs = {
        .on_round = on_round, .on_room = on_room, .on_quiet = on_quiet, .data = mux};
    mux->shared = shared;
    mux->id = g_strdup(id);
    mux->feeds = g_array_new(FALSE, FALSE, sizeof(Feed));
    g_array_set_clear_func(mux->feeds, (GDestroyNotify)clear_feed);
    mux->retry_ms = FIRST_RETRY_MS;
    mux->status = flows_intake_status_new();
    mux->store = flows_intake_store_new(shared->setup.catalog, shared->setup.clock, id, &funcs);
    return mux;
}

void
flows_intake_mux_free(FlowsIntakeMux *mux)
{
    server_timer_clear(&mux->timer);
    if (mux->reading != NULL)
        g_cancellable_cancel(mux->reading);
    g_clear_object(&mux->reading);
    g_clear_pointer(&mux->child, child_process_free);
    flows_intake_store_free(mux->store);
    g_clear_pointer(&mux->row, catalog_multiplexes_free);
    flows_intake_status_free(mux->status);
    g_array_unref(mux->feeds);
    g_free(mux->id);
    g_free(mux);
}

const char *
flows_intake_mux_get_id(const FlowsIntakeMux *mux)
{
    return mux->id;
}

const FlowsIntakeStatus *
flows_intake_mux_get_status(const FlowsIntakeMux *mux)
{
    return mux->status;
}

static gboolean
on_retry_due(gpointer data)
{
    FlowsIntakeMux *mux = data;
    server_timer_clear(&mux->timer);
    mux->status->retry_ms = 0;
    flows_intake_mux_look(mux);
    return G_SOURCE_REMOVE;
}

/* Nobody may need it any more when a deadline is over. */
static void
end_what_is_over(FlowsIntakeMux *mux, gint64 now_us)
{
    if (mux->scan_until_us > 0 && now_us >= mux->scan_until_us)
        mux->scan_until_us = 0;
    if (mux->guide_until_us > 0 && now_us >= mux->guide_until_us)
        mux->guide_until_us = 0;
}

/* The next try comes by itself; one that nobody waits for does not. */
static void
wait_or_rest(FlowsIntakeMux *mux, const char *code, const char *detail)
{
    end_what_is_over(mux, g_get_monotonic_time());
    if (!is_needed(mux)) {
        set_state(mux, FLOWS_INTAKE_STATE_IDLE, code, detail);
        return;
    }
    mux->status->retry_ms = server_clock_now_ms(mux->shared->setup.clock) + mux->retry_ms;
    set_timer(mux, mux->retry_ms, on_retry_due);
    mux->retry_ms = MIN(mux->retry_ms * 2, LAST_RETRY_MS);
    set_state(mux, FLOWS_INTAKE_STATE_WAITING, code, detail);
}

static void
take_health(FlowsIntakeMux *mux, const ChildIntakeHealth *health)
{
    FlowsIntakeStatus *status = mux->status;
    gint64 now_us = g_get_monotonic_time();
    gboolean flows = health->packets > status->health.packets;
    gint64 shown_us = mux->shown_us;
    status->health = *health;
    if (flows)
        mux->packet_us = now_us;
    if (flows && now_us - mux->begun_us > STEADY_US)
        mux->retry_ms = FIRST_RETRY_MS;
    end_what_is_over(mux, now_us);
    if (flows && status->state != FLOWS_INTAKE_STATE_RECEIVING)
        set_state(mux, FLOWS_INTAKE_STATE_RECEIVING, NULL, NULL);
    else if (!flows && status->state != FLOWS_INTAKE_STATE_SILENT &&
             now_us - mux->packet_us > QUIET_US)
        set_state(mux, FLOWS_INTAKE_STATE_SILENT,
                  !health->locked               ? "no-signal"
                  : health->bits_per_second > 0 ? "not-a-stream"
                  : status->code != NULL        ? status->code
                                                : "nothing-came",
                  NULL);
    else if (now_us - shown_us > SHOW_US || mux->status->scanning != (mux->scan_until_us > 0))
        show(mux);
    flows_intake_mux_look(mux);
}

static void
take_clock(FlowsIntakeMux *mux, gint64 stream_ms)
{
    mux->status->clock_offset_ms = stream_ms - server_clock_now_ms(mux->shared->setup.clock);
}

static void
take_pids(FlowsIntakeMux *mux, ChildIntakeReport *report)
{
    g_clear_pointer(&mux->status->pids, g_array_unref);
    mux->status->pids = g_steal_pointer(&report->pids);
}

/* While packets come a tuner's complaint is history. */
static void
take_warning(FlowsIntakeMux *mux, const ChildIntakeReport *report)
{
    if (mux->status->state != FLOWS_INTAKE_STATE_RECEIVING)
        set_state(mux, mux->status->state, report->code, report->detail);
}

static gboolean
on_line(const char *line, gsize length, gpointer data, GError **error)
{
    FlowsIntakeMux *mux = data;
    g_autoptr(ChildIntakeReport) report = child_intake_report_parse(line, length, error);
    if (report == NULL)
        return FALSE;
    if (report->kind == CHILD_INTAKE_REPORT_HEALTH)
        take_health(mux, &report->health);
    else if (report->kind == CHILD_INTAKE_REPORT_WARNING)
        take_warning(mux, report);
    else if (report->kind == CHILD_INTAKE_REPORT_FAILED)
        child_process_conclude(mux->child, report->code, report->detail);
    else if (report->kind == CHILD_INTAKE_REPORT_CLOCK)
        take_clock(mux, report->stream_ms);
    else if (report->kind == CHILD_INTAKE_REPORT_PIDS)
        take_pids(mux, report);
    else if (report->kind == CHILD_INTAKE_REPORT_EVENT)
        mux->status->events++;
    if (!flows_intake_store_take(mux->store, report))
        child_process_hold(mux->child, TRUE);
    return TRUE;
}

static void
on_end(const ChildProcessEnd *end, gpointer data)
{
    FlowsIntakeMux *mux = data;
    g_autofree char *code = g_strdup(mux->ending ? NULL : end->code);
    g_autofree char *detail = g_strdup(mux->ending ? NULL : end->detail);
    gboolean asked = mux->ending;
    gboolean by_itself = end->by_itself;
    g_clear_pointer(&mux->child, child_process_free); // and @end with it
    mux->ending = FALSE;
    if (!asked && !by_itself)
        g_debug("intake %s: %s: %s", mux->id, code, detail);
    if (asked && is_needed(mux)) // somebody came in the meantime, or it begins anew
        flows_intake_mux_look(mux);
    else if (asked)
        set_state(mux, FLOWS_INTAKE_STATE_IDLE, mux->status->code, mux->status->detail);
    else
        wait_or_rest(mux, code, detail);
    tell_idle(mux);
}

static void
send_feed(FlowsIntakeMux *mux, const Feed *feed)
{
    g_autoptr(ChildIntakeJob) line = child_intake_job_new(CHILD_INTAKE_JOB_LINE_FEED);
    int copy = fcntl(feed->descriptor, F_DUPFD_CLOEXEC, 3);
    line->feed = feed->number;
    line->service_id = feed->service_number;
    g_autofree char *text = child_intake_job_to_line(line);
    if (copy >= 0)
        child_process_send(mux->child, text, copy);
    else
        g_warning("intake %s: %s", mux->id, g_strerror(errno));
}

static void
send_job(FlowsIntakeMux *mux, const IntakeAddress *address, gboolean walled)
{
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(CHILD_INTAKE_JOB_LINE_JOB);
    gboolean moved = walled && address->kind == INTAKE_ADDRESS_FILE;
    job->uri = g_strdup(moved ? "file:/source" : mux->row->uri);
    job->text_default = g_strdup(mux->row->text_default);
    job->guide = TRUE;
    g_autofree char *text = child_intake_job_to_line(job);
    child_process_send(mux->child, text, -1);
    for (guint i = 0; i < mux->feeds->len; i++)
        send_feed(mux, &g_array_index(mux->feeds, Feed, i));
}

/* Returns: NULL, or why not. */
static const char *
start_child(FlowsIntakeMux *mux, GError **error)
{
    const ChildSandbox *sandbox = mux->shared->sandbox;
    gboolean walled = sandbox->bubblewrap != NULL;
    const ChildProcessListener listener = {on_line, on_end, mux};
    g_autoptr(IntakeAddress) address = intake_address_parse(mux->row->uri, error);
    if (address == NULL)
        return "address";
    if (!walled && mux->shared->setup.config->sandbox_required)
        return "no-sandbox";
    const ChildProcessSetup setup = {
        .sandbox = sandbox,
        .places = {.program = mux->shared->setup.media_program,
                   .source = address->kind == INTAKE_ADDRESS_FILE ? address->path : NULL,
                   .memory_bytes = MEMORY_BYTES,
                   .network = TRUE},
        .role = "intake",
        .silence_s = SILENCE_S,
        .lines_at_once = LINES_AT_ONCE,
        .lines_per_second = LINES_PER_SECOND,
    };
    mux->child = child_process_start(&setup, &listener, error);
    if (mux->child == NULL)
        return "internal";
    send_job(mux, address, walled);
    return NULL;
}

static void
begin(FlowsIntakeMux *mux)
{
    g_autoptr(GError) error = NULL;
    flows_intake_store_reset(mux->store);
    mux->begun_us = mux->packet_us = g_get_monotonic_time();
    g_autoptr(FlowsIntakeStatus) fresh = flows_intake_status_new();
    mux->status->health = fresh->health;
    g_clear_pointer(&mux->status->pids, g_array_unref);
    mux->status->events = 0;
    mux->status->clock_offset_ms = fresh->clock_offset_ms;
    const char *code = start_child(mux, &error);
    if (code != NULL)
        wait_or_rest(mux, code, error != NULL ? error->message : NULL);
    else
        set_state(mux, FLOWS_INTAKE_STATE_STARTING, NULL, NULL);
}

typedef struct {
    char *id;                // (owned)
    CatalogMultiplexes *row; // (owned) (nullable)
    FlowsIntakeMux *mux;     // (unowned) good unless cancelled
    GCancellable *reading;   // (owned)
} Reading;

static void
free_reading(gpointer data)
{
    Reading *reading = data;
    g_clear_pointer(&reading->row, catalog_multiplexes_free);
    g_object_unref(reading->reading);
    g_free(reading->id);
    g_free(reading);
}

static gboolean
read_row(CatalogDatabase *database, gpointer data, GError **error)
{
    Reading *reading = data;
    reading->row = catalog_multiplexes_get(database, reading->id, error);
    return reading->row != NULL;
}

static void
on_row_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Reading *reading = data;
    FlowsIntakeMux *mux = reading->mux;
    g_autoptr(GError) error = NULL;
    gboolean read = catalog_threads_finish(result, &error);
    if (g_cancellable_is_cancelled(reading->reading))
        return; // freed
    g_clear_object(&mux->reading);
    g_clear_pointer(&mux->row, catalog_multiplexes_free);
    mux->row = g_steal_pointer(&reading->row);
    if (!read && g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        mux->scan_until_us = mux->guide_until_us = 0;
        wait_or_rest(mux, "deleted", NULL);
    } else if (!read) {
        wait_or_rest(mux, "internal", error->message);
    } else if (is_needed(mux)) {
        begin(mux);
    }
    tell_idle(mux);
}

static void
read_and_begin(FlowsIntakeMux *mux)
{
    Reading *reading = g_new0(Reading, 1);
    mux->reading = g_cancellable_new();
    reading->id = g_strdup(mux->id);
    reading->mux = mux;
    reading->reading = g_object_ref(mux->reading);
    catalog_threads_read_async(mux->shared->setup.catalog, read_row, reading, free_reading, NULL,
                               on_row_read);
}

static void
end_child(FlowsIntakeMux *mux)
{
    if (mux->child == NULL || mux->ending)
        return;
    mux->ending = TRUE;
    child_process_cancel(mux->child);
}

static gboolean
on_linger_over(gpointer data)
{
    FlowsIntakeMux *mux = data;
    server_timer_clear(&mux->timer);
    if (!is_needed(mux))
        end_child(mux);
    return G_SOURCE_REMOVE;
}

void
flows_intake_mux_look(FlowsIntakeMux *mux)
{
    if (mux->shared->sandbox == NULL || mux->reading != NULL || mux->ending)
        return;
    end_what_is_over(mux, g_get_monotonic_time());
    if (!is_needed(mux)) {
        if (mux->child != NULL && mux->timer == NULL)
            set_timer(mux, LINGER_MS, on_linger_over);
        else if (mux->child == NULL && mux->status->state != FLOWS_INTAKE_STATE_IDLE)
            set_state(mux, FLOWS_INTAKE_STATE_IDLE, mux->status->code, mux->status->detail);
        return;
    }
    if (mux->child != NULL) {
        server_timer_clear(&mux->timer);
        return;
    }
    if (mux->timer == NULL)
        read_and_begin(mux);
}

/* Somebody asks: what waits for its back-off is tried now. */
static void
hurry(FlowsIntakeMux *mux)
{
    if (mux->child == NULL) {
        server_timer_clear(&mux->timer);
        mux->retry_ms = FIRST_RETRY_MS;
        mux->status->retry_ms = 0;
    }
    flows_intake_mux_look(mux);
    show(mux);
}

void
flows_intake_mux_add_feed(FlowsIntakeMux *mux, guint number, guint16 service_number, int write_fd)
{
    const Feed feed = {number, service_number, write_fd};
    fcntl(write_fd, F_SETFL, fcntl(write_fd, F_GETFL) | O_NONBLOCK);
    fcntl(write_fd, F_SETPIPE_SZ, PIPE_BYTES); // as large as the system allows, else as it is
    g_array_append_val(mux->feeds, feed);
    if (mux->child != NULL && !mux->ending)
        send_feed(mux, &feed);
    hurry(mux);
}

gboolean
flows_intake_mux_remove_feed(FlowsIntakeMux *mux, guint number)
{
    for (guint i = 0; i < mux->feeds->len; i++) {
        if (g_array_index(mux->feeds, Feed, i).number != number)
            continue;
        g_array_remove_index(mux->feeds, i);
        if (mux->child != NULL && !mux->ending) {
            g_autoptr(ChildIntakeJob) line = child_intake_job_new(CHILD_INTAKE_JOB_LINE_UNFEED);
            line->feed = number;
            g_autofree char *text = child_intake_job_to_line(line);
            child_process_send(mux->child, text, -1);
        }
        flows_intake_mux_look(mux);
        show(mux);
        return TRUE;
    }
    return FALSE;
}

void
flows_intake_mux_scan(FlowsIntakeMux *mux)
{
    mux->scan_until_us = g_get_monotonic_time() + SCAN_US;
    if (mux->child != NULL && !mux->ending)
        child_process_send(mux->child, "{\"type\":\"tell\"}", -1);
    hurry(mux);
}

void
flows_intake_mux_refresh(FlowsIntakeMux *mux)
{
    mux->guide_until_us = g_get_monotonic_time() + REFRESH_US;
    hurry(mux);
}

void
flows_intake_mux_reload(FlowsIntakeMux *mux)
{
    end_child(mux);
    hurry(mux);
}

void
flows_intake_mux_stop(FlowsIntakeMux *mux)
{
    mux->stopped = TRUE;
    server_timer_clear(&mux->timer);
    g_array_set_size(mux->feeds, 0);
    end_child(mux);
}
