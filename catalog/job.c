// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The job value and its states. No state is without a way out: a queued job waits for its back-off
// (the next wake), a running one for its lease (expire_leases); the others are ends that only a
// person leaves.
//
//    enqueue            claim               finish
//   ─────────▶ QUEUED ─────────▶ RUNNING ───────────▶ DONE
//              ▲ ▲  │               │ │
//              │ │  │ release, fail │ │ fail, expire_leases (no attempt left, or permanent)
//              │ │  │ (attempt left)│ └───────────▶ FAILED
//              │ └──│───────────────┘                 │
//              │    └─────▶ CANCELLED ◀── cancel ─┐   │
//              │               │    (also RUNNING)┘   │
//              └──── retry ────┴──────────────────────┘
#include "catalog/job.h"

#include "catalog/texts.h"

static const char *const STATE_NAMES[] = {"queued", "running", "done", "failed", "cancelled", NULL};
static const char *const KIND_NAMES[] = {"encode", "refine", "reencode", "captions", NULL};

static const gboolean MOVES[5][5] = {
    // to: queued, running, done, failed, cancelled
    [CATALOG_JOB_STATE_QUEUED] = {FALSE, TRUE, FALSE, FALSE, TRUE},
    [CATALOG_JOB_STATE_RUNNING] = {TRUE, FALSE, TRUE, TRUE, TRUE},
    [CATALOG_JOB_STATE_DONE] = {FALSE, FALSE, FALSE, FALSE, FALSE},
    [CATALOG_JOB_STATE_FAILED] = {TRUE, FALSE, FALSE, FALSE, FALSE},
    [CATALOG_JOB_STATE_CANCELLED] = {TRUE, FALSE, FALSE, FALSE, FALSE},
};

CatalogJob *
catalog_job_copy(const CatalogJob *job)
{
    CatalogJob *copy = g_memdup2(job, sizeof *job);
    copy->id = g_strdup(job->id);
    copy->lesson_id = g_strdup(job->lesson_id);
    copy->argument = g_strdup(job->argument);
    copy->lesson_title = g_strdup(job->lesson_title);
    copy->lesson_owner_id = g_strdup(job->lesson_owner_id);
    copy->lease_owner = g_strdup(job->lease_owner);
    copy->stage = g_strdup(job->stage);
    copy->checkpoint = g_strdup(job->checkpoint);
    copy->error_code = g_strdup(job->error_code);
    copy->error_detail = g_strdup(job->error_detail);
    return copy;
}

void
catalog_job_free(CatalogJob *job)
{
    if (job == NULL)
        return;
    g_free(job->id);
    g_free(job->lesson_id);
    g_free(job->argument);
    g_free(job->lesson_title);
    g_free(job->lesson_owner_id);
    g_free(job->lease_owner);
    g_free(job->stage);
    g_free(job->checkpoint);
    g_free(job->error_code);
    g_free(job->error_detail);
    g_free(job);
}

const char *
catalog_job_state_to_text(CatalogJobState state)
{
    return STATE_NAMES[state];
}

gboolean
catalog_job_state_from_text(const char *text, CatalogJobState *state)
{
    int found = catalog_texts_find(STATE_NAMES, text);
    if (found >= 0)
        *state = (CatalogJobState)found;
    return found >= 0;
}

const char *
catalog_job_kind_to_text(CatalogJobKind kind)
{
    return KIND_NAMES[kind];
}

gboolean
catalog_job_kind_from_text(const char *text, CatalogJobKind *kind)
{
    int found = catalog_texts_find(KIND_NAMES, text);
    if (found >= 0)
        *kind = (CatalogJobKind)found;
    return found >= 0;
}

gboolean
catalog_job_state_may_move(CatalogJobState from, CatalogJobState to)
{
    return MOVES[from][to];
}
