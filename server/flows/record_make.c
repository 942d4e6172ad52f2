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
#include "pipelines/child/launcher.h"
#include "pipelines/package/index.h"
#include "server/flows/publish_asset.h"
#include "server/flows/record_keep.h"
#include "server/flows/record_rows.h"
#include "server/flows/steps.h"
#include "server/flows/window_files.h"
#include "server/timer.h"

#define PAUSE_MS 2000
#define REPORTS_MAX 64                    // of one child that count
#define ROOM_MORE_BYTES (2 * 1024 * 1024) // indexes, playlists, poster, rows

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
    ChildLauncher *child;       // (owned) (nullable)
    GSource *pause;             // (owned) (nullable) before another try
    const char *code;           // (unowned) static: why there is no lesson
    CatalogBookingState state;  // (value) when there is none: MISSED or FAILED
    FlowsRecordMakeEnd end;     // (value) what on_done is told
    FlowsRecordRetryCause why;  // (value) of AGAIN
    guint crashes;              // (value) of children before this one
    gboolean named;             // (value) a lesson of this id is there
    gboolean cancelled;         // (value)
};

static void begin_child(FlowsRecordMake *make);

const char *
flows_record_make_get_id(const FlowsRecordMake *make)
{
    return make->booking->id;
}

void
flows_record_make_free(FlowsRecordMake *make)
{
    server_timer_clear(&make->pause);
    g_clear_pointer(&make->child, child_launcher_free);
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

static gboolean
is_no_space(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
           g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ||
           g_error_matches(error, PACKAGE_ERROR, PACKAGE_ERROR_SPACE);
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
    static const char *const codes[] = {
        [FLOWS_RECORD_RETRY_ROOM] = "no-space",
        [FLOWS_RECORD_RETRY_CRASH] = "crashed",
        [FLOWS_RECORD_RETRY_TROUBLE] = NULL,
    };
    make->why = why;
    leave(make, FLOWS_RECORD_MAKE_AGAIN, codes[why]);
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
    return flows_record_rows_publish(database, make->lesson, make->booking, make->join,
                                     server_clock_now_ms(make->setup.clock), error);
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
    else if (is_no_space(error) || g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_IO))
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

static gboolean
on_pause_over(gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    server_timer_clear(&make->pause);
    begin_child(make);
    return G_SOURCE_REMOVE;
}

/* A child of an earlier daemon still dies in the folder. */
static void
wait_for_folder(FlowsRecordMake *make)
{
    server_timer_set(&make->pause, NULL, PAUSE_MS, on_pause_over, make);
}

/* It crashed, was killed, found no memory, or could not be started. */
static void
judge_crash(FlowsRecordMake *make)
{
    if (make->crashes + 1 < FLOWS_RECORD_RETRY_CRASHES_MAX)
        leave_for_later(make, FLOWS_RECORD_RETRY_CRASH);
    else
        end_without(make, CATALOG_BOOKING_STATE_FAILED, "internal");
}

static void
on_child_end(const ChildLauncherEnd *end, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    g_autofree char *code = g_strdup(end->code);
    gboolean by_itself = end->by_itself;
    if (code != NULL)
        g_message("recording %s: %s: %s", make->booking->id, code,
                  end->detail != NULL ? end->detail : "");
    g_clear_pointer(&make->child, child_launcher_free);
    if (make->cancelled)
        finish(make, FLOWS_RECORD_MAKE_OVER);
    else if (code == NULL)
        publish(make);
    else if (strcmp(code, "no-space") == 0)
        leave_for_later(make, FLOWS_RECORD_RETRY_ROOM);
    else if (!by_itself || strcmp(code, "out-of-memory") == 0)
        judge_crash(make);
    else
        end_without(make, CATALOG_BOOKING_STATE_FAILED, "damaged");
}

static void
begin_child(FlowsRecordMake *make)
{
    char *none[] = {NULL};
    const ServerConfig *config = make->setup.config;
    const ChildJob order = {.rungs = make->join->rungs, .done = none, .published = none};
    const ChildLauncherSetup setup = {
        .sandbox = make->setup.sandbox,
        .places = {.program = make->setup.media_program,
                   .source = make->plan,
                   .staging = make->staging,
                   .bundle = make->folder,
                   .memory_bytes = config->encoder_memory_bytes},
        .job = &order,
        .role = "keep",
        .silence_s = config->encoder_silence_s,
    };
    const ChildLauncherListener listener = {on_report, on_child_end, make};
    g_autoptr(GError) error = NULL;
    if (make->cancelled) {
        finish(make, FLOWS_RECORD_MAKE_OVER);
        return;
    }
    if (make->setup.sandbox == NULL) {
        end_without(make, CATALOG_BOOKING_STATE_FAILED, "no-sandbox");
        return;
    }
    g_ptr_array_set_size(make->reports, 0);
    make->child = child_launcher_start(&setup, &listener, &error);
    if (make->child != NULL)
        return;
    if (g_error_matches(error, CHILD_ERROR, CHILD_ERROR_BUSY)) {
        wait_for_folder(make);
        return;
    }
    g_message("recording %s: %s", make->booking->id, error->message);
    if (is_no_space(error))
        leave_for_later(make, FLOWS_RECORD_RETRY_ROOM);
    else
        judge_crash(make);
}

static gboolean
read_noted(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsRecordMake *make = data;
    make->noted = catalog_recordings_list_gaps(database, make->booking->id, error);
    return make->noted != NULL;
}

/* A lesson is about as large as what it is joined from; nobody tries in vain. */
static gboolean
check_room(const FlowsRecordMake *make, GError **error)
{
    gint64 free_bytes = flows_window_files_measure_free(make->folder);
    gint64 wanted = (gint64)make->join->bytes + ROOM_MORE_BYTES;
    if (free_bytes < 0 || free_bytes >= wanted || make->join->rungs[0] == NULL)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                "the lesson takes %" G_GINT64_FORMAT " bytes, the disk has %" G_GINT64_FORMAT,
                wanted, free_bytes);
    return FALSE;
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
    return check_room(make, error) && g_file_set_contents(make->plan, make->join->plan->str,
                                                          (gssize)make->join->plan->len, error);
}

static void
on_planned(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsRecordMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_steps_run_finish(result, &error)) {
        gboolean full = is_no_space(error);
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
        begin_child(make);
    }
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
    make->crashes = crashes;
    make->folder = server_storage_build_recording_path(setup->storage, booking->id);
    make->staging = server_storage_build_channel_staging_path(make->folder);
    make->plan = server_storage_build_recording_plan_path(make->folder);
    make->bundle = server_storage_build_bundle_path(setup->storage, booking->id);
    make->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_report_free);
    flows_steps_run_async(&walk, make, NULL, on_planned, make);
    return make;
}

void
flows_record_make_cancel(FlowsRecordMake *make)
{
    make->cancelled = TRUE;
    if (make->child != NULL) {
        child_launcher_cancel(make->child);
    } else if (make->pause != NULL) {
        server_timer_clear(&make->pause);
        finish(make, FLOWS_RECORD_MAKE_OVER);
    }
}
