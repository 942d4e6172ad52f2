// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One line from the child to its parent, as a plain value, and its JSON form (table in
// ARCHITECTURE.md). The child writes them; the parent parses them as foreign bytes, since a hostile
// file may own the child.
#pragma once

#include <glib.h>

#define CHILD_REPORT_MAX_LINE (64 * 1024)
#define CHILD_REPORT_VERSION 1

typedef enum {
    CHILD_REPORT_HELLO,
    CHILD_REPORT_PROBE,
    CHILD_REPORT_PLAN,
    CHILD_REPORT_POSTER,
    CHILD_REPORT_PROGRESS,
    CHILD_REPORT_CHECKPOINT,
    CHILD_REPORT_RUNG,
    CHILD_REPORT_RUNG_FAILED,
    CHILD_REPORT_WARNING,
    CHILD_REPORT_FAILED,
    CHILD_REPORT_DONE,
} ChildReportKind;

/** Which fields count is said by the kind, as in ARCHITECTURE.md; the others are 0 or NULL. */
typedef struct {
    ChildReportKind kind;  // (value)
    char *name;            // (owned) (nullable) rung, rung-failed; checkpoint's `rung`
    char *file;            // (owned) (nullable) rung, poster: a plain file name
    char *index;           // (owned) (nullable) rung: a plain file name
    char *sha256;          // (owned) (nullable) rung, poster: 64 hex digits
    char *codecs;          // (owned) (nullable) rung
    char *stage;           // (owned) (nullable) progress
    char *container;       // (owned) (nullable) probe
    char *code;            // (owned) (nullable) failed, rung-failed, warning
    char *detail;          // (owned) (nullable) failed, rung-failed, warning: English, for the log
    char **rungs;          // (owned) (nullable) plan
    gboolean has_picture;  // (value) probe
    gboolean has_sound;    // (value) probe
    guint width;           // (value) probe, rung
    guint height;          // (value) probe, rung
    guint permille;        // (value) progress
    guint segments;        // (value) checkpoint
    guint64 media_ms;      // (value) checkpoint, warning
    guint64 duration_ms;   // (value) probe, rung, done
    guint64 bytes;         // (value) rung, poster
    guint64 bandwidth_bps; // (value) rung
    guint64 average_bandwidth_bps; // (value) rung
    double speed;                  // (value) progress: media seconds a wall second
    double frame_rate;             // (value) rung
} ChildReport;

typedef enum {
    CHILD_ERROR_INVALID, // a line that is not of the contract
    CHILD_ERROR_CLOSED,  // the other end is gone
    CHILD_ERROR_REFUSED, // the sandbox is wanted and cannot be had
    CHILD_ERROR_BUSY,    // another child still works in that folder
} ChildError;

#define CHILD_ERROR (child_report_error_quark())
GQuark child_report_error_quark(void);

/** Returns: (transfer full): all fields empty. Fill the owned fields with copies. */
ChildReport *child_report_new(ChildReportKind kind);
ChildReport *child_report_copy(const ChildReport *report);
void child_report_free(ChildReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildReport, child_report_free)

/** Returns: (transfer full): one JSON object, no line feed, at most 64 KiB; texts are cut to fit.
 */
char *child_report_to_line(const ChildReport *report);

/** Pure. Returns: (transfer full): the report, or NULL with CHILD_ERROR_INVALID. Any thread. */
ChildReport *child_report_parse(const char *line, gsize length, GError **error);
