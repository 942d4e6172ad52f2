// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// storyboard.vtt: which part of the storyboard's picture shows which time. A pure text function of
// plain values.
#pragma once

#include <glib.h>

typedef struct {
    const char *file;    // (unowned) relative to the bundle
    guint columns;       // (value) small pictures in a row
    guint count;         // (value) small pictures in all
    guint width;         // (value) of one of them, in pixels
    guint height;        // (value)
    guint64 interval_ms; // (value) each stands for so long
    guint64 duration_ms; // (value) of the lesson: the last cue ends there
} PackageStoryboard;

/** Returns: (transfer full): WebVTT with a cue a small picture, payload `file#xywh=x,y,w,h` (Media
 * Fragments URI 1.0 §4.2.2). */
char *package_storyboard_format(const PackageStoryboard *storyboard);
