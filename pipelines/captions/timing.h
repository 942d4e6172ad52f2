// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The times of cues as the formats write them, and as we do. Pure.
#pragma once

#include <glib.h>

/** Returns: TRUE when a line is meant to give times: it holds the arrow `-->` (WebVTT §6.1). */
gboolean captions_timing_is_line(const char *line);

/** As captions_timing_is_line(), also for `->` between times as people type it. */
gboolean captions_timing_is_loose_line(const char *line);

/** Returns: TRUE for a line that opens with a time of day, like `00:01:02,500`. */
gboolean captions_timing_opens_with_time(const char *line);

/**
 * captions_timing_parse_line:
 * @line: like `00:01.500 --> 00:04.000 line:0`; hours, fraction, comma or point and blanks as
 * people write them
 * @rest: (out) (transfer none): what follows the times, without leading blanks
 *
 * Returns: FALSE when either time cannot be read; then nothing is set. Times may be in the wrong
 * order or beyond any bound.
 */
gboolean captions_timing_parse_line(const char *line, gint64 *start_ms, gint64 *end_ms,
                                    const char **rest);

/** Appends `HH:MM:SS.mmm`. */
void captions_timing_append(GString *text, gint64 time_ms);
