// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Services of multiplexes: what scans found, and beside it what a person decided, which no scan
// touches. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"

#define CATALOG_SERVICES_NOTHING (-1) // an own channel or choice that nobody made

typedef struct {
    char *id;                 // (owned) of the row
    char *multiplex_id;       // (owned)
    gint64 service_id;        // programme number
    char *name;               // (owned): as it is broadcast
    char *provider;           // (owned): as it is broadcast
    char *kind;               // (owned): tv, radio, data or unknown
    gboolean encrypted;       // (value)
    gint64 channel;           // as it is broadcast, -1: none
    char *streams;            // (owned): JSON array
    gboolean present;         // (value) the last scan found it
    char *own_name;           // (owned) (nullable): a person's
    gint64 own_channel;       // a person's, or CATALOG_SERVICES_NOTHING
    gint64 shown;             // a person's: 0 or 1, or CATALOG_SERVICES_NOTHING
    char *guide_channel;      // (owned) (nullable): a person's: channel of XMLTV files
    gboolean file_first;      // (value) a person's: files are heard before the broadcast
    gint64 imported;          // programmes of files
    gint64 imported_from_ms;  // when the first of them begins, 0: none
    gint64 imported_until_ms; // when the last of them ends, 0: none
    gint64 revision;          // from 1; grows with every edit by a person
    gint64 seen_ms;           // UTC milliseconds of the last scan that found it
} CatalogServices;

void catalog_services_free(CatalogServices *service);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogServices, catalog_services_free)

/**
 * catalog_services_note_scan:
 * @found: (element-type CatalogServices): service_id, name, provider, kind, encrypted, channel and
 * streams count
 *
 * Adds what is new, renews what is known, keeps what is gone as not present. An empty name that was
 * once known stays. What a person decided stays in any case. NOT_FOUND: no such multiplex.
 */
gboolean catalog_services_note_scan(CatalogDatabase *database, const char *multiplex_id,
                                    GPtrArray *found, gint64 now_ms, GError **error);

/** @edited: id, own_name, own_channel, shown, guide_channel, file_first and the revision that was
 * seen count. CONFLICT, NOT_FOUND. */
gboolean catalog_services_edit(CatalogDatabase *database, const CatalogServices *edited,
                               const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogServices *catalog_services_get(CatalogDatabase *database, const char *id, GError **error);

/** Returns: (transfer full) (element-type CatalogServices): by channel, then by programme number.
 */
GPtrArray *catalog_services_list(CatalogDatabase *database, const char *multiplex_id,
                                 GError **error);

/** Returns: (transfer full) (nullable): id of the row of a multiplex's programme number; NULL
 * without an error when there is none. */
char *catalog_services_find(CatalogDatabase *database, const char *multiplex_id, gint64 service_id,
                            GError **error);

/** As catalog_services_find() for a service of whichever multiplex has these ids. */
char *catalog_services_find_elsewhere(CatalogDatabase *database, gint64 transport_stream_id,
                                      gint64 original_network_id, gint64 service_id,
                                      GError **error);
