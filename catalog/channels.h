// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live channels that a person made: which service, in which rungs, how much of it is kept for
// rewinding. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"

#define CATALOG_CHANNELS_SLUG_MAX 40
#define CATALOG_CHANNELS_HOURS_MAX 168
#define CATALOG_CHANNELS_REST_MAX 240 // minutes
#define CATALOG_CHANNELS_BYTES_LEAST (G_GINT64_CONSTANT(1) << 20)
#define CATALOG_CHANNELS_MAX 200 // so that every list of them is bounded

typedef struct {
    char *id;             // (owned)
    char *slug;           // (owned): in addresses: letters a to z, digits, dashes within
    char *name;           // (owned): for people
    char *service;        // (owned) (nullable): id of the service's row, NULL when that is gone
    gboolean enabled;     // (value)
    char **rungs;         // (owned): lowest first
    gint64 window_hours;  // how far back one can rewind
    gint64 window_bytes;  // and how much disk that may take: bytes win
    char *burn_subtitles; // (owned) (nullable): language (ISO 639-2) of bitmap subtitles that are
                          // drawn into pictures, empty: none
    char *burn_rung;      // (owned) (nullable): the only rung that gets them, empty: the lowest
    gint64 rest_minutes;  // without a viewer until it rests, 0: never
    gint64 revision;      // from 1; grows with every edit by a person
    gint64 created_ms;    // UTC milliseconds
    gint64 updated_ms;    // UTC milliseconds
} CatalogChannels;

CatalogChannels *catalog_channels_copy(const CatalogChannels *channel);
void catalog_channels_free(CatalogChannels *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogChannels, catalog_channels_free)

/** Returns: TRUE when @text (nullable) may be a channel's slug, and hence part of a path. */
gboolean catalog_channels_is_slug(const char *text);

/** Returns: TRUE when @rungs (nullable) are some of `voice` `small` `medium` `large`, lowest
 * first, none twice. */
gboolean catalog_channels_is_ladder(char **rungs);

/** Returns: (static) (nullable): the rung of @channel that subtitles are drawn into; NULL: into
 * none. */
const char *catalog_channels_get_burn_rung(const CatalogChannels *channel);

/** @added: all but id, revision and times count. Returns: (transfer full): the id; NULL with EXISTS
 * for a slug that is taken, NOT_FOUND for no such service, INVALID.
 */
char *catalog_channels_add(CatalogDatabase *database, const CatalogChannels *added,
                           const CatalogAuditStamp *by, GError **error);

/** @edited: as for adding, and the revision that was seen. CONFLICT, NOT_FOUND, EXISTS, INVALID. */
gboolean catalog_channels_edit(CatalogDatabase *database, const CatalogChannels *edited,
                               const CatalogAuditStamp *by, GError **error);

/** @revision: that was seen, −1: whatever it is. NOT_FOUND, CONFLICT. */
gboolean catalog_channels_delete(CatalogDatabase *database, const char *id, gint64 revision,
                                 const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogChannels *catalog_channels_get(CatalogDatabase *database, const char *id, GError **error);

/** Returns: (transfer full) (element-type CatalogChannels): by name. */
GPtrArray *catalog_channels_list(CatalogDatabase *database, GError **error);
