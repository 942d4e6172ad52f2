// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The text of an ASS event, which is what libavcodec turns every text subtitle into, as WebVTT cue
// text. Pure.
#pragma once

#include <glib.h>

/**
 * captions_asstext_convert:
 * @event: `ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text`, in whatever encoding
 *
 * Italic, bold and underline are kept, drawings and all other overrides left out.
 * Returns: (transfer full): clean cue text, empty when nothing shows; may be too long.
 */
char *captions_asstext_convert(const char *event);
