// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One thing that a child said, or its end, carried out in order: read the lesson, work on files,
// write the rows in one guarded transaction, clean up. The lease is checked inside that
// transaction, so whoever lost it changes nothing. Used by encode_job.c, one action of a job at a
// time. Main context.
#pragma once

#include "catalog/lesson.h"
#include "catalog/threads.h"
#include "pipelines/child/report.h"
#include "server/clock.h"
#include "server/flows/publish.h"
#include "server/flows/receive_worker.h"

typedef enum {
    FLOWS_ENCODE_ACTION_REPORT,  // what `reports` say
    FLOWS_ENCODE_ACTION_FINISH,  // the child is done
    FLOWS_ENCODE_ACTION_FAIL,    // the child failed, or was failed
    FLOWS_ENCODE_ACTION_RELEASE, // we are stopping: somebody else goes on
    FLOWS_ENCODE_ACTION_ABANDON, // cancelled in the catalogue: only what it left is to be removed
} FlowsEncodeActionKind;

/** Where actions of one job take place; everything outlives them. */
typedef struct {
    CatalogThreads *catalog;    // (unowned)
    ServerClock *clock;         // (unowned)
    FlowsReceiveWorker *worker; // (unowned)
    const CatalogJob *job;      // (unowned) as claimed
    const char *runner;         // (unowned) the lease's owner
    FlowsPublishPlaces places;  // (value)
    gint64 lease_ms;            // (value)
} FlowsEncodeActionContext;

typedef struct {
    FlowsEncodeActionKind kind; // (value)
    GPtrArray *reports;         // (owned) (element-type ChildReport) REPORT: one, or assets alone
    char *code;                 // (owned) (nullable) FAIL
    char *detail;               // (owned) (nullable) FAIL
    gboolean permanent;         // (value) FAIL: trying again cannot help
    guint64 duration_ms;        // (value) FINISH; 0: not known
    guint shown_width;          // (value) FINISH: of the source, 0: no picture
    guint shown_height;         // (value) FINISH
    gboolean refine;            // (value) FINISH: a better rung is to follow
    CatalogLesson *lesson;      // (owned) (nullable) as read, of the job's generation
    CatalogLesson *shown;       // (owned) (nullable) as it is shown, when that is another one
    CatalogRung *rung;          // (owned) (nullable) the row to be
    GPtrArray *assets;          // (owned) (element-type CatalogAsset) rows to be
    GPtrArray *captions;        // (owned) (element-type CatalogCaptions) rows to be
    GPtrArray *orphans;         // (owned) (nullable) (element-type utf8) files that no row names
    CatalogArea inset;          // (value) FINISH: what the analysis saw
    CatalogJobState state;      // (value) FAIL: what became of the job
} FlowsEncodeAction;

/** Returns: (transfer full): an action; fill in what belongs to its kind. */
FlowsEncodeAction *flows_encode_action_new(FlowsEncodeActionKind kind);
void flows_encode_action_free(FlowsEncodeAction *action);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsEncodeAction, flows_encode_action_free)

/**
 * flows_encode_action_run_async:
 * @action: alive until the callback
 *
 * Ends with CATALOG_ERROR_CONFLICT or NOT_FOUND when the job is no longer ours, with a G_IO_ERROR
 * or PACKAGE_ERROR when files failed, with another CATALOG_ERROR when the catalogue did.
 */
void flows_encode_action_run_async(FlowsEncodeAction *action,
                                   const FlowsEncodeActionContext *context,
                                   GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_encode_action_run_finish(GAsyncResult *result, GError **error);
