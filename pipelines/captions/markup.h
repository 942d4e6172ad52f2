// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Cue text with a small safe set of tags: i, b, u, ruby, rt, v and lang as WebVTT §4.2.2 has them,
// always balanced, everything else as text. Pure.
#pragma once

#include <glib.h>

typedef enum {
    CAPTIONS_MARKUP_WEBVTT, // `<` opens a tag, `&` an entity
    CAPTIONS_MARKUP_HTML,   // SubRip: known HTML tags and ASS overrides; any other `<` is text
    CAPTIONS_MARKUP_PLAIN,  // nothing is a tag
} CaptionsMarkupKind;

/**
 * captions_markup_clean:
 * @text: lines with line feeds between them
 * @dropped: (out) (nullable): whether there were tags that were not kept
 *
 * Returns: (transfer full): WebVTT cue text without blank lines; empty when nothing shows.
 */
char *captions_markup_clean(const char *text, CaptionsMarkupKind kind, gboolean *dropped);

/** Returns: (transfer full): what a reader sees of cue text: no tags, no entities. */
char *captions_markup_to_plain(const char *cue_text);
