// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The timing lines of WebVTT (W3C Recommendation, §4.1) that slides.c and storyboard.c share. Pure.
#pragma once

#include <glib.h>

/** Appends `HH:MM:SS.mmm --> HH:MM:SS.mmm` and a line feed; hours have as many digits as they need.
 */
void package_vtt_append_timing(GString *out, guint64 start_ms, guint64 end_ms);
