// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the keep role is to join: a text of one line a segment,
// `<time> <duration> [<rung> <init file> <segment file>]…`, times in 90 kHz on the channel's
// timeline, files relative to a folder that is only read. What a channel has beside its rungs
// (pipelines/child/live_track.h) may be in some lines alone; captions have `-` for an init file.
// Pure.
#pragma once

#include <glib.h>

#define KEEP_PLAN_BYTES_MAX (16 * 1024 * 1024)

/** One rung's part of a segment. */
typedef struct {
    guint64 time;     // 90 kHz, where it begins on the channel's timeline
    guint64 duration; // 90 kHz, as long as it is to last
    guint64 at;       // 90 kHz, where it begins in the lesson
    char *init;       // (owned) relative path
    char *segment;    // (owned) relative path
} KeepPlanPiece;

/** Returns: (transfer full) (element-type KeepPlanPiece): those of @rung, in order; empty when it
 * is in no line; NULL with PACKAGE_ERROR_INVALID when the text is none of the kind, or when a line
 * lacks a rung that another has. */
GPtrArray *keep_plan_parse(const char *text, gsize length, const char *rung, GError **error);

/** The same for something beside rungs: lines may lack it. */
GPtrArray *keep_plan_parse_extra(const char *text, gsize length, const char *track, GError **error);

/** Returns: (transfer full): names of all that is beside rungs, each once, in order of coming. */
char **keep_plan_list_extras(const char *text, gsize length);
