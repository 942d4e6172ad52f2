// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What XMLTV says in words of its own, in those of the guide: language, genre, age, series. Pure.
#pragma once

#include <glib.h>

#define FLOWS_GUIDEWORDS_TITLE_BYTES_MAX 1000 // a lesson's title has no more
#define FLOWS_GUIDEWORDS_TEXT_BYTES_MAX 9990  // two of them make a lesson's description

/** Returns: (transfer full): the text, or as many of its characters as @most_bytes hold. */
char *flows_guidewords_cut(const char *text, gsize most_bytes);

/** @tag: BCP 47, may be empty. Returns: (transfer full): the ISO 639-2 code, empty when it is not
 * known. */
char *flows_guidewords_find_language(const char *tag);

/** @category: Thai or English, may be empty. Returns: (static) (nullable): the guide's word
 * (tables_event_get_genre()) when it is clearly one. */
const char *flows_guidewords_find_genre(const char *category);

/** @rating: as `13+`, `น 18+`, `PG-13`. Returns: least age in years, 0: it says none. */
gint64 flows_guidewords_read_age(const char *rating);

/** @number: a CRID (ETSI TS 102 323 §12), or a programme id as EP012345670089. Returns: (transfer
 * full) (nullable): what all episodes have in common. */
char *flows_guidewords_find_series(const char *number);
