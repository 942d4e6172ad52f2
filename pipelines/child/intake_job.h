// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's lines to the child that listens to a multiplex: the job, then which services are to
// be fed into which pipes, then perhaps a cancel; and to the one at whose door teachers' live
// classes call. A plain value and its JSON form.
#pragma once

#include <glib.h>

typedef enum {
    CHILD_INTAKE_JOB_LINE_JOB,     // the first line
    CHILD_INTAKE_JOB_LINE_FEED,    // the write end of a pipe comes beside it (SCM_RIGHTS)
    CHILD_INTAKE_JOB_LINE_UNFEED,  // no more into that pipe, which is closed
    CHILD_INTAKE_JOB_LINE_TELL,    // all services once more
    CHILD_INTAKE_JOB_LINE_CANCEL,  // the end
    CHILD_INTAKE_JOB_LINE_DOOR,    // the first line, of role `door`
    CHILD_INTAKE_JOB_LINE_ADMIT,   // door: who has this key may come; another key than before ends
                                   // what the old one began
    CHILD_INTAKE_JOB_LINE_DISMISS, // door: not any more
    CHILD_INTAKE_JOB_LINE_CLASS_FEED, // door: as feed, of whatever that caller sends
} ChildIntakeJobLine;

/** Which fields count is said by the line; the others are 0 or NULL. */
typedef struct {
    ChildIntakeJobLine line; // (value)
    char *uri;          // (owned) (nullable) job: what to open, as intake_address_parse() reads
    char *text_default; // (owned) (nullable) job: what unmarked text is, may be empty
    gboolean guide;     // (value) job: tell events
    gint64 feed;        // (value) feed, unfeed: the parent's number of the pipe, from 1
    gint64 service_id;  // (value) feed: programme number
    char *host;         // (owned) (nullable) door: own address, numeric
    gint64 port;        // (value) door: UDP
    char *caller;       // (owned) (nullable) admit, dismiss, class-feed: the parent's name for it
    char *key;          // (owned) (nullable) admit: hash of the key, as door_key.h makes it
} ChildIntakeJob;

/** Returns: (transfer full): all fields empty. */
ChildIntakeJob *child_intake_job_new(ChildIntakeJobLine line);
void child_intake_job_free(ChildIntakeJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildIntakeJob, child_intake_job_free)

/** Returns: (transfer full): one JSON object, no line feed. */
char *child_intake_job_to_line(const ChildIntakeJob *job);

/** Pure. Returns: (transfer full): the line, or NULL with CHILD_ERROR_INVALID. */
ChildIntakeJob *child_intake_job_parse(const char *line, gsize length, GError **error);
