// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read what both lessons are → links and plan (worker) → child → files into the bundle, which they
// are named by (worker) → rows → the folder goes, the bundle says what the rows say (worker). A
// step that a stop or a kill cuts off is done again by the next start: the patch runs until its
// rows are written. Whatever ends it without them, the bundle says again what is shown.
#include "server/flows/patch_make.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "catalog/rungs.h"
#include "server/flows/encode_source.h"
#include "server/flows/patch_files.h"
#include "server/flows/publish_asset.h"
#include "server/flows/publish_orphans.h"
#include "server/flows/record_child.h"
#include "server/flows/steps.h"
#include "server/flows/window_files.h"

#define REPORTS_MAX 128 // of one child that count

struct _FlowsPatchMake {
    FlowsPatchMakeSetup setup; // (value)
    CatalogPatches *patch;     // (owned)
    char *folder;              // (owned) of the work
    char *staging;             // (owned) the child's
    char *plan;                // (owned) path
    char *bundle;              // (owned) of the lesson
    char *repeat;              // (owned) bundle of the repeat
    FlowsPatchRowsFacts facts; // (value)
    char **rungs;              // (owned) (nullable) to be made
    GPtrArray *reports;        // (owned) (element-type ChildReport) of files
    GArray *splices;           // (owned) (element-type FlowsPatchLedgerSplice)
    CatalogLesson *made;       // (owned) (nullable)
    GPtrArray *placed;         // (owned) (element-type utf8): files in the bundle since this try
    GPtrArray *orphans;        // (owned) (nullable) (element-type utf8): named by nothing shown
    FlowsRecordChild *child;   // (owned)
    FlowsPatchMakeEnd end;     // (value) what on_done is told
    FlowsRecordRetryCause why; // (value) of AGAIN
};

const CatalogPatches *
flows_patch_make_get_patch(const FlowsPatchMake *make)
{
    return make->patch;
}

void
flows_patch_make_free(FlowsPatchMake *make)
{
    flows_record_child_free(make->child);
    g_clear_pointer(&make->made, catalog_lesson_free);
    flows_patch_rows_clear(&make->facts);
    catalog_patches_free(make->patch);
    g_ptr_array_unref(make->reports);
    g_ptr_array_unref(make->placed);
    g_clear_pointer(&make->orphans, g_ptr_array_unref);
    g_array_unref(make->splices);
    g_strfreev(make->rungs);
    g_free(make->folder);
    g_free(make->staging);
    g_free(make->plan);
    g_free(make->bundle);
    g_free(make->repeat);
    g_free(make);
}

static FlowsPatchFilesPlaces
get_places(const FlowsPatchMake *make)
{
    return (FlowsPatchFilesPlaces){make->folder, make->bundle, make->repeat};
}

/* One that comes again and again is told of once. */
static void
tell(const FlowsPatchMake *make, const char *what)
{
    if (!make->setup.shared.quiet)
        g_message("patch %s: %s", make->patch->id, what);
}

/* --- its end -------------------------------------------------------------------------------- */

/* Files that the next try makes anew, and what names them. */
static gboolean
read_shown(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    g_clear_pointer(&make->made, catalog_lesson_free);
    make->made = catalog_lessonlist_get_generation(database, make->patch->recording_id, 0, NULL);
    return TRUE;
}

/* What no playlist names any more takes no room until the next try. */
static void
remove_placed(FlowsPatchMake *make)
{
    for (guint i = 0; i < make->orphans->len; i++) {
        const char *file = make->orphans->pdata[i];
        g_autofree char *path = g_build_filename(make->bundle, file, NULL);
        if (g_ptr_array_find_with_equal_func(make->placed, file, g_str_equal, NULL))
            g_unlink(path);
    }
}

/* One that is tried again says why even on a disk without room for playlists: it tidies up again.
 */
static gboolean
tidy_up(gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    const FlowsPublishPlaces places = {.staging = make->staging, .bundle = make->bundle};
    g_autoptr(GError) local = NULL;
    flows_window_files_remove(make->folder);
    if (make->made == NULL || make->made->published_ms == 0)
        return TRUE;
    gboolean described = flows_publish_describe(&places, make->made, &local);
    if (described && make->patch->state != CATALOG_PATCHES_STATE_DONE) {
        make->orphans = flows_publish_orphans_list(&places, make->made);
        remove_placed(make);
    }
    if (described || make->end == FLOWS_PATCH_MAKE_AGAIN)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

/* What those who watch an earlier generation need stays as long as it was to. */
static gboolean
write_orphans(CatalogDatabase *database, const FlowsPatchMake *make, gint64 now_ms, GError **error)
{
    for (guint i = 0; make->orphans != NULL && i < make->orphans->len; i++) {
        if (!catalog_rungs_supersede(database, make->patch->recording_id, make->orphans->pdata[i],
                                     now_ms, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_end(CatalogDatabase *database, gpointer data, GError **error)
{
    const FlowsPatchMake *make = data;
    gint64 now_ms = server_clock_now_ms(make->setup.shared.clock);
    const CatalogAuditStamp by = {NULL, now_ms};
    if (make->patch->state == CATALOG_PATCHES_STATE_FAILED)
        return write_orphans(database, make, now_ms, error) &&
               catalog_patches_end(database, make->patch, &by, error) &&
               (make->made == NULL ||
                flows_encode_source_order_richer(database, make->setup.shared.config, make->made,
                                                 &by, error));
    return make->patch->state != CATALOG_PATCHES_STATE_RUNNING ||
           catalog_patches_note_error(database, make->patch->id, make->patch->error_code, now_ms,
                                      error);
}

static void
on_left(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_steps_run_finish(result, &error) &&
        !g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) &&
        !g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND)) {
        tell(make, error->message);
        if (make->patch->state != CATALOG_PATCHES_STATE_DONE) {
            make->end = FLOWS_PATCH_MAKE_AGAIN;
            make->why = FLOWS_RECORD_RETRY_TROUBLE;
        }
    }
    make->setup.on_done(make->patch, make->end, make->why, make->setup.user_data);
}

/* Whatever its row says by now: what is half made goes, the bundle says what is shown. */
static void
leave(FlowsPatchMake *make, FlowsPatchMakeEnd end)
{
    static const FlowsStepsOne steps[] = {
        {.read = read_shown}, {.files = tidy_up}, {.write = write_end}};
    const FlowsRecordMakeSetup *shared = &make->setup.shared;
    const FlowsSteps walk = {shared->catalog, shared->worker, steps, G_N_ELEMENTS(steps)};
    make->end = end;
    flows_steps_run_async(&walk, make, NULL, on_left, make);
}

static void
set_code(FlowsPatchMake *make, const char *code)
{
    g_free(make->patch->error_code);
    make->patch->error_code = g_strdup(code);
}

static void
fail(FlowsPatchMake *make, const char *code)
{
    make->patch->state = CATALOG_PATCHES_STATE_FAILED;
    set_code(make, code);
    leave(make, FLOWS_PATCH_MAKE_OVER);
}

static void
leave_for_later(FlowsPatchMake *make, FlowsRecordRetryCause why)
{
    make->why = why;
    set_code(make, flows_record_retry_get_code(why));
    leave(make, FLOWS_PATCH_MAKE_AGAIN);
}

static void
judge(FlowsPatchMake *make, const GError *error)
{
    tell(make, error->message);
    if (flows_record_retry_is_room(error) ||
        g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_IO))
        leave_for_later(make, FLOWS_RECORD_RETRY_ROOM);
    else if (g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        fail(make, "lesson-gone");
    else if (g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT) ||
             g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_BUSY))
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE); // it was edited meanwhile
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
        fail(make, "other-rungs");
    else
        fail(make, "internal");
}

/* --- what the child made --------------------------------------------------------------------- */

static gboolean
place(FlowsPatchMake *make, const FlowsPublishPlaces *places, const ChildReport *report,
      GError **error)
{
    if (report->kind == CHILD_REPORT_RUNG) {
        CatalogRung *rung = flows_publish_place_rung(places, make->made->id, report, error);
        if (rung == NULL)
            return FALSE;
        rung->generation = make->facts.generation;
        g_ptr_array_add(make->placed, g_strdup(rung->file));
        g_ptr_array_add(make->placed, g_strdup(rung->index_file));
        g_ptr_array_add(make->made->rungs, rung);
        make->made->duration_ms = MAX(make->made->duration_ms, rung->duration_ms);
        return TRUE;
    }
    CatalogAsset *asset = flows_publish_asset_place(places, make->made->id, report, error);
    if (asset == NULL)
        return FALSE;
    asset->generation = make->facts.generation;
    g_ptr_array_add(make->placed, g_strdup(asset->file));
    g_ptr_array_add(make->made->assets, asset);
    if (report->asset == CHILD_ASSET_POSTER)
        catalog_lesson_set_text(&make->made->poster_file, asset->file);
    return TRUE;
}

/* The lesson as it is but for everything that the new generation has. */
static void
begin_made(FlowsPatchMake *make)
{
    CatalogLesson *made = catalog_lesson_copy(make->facts.own);
    g_ptr_array_set_size(made->rungs, 0);
    g_ptr_array_set_size(made->assets, 0);
    g_ptr_array_set_size(made->captions, 0);
    g_array_set_size(made->gaps, 0);
    made->generation = make->facts.generation;
    made->duration_ms = 0;
    catalog_lesson_set_text(&made->poster_file, NULL);
    g_clear_pointer(&make->made, catalog_lesson_free);
    make->made = made;
}

static void
note_result(FlowsPatchMake *make)
{
    const FlowsPatchRowsFacts *facts = &make->facts;
    const FlowsPatchLedgerRepeat repeat = {facts->repeat->id, facts->repeat_ms,
                                           facts->repeat->gaps};
    g_autoptr(GArray) gaps =
        flows_patch_ledger_make(facts->own->gaps, make->splices, &repeat, &make->patch->filled_ms);
    g_array_append_vals(make->made->gaps, gaps->data, gaps->len);
    make->patch->filled = 0;
    for (guint i = 0; i < make->splices->len; i++)
        make->patch->filled += g_array_index(make->splices, FlowsPatchLedgerSplice, i).filled;
    make->patch->state = CATALOG_PATCHES_STATE_DONE;
    set_code(make, NULL);
}

/* Each once. */
static gboolean
has_all_rungs(const FlowsPatchMake *make)
{
    for (guint i = 0; make->rungs[i] != NULL; i++) {
        guint count = 0;
        for (guint k = 0; k < make->made->rungs->len; k++)
            count += strcmp(((const CatalogRung *)make->made->rungs->pdata[k])->name,
                            make->rungs[i]) == 0;
        if (count != 1)
            return FALSE;
    }
    return make->made->rungs->len == g_strv_length(make->rungs);
}

static gboolean
place_files(gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    const FlowsPublishPlaces places = {.staging = make->staging, .bundle = make->bundle};
    const FlowsPatchFilesPlaces folders = get_places(make);
    g_autoptr(GArray) cuts = flows_patch_ledger_list_cuts(make->facts.own->gaps, make->splices);
    begin_made(make);
    for (guint i = 0; i < make->reports->len; i++) {
        if (!place(make, &places, make->reports->pdata[i], error))
            return FALSE;
    }
    if (!has_all_rungs(make)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "a rung is missing");
        return FALSE;
    }
    if (!flows_patch_files_move_captions(&folders, &make->facts, cuts, make->made, error))
        return FALSE;
    note_result(make);
    return flows_publish_describe(&places, make->made, error);
}

static gboolean
write_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    const CatalogAuditStamp by = {NULL, server_clock_now_ms(make->setup.shared.clock)};
    return flows_patch_rows_write(database, &make->facts, make->made, make->patch, by.now_ms,
                                  error) &&
           flows_encode_source_order_richer(database, make->setup.shared.config, make->made, &by,
                                            error);
}

static void
on_published(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (flows_steps_run_finish(result, &error)) {
        leave(make, FLOWS_PATCH_MAKE_OVER);
        return;
    }
    make->patch->state = CATALOG_PATCHES_STATE_RUNNING;
    judge(make, error);
}

static void
publish(FlowsPatchMake *make)
{
    static const FlowsStepsOne steps[] = {{.files = place_files}, {.write = write_rows}};
    const FlowsRecordMakeSetup *shared = &make->setup.shared;
    const FlowsSteps walk = {shared->catalog, shared->worker, steps, G_N_ELEMENTS(steps)};
    flows_steps_run_async(&walk, make, NULL, on_published, make);
}

/* --- the child -------------------------------------------------------------------------------- */

static void
take_splice(FlowsPatchMake *make, const ChildReport *report)
{
    FlowsPatchLedgerSplice splice = {
        .filled = strcmp(report->code, "filled") == 0,
        .begin_ms = (gint64)report->start_ms,
        .end_ms = (gint64)report->end_ms,
        .goes_on_ms = (gint64)report->media_ms,
    };
    splice.filled = splice.filled && splice.end_ms > splice.begin_ms;
    if (report->position == make->splices->len + 1)
        g_array_append_val(make->splices, splice);
    g_debug("patch %s: gap %u: %s, %s", make->patch->id, report->position, report->code,
            report->detail);
}

static gboolean
is_wanted(const ChildReport *report)
{
    return report->kind == CHILD_REPORT_RUNG ||
           (report->kind == CHILD_REPORT_ASSET &&
            (report->asset == CHILD_ASSET_POSTER || report->asset == CHILD_ASSET_STORYBOARD ||
             report->asset == CHILD_ASSET_WAVEFORM));
}

static void
on_report(const ChildReport *report, gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    if (report->kind == CHILD_REPORT_PROGRESS)
        make->setup.on_progress(make->patch, report->permille, make->setup.user_data);
    else if (report->kind == CHILD_REPORT_SPLICE)
        take_splice(make, report);
    else if (is_wanted(report) && make->reports->len < REPORTS_MAX)
        g_ptr_array_add(make->reports, child_report_copy(report));
}

/* Returns: the code that a person is told, of one that a child gave of itself. */
static const char *
find_known_code(const char *code)
{
    static const char *const codes[] = {"too-quiet", "no-match",     "unsure",
                                        "too-short", "other-length", "not-there"};
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (strcmp(codes[i], code) == 0)
            return codes[i];
    }
    return "damaged";
}

static void
on_child_end(const FlowsRecordChildEnd *end, gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    switch (end->kind) {
    case FLOWS_RECORD_CHILD_MADE:
        publish(make);
        break;
    case FLOWS_RECORD_CHILD_CANCELLED:
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE);
        break;
    case FLOWS_RECORD_CHILD_AGAIN:
        leave_for_later(make, end->why);
        break;
    case FLOWS_RECORD_CHILD_FAILED:
        fail(make, end->code);
        break;
    case FLOWS_RECORD_CHILD_GAVE_UP:
        fail(make, find_known_code(end->code));
        break;
    }
}

/* --- its beginning ---------------------------------------------------------------------------- */

static gboolean
begin_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    return flows_patch_rows_begin(database, make->patch, &make->facts,
                                  server_clock_now_ms(make->setup.shared.clock), error);
}

/* What is made is about as large as all that it is made from. */
static gboolean
prepare(gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    const FlowsPatchFilesPlaces places = get_places(make);
    gint64 bytes = 0;
    if (make->facts.code != NULL || make->facts.busy)
        return TRUE;
    if (!flows_patch_files_prepare(&places, &make->facts, make->plan, &make->rungs, &bytes, error))
        return FALSE;
    return flows_record_child_check_room(make->child, bytes, error);
}

static void
on_prepared(GObject *source, GAsyncResult *result, gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_steps_run_finish(result, &error))
        judge(make, error);
    else if (make->facts.code != NULL)
        fail(make, make->facts.code);
    else if (make->facts.busy)
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE);
    else
        flows_record_child_start(make->child, make->rungs);
}

static FlowsRecordChild *
make_child(FlowsPatchMake *make, guint crashes)
{
    const FlowsRecordMakeSetup *shared = &make->setup.shared;
    const FlowsRecordChildSetup setup = {
        .config = shared->config,
        .media_program = shared->media_program,
        .sandbox = shared->sandbox,
        .role = "patch",
        .kind = "patch",
        .id = make->patch->id,
        .folder = make->folder,
        .staging = make->staging,
        .plan = make->plan,
        .crashes = crashes,
        .quiet = shared->quiet,
        .on_report = on_report,
        .on_end = on_child_end,
        .user_data = make,
    };
    return flows_record_child_new(&setup);
}

FlowsPatchMake *
flows_patch_make_start(const FlowsPatchMakeSetup *setup, CatalogPatches *patch, guint crashes)
{
    static const FlowsStepsOne steps[] = {{.write = begin_rows}, {.files = prepare}};
    const FlowsRecordMakeSetup *shared = &setup->shared;
    const FlowsSteps walk = {shared->catalog, setup->links, steps, G_N_ELEMENTS(steps)};
    FlowsPatchMake *make = g_new0(FlowsPatchMake, 1);
    make->setup = *setup;
    make->patch = patch;
    make->folder = server_storage_build_recording_path(shared->storage, patch->recording_id);
    make->staging = server_storage_build_channel_staging_path(make->folder);
    make->plan = server_storage_build_recording_plan_path(make->folder);
    make->bundle = server_storage_build_bundle_path(shared->storage, patch->recording_id);
    make->repeat = server_storage_build_bundle_path(shared->storage, patch->repeat_id);
    make->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_report_free);
    make->placed = g_ptr_array_new_with_free_func(g_free);
    make->splices = g_array_new(FALSE, FALSE, sizeof(FlowsPatchLedgerSplice));
    make->child = make_child(make, crashes);
    flows_steps_run_async(&walk, make, NULL, on_prepared, make);
    return make;
}

void
flows_patch_make_cancel(FlowsPatchMake *make)
{
    flows_record_child_cancel(make->child);
}
