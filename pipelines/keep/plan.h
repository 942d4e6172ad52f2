// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the keep role is to join: a text of one line a segment,
// `<time> <duration> [<rung> <init file> <segment file>]…`, times in 90 kHz on the channel's
// timeline, files relative to a folder that is only read. What a channel has beside its rungs
// (pipelines/child/live_track.h) may be in some lines alone: captions have `-` for an init file, a
// sound is silent where it is missing.
// Pure.
#pragma once

#include "pipelines/keep/load.h"

#define KEEP_PLAN_BYTES_MAX (16 * 1024 * 1024)

/** One rung's part of a segment. */
typedef struct {
    guint64 time;           // 90 kHz, where it begins on the channel's timeline
    guint64 duration;       // 90 kHz, as long as it is to last
    guint64 at;             // 90 kHz, where it begins in the lesson
    char *init;             // (owned) (nullable) relative path
    char *segment;          // (owned) (nullable) relative path; NULL: silence
    KeepLoadSpan init_span; // of that file, where it holds more
    KeepLoadSpan span;      // of that file, where it holds more
    gboolean shortened;     // what begins at or after its duration is left out
    gboolean joined;        // it goes on in the segment of the one before it
} KeepPlanPiece;

/** Frees a piece. */
void keep_plan_free_piece(gpointer piece);

/** Whether @word is a relative path of a narrow form. */
gboolean keep_plan_is_path(const char *word);

/** Returns: (transfer full) (element-type KeepPlanPiece): those of @rung, in order; empty when it
 * is in no line; NULL with PACKAGE_ERROR_INVALID when the text is none of the kind, or when a line
 * lacks a rung that another has. */
GPtrArray *keep_plan_parse(const char *text, gsize length, const char *rung, GError **error);

/** The same for something beside rungs: lines may lack it. */
GPtrArray *keep_plan_parse_extra(const char *text, gsize length, const char *track, GError **error);

/** The same for another sound: a line that lacks it is a piece of silence. Empty when it is in no
 * line. */
GPtrArray *keep_plan_parse_sound(const char *text, gsize length, const char *track, GError **error);

/** Returns: (transfer full): names of all that is beside rungs, each once, in order of coming. */
char **keep_plan_list_extras(const char *text, gsize length);
