// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// WebVTT (W3C, the timed text tracks format): reading §6.1, writing §4.1. Pure.
#pragma once

#include "pipelines/captions/cues.h"
#include "pipelines/captions/faults.h"

/** Returns: TRUE when @text opens like a WebVTT file. */
gboolean captions_webvtt_is_one(const char *text);

/**
 * captions_webvtt_parse:
 * @text: as captions_decode_text() gives it
 *
 * Blocks are split as browsers split them; STYLE and REGION are left out. Where a browser drops a
 * cue in silence this notes an error. Returns: (transfer full) (nullable): NULL when @faults has
 * errors.
 */
CaptionsCues *captions_webvtt_parse(const char *text, CaptionsFaults *faults);

/** Returns: (transfer full): the one canonical text of @cues; parsing it gives the same cues and no
 * fault but overlaps. */
char *captions_webvtt_write(const CaptionsCues *cues);
