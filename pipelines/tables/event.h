// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One programme of the guide: an entry of an EIT (EN 300 468 §5.2.4) with its descriptors read and
// its texts joined. A value.
#pragma once

#include "pipelines/tables/bytes.h"
#include "pipelines/tables/text.h"

#define TABLES_EVENT_TEXTS_MAX 8
#define TABLES_EVENT_LISTS_MAX 16 // genres, ratings, components each

/** What one language says. */
typedef struct {
    char language[4];  // (value) ISO 639-2, may be empty
    char *title;       // (owned)
    char *summary;     // (owned) of the short event descriptor
    char *description; // (owned) of the extended event descriptors, joined; items a line each
} TablesEventText;

typedef struct {
    char country[4]; // (value) ISO 3166
    guint8 age;      // (value) least age in years, 0: the broadcaster's own scale
} TablesEventRating;

typedef struct {
    guint8 content;   // (value) stream_content, its extension in the high half
    guint8 type;      // (value) component_type
    guint8 tag;       // (value) component_tag
    char language[4]; // (value)
    char *text;       // (owned)
} TablesEventComponent;

typedef struct {
    guint16 event_id;      // (value)
    gint64 start_ms;       // (value) Unix time or TABLES_TIME_UNDEFINED
    gint64 duration_ms;    // (value) or TABLES_TIME_UNDEFINED
    guint8 running;        // (value) running_status
    gboolean free_ca;      // (value) free_CA_mode: encrypted
    gboolean unknown_text; // (value) some text is in an encoding nobody else knows
    GPtrArray *texts;      // (owned) (element-type TablesEventText)
    GArray *genres;        // (owned) (element-type guint8) content nibbles
    GArray *ratings;       // (owned) (element-type TablesEventRating)
    GPtrArray *components; // (owned) (element-type TablesEventComponent)
    char *programme_crid;  // (owned) (nullable) TS 102 323 §12
    char *series_crid;     // (owned) (nullable)
    gsize bytes;           // (value) of memory, about
} TablesEvent;

void tables_event_free(TablesEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesEvent, tables_event_free)

/** Takes the next event out of the loop of an EIT. Returns: (transfer full) (nullable): NULL at the
 * end, or when the rest is cut off. */
TablesEvent *tables_event_take(TablesBytes *loop, TablesTextCode fallback);

/** Returns: (transfer none) (nullable): what @language (nullable) says, else the first that has a
 * title. */
const TablesEventText *tables_event_find_text(const TablesEvent *event, const char *language);

/** Returns: (static): a word for the first genre (`news`, `education` …), or NULL. */
const char *tables_event_get_genre(const TablesEvent *event);
