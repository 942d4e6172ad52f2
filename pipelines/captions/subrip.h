// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// SubRip (.srt), which no standard describes: what its many writers are known to do. Pure.
#pragma once

#include "pipelines/captions/cues.h"
#include "pipelines/captions/faults.h"

/** Returns: TRUE when some line of @text gives times. */
gboolean captions_subrip_is_one(const char *text);

/**
 * captions_subrip_parse:
 * @text: as captions_decode_text() gives it
 *
 * A cue reaches from its times to the next; blank lines may be missing, be inside it, or stand
 * after the counter. Returns: (transfer full) (nullable): NULL when @faults has errors.
 */
CaptionsCues *captions_subrip_parse(const char *text, CaptionsFaults *faults);
