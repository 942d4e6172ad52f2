// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Runs the real daorian-media on one file, as the daemon would, and keeps what it says.
#pragma once

#include "pipelines/child/report.h"

#define JOB_RUNGS "voice,lite,small,medium,large"

typedef struct {
    const char *rungs;      // (static) (nullable) wanted, separated by commas; NULL: JOB_RUNGS
    const char *done;       // (static) (nullable) rungs said to be published before
    const char *bundle;     // (static) (nullable) folder where they are, as <rung>.mp4
    guint permille;         // (value) said before
    guint kill_checkpoints; // (value) SIGKILL after so many checkpoints of pictures; 0: never
    gboolean cancel;        // (value) cancel at the first progress line
    guint64 limit_ms;       // (value) 0: ten minutes
    guint64 limit_pixels;   // (value) 0: 8192 × 8192
    guint interpreter[4];   // (value) x, y, width, height in permille; width 0: none
} JobOptions;

typedef struct {
    GPtrArray *reports; // (owned) (element-type ChildReport)
    int signal;         // (value) that ended the child; 0: none
    gboolean sanitizer; // (value) a sanitizer reported something, or GLib a critical
} JobResult;

/** Blocks, at most 120 s from line to line. @staging is made when missing. */
JobResult *job_run(const char *source, const char *staging, const JobOptions *options);
void job_result_free(JobResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JobResult, job_result_free)

/** The last report; asserts that there is one. */
const ChildReport *job_result_get_last(const JobResult *result);

/** Returns: (nullable): the first report of @kind, of rung @name unless NULL. */
const ChildReport *job_result_find(const JobResult *result, ChildReportKind kind, const char *name);

/** Asserts the order and the sums of the lines: hello first, progress never back, one end. */
void job_result_check_order(const JobResult *result);
