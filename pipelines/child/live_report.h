// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One line from a live child to its parent, as a plain value, and its JSON form (table in
// ARCHITECTURE.md). The child writes them; the parent parses them as foreign bytes, since a hostile
// stream may own the child.
#pragma once

#include <glib.h>

#define CHILD_LIVE_REPORT_PARTS_MAX 16

typedef enum {
    CHILD_LIVE_REPORT_HELLO,
    CHILD_LIVE_REPORT_INIT,
    CHILD_LIVE_REPORT_SEGMENT,
    CHILD_LIVE_REPORT_HEALTH,
    CHILD_LIVE_REPORT_WARNING,
    CHILD_LIVE_REPORT_FAILED,
    CHILD_LIVE_REPORT_DONE, // cancelled, or the input's writer closed it; all segments are told
} ChildLiveReportKind;

/** One rung's file of a segment: closed, synced, in the staging folder. */
typedef struct {
    char *rung;    // (owned)
    guint64 init;  // (value) number of the init file that goes with it
    char *file;    // (owned) a plain file name
    guint64 bytes; // (value)
} ChildLiveReportPart;

/** Which fields count is said by the kind; the others are 0 or NULL. Times of the channel are in
 * 90 kHz and only grow. */
typedef struct {
    ChildLiveReportKind kind; // (value)
    char *rung;               // (owned) (nullable) init
    char *file;               // (owned) (nullable) init: a plain file name
    char *codecs;             // (owned) (nullable) init: RFC 6381
    guint64 init;             // (value) init: grows with every init file, whatever the rung
    guint64 bytes;            // (value) init
    guint width;              // (value) init: 0: sound alone; health: of the source, as shown
    guint height;             // (value) init, health
    double frame_rate;        // (value) init
    guint64 bandwidth_bps;    // (value) init: ceiling
    guint64 number;           // (value) segment
    guint64 time;             // (value) segment: the end of the one before it
    guint64 duration;         // (value) segment
    guint64 wall_ms;          // (value) segment: UTC when it began on the air; warning: UTC now
    gboolean discontinuity;   // (value) segment: does not go on from the one before it
    GPtrArray *parts;         // (owned) (nullable) (element-type ChildLiveReportPart) segment
    guint speed_permille;     // (value) health: media time a busy second, 1000: real time
    guint behind_ms;          // (value) health: how old the packet at work is
    char **dropped_rungs;     // (owned) (nullable) health: not made now for want of speed
    guint64 last_picture_ms;  // (value) health: UTC of the last decoded picture, 0: none yet
    guint64 last_sound_ms;    // (value) health: UTC of the last decoded sound, 0: none yet
    guint64 packets;          // (value) health: since the start
    guint64 cc_errors;        // (value) health: places where packets are missing, since the start
    guint64 damaged;          // (value) health: units that could not be decoded, since the start
    gboolean scrambled;       // (value) health: packets need a key: no segments come
    char *clock;              // (owned) (nullable) health: `stream` or `system`
    char *picture_codec;      // (owned) (nullable) health: may be empty
    char *sound_codec;        // (owned) (nullable) health: may be empty
    char *language;           // (owned) (nullable) health: of the sound, may be empty
    char *code;               // (owned) (nullable) warning, failed
    char *detail;             // (owned) (nullable) beside code: English, for the log
} ChildLiveReport;

/** Returns: (transfer full): all fields empty. Fill the owned fields with copies. */
ChildLiveReport *child_live_report_new(ChildLiveReportKind kind);
void child_live_report_free(ChildLiveReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildLiveReport, child_live_report_free)

/** Adds a rung's file to a segment. */
void child_live_report_add_part(ChildLiveReport *report, const char *rung, guint64 init,
                                const char *file, guint64 bytes);

/** Returns: (transfer full): one JSON object, no line feed, at most 64 KiB; texts are cut. */
char *child_live_report_to_line(const ChildLiveReport *report);

/** Pure. Returns: (transfer full): the report, or NULL with CHILD_ERROR_INVALID. Any thread. */
ChildLiveReport *child_live_report_parse(const char *line, gsize length, GError **error);
