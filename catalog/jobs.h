// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The queue of jobs: enqueue, claim, report, finish or fail. The lease is the only thing that makes
// a runner the runner; whoever lost it gets CATALOG_ERROR_CONFLICT and must stop its child. Nothing
// here says how jobs travel, so that another carrier can stand behind the same functions. All
// functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/job.h"
#include "catalog/page.h"

#define CATALOG_JOBS_MAX_ATTEMPTS_DEFAULT 3

/** Enqueues @kind for a lesson, as catalog_orders_place() without an argument. */
char *catalog_jobs_enqueue(CatalogDatabase *database, CatalogJobKind kind, const char *lesson_id,
                           int priority, const CatalogAuditStamp *by, GError **error);

/** Which jobs a runner takes. Never two of one lesson at a time, captions apart: they share its
 * staging folder. */
typedef enum {
    CATALOG_JOBS_MEDIA,    // encode, refine, re-encode
    CATALOG_JOBS_URGENT,   // encode alone
    CATALOG_JOBS_CAPTIONS, // captions alone
} CatalogJobsQueue;

typedef struct {
    CatalogJobsQueue queue; // what is taken
    const char *runner;     // unique to the claiming process, kept in the lease
    gint64 lease_ms;        // how long the lease holds unless it is renewed
} CatalogJobsClaim;

/** @job (out) (nullable): the job, its attempts already counted; NULL: there is nothing to do. */
gboolean catalog_jobs_claim(CatalogDatabase *database, const CatalogJobsClaim *claim, gint64 now_ms,
                            CatalogJob **job, GError **error);

typedef struct {
    gint64 lease_until_ms;  // UTC milliseconds; the renewed lease
    int permille;           // a lower value than before is ignored
    const char *stage;      // (nullable): NULL keeps
    const char *checkpoint; // (nullable): JSON; NULL keeps
} CatalogJobsProgress;

/** Renews the lease and saves progress. CONFLICT: the lease is lost (cancelled, expired, taken
 * over). */
gboolean catalog_jobs_report(CatalogDatabase *database, const char *id, const char *runner,
                             const CatalogJobsProgress *progress, gint64 now_ms, GError **error);

/** running → done. CONFLICT: the lease is lost. */
gboolean catalog_jobs_finish(CatalogDatabase *database, const char *id, const char *runner,
                             gint64 now_ms, GError **error);

typedef struct {
    const char *code;   // a failure code of ARCHITECTURE.md
    const char *detail; // (nullable): for the administrator
    gboolean permanent; // TRUE: trying again cannot help
} CatalogJobsFailure;

/** running → queued with back-off (30 s, doubled each time, at most 1 h), or → failed when
 * permanent or when no attempt is left; @state (out) tells which. CONFLICT: the lease is lost. */
gboolean catalog_jobs_fail(CatalogDatabase *database, const CatalogJob *job,
                           const CatalogJobsFailure *failure, gint64 now_ms, CatalogJobState *state,
                           GError **error);

/** running → queued at once, the attempt not counted: the runner is stopping in good order. */
gboolean catalog_jobs_release(CatalogDatabase *database, const char *id, const char *runner,
                              gint64 now_ms, GError **error);

/** For every running job whose lease ran out: as catalog_jobs_fail() with code "internal".
 * Returns: (transfer full) (element-type CatalogJob): the expired jobs in their new state. */
GPtrArray *catalog_jobs_expire_leases(CatalogDatabase *database, gint64 now_ms, GError **error);

/** @wake_ms (out): when a lease of any job ends, or a job can be claimed; G_MAXINT64: never. */
gboolean catalog_jobs_get_next_wake(CatalogDatabase *database, CatalogJobsQueue queue,
                                    gint64 *wake_ms, GError **error);

/** queued or running → cancelled. CONFLICT in any other state. */
gboolean catalog_jobs_cancel(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                             GError **error);

/** failed or cancelled → queued with all attempts; queued: its back-off ends now. */
gboolean catalog_jobs_retry(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                            GError **error);
