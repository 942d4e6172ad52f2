// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Cues one by one into a list, each held against the bounds: what every reader of a format ends in.
#pragma once

#include "pipelines/captions/cues.h"
#include "pipelines/captions/faults.h"
#include "pipelines/captions/markup.h"

typedef struct {
    CaptionsCues *cues;     // (owned) (nullable)
    CaptionsFaults *faults; // (unowned)
    gint64 last_start_ms;   // (value) of the cue before
    gint64 last_end_ms;     // (value) the latest of all
    gboolean full;          // (value) too many were told
} CaptionsBuilder;

/** What a reader found of one cue. */
typedef struct {
    guint line;              // (value) of its times
    gint64 start_ms;         // (value)
    gint64 end_ms;           // (value)
    const char *identifier;  // (unowned) (nullable)
    const char *settings;    // (unowned) (nullable) words after the times
    const char *text;        // (unowned) raw
    CaptionsMarkupKind kind; // (value) of text
} CaptionsBuilderCue;

void captions_builder_begin(CaptionsBuilder *builder, CaptionsFaults *faults);

/** Checks and cleans @cue and adds it, or notes what is wrong with it. */
void captions_builder_add(CaptionsBuilder *builder, const CaptionsBuilderCue *cue);

/** Returns: (transfer full) (nullable): the cues in order; NULL when there were errors or no cue.
 */
CaptionsCues *captions_builder_end(CaptionsBuilder *builder);
