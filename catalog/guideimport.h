// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Programmes of a service that a file says (XMLTV). They are guide events with ids beyond those
// that are broadcast, so that bookings, rules and search know no difference. What is broadcast is
// never touched here. All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/guide.h"

/** What a file says of one service. */
typedef struct {
    const char *service; // (unowned) id
    const char *channel; // (unowned) the file's id of it, for the record
    GPtrArray *events;   // (unowned) (element-type CatalogGuide): with times; service and event_id
                         // are set here
    gint64 written;      // (value) (out): new, or different from before
    gint64 removed;      // (value) (out): were there, and the newer file does not have them
} CatalogGuideimport;

/**
 * catalog_guideimport_write:
 * @import: CATALOG_GUIDE_SERVICE_MAX events at most
 *
 * From the first start to the last end the file is the truth: programmes of earlier files that are
 * on then go, unless they are in it. One that begins in the same minute with the same title, or the
 * same series, keeps its id; its second showing in one file is left out. INVALID: too many, or one
 * without times; NOT_FOUND: no such service.
 */
gboolean catalog_guideimport_write(CatalogDatabase *database, CatalogGuideimport *import,
                                   const CatalogAuditStamp *by, GError **error);

/** Forgets all that files said of a service. NOT_FOUND. */
gboolean catalog_guideimport_clear(CatalogDatabase *database, const char *service,
                                   const CatalogAuditStamp *by, GError **error);
