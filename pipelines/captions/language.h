// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Language tags (BCP 47, RFC 5646 §2.1): well-formed ones in their usual writing. Pure.
#pragma once

#include <glib.h>

#define CAPTIONS_LANGUAGE_MAX_CHARS 35

/** Returns: TRUE for a well-formed tag in canonical case, so that it may be a file's name. */
gboolean captions_language_is_canonical(const char *tag);

/**
 * captions_language_canonicalise:
 * @text: (nullable): a tag in any case, or an ISO 639-2 code of three letters as containers have
 *
 * Returns: (transfer full) (nullable): the tag with `th` for `tha` and the like, NULL when @text is
 * no tag.
 */
char *captions_language_canonicalise(const char *text);

/** Returns: (static) (nullable): the ISO 639-2 code of the language of @tag, NULL when it is not
 * one of those known here. */
const char *captions_language_find_three(const char *tag);
