// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// look: what waits moves on, what runs is listed, in one transaction → the first that need not wait
// is made → look again … stop → the child ends.
#include "server/flows/patch.h"

#include "server/timer.h"

#define PROGRESS_STEP 50 // permille, for each of which a row is written
#define WAIT_LEAST_MS 100
#define WAIT_MOST_MS 60000

struct _FlowsPatch {
    FlowsPatchSetup setup;       // (value)
    const ChildSandbox *sandbox; // (unowned) (nullable)
    FlowsRecordRetry *retry;     // (owned) by id of the patch
    GSource *timer;              // (owned) (nullable) until something may be tried again
    FlowsPatchMake *make;        // (owned) (nullable)
    guint told_permille;         // of make
    gboolean busy;               // (value) a look is under way
    gboolean again;              // (value) woken while busy
    gboolean stopping;           // (value)
};

typedef struct {
    FlowsPatch *patch;  // (unowned)
    gint64 now_ms;      // (value)
    GPtrArray *changed; // (owned) (element-type utf8): recordings
    GPtrArray *running; // (owned) (nullable) (element-type CatalogPatches)
} Look;

/* How far one is, on its way to its row. */
typedef struct {
    char *id;       // (owned)
    guint permille; // (value)
    gint64 now_ms;  // (value)
} Progress;

static void look(FlowsPatch *patch);

static void
free_look(gpointer data)
{
    Look *wanted = data;
    g_ptr_array_unref(wanted->changed);
    g_clear_pointer(&wanted->running, g_ptr_array_unref);
    g_free(wanted);
}

static void
free_progress(gpointer data)
{
    Progress *progress = data;
    g_free(progress->id);
    g_free(progress);
}

static gboolean
is_quiet(const FlowsPatch *patch)
{
    return !patch->busy && patch->make == NULL;
}

static gint64
get_now(const FlowsPatch *patch)
{
    return server_clock_now_ms(patch->setup.shared.clock);
}

static void
tell(FlowsPatch *patch, const char *recording_id)
{
    server_events_publish(patch->setup.events, SERVER_EVENTS_BOOKING, recording_id);
}

static gboolean
write_progress(CatalogDatabase *database, gpointer data, GError **error)
{
    const Progress *progress = data;
    return catalog_patches_set_progress(database, progress->id, progress->permille,
                                        progress->now_ms, error);
}

static void
on_progress(const CatalogPatches *row, guint permille, gpointer user_data)
{
    FlowsPatch *patch = user_data;
    if (permille < patch->told_permille + PROGRESS_STEP)
        return;
    Progress *progress = g_new0(Progress, 1);
    progress->id = g_strdup(row->id);
    progress->permille = permille;
    progress->now_ms = get_now(patch);
    patch->told_permille = permille;
    catalog_threads_write_async(patch->setup.shared.catalog, write_progress, progress,
                                free_progress, NULL, NULL);
    tell(patch, row->recording_id);
}

static void
on_made(const CatalogPatches *row, FlowsPatchMakeEnd end, FlowsRecordRetryCause why,
        gpointer user_data)
{
    FlowsPatch *patch = user_data;
    gboolean news = TRUE;
    if (end == FLOWS_PATCH_MAKE_AGAIN)
        news = flows_record_retry_note(patch->retry, row->id, why, get_now(patch));
    else
        flows_record_retry_forget(patch->retry, row->id);
    if (news)
        tell(patch, row->recording_id);
    if (row->state == CATALOG_PATCHES_STATE_DONE)
        patch->setup.on_lesson(row->recording_id, patch->setup.user_data);
    g_clear_pointer(&patch->make, flows_patch_make_free);
    if (!patch->stopping)
        look(patch);
    else if (is_quiet(patch))
        patch->setup.on_quiet(patch->setup.user_data);
}

static gboolean
on_timer(gpointer user_data)
{
    FlowsPatch *patch = user_data;
    server_timer_clear(&patch->timer);
    look(patch);
    return G_SOURCE_REMOVE;
}

static void
begin(FlowsPatch *patch, CatalogPatches *row)
{
    FlowsPatchMakeSetup setup = {
        .shared = patch->setup.shared,
        .links = patch->setup.links,
        .on_progress = on_progress,
        .on_done = on_made,
        .user_data = patch,
    };
    setup.shared.sandbox = patch->sandbox;
    setup.shared.quiet = flows_record_retry_is_known(patch->retry, row->id);
    patch->told_permille = 0;
    guint crashes = flows_record_retry_count_crashes(patch->retry, row->id);
    patch->make = flows_patch_make_start(&setup, row, crashes);
}

/* The first that need not wait. */
static void
begin_next(FlowsPatch *patch, GPtrArray *running)
{
    gint64 least_ms = G_MAXINT64;
    for (guint i = 0; i < running->len && patch->make == NULL; i++) {
        const CatalogPatches *row = running->pdata[i];
        gint64 wait_ms = flows_record_retry_measure_wait(patch->retry, row->id, get_now(patch));
        least_ms = MIN(least_ms, wait_ms);
        if (wait_ms == 0)
            begin(patch, g_ptr_array_steal_index(running, i));
    }
    if (patch->make == NULL && least_ms < G_MAXINT64)
        server_timer_set(&patch->timer, NULL, (guint)CLAMP(least_ms, WAIT_LEAST_MS, WAIT_MOST_MS),
                         on_timer, patch);
}

static gboolean
do_look(CatalogDatabase *database, gpointer data, GError **error)
{
    Look *wanted = data;
    g_ptr_array_set_size(wanted->changed, 0);
    g_clear_pointer(&wanted->running, g_ptr_array_unref);
    if (!catalog_patches_advance(database, wanted->now_ms, wanted->changed, error))
        return FALSE;
    wanted->running = catalog_patches_list_running(database, error);
    return wanted->running != NULL;
}

static void
on_looked(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Look *wanted = user_data;
    FlowsPatch *patch = wanted->patch;
    g_autoptr(GError) error = NULL;
    gboolean again = patch->again;
    patch->busy = FALSE;
    patch->again = FALSE;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("patches: the catalogue cannot be asked: %s", error->message);
        again = FALSE; // the recorder looks again before long
    } else if (!patch->stopping) {
        for (guint i = 0; i < wanted->changed->len; i++)
            tell(patch, wanted->changed->pdata[i]);
        begin_next(patch, wanted->running);
    }
    if (patch->stopping && is_quiet(patch))
        patch->setup.on_quiet(patch->setup.user_data);
    else if (again)
        look(patch);
}

static void
look(FlowsPatch *patch)
{
    if (patch->stopping)
        return;
    if (patch->busy || patch->make != NULL) {
        patch->again = patch->busy;
        return;
    }
    Look *wanted = g_new0(Look, 1);
    wanted->patch = patch;
    wanted->now_ms = get_now(patch);
    wanted->changed = g_ptr_array_new_with_free_func(g_free);
    patch->busy = TRUE;
    catalog_threads_write_async(patch->setup.shared.catalog, do_look, wanted, free_look, NULL,
                                on_looked);
}

void
flows_patch_look(FlowsPatch *patch, const ChildSandbox *sandbox)
{
    patch->sandbox = sandbox;
    look(patch);
}

const char *
flows_patch_get_recording(const FlowsPatch *patch)
{
    return patch->make != NULL ? flows_patch_make_get_patch(patch->make)->recording_id : NULL;
}

gboolean
flows_patch_stop(FlowsPatch *patch)
{
    patch->stopping = TRUE;
    server_timer_clear(&patch->timer);
    if (patch->make != NULL)
        flows_patch_make_cancel(patch->make);
    return is_quiet(patch);
}

FlowsPatch *
flows_patch_new(const FlowsPatchSetup *setup)
{
    FlowsPatch *patch = g_new0(FlowsPatch, 1);
    patch->setup = *setup;
    patch->retry = flows_record_retry_new();
    return patch;
}

void
flows_patch_free(FlowsPatch *patch)
{
    server_timer_clear(&patch->timer);
    flows_record_retry_free(patch->retry);
    g_free(patch);
}
