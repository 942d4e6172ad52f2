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
#include "pipelines/child/launcher.h"
#include "pipelines/package/index.h"
#include "server/flows/patch_files.h"
#include "server/flows/publish_asset.h"
#include "server/flows/publish_orphans.h"
#include "server/flows/steps.h"
#include "server/flows/window_files.h"
#include "server/timer.h"

#define PAUSE_MS 2000
#define REPORTS_MAX 128                   // of one child that count
#define ROOM_MORE_BYTES (2 * 1024 * 1024) // indexes, playlists, poster, rows

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
    ChildLauncher *child;      // (owned) (nullable)
    GSource *pause;            // (owned) (nullable) before another try
    FlowsPatchMakeEnd end;     // (value) what on_done is told
    FlowsRecordRetryCause why; // (value) of AGAIN
    guint crashes;             // (value) of children before this one
    gboolean cancelled;        // (value)
};

static void begin_child(FlowsPatchMake *make);

const CatalogPatches *
flows_patch_make_get_patch(const FlowsPatchMake *make)
{
    return make->patch;
}

void
flows_patch_make_free(FlowsPatchMake *make)
{
    server_timer_clear(&make->pause);
    g_clear_pointer(&make->child, child_launcher_free);
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
               catalog_patches_end(database, make->patch, &by, error);
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
    static const char *const codes[] = {
        [FLOWS_RECORD_RETRY_ROOM] = "no-space",
        [FLOWS_RECORD_RETRY_CRASH] = "crashed",
        [FLOWS_RECORD_RETRY_TROUBLE] = NULL,
    };
    make->why = why;
    set_code(make, codes[why]);
    leave(make, FLOWS_PATCH_MAKE_AGAIN);
}

static gboolean
is_no_space(const GError *error)
{
    return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
           g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ||
           g_error_matches(error, PACKAGE_ERROR, PACKAGE_ERROR_SPACE) ||
           g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_IO);
}

static void
judge(FlowsPatchMake *make, const GError *error)
{
    tell(make, error->message);
    if (is_no_space(error))
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
    return flows_patch_rows_write(database, &make->facts, make->made, make->patch,
                                  server_clock_now_ms(make->setup.shared.clock), error);
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

/* Returns: (nullable): the code that a person is told, of one that a child gave of itself. */
static const char *
find_known_code(const char *code)
{
    static const char *const codes[] = {"too-quiet", "no-match",     "unsure",
                                        "too-short", "other-length", "not-there"};
    for (guint i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (strcmp(codes[i], code) == 0)
            return codes[i];
    }
    return NULL;
}

static void
judge_crash(FlowsPatchMake *make)
{
    if (make->crashes + 1 < FLOWS_RECORD_RETRY_CRASHES_MAX)
        leave_for_later(make, FLOWS_RECORD_RETRY_CRASH);
    else
        fail(make, "internal");
}

static void
on_child_end(const ChildLauncherEnd *end, gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    g_autofree char *code = g_strdup(end->code);
    gboolean by_itself = end->by_itself;
    if (code != NULL)
        g_message("patch %s: %s: %s", make->patch->id, code,
                  end->detail != NULL ? end->detail : "");
    g_clear_pointer(&make->child, child_launcher_free);
    if (make->cancelled)
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE);
    else if (code == NULL)
        publish(make);
    else if (strcmp(code, "no-space") == 0)
        leave_for_later(make, FLOWS_RECORD_RETRY_ROOM);
    else if (!by_itself || strcmp(code, "out-of-memory") == 0)
        judge_crash(make);
    else
        fail(make, find_known_code(code) != NULL ? find_known_code(code) : "damaged");
}

static gboolean
on_pause_over(gpointer user_data)
{
    FlowsPatchMake *make = user_data;
    server_timer_clear(&make->pause);
    begin_child(make);
    return G_SOURCE_REMOVE;
}

/* A child of an earlier daemon still dies in the folder. */
static void
wait_for_folder(FlowsPatchMake *make)
{
    server_timer_set(&make->pause, NULL, PAUSE_MS, on_pause_over, make);
}

static void
begin_child(FlowsPatchMake *make)
{
    char *none[] = {NULL};
    const FlowsRecordMakeSetup *shared = &make->setup.shared;
    const ChildJob order = {.rungs = make->rungs, .done = none, .published = none};
    const ChildLauncherSetup setup = {
        .sandbox = shared->sandbox,
        .places = {.program = shared->media_program,
                   .source = make->plan,
                   .staging = make->staging,
                   .bundle = make->folder,
                   .memory_bytes = shared->config->encoder_memory_bytes},
        .job = &order,
        .role = "patch",
        .silence_s = shared->config->encoder_silence_s,
    };
    const ChildLauncherListener listener = {on_report, on_child_end, make};
    g_autoptr(GError) error = NULL;
    if (make->cancelled) {
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE);
        return;
    }
    if (shared->sandbox == NULL) {
        fail(make, "no-sandbox");
        return;
    }
    g_ptr_array_set_size(make->reports, 0);
    g_array_set_size(make->splices, 0);
    make->child = child_launcher_start(&setup, &listener, &error);
    if (make->child == NULL && g_error_matches(error, CHILD_ERROR, CHILD_ERROR_BUSY))
        wait_for_folder(make);
    else if (make->child == NULL && is_no_space(error))
        judge(make, error);
    else if (make->child == NULL)
        judge_crash(make);
}

/* --- its beginning ---------------------------------------------------------------------------- */

static gboolean
read_facts(CatalogDatabase *database, gpointer data, GError **error)
{
    FlowsPatchMake *make = data;
    return flows_patch_rows_read(database, make->patch, &make->facts, error);
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
    gint64 free_bytes = flows_window_files_measure_free(make->folder);
    if (free_bytes < 0 || free_bytes >= bytes + ROOM_MORE_BYTES)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                "the patch takes %" G_GINT64_FORMAT " bytes, the disk has %" G_GINT64_FORMAT,
                bytes + ROOM_MORE_BYTES, free_bytes);
    return FALSE;
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
        begin_child(make);
}

FlowsPatchMake *
flows_patch_make_start(const FlowsPatchMakeSetup *setup, CatalogPatches *patch, guint crashes)
{
    static const FlowsStepsOne steps[] = {{.read = read_facts}, {.files = prepare}};
    const FlowsRecordMakeSetup *shared = &setup->shared;
    const FlowsSteps walk = {shared->catalog, setup->links, steps, G_N_ELEMENTS(steps)};
    FlowsPatchMake *make = g_new0(FlowsPatchMake, 1);
    make->setup = *setup;
    make->patch = patch;
    make->crashes = crashes;
    make->folder = server_storage_build_recording_path(shared->storage, patch->recording_id);
    make->staging = server_storage_build_channel_staging_path(make->folder);
    make->plan = server_storage_build_recording_plan_path(make->folder);
    make->bundle = server_storage_build_bundle_path(shared->storage, patch->recording_id);
    make->repeat = server_storage_build_bundle_path(shared->storage, patch->repeat_id);
    make->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_report_free);
    make->placed = g_ptr_array_new_with_free_func(g_free);
    make->splices = g_array_new(FALSE, FALSE, sizeof(FlowsPatchLedgerSplice));
    flows_steps_run_async(&walk, make, NULL, on_prepared, make);
    return make;
}

void
flows_patch_make_cancel(FlowsPatchMake *make)
{
    make->cancelled = TRUE;
    if (make->child != NULL) {
        child_launcher_cancel(make->child);
    } else if (make->pause != NULL) {
        server_timer_clear(&make->pause);
        leave_for_later(make, FLOWS_RECORD_RETRY_TROUBLE);
    }
}
