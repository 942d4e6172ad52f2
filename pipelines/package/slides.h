// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// slides.vtt: which still is seen when. A pure text function of plain values.
#pragma once

#include <glib.h>

typedef struct {
    const char *file; // (unowned) relative to the bundle, as slides/0001.0123abcd.webp
    guint64 start_ms; // (value)
    guint64 end_ms;   // (value) greater than start_ms
    gboolean grows;   // (value) the still before it with something added
} PackageSlidesCue;

/**
 * package_slides_format:
 * @cues: in order of time
 *
 * Returns: (transfer full): WebVTT with a cue a still: its payload is the file name, and a second
 * line `grows` for a build. A cue that would not last is left out.
 */
char *package_slides_format(const PackageSlidesCue *cues, guint count);
