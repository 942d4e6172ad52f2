// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one piece of work to be done, with its states.
#pragma once

#include <glib.h>

typedef enum {
    CATALOG_JOB_KIND_ENCODE,   // the upload, first
    CATALOG_JOB_KIND_REFINE,   // what is better than the rest and may come later
    CATALOG_JOB_KIND_REENCODE, // everything anew, as another generation
    CATALOG_JOB_KIND_CAPTIONS, // the recogniser's command
} CatalogJobKind;

/** See the diagram in job.c. */
typedef enum {
    CATALOG_JOB_STATE_QUEUED,
    CATALOG_JOB_STATE_RUNNING,
    CATALOG_JOB_STATE_DONE,
    CATALOG_JOB_STATE_FAILED,
    CATALOG_JOB_STATE_CANCELLED,
} CatalogJobState;

typedef struct {
    char *id;              // (owned)
    CatalogJobKind kind;   // what is to be done
    char *lesson_id;       // (owned)
    gint64 generation;     // which one of the lesson it writes
    char *argument;        // (owned): of captions the language, else ""
    char *lesson_title;    // (owned): for lists
    char *lesson_owner_id; // (owned) (nullable): for who may see it
    CatalogJobState state; // see job.c
    int priority;          // higher first, −100 to 100
    int attempts;          // begun so far
    int max_attempts;      // at least 3
    gint64 not_before_ms;  // UTC milliseconds; back-off
    char *lease_owner;     // (owned) (nullable): who runs it
    gint64 lease_until_ms; // UTC milliseconds; 0 without lease
    int permille;          // 0–1000, monotonic over all attempts
    char *stage;           // (owned) (nullable): rung name or "pictures"
    char *checkpoint;      // (owned) (nullable): JSON of the flow that runs it
    char *error_code;      // (owned) (nullable): of the last failed attempt
    char *error_detail;    // (owned) (nullable): for the administrator
    gint64 created_ms;     // UTC milliseconds
    gint64 updated_ms;     // UTC milliseconds
} CatalogJob;

CatalogJob *catalog_job_copy(const CatalogJob *job);
void catalog_job_free(CatalogJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogJob, catalog_job_free)

const char *catalog_job_state_to_text(CatalogJobState state);

/** Returns: FALSE when @text (nullable) names no state; @state is then untouched. */
gboolean catalog_job_state_from_text(const char *text, CatalogJobState *state);

const char *catalog_job_kind_to_text(CatalogJobKind kind);
gboolean catalog_job_kind_from_text(const char *text, CatalogJobKind *kind);

/** Returns: TRUE when the state machine allows the move. */
gboolean catalog_job_state_may_move(CatalogJobState from, CatalogJobState to);
