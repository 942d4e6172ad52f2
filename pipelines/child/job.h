// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's lines to the child: the job, then perhaps a cancel. A plain value and its JSON form.
#pragma once

#include <glib.h>

/** A part of the shown picture, in permille of its sides; width 0: none. */
typedef struct {
    guint x;      // (value)
    guint y;      // (value)
    guint width;  // (value)
    guint height; // (value)
} ChildJobArea;

typedef struct {
    char *source;              // (owned) path of the file to read, as the child sees it
    char *staging;             // (owned) path of the folder to write, as the child sees it
    char **rungs;              // (owned) wanted rung names, lowest first
    char **done;               // (owned) rungs published by an earlier attempt
    char *bundle;              // (owned) (nullable) path of the lesson's published folder
    char **published;          // (owned) files of rungs in it
    guint permille;            // (value) progress said by an earlier attempt; never go below
    guint64 limit_duration_ms; // (value) refuse longer sources; 0: no limit
    guint64 limit_pixels;      // (value) refuse larger pictures; 0: no limit
    ChildJobArea interpreter;  // (value) of sign language, as staff marked it
    gboolean clean_sound;      // (value) noise may be taken out of speech
} ChildJob;

typedef enum {
    CHILD_JOB_LINE_JOB,
    CHILD_JOB_LINE_CANCEL,
} ChildJobLine;

ChildJob *child_job_new(void);
void child_job_free(ChildJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildJob, child_job_free)

/** Returns: (transfer full): one JSON object without line feed. */
char *child_job_to_line(const ChildJob *job);

/**
 * child_job_parse:
 * @job: (out) (transfer full) (nullable): set for a job line, NULL for a cancel
 *
 * Pure. Returns: FALSE with CHILD_ERROR_INVALID for anything else.
 */
gboolean child_job_parse(const char *line, gsize length, ChildJobLine *kind, ChildJob **job,
                         GError **error);
