// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The kinds of files beside rungs that a child makes: an enum inside, a word in the lines.
#pragma once

#include <glib.h>

typedef enum {
    CHILD_ASSET_ANALYSIS,   // what the lesson is made of, JSON
    CHILD_ASSET_POSTER,     // one picture for lists
    CHILD_ASSET_STILL,      // one picture of a slide
    CHILD_ASSET_STORYBOARD, // small pictures in one, for scrubbing
    CHILD_ASSET_WAVEFORM,   // JSON
    CHILD_ASSET_SLIDES_PDF, // all stills, for printing
    CHILD_ASSET_CAPTIONS,   // WebVTT that was inside the source
} ChildAssetKind;

/** Returns: (transfer none): the word for it, as in ARCHITECTURE.md. */
const char *child_asset_get_name(ChildAssetKind kind);

/** FALSE when it is no such word. */
gboolean child_asset_parse_name(const char *name, ChildAssetKind *kind);
