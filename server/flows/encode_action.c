// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// read → files → rows → clean, each a function that looks at the kind of action. Files come before
// rows, so that rows never name what is not there; staging is cleaned last, so that a crash before
// only repeats. What is written under names without a hash (playlists) follows the generation that
// is shown, and goes over to the next one at the end of a re-encode, just before its rows do.
#include "server/flows/encode_action.h"

#include <gio/gio.h>

#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "server/flows/encode_rows.h"
#include "server/flows/publish_asset.h"
#include "server/flows/publish_orphans.h"
#include "server/flows/steps.h"

/** What travels through the threads: the action and where it takes place. */
typedef struct {
    FlowsEncodeAction *action;        // (unowned)
    FlowsEncodeActionContext context; // (value)
} Run;

FlowsEncodeAction *
flows_encode_action_new(FlowsEncodeActionKind kind)
{
    FlowsEncodeAction *action = g_new0(FlowsEncodeAction, 1);
    action->kind = kind;
    action->reports = g_ptr_array_new_with_free_func((GDestroyNotify)child_report_free);
    action->assets = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_asset_free);
    action->captions = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_captions_free);
    action->state = CATALOG_JOB_STATE_RUNNING;
    return action;
}

void
flows_encode_action_free(FlowsEncodeAction *action)
{
    g_clear_pointer(&action->lesson, catalog_lesson_free);
    g_clear_pointer(&action->shown, catalog_lesson_free);
    g_clear_pointer(&action->rung, catalog_rung_free);
    g_clear_pointer(&action->orphans, g_ptr_array_unref);
    g_ptr_array_unref(action->reports);
    g_ptr_array_unref(action->assets);
    g_ptr_array_unref(action->captions);
    g_free(action->code);
    g_free(action->detail);
    g_free(action);
}

static void
step(const FlowsEncodeActionContext *context, const char *name)
{
    if (context->places.on_step != NULL)
        context->places.on_step(name, context->places.step_data);
}

static gboolean
read_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Run *run = data;
    FlowsEncodeAction *action = run->action;
    const CatalogJob *job = run->context.job;
    gboolean abandoned = action->kind == FLOWS_ENCODE_ACTION_ABANDON;
    GError **told = abandoned ? NULL : error; // then it may be gone
    g_autoptr(CatalogLesson) shown =
        catalog_lessonlist_get_generation(database, job->lesson_id, 0, told);
    if (shown == NULL)
        return abandoned;
    if (shown->generation == job->generation) {
        action->lesson = g_steal_pointer(&shown);
        return TRUE;
    }
    action->shown = g_steal_pointer(&shown);
    action->lesson =
        catalog_lessonlist_get_generation(database, job->lesson_id, job->generation, told);
    return action->lesson != NULL || abandoned;
}

/* Puts the new row in the place of the old one of that name. */
static void
take_rung(CatalogLesson *lesson, const CatalogRung *rung)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *old = lesson->rungs->pdata[i];
        if (g_strcmp0(old->name, rung->name) == 0) {
            g_ptr_array_remove_index(lesson->rungs, i);
            break;
        }
    }
    g_ptr_array_add(lesson->rungs, catalog_rung_copy(rung));
}

static void
take_asset(CatalogLesson *lesson, const CatalogAsset *asset)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *old = lesson->assets->pdata[i];
        if (old->kind == asset->kind && old->position == asset->position) {
            g_ptr_array_remove_index(lesson->assets, i);
            break;
        }
    }
    g_ptr_array_add(lesson->assets, catalog_asset_copy(asset));
    if (asset->kind == CATALOG_ASSET_KIND_POSTER)
        catalog_lesson_set_text(&lesson->poster_file, asset->file);
}

static void
trim_stills(CatalogLesson *lesson, guint count)
{
    for (guint i = lesson->assets->len; i > 0; i--) {
        const CatalogAsset *asset = lesson->assets->pdata[i - 1];
        if (asset->kind == CATALOG_ASSET_KIND_STILL && asset->position > count)
            g_ptr_array_remove_index(lesson->assets, i - 1);
    }
}

/* As catalog_generations_settle() will find it. */
static gboolean
has_failed_rung(const CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->error_code != NULL && g_strcmp0(rung->name, "clear") != 0)
            return TRUE;
    }
    return FALSE;
}

static guint
count_files(const CatalogLesson *lesson)
{
    guint count = 0;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        count += rung->file != NULL;
    }
    return count;
}

static gboolean
place_rung(Run *run, const ChildReport *report, GError **error)
{
    FlowsEncodeAction *action = run->action;
    const FlowsPublishPlaces *places = &run->context.places;
    const CatalogJob *job = run->context.job;
    action->rung = report->kind == CHILD_REPORT_SLIDES
                       ? flows_publish_asset_make_slides(action->lesson, report, error)
                       : flows_publish_place_rung(places, job->lesson_id, report, error);
    if (action->rung == NULL)
        return FALSE;
    action->rung->generation = job->generation;
    take_rung(action->lesson, action->rung);
    if (report->kind == CHILD_REPORT_SLIDES)
        trim_stills(action->lesson, report->count);
    return TRUE;
}

static gboolean
place_asset(Run *run, const ChildReport *report, GError **error)
{
    FlowsEncodeAction *action = run->action;
    const FlowsPublishPlaces *places = &run->context.places;
    const CatalogJob *job = run->context.job;
    if (report->asset == CHILD_ASSET_CAPTIONS) {
        CatalogCaptions *captions =
            flows_publish_asset_place_captions(places, job->lesson_id, report, error);
        if (captions != NULL)
            g_ptr_array_add(action->captions, captions);
        return captions != NULL;
    }
    CatalogAsset *asset = flows_publish_asset_place(places, job->lesson_id, report, error);
    if (asset == NULL)
        return FALSE;
    asset->generation = job->generation;
    g_ptr_array_add(action->assets, asset);
    take_asset(action->lesson, asset);
    return TRUE;
}

/* Stills and the analysis are named by nothing until the rung `slides`, or the end, names them. */
static gboolean
is_named(const ChildReport *report)
{
    return report->kind == CHILD_REPORT_RUNG || report->kind == CHILD_REPORT_SLIDES ||
           (report->kind == CHILD_REPORT_ASSET && report->asset != CHILD_ASSET_STILL &&
            report->asset != CHILD_ASSET_ANALYSIS && report->asset != CHILD_ASSET_CAPTIONS);
}

static gboolean
place_reports(Run *run, GError **error)
{
    FlowsEncodeAction *action = run->action;
    gboolean named = FALSE;
    for (guint i = 0; i < action->reports->len; i++) {
        const ChildReport *report = action->reports->pdata[i];
        gboolean rung = report->kind == CHILD_REPORT_RUNG || report->kind == CHILD_REPORT_SLIDES;
        if (rung && !place_rung(run, report, error))
            return FALSE;
        if (report->kind == CHILD_REPORT_ASSET && !place_asset(run, report, error))
            return FALSE;
        named = named || is_named(report);
    }
    return !named || action->shown != NULL ||
           flows_publish_describe(&run->context.places, action->lesson, error);
}

/* Stills that no `slides` line counted belong to nothing. */
static void
forget_uncounted_stills(CatalogLesson *lesson)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (g_strcmp0(rung->name, "slides") == 0 && rung->file != NULL)
            return;
    }
    trim_stills(lesson, 0);
}

/* Whatever the job was about to show: the generation that is shown is described again. */
static gboolean
describe_shown(Run *run, GError **error)
{
    FlowsEncodeAction *action = run->action;
    const CatalogLesson *lesson = action->shown != NULL ? action->shown : action->lesson;
    if (lesson == NULL || lesson->published_ms == 0)
        return TRUE;
    if (run->context.job->kind != CATALOG_JOB_KIND_ENCODE)
        action->orphans = flows_publish_orphans_list(&run->context.places, lesson);
    return action->shown == NULL ||
           flows_publish_describe(&run->context.places, action->shown, error);
}

static gboolean
describe_finished(Run *run, GError **error)
{
    FlowsEncodeAction *action = run->action;
    CatalogLesson *lesson = action->lesson;
    const FlowsPublishPlaces *places = &run->context.places;
    if (action->shown != NULL && run->context.job->kind != CATALOG_JOB_KIND_REENCODE)
        return describe_shown(run, error); // overtaken
    if (count_files(lesson) == 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "done without any rung");
        return FALSE;
    }
    lesson->complete = !action->refine && !has_failed_rung(lesson);
    if (action->duration_ms > 0)
        lesson->duration_ms = (gint64)action->duration_ms;
    forget_uncounted_stills(lesson);
    flows_publish_asset_read_inset(places, lesson, action->shown_width, action->shown_height,
                                   &action->inset);
    action->orphans = flows_publish_orphans_list(places, lesson);
    return flows_publish_describe(places, lesson, error);
}

static gboolean
work_on_files(gpointer data, GError **error)
{
    Run *run = data;
    switch (run->action->kind) {
    case FLOWS_ENCODE_ACTION_REPORT:
        return place_reports(run, error);
    case FLOWS_ENCODE_ACTION_FINISH:
        return describe_finished(run, error);
    case FLOWS_ENCODE_ACTION_FAIL:
    case FLOWS_ENCODE_ACTION_ABANDON:
        return describe_shown(run, error);
    case FLOWS_ENCODE_ACTION_RELEASE:
        return TRUE;
    }
    return TRUE;
}

static gboolean
write_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    Run *run = data;
    step(&run->context, "rows");
    return flows_encode_rows_write(database, run->action, &run->context, error);
}

static gboolean
clean_up(gpointer data, GError **error)
{
    Run *run = data;
    const FlowsEncodeAction *action = run->action;
    // A job that was cancelled and is wanted again goes on from what is there.
    gboolean wanted =
        action->lesson != NULL && (action->lesson->job != NULL || action->lesson->refining);
    gboolean over = action->kind == FLOWS_ENCODE_ACTION_FINISH ||
                    (action->kind == FLOWS_ENCODE_ACTION_ABANDON && !wanted) ||
                    action->state == CATALOG_JOB_STATE_FAILED;
    if (over) {
        step(&run->context, "remove-staging");
        flows_publish_remove_staging(run->context.places.staging);
    } else if (action->rung != NULL && action->rung->index_file != NULL) {
        flows_publish_clean_rung(&run->context.places, action->rung->name);
    }
    return TRUE;
}

void
flows_encode_action_run_async(FlowsEncodeAction *action, const FlowsEncodeActionContext *context,
                              GAsyncReadyCallback callback, gpointer user_data)
{
    static const FlowsStepsOne steps[] = {{.read = read_lesson},
                                          {.files = work_on_files},
                                          {.write = write_rows},
                                          {.files = clean_up}};
    const FlowsSteps walk = {context->catalog, context->worker, steps, G_N_ELEMENTS(steps)};
    Run *run = g_new0(Run, 1);
    run->action = action;
    run->context = *context;
    flows_steps_run_async(&walk, run, g_free, callback, user_data);
}

gboolean
flows_encode_action_run_finish(GAsyncResult *result, GError **error)
{
    return flows_steps_run_finish(result, error);
}
