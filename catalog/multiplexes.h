// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Multiplexes that a person added: an address and what the last scan said about it. All functions:
// on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"

typedef struct {
    char *id;                   // (owned)
    char *uri;                  // (owned): where it comes from
    char *name;                 // (owned): a person's
    char *text_default;         // (owned): what unmarked text is, empty: the standard's
    char *network;              // (owned): the last scan's, may be empty
    gint64 transport_stream_id; // the last scan's, -1: none
    gint64 original_network_id; // the last scan's, -1: none
    gint64 tuners;              // a person's: how many at once, 0: what the address has by itself
    gint64 revision;            // from 1; grows with every edit by a person
    gint64 scanned_ms;          // UTC milliseconds, 0: never
} CatalogMultiplexes;

void catalog_multiplexes_free(CatalogMultiplexes *multiplex);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogMultiplexes, catalog_multiplexes_free)

#define CATALOG_MULTIPLEXES_TUNERS_MAX 16

/** Returns: (transfer full): the id of the new one; NULL with EXISTS when the address is there, or
 * INVALID for an empty address or name. */
char *catalog_multiplexes_add(CatalogDatabase *database, const char *uri, const char *name,
                              const char *text_default, const CatalogAuditStamp *by,
                              GError **error);

/** @edited: uri, name, text_default, tuners and the revision that was seen count. CONFLICT,
 * NOT_FOUND, EXISTS, INVALID. */
gboolean catalog_multiplexes_edit(CatalogDatabase *database, const CatalogMultiplexes *edited,
                                  const CatalogAuditStamp *by, GError **error);

/** Forgets it with its services and their guide. NOT_FOUND. */
gboolean catalog_multiplexes_delete(CatalogDatabase *database, const char *id,
                                    const CatalogAuditStamp *by, GError **error);

/** @scanned: network, transport_stream_id and original_network_id count. NOT_FOUND. */
gboolean catalog_multiplexes_note_scan(CatalogDatabase *database, const CatalogMultiplexes *scanned,
                                       gint64 now_ms, GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogMultiplexes *catalog_multiplexes_get(CatalogDatabase *database, const char *id,
                                            GError **error);

/** Returns: (transfer full) (element-type CatalogMultiplexes): by name. */
GPtrArray *catalog_multiplexes_list(CatalogDatabase *database, GError **error);
