// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A take asks the window for everything from the next number on, so one that fails, or that never
// happened because the daemon was off, is made good by the next as long as the window has it.
#include "server/flows/record_run.h"

#include <string.h>

#include "catalog/recordings.h"
#include "server/flows/record_keep.h"

struct _FlowsRecordRun {
    const FlowsRecordRunShared *shared; // (unowned)
    CatalogBooking *booking;            // (owned)
    FlowsRecordKeep *keep;              // (owned) (nullable) NULL while a take has it
    gint64 end_ms;                      // UTC milliseconds of what is kept, 0: nothing
    CatalogGapCause trouble;            // (value) why the next gap is
    gboolean troubled;                  // (value) trouble counts
    gboolean fresh;                     // (value) nothing taken yet by this daemon
    gboolean busy;                      // (value) a take is under way
    gboolean again;                     // (value) and another one is wanted
    gboolean closed;                    // (value) the missing end is noted
    gboolean over;                      // (value) it has all that it will have
    gboolean ending;                    // (value)
};

/* One piece of work. */
typedef struct {
    FlowsRecordKeep *keep;  // (owned) (nullable)
    FlowsWindow *window;    // (owned) (nullable)
    char *folder;           // (owned) of the recording
    char *source;           // (owned) of the channel
    FlowsWindowRange range; // (value)
    GArray *holes;          // (owned) (element-type FlowsRecordKeepHole)
} Take;

/* Lines of the ledger on their way to the catalogue. */
typedef struct {
    char *id;     // (owned)
    GArray *gaps; // (owned) (element-type CatalogGap)
} Ledger;

static void
free_take(gpointer data)
{
    Take *take = data;
    g_clear_pointer(&take->keep, flows_record_keep_free);
    g_clear_pointer(&take->window, flows_window_unref);
    g_array_unref(take->holes);
    g_free(take->folder);
    g_free(take->source);
    g_free(take);
}

static void
free_ledger(gpointer data)
{
    Ledger *ledger = data;
    g_free(ledger->id);
    g_array_unref(ledger->gaps);
    g_free(ledger);
}

static void
free_run(FlowsRecordRun *run)
{
    catalog_booking_free(run->booking);
    g_clear_pointer(&run->keep, flows_record_keep_free);
    g_free(run);
}

const CatalogBooking *
flows_record_run_get_booking(const FlowsRecordRun *run)
{
    return run->booking;
}

static gboolean
do_take(gpointer data, GError **error)
{
    Take *take = data;
    if (take->keep == NULL)
        take->keep = flows_record_keep_open(take->folder, error);
    if (take->keep == NULL || take->window == NULL)
        return take->keep != NULL;
    take->range.number = flows_record_keep_get_next(take->keep);
    g_autoptr(FlowsWindowIndex) from = flows_window_copy_range(take->window, &take->range);
    return flows_record_keep_take(take->keep, take->source, from, take->holes, error);
}

static gboolean
write_ledger(CatalogDatabase *database, gpointer data, GError **error)
{
    Ledger *ledger = data;
    g_autoptr(GArray) all = catalog_recordings_list_gaps(database, ledger->id, error);
    if (all == NULL)
        return FALSE;
    g_array_append_vals(all, ledger->gaps->data, ledger->gaps->len);
    return catalog_recordings_set_gaps(database, ledger->id, all, error);
}

static void
note_holes(FlowsRecordRun *run, const GArray *holes)
{
    if (holes->len == 0)
        return;
    Ledger *ledger = g_new0(Ledger, 1);
    ledger->id = g_strdup(run->booking->id);
    ledger->gaps = g_array_new(FALSE, FALSE, sizeof(CatalogGap));
    for (guint i = 0; i < holes->len; i++) {
        const FlowsRecordKeepHole *hole = &g_array_index(holes, FlowsRecordKeepHole, i);
        CatalogGapCause cause = run->fresh      ? CATALOG_GAP_CAUSE_RESTART
                                : run->troubled ? run->trouble
                                                : CATALOG_GAP_CAUSE_SIGNAL_LOST;
        CatalogGap gap = {.from_ms = hole->from_ms, .to_ms = hole->to_ms, .cause = cause};
        g_array_append_val(ledger->gaps, gap);
    }
    catalog_threads_write_async(run->shared->catalog, write_ledger, ledger, free_ledger, NULL,
                                NULL);
    run->troubled = FALSE;
    if (run->shared->events != NULL)
        server_events_publish(run->shared->events, SERVER_EVENTS_BOOKING, run->booking->id);
}

/* The end that will not come: the next line of the ledger, once. */
static void
note_end(FlowsRecordRun *run)
{
    FlowsRecordKeepHole hole = {run->end_ms, run->booking->end_ms};
    if (run->closed || run->end_ms == 0 || hole.to_ms - hole.from_ms < 1000)
        return;
    g_autoptr(GArray) holes = g_array_new(FALSE, FALSE, sizeof hole);
    g_array_append_val(holes, hole);
    run->closed = TRUE;
    note_holes(run, holes);
}

static void
on_taken(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecordRun *run = user_data;
    Take *take = flows_receive_worker_get_data(result);
    g_autoptr(GError) error = NULL;
    run->busy = FALSE;
    if (!flows_receive_worker_run_finish(result, &error)) {
        g_message("recording %s: %s", run->booking->id, error->message);
        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE)) {
            run->trouble = CATALOG_GAP_CAUSE_DISK_FULL;
            run->troubled = TRUE;
        }
    }
    if (run->ending) {
        const FlowsRecordRunShared *shared = run->shared;
        free_run(run);
        shared->on_ended(shared->user_data);
        return;
    }
    run->keep = g_steal_pointer(&take->keep);
    gint64 before_ms = run->end_ms;
    run->end_ms = run->keep != NULL ? flows_record_keep_get_end(run->keep) : 0;
    note_holes(run, take->holes);
    run->fresh = run->fresh && (before_ms == 0 || before_ms == run->end_ms);
    run->over = flows_record_run_is_over(run);
    if (run->over) {
        note_end(run);
        run->shared->on_over(run->shared->user_data);
    } else if (run->again) {
        flows_record_run_take(run);
    }
}

void
flows_record_run_take(FlowsRecordRun *run)
{
    run->again = run->busy;
    if (run->busy || run->ending || run->over)
        return;
    Take *take = g_new0(Take, 1);
    take->keep = g_steal_pointer(&run->keep);
    take->holes = g_array_new(FALSE, FALSE, sizeof(FlowsRecordKeepHole));
    take->folder = server_storage_build_recording_path(run->shared->storage, run->booking->id);
    take->range.from_ms = catalog_booking_get_first_ms(run->booking);
    take->range.to_ms = catalog_booking_get_last_ms(run->booking);
    if (run->booking->channel != NULL) {
        take->window = flows_live_get_window(run->shared->live, run->booking->channel);
        take->source =
            server_storage_build_channel_path(run->shared->storage, run->booking->channel);
    }
    run->busy = TRUE;
    flows_receive_worker_run_async(run->shared->worker, do_take, take, free_take, on_taken, run);
}

/* While it is in trouble, and until something comes again. */
void
flows_record_run_note_channel(FlowsRecordRun *run)
{
    if (run->booking->channel == NULL)
        return;
    g_autoptr(FlowsLiveStatus) status =
        flows_live_get_status(run->shared->live, run->booking->channel);
    gboolean full = g_strcmp0(status->code, "no-space") == 0;
    switch (status->state) {
    case FLOWS_LIVE_STATE_ON_AIR:
    case FLOWS_LIVE_STATE_RESTING: // it was told to wake
        return;
    case FLOWS_LIVE_STATE_NO_SIGNAL:
        run->trouble = CATALOG_GAP_CAUSE_SIGNAL_LOST;
        break;
    case FLOWS_LIVE_STATE_SCRAMBLED:
        run->trouble = CATALOG_GAP_CAUSE_SCRAMBLED;
        break;
    case FLOWS_LIVE_STATE_OFF:
    case FLOWS_LIVE_STATE_WAITING:
    case FLOWS_LIVE_STATE_FAILED:
        run->trouble = full ? CATALOG_GAP_CAUSE_DISK_FULL : CATALOG_GAP_CAUSE_CRASH;
        break;
    }
    run->troubled = TRUE;
}

gboolean
flows_record_run_is_over(const FlowsRecordRun *run)
{
    gint64 now_ms = server_clock_now_ms(run->shared->clock);
    gint64 last_ms = catalog_booking_get_last_ms(run->booking);
    // Not asked anew once it is over: each look makes runs take, and would find it at work for
    // ever.
    return run->over ||
           (!run->busy && now_ms >= last_ms &&
            (run->end_ms >= last_ms || now_ms >= last_ms + FLOWS_RECORD_RUN_PATIENCE_MS));
}

void
flows_record_run_update(FlowsRecordRun *run, const CatalogBooking *booking)
{
    run->over = run->over &&
                catalog_booking_get_last_ms(booking) == catalog_booking_get_last_ms(run->booking);
    catalog_booking_free(run->booking);
    run->booking = catalog_booking_copy(booking);
}

FlowsRecordRun *
flows_record_run_new(const FlowsRecordRunShared *shared, const CatalogBooking *booking,
                     gboolean fresh)
{
    FlowsRecordRun *run = g_new0(FlowsRecordRun, 1);
    run->shared = shared;
    run->booking = catalog_booking_copy(booking);
    run->fresh = fresh;
    flows_record_run_take(run);
    return run;
}

gboolean
flows_record_run_end(FlowsRecordRun *run)
{
    run->ending = TRUE;
    if (run->busy)
        return FALSE;
    free_run(run);
    return TRUE;
}
