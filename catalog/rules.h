// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rules that book programmes of the guide by themselves: which ones, and what becomes of them. All
// functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/lesson.h"

#define CATALOG_RULES_MAX 500        // so that every look at them is bounded
#define CATALOG_RULES_NO_MINUTE (-1) // from_minute and until_minute: at any time of day
#define CATALOG_RULES_EVERY_DAY 0x7f // weekdays
#define CATALOG_RULES_TEXT_BYTES_MAX 1000
#define CATALOG_RULES_KEEP_DAYS_MAX 36500

typedef struct {
    char *id;                           // (owned)
    char *owner_id;                     // (owned) (nullable)
    char *owner_name;                   // (owned) (nullable): display name; set by queries
    char *name;                         // (owned): for people
    char *channel;                      // (owned) (nullable): id; NULL: all that are on
    char *title;                        // (owned): words that are all in the title, may be empty
    char *keywords;                     // (owned): words of title and description; -word: not so
    char *series_crid;                  // (owned) (nullable): the broadcaster's series
    gint64 weekdays;                    // bit 0 is Monday, bit 6 Sunday
    gint64 from_minute;                 // of the day, or CATALOG_RULES_NO_MINUTE
    gint64 until_minute;                // before it; less than from_minute: after midnight
    gboolean repeats;                   // an episode that is kept already is kept again
    gint64 padding_before_s;            // seconds
    gint64 padding_after_s;             // seconds
    gint64 keep_days;                   // of the lesson, 0: for ever
    char *rights_holder;                // (owned): may be empty
    char *licence;                      // (owned): may be empty
    CatalogLessonVisibility visibility; // of the lesson
    gboolean enabled;                   // (value)
    gint64 revision;                    // from 1; grows with every edit
    gint64 created_ms;                  // UTC milliseconds
    gint64 updated_ms;                  // UTC milliseconds
} CatalogRules;

CatalogRules *catalog_rules_copy(const CatalogRules *rule);
void catalog_rules_free(CatalogRules *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogRules, catalog_rules_free)

/** What a person may write: INVALID says why not. Any thread. */
gboolean catalog_rules_check(const CatalogRules *rule, GError **error);

/** @added: all but id, revision and moments count. Returns: (transfer full): the id; NULL with
 * INVALID or NOT_FOUND (no such channel). */
char *catalog_rules_add(CatalogDatabase *database, const CatalogRules *added,
                        const CatalogAuditStamp *by, GError **error);

/** @edited: as for adding but the owner, and the revision that was seen. CONFLICT, NOT_FOUND,
 * INVALID. */
gboolean catalog_rules_edit(CatalogDatabase *database, const CatalogRules *edited,
                            const CatalogAuditStamp *by, GError **error);

/** Forgets it with those of its bookings that wait and that nobody touched. @withdrawn: (nullable)
 * (out) (transfer full) (element-type utf8): their ids. NOT_FOUND. */
gboolean catalog_rules_delete(CatalogDatabase *database, const char *id, GPtrArray **withdrawn,
                              const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogRules *catalog_rules_get(CatalogDatabase *database, const char *id, GError **error);

/** Returns: (transfer full) (element-type CatalogRules): all, oldest first. */
GPtrArray *catalog_rules_list(CatalogDatabase *database, GError **error);
