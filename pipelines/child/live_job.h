// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's first line to a live child (`daorian-media --role live`): what to make of the
// service whose packets come on the inherited descriptor, and where its channel goes on. After it
// the parent may send the cancel line of job.h. A plain value and its JSON form.
#pragma once

#include <glib.h>

typedef struct {
    char **rungs;         // (owned) wanted rung names, lowest first; the first to go is the last
    char *staging;        // (owned) path of the folder to write, as the child sees it
    guint64 first_number; // (value) of the first segment
    guint64 first_time;   // (value) 90 kHz: where the channel's timeline goes on
    guint64 first_init;   // (value) the first init file's number
    guint segment_ms;     // (value) about how long a segment is, 1000 to 10000
    guint behind_ms;      // (value) how far encoding may fall behind before rungs are dropped
    char *text_default;   // (owned) what unmarked text of the network is, as `tis-620`
    char *language;       // (owned) ISO 639-2 of the wanted sound track, may be empty
    char *burn_language;  // (owned) ISO 639-2 of bitmap subtitles to draw into pictures, or empty
    char *burn_rung;      // (owned) the rung that gets them, empty: the lowest with pictures
    char **extras;        // (owned) any of `voices` `captions` `scrub`, see live_track.h
} ChildLiveJob;

/** Returns: (transfer full): segments of 3 s, 5 s behind, Thai, all else empty. */
ChildLiveJob *child_live_job_new(void);
void child_live_job_free(ChildLiveJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildLiveJob, child_live_job_free)

/** Returns: (transfer full): one JSON object without line feed. */
char *child_live_job_to_line(const ChildLiveJob *job);

/** Pure. Returns: (transfer full): the job, or NULL with CHILD_ERROR_INVALID for anything else. */
ChildLiveJob *child_live_job_parse(const char *line, gsize length, GError **error);
