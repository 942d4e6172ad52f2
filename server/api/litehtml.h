// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The HTML of /lite as text: escaped, at most 14 KB a page, readable by very old browsers. Pure;
// called by lite.c.
#pragma once

#include "catalog/lesson.h"
#include "catalog/page.h"
#include "server/sentences.h"

/** What a page needs to know beside its lessons. */
typedef struct {
    const char *site_title;           // (unowned)
    GTimeZone *zone;                  // (unowned), of dates
    ServerSentencesLanguage language; // of everything but titles
} ApiLitehtmlPlace;

/** Lessons a list page shows. */
#define API_LITEHTML_LIST_LENGTH 12

/** @query (nullable): what was searched for. Returns: (transfer full): the page. */
char *api_litehtml_render_list(const ApiLitehtmlPlace *place, const CatalogPage *page,
                               const char *query);

/** Returns: (transfer full): the page of one lesson with its rungs as files to play or keep. */
char *api_litehtml_render_lesson(const ApiLitehtmlPlace *place, const CatalogLesson *lesson);

/** Returns: (transfer full): the page that says that there is nothing. */
char *api_litehtml_render_missing(const ApiLitehtmlPlace *place);

/** Returns: (transfer full): the day of @ms, like `21 พ.ย. 2569` (Buddhist era) or `21 Nov 2026`.
 */
char *api_litehtml_format_day(const ApiLitehtmlPlace *place, gint64 ms);
