// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A list of cues: what every caption format is read into and WebVTT is written from. A plain value
// that knows no format and no file.
#pragma once

#include <glib.h>

#define CAPTIONS_CUES_MAX 20000
#define CAPTIONS_CUES_MAX_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)
#define CAPTIONS_CUES_MAX_TEXT_CHARS 2000
#define CAPTIONS_CUES_MAX_FILE_BYTES (2 * 1024 * 1024)

typedef struct {
    gint64 start_ms;  // (value)
    gint64 end_ms;    // (value) after start_ms, at most CAPTIONS_CUES_MAX_MS
    char *identifier; // (owned) (nullable) one line
    char *settings;   // (owned) (nullable) WebVTT cue settings that were found right
    char *text;       // (owned) WebVTT cue text with safe tags alone: no blank line, never empty
    guint line;       // (value) where it stood in its file, from 1; 0: nowhere
} CaptionsCuesCue;

typedef struct {
    GPtrArray *cues; // (owned) (element-type CaptionsCuesCue)
} CaptionsCues;

CaptionsCues *captions_cues_new(void);
void captions_cues_free(CaptionsCues *cues);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsCues, captions_cues_free)

/** Adds a cue with copies of the texts. Returns: (transfer none): it, to be completed. */
CaptionsCuesCue *captions_cues_add(CaptionsCues *cues, gint64 start_ms, gint64 end_ms,
                                   const char *text);

/** Puts the cues in order of start, then end; equal ones keep their order (WebVTT §5.1). */
void captions_cues_sort(CaptionsCues *cues);
