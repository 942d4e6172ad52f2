// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read what was noted → plan and folders (worker) → child → files into the bundle (worker) → rows →
// the recording's folder goes (worker). A step that a stop or a kill cuts off is done again by the
// next start: the booking is FINISHING until its rows are written. Where the disk is full or the
// child crashed it stays so, says why, and leaves nothing half made behind: record.c tries again.
#include "server/flows/record_make.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "catalog/bookings.h"
#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "catalog/recordings.h"
#include "server/flows/encode_source.h"
#include "server/flows/publish_asset.h"
#include "server/flows/record_child.h"
#include "server/flows/record_keep.h"
#include "server/flows/record_rows.h"
#include "server/flows/steps.h"
#include "server/flows/window_files.h"

#define REPORTS_MAX 64 // of one child that count

struct _FlowsRecordMake {
    FlowsRecordMakeSetup setup; // (value)
    CatalogBooking *booking;    // (owned)
    char *folder;               // (owned) of the recording
    char *staging;              // (owned) the child's
    char *plan;                 // (owned) path
    char *bundle;               // (owned) of the lesson
    GArray *noted;              // (owned) (nullable) (element-type CatalogGap)
    FlowsRecordJoin *join;      // (owned) (nullable) after the plan
    GPtrArray *reports;         // (owned) (element-type ChildReport) of rungs
    CatalogLesson *lesson;      // (owned) (nullable) while it is placed and written
    FlowsRecordChild *child;    // (owned)
    const char *code;           // (unowned) static: why there is no lesson
    CatalogBookingState state;  // (value) when there is none: MISSED or FAILED
    FlowsRecordMakeEnd end;     // (value) what on_done is told
    FlowsRecordRetryCause why;  // (value) of AGAIN
    gboolean named;             // (value) a lesson of this id is there
};

const char *
flows_record_make_get_id(const FlowsRecordMake *make)
{
    return make->booking->id;
}

void
flows_record_make_free(FlowsRecordMake *make)
{
    flows_record_child_free(make->child);
    g_clear_pointer(&make->noted, g_array_unref);
    g_clear_pointer(&make->join, flows_record_join_free);
    g_clear_pointer(&make->lesson, catalog_lesson_free);
    g_ptr_array_unref(make->reports);
    catalog_booking_free(make->booking);
    g_free(make->folder);
    g_free(make->staging);
    g_free(make->plan);
    g_free(make->bundle);
    g_free(make);
}

static void
finish(FlowsRecordMake *make, FlowsRecordMakeEnd end)
{
    make->setup.on_done(make->booking->id, end, make->why, make->setup.user_data);
}

/* Nothing of it is in any row, unless somebody else's work put it there. */
static gboolean
look_for_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsRecordMake *make = data;
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, make->booking->id, &local);
    make->named = lesson != NULL;
    if (lesson != NULL || g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean
remove_half_made(gpointer data, GError **error)
{
    const FlowsRecordMake *make = data;
    flows_window_files_clean_staging(make->folder);
    if (!make->named)
        flows_publish_remove_staging(make->bundle);
    return TRUE;
}

static gboolean
write_why(CatalogDatabase *database, gpointer data, GError **error)
{
    const FlowsRecordMake *make = data;
    gint64 now_ms = server_clock_now_ms(make->setup.clock);
    return make->code == NULL || g_strcmp0(make->code, make->booking->error_code) == 0 ||
           catalog_bookings_note_error(database, make->booking->id, make->code, now_ms, error);
}

/* That the row cannot be written says nothing new: the disk is full, or it is cancelled. */
static void
on_left(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_steps_run_finish(result, &error))
        g_debug("recording %s: %s", make->booking->id, error->message);
    finish(make, make->end);
}

/* What is half made goes; the booking stays as it is. @code (nullable): static, what its row says.
 */
static void
leave(FlowsRecordMake *make, FlowsRecordMakeEnd end, const char *code)
{
    static const FlowsStepsOne steps[] = {
        {.read = look_for_lesson}, {.files = remove_half_made}, {.write = write_why}};
    const FlowsSteps walk = {make->setup.catalog, make->setup.worker, steps, G_N_ELEMENTS(steps)};
    make->end = end;
    make->code = code;
    flows_steps_run_async(&walk, make, NULL, on_left, make);
}

static void
leave_for_later(FlowsRecordMake *make, FlowsRecordRetryCause why)
{
    make->why = why;
    leave(make, FLOWS_RECORD_MAKE_AGAIN, flows_record_retry_get_code(why));
}

static gboolean
remove_folder(gpointer data, GError **error)
{
    const FlowsRecordMake *make = data;
    if (make->lesson != NULL || make->state == CATALOG_BOOKING_STATE_MISSED)
        flows_window_files_remove(make->folder);
    return TRUE;
}

static gboolean
write_end(CatalogDatabase *database, gpointer data, GError **error)
{
    const FlowsRecordMake *make = data;
    const CatalogAuditStamp by = {NULL, server_clock_now_ms(make->setup.clock)};
    return catalog_bookings_set_state(database, make->booking->id, make->state, make->code, &by,
                                      error);
}

static void
on_ended(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    g_autoptr(GError) error = NULL;
    make->why = FLOWS_RECORD_RETRY_TROUBLE;
    if (flows_steps_run_finish(result, &error) ||
        g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) ||
        g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        finish(make, FLOWS_RECORD_MAKE_OVER);
        return;
    }
    g_warning("recording %s: %s", make->booking->id, error->message);
    finish(make, FLOWS_RECORD_MAKE_AGAIN);
}

/* There is no lesson, and @code says why; what was kept stays unless that is nothing. */
static void
end_without(FlowsRecordMake *make, CatalogBookingState state, const char *code)
{
    static const FlowsStepsOne steps[] = {{.write = write_end}, {.files = remove_folder}};
    const FlowsSteps walk = {make->setup.catalog, make->setup.worker, steps, G_N_ELEMENTS(steps)};
    make->state = state;
    make->code = code;
    g_clear_pointer(&make->lesson, catalog_lesson_free);
    flows_steps_run_async(&walk, make, NULL, on_ended, make);
}

static gboolean
place_asset(FlowsRecordMake *make, const FlowsPublishPlaces *places, const ChildReport *report,
            GError **error)
{
    if (report->asset == CHILD_ASSET_CAPTIONS) {
        CatalogCaptions *captions =
            flows_publish_asset_place_captions(places, make->lesson->id, report, error);
        if (captions != NULL)
            g_ptr_array_add(make->lesson->captions, captions);
        return captions != NULL;
    }
    CatalogAsset *asset = flows_publish_asset_place(places, make->lesson->id, report, error);
    if (asset == NULL)
        return FALSE;
    asset->generation = make->lesson->generation;
    g_ptr_array_add(make->lesson->assets, asset);
    if (report->asset == CHILD_ASSET_POSTER)
        catalog_lesson_set_text(&make->lesson->poster_file, asset->file);
    return TRUE;
}

static gboolean
place_rung(FlowsRecordMake *make, const FlowsPublishPlaces *places, const ChildReport *report,
           GError **error)
{
    CatalogRung *rung = NULL;
    if (report->kind == CHILD_REPORT_RUNG) {
        rung = flows_publish_place_rung(places, make->lesson->id, report, error);
    } else {
        rung = catalog_rung_new(make->lesson->id, report->name);
        rung->error_code = g_strdup(report->code);
        make->lesson->complete = FALSE;
    }
    if (rung == NULL)
        return FALSE;
    rung->generation = make->lesson->generation;
    g_ptr_array_add(make->lesson->rungs, rung);
    make->lesson->duration_ms = MAX(make->lesson->duration_ms, rung->duration_ms);
    return TRUE;
}

static gboolean
place_files(gpointer data, GError **error)
{
    FlowsRecordMake *make = data;
    const FlowsPublishPlaces places = {.staging = make->staging, .bundle = make->bundle};
    for (guint i = 0; i < make->reports->len; i++) {
        const ChildReport *report = make->reports->pdata[i];
        gboolean placed = report->kind == CHILD_REPORT_ASSET
                              ? place_asset(make, &places, report, error)
                              : place_rung(make, &places, report, error);
        if (!placed)
            return FALSE;
    }
    return flows_publish_describe(&places, make->lesson, error);
}

static gboolean
write_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    const FlowsRecordMake *make = data;
    const CatalogAuditStamp by = {NULL, server_clock_now_ms(make->setup.clock)};
    return flows_record_rows_publish(database, make->lesson, make->booking, make->join, by.now_ms,
                                     error) &&
           flows_encode_source_order_richer(database, make->setup.config, make->lesson, &by, error);
}

static void
on_published(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (flows_steps_run_finish(result, &error)) {
        finish(make, FLOWS_RECORD_MAKE_PUBLISHED);
        return;
    }
    g_message("recording %s: %s", make->booking->id, error->message);
    if (g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) ||
        g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        leave(make, FLOWS_RECORD_MAKE_OVER, NULL); // it was given up
    else if (flows_record_retry_is_room(error) ||
             g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_IO))
        leave_for_later(make, FLOWS_RECORD_RETRY_ROOM);
    else if (error->domain == CATALOG_ERROR && error->code != CATALOG_ERROR_INVALID &&
             error->code != CATALOG_ERROR_EXISTS)
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE);
    else
        end_without(make, CATALOG_BOOKING_STATE_FAILED, "internal");
}

static void
publish(FlowsRecordMake *make)
{
    static const FlowsStepsOne steps[] = {
        {.files = place_files}, {.write = write_rows}, {.files = remove_folder}};
    const FlowsSteps walk = {make->setup.catalog, make->setup.worker, steps, G_N_ELEMENTS(steps)};
    make->lesson = flows_record_rows_describe(make->booking, make->join,
                                              server_clock_now_ms(make->setup.clock));
    flows_steps_run_async(&walk, make, NULL, on_published, make);
}

static gboolean
is_asset_of_ours(ChildAssetKind kind)
{
    return kind == CHILD_ASSET_POSTER || kind == CHILD_ASSET_STORYBOARD ||
           kind == CHILD_ASSET_WAVEFORM || kind == CHILD_ASSET_CAPTIONS;
}

static void
on_report(const ChildReport *report, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    gboolean wanted = report->kind == CHILD_REPORT_RUNG ||
                      report->kind == CHILD_REPORT_RUNG_FAILED ||
                      (report->kind == CHILD_REPORT_ASSET && is_asset_of_ours(report->asset));
    if (wanted && make->reports->len < REPORTS_MAX)
        g_ptr_array_add(make->reports, child_report_copy(report));
}

static void
on_child_end(const FlowsRecordChildEnd *end, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    switch (end->kind) {
    case FLOWS_RECORD_CHILD_MADE:
        publish(make);
        break;
    case FLOWS_RECORD_CHILD_CANCELLED:
        finish(make, FLOWS_RECORD_MAKE_OVER);
        break;
    case FLOWS_RECORD_CHILD_AGAIN:
        leave_for_later(make, end->why);
        break;
    case FLOWS_RECORD_CHILD_FAILED:
        end_without(make, CATALOG_BOOKING_STATE_FAILED, end->code);
        break;
    case FLOWS_RECORD_CHILD_GAVE_UP:
        end_without(make, CATALOG_BOOKING_STATE_FAILED, "damaged");
        break;
    }
}

static gboolean
read_noted(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsRecordMake *make = data;
    make->noted = catalog_recordings_list_gaps(database, make->booking->id, error);
    return make->noted != NULL;
}

static gboolean
write_plan(gpointer data, GError **error)
{
    FlowsRecordMake *make = data;
    g_autoptr(FlowsRecordKeep) keep = flows_record_keep_open(make->folder, error);
    if (keep == NULL)
        return FALSE;
    const FlowsRecordJoinFacts facts = {
        .start_ms = make->booking->start_ms,
        .end_ms = make->booking->end_ms,
        .noted = make->noted,
        .at_end = CATALOG_GAP_CAUSE_SIGNAL_LOST,
    };
    make->join = flows_record_join_plan(flows_record_keep_get_index(keep), &facts);
    // A lesson is about as large as what it is joined from; nobody tries in vain.
    return (make->join->rungs[0] == NULL ||
            flows_record_child_check_room(make->child, (gint64)make->join->bytes, error)) &&
           g_file_set_contents(make->plan, make->join->plan->str, (gssize)make->join->plan->len,
                               error);
}

static void
on_planned(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_steps_run_finish(result, &error)) {
        gboolean full = flows_record_retry_is_room(error);
        gboolean trouble = error->domain == CATALOG_ERROR;
        if (!make->setup.quiet)
            g_message("recording %s: %s", make->booking->id, error->message);
        if (full || trouble)
            leave_for_later(make, full ? FLOWS_RECORD_RETRY_ROOM : FLOWS_RECORD_RETRY_TROUBLE);
        else
            end_without(make, CATALOG_BOOKING_STATE_FAILED, "internal");
    } else if (make->join->rungs[0] == NULL) {
        end_without(make, CATALOG_BOOKING_STATE_MISSED, "nothing-kept");
    } else {
        flows_record_child_start(make->child, make->join->rungs);
    }
}

static FlowsRecordChild *
make_child(FlowsRecordMake *make, guint crashes)
{
    const FlowsRecordMakeSetup *own = &make->setup;
    const FlowsRecordChildSetup setup = {
        .config = own->config,
        .media_program = own->media_program,
        .sandbox = own->sandbox,
        .role = "keep",
        .kind = "recording",
        .id = make->booking->id,
        .folder = make->folder,
        .staging = make->staging,
        .plan = make->plan,
        .crashes = crashes,
        .quiet = own->quiet,
        .on_report = on_report,
        .on_end = on_child_end,
        .user_data = make,
    };
    return flows_record_child_new(&setup);
}

FlowsRecordMake *
flows_record_make_start(const FlowsRecordMakeSetup *setup, const CatalogBooking *booking,
                        guint crashes)
{
    static const FlowsStepsOne steps[] = {{.read = read_noted}, {.files = write_plan}};
    const FlowsSteps walk = {setup->catalog, setup->worker, steps, G_N_ELEMENTS(steps)};
    FlowsRecordMake *make = g_new0(FlowsRecordMake, 1);
    make->setup = *setup;
    make->booking = catalog_booking_copy(booking);
    make->folder = server_storage_build_recording_path(setup->storage, booking->id);
    make->staging = server_storage_build_channel_staging_path(make->folder);
    make->plan = server_storage_build_recording_plan_path(make->folder);
    make->bundle = server_storage_build_bundle_path(setup->storage, booking->id);
    make->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_report_free);
    make->child = make_child(make, crashes);
    flows_steps_run_async(&walk, make, NULL, on_planned, make);
    return make;
}

void
flows_record_make_cancel(FlowsRecordMake *make)
{
    flows_record_child_cancel(make->child);
}
