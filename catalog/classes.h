// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live classes: a teacher's own stream key, title and, while the class is on the air, channel and
// booking. One an account. The key is stored only hashed; it begins with "live_". All functions: on
// the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"

#define CATALOG_CLASSES_TITLE_CHARACTERS_MAX 150

typedef struct {
    char *id;           // (owned)
    char *account_id;   // (owned)
    char *title;        // (owned)
    char *key_hash;     // (owned) (nullable): NULL: there is no key
    gint64 key_made_ms; // UTC milliseconds, 0: never
    char *channel;      // (owned) (nullable): id; since the first time on the air
    char *booking;      // (owned) (nullable): id; what keeps the class that is or was on the air
    gint64 on_air_ms;   // UTC milliseconds: since when, 0: it is not
    gint64 left_ms;     // UTC milliseconds: when the last class ended, 0: never
} CatalogClasses;

void catalog_classes_free(CatalogClasses *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogClasses, catalog_classes_free)

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogClasses *catalog_classes_get(CatalogDatabase *database, const char *id, GError **error);
/** Returns: (transfer full): of this account; NULL with NOT_FOUND: it never had one. */
CatalogClasses *catalog_classes_get_own(CatalogDatabase *database, const char *account_id,
                                        GError **error);

/** Returns: (transfer full): the class whose channel this is; NULL with NOT_FOUND. */
CatalogClasses *catalog_classes_get_by_channel(CatalogDatabase *database, const char *channel,
                                               GError **error);

/** Returns: (transfer full) (element-type CatalogClasses): all; without its key whose account is
 * disabled or may not make lessons any more. */
GPtrArray *catalog_classes_list(CatalogDatabase *database, GError **error);

/** Makes the class of @by's account, or names it anew, its channel too while it is on the air.
 * INVALID: a title has 1 to 150 characters. */
gboolean catalog_classes_set_title(CatalogDatabase *database, const char *title,
                                   const CatalogAuditStamp *by, GError **error);

/** @title: of a class that is not there yet. Returns: (transfer full): a new key, the only time it
 * can be read; the one before is worth nothing any more. */
char *catalog_classes_renew_key(CatalogDatabase *database, const char *title,
                                const CatalogAuditStamp *by, GError **error);

/** NOT_FOUND: there is no key. */
gboolean catalog_classes_withdraw_key(CatalogDatabase *database, const CatalogAuditStamp *by,
                                      GError **error);

/** It is on the air: an enabled channel with its title, and a booking that keeps it. Nothing
 * happens to one that is. NOT_FOUND, or an error of channels. */
gboolean catalog_classes_begin(CatalogDatabase *database, const char *id, gint64 now_ms,
                               GError **error);

/** It is over: its channel is not enabled any more, what was kept becomes a lesson. */
gboolean catalog_classes_end(CatalogDatabase *database, const char *id, gint64 now_ms,
                             GError **error);

/** Forgets the channels (and so their bytes) of classes that ended before @before_ms and whose
 * booking is not open any more. @count (out): how many. */
gboolean catalog_classes_drop_channels(CatalogDatabase *database, gint64 before_ms, gint64 now_ms,
                                       guint *count, GError **error);
