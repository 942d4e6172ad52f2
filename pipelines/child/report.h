// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One line from the child to its parent as a value, and its JSON form (table in ARCHITECTURE.md).
// The parent parses them as foreign bytes, since a hostile file may own the child.
#pragma once

#include <glib.h>

#include "pipelines/child/asset.h"

#define CHILD_REPORT_MAX_LINE (64 * 1024)
#define CHILD_REPORT_VERSION 1

typedef enum {
    CHILD_REPORT_HELLO,
    CHILD_REPORT_PROBE,
    CHILD_REPORT_PLAN,
    CHILD_REPORT_ASSET,
    CHILD_REPORT_SLIDES,
    CHILD_REPORT_PROGRESS,
    CHILD_REPORT_CHECKPOINT,
    CHILD_REPORT_RUNG,
    CHILD_REPORT_RUNG_SKIPPED,
    CHILD_REPORT_RUNG_FAILED,
    CHILD_REPORT_SPLICE,
    CHILD_REPORT_WARNING,
    CHILD_REPORT_FAILED,
    CHILD_REPORT_DONE,
} ChildReportKind;

/** Fields count by kind, as in ARCHITECTURE.md; the others are 0 or NULL. */
typedef struct {
    ChildReportKind kind;  // (value)
    ChildAssetKind asset;  // (value) asset
    char *name;            // (owned) (nullable) rung…; checkpoint's `rung`
    char *file;            // (owned) (nullable) rung, asset: a plain file name
    char *index;           // (owned) (nullable) rung: a plain file name
    char *sha256;          // (owned) (nullable) rung, asset: 64 hex digits
    char *codecs;          // (owned) (nullable) rung
    char *stage;           // (owned) (nullable) progress
    char *container;       // (owned) (nullable) probe
    char *language;        // (owned) (nullable) asset: of captions, else empty
    char *code;            // (owned) (nullable) failed, rung-failed, rung-skipped, warning, splice
    char *detail;          // (owned) (nullable) beside code: English, for the log
    char **rungs;          // (owned) (nullable) plan
    gboolean has_picture;  // (value) probe
    gboolean has_sound;    // (value) probe
    gboolean grows;        // (value) asset: a still that adds to the one before it
    guint width;           // (value) probe, rung, asset, slides
    guint height;          // (value) probe, rung, asset, slides
    guint permille;        // (value) progress
    guint segments;        // (value) checkpoint
    guint position;        // (value) asset: stills from 1, else 0; splice: from 1
    guint columns;         // (value) asset: storyboard
    guint count;           // (value) asset: pictures of a storyboard; slides
    guint64 interval_ms;   // (value) asset: storyboard
    guint64 start_ms;      // (value) asset, splice
    guint64 end_ms;        // (value) asset, splice
    guint64 media_ms;      // (value) checkpoint, warning, splice
    guint64 duration_ms;   // (value) probe, rung, slides, done
    guint64 bytes;         // (value) rung, asset
    guint64 bandwidth_bps; // (value) rung
    guint64 average_bandwidth_bps; // (value) rung
    double speed;                  // (value) progress: media seconds a wall second
    double frame_rate;             // (value) rung
    double ssim;                   // (value) rung: 0: not measured
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

/** Returns: (transfer full): one JSON object, no line feed, at most 64 KiB; texts are cut. */
char *child_report_to_line(const ChildReport *report);

/** Pure. Returns: (transfer full): the report, or NULL with CHILD_ERROR_INVALID. Any thread. */
ChildReport *child_report_parse(const char *line, gsize length, GError **error);
