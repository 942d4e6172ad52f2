// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Programmes of the guide, one an event id of a service. Written in bounded transactions by whoever
// listens to a multiplex, and by guideimport.h. Lists leave out what the view guide_shown hides.
// All functions: on the connection's thread, inside a transaction.
#pragma once

#include "catalog/database.h"
#include "catalog/statement.h"

#define CATALOG_GUIDE_BATCH_MAX 256 // events of one call, so that others get their turn
#define CATALOG_GUIDE_SERVICE_MAX                                                                  \
    2048 // events of one service: a month, or a broadcaster's mischief
#define CATALOG_GUIDE_BROADCAST_MAX 65535 // ids beyond it are of files (guideimport.h)
#define CATALOG_GUIDE_NO_TIME G_MININT64  // start or duration that the broadcaster does not give

typedef struct {
    char *service;        // (owned) id of the service's row
    gint64 event_id;      // up to CATALOG_GUIDE_BROADCAST_MAX, or of a file
    gint64 start_ms;      // UTC milliseconds, or CATALOG_GUIDE_NO_TIME
    gint64 duration_ms;   // or CATALOG_GUIDE_NO_TIME
    char *title;          // (owned)
    char *summary;        // (owned)
    char *description;    // (owned)
    char *language;       // (owned): ISO 639-2, may be empty
    char *genre;          // (owned) (nullable): one word
    gint64 age;           // least age in years, 0: none
    char *programme_crid; // (owned) (nullable)
    char *series_crid;    // (owned) (nullable)
    gint64 running;       // running_status
} CatalogGuide;

void catalog_guide_free(CatalogGuide *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogGuide, catalog_guide_free)

/**
 * catalog_guide_put:
 * @events: (element-type CatalogGuide): CATALOG_GUIDE_BATCH_MAX at most
 * @changed: (out): how many are new or were different
 *
 * Of a service with more than CATALOG_GUIDE_SERVICE_MAX those go that are furthest from @now_ms,
 * those of files first.
 * Returns: FALSE with INVALID for too many, NOT_FOUND for a service that is not there.
 */
gboolean catalog_guide_put(CatalogDatabase *database, GPtrArray *events, gint64 now_ms,
                           gint64 *changed, GError **error);

/** Forgets programmes of a multiplex that ended before @end_ms (its own clock may be another than
 * ours), a batch at most; @dropped (out): how many. */
gboolean catalog_guide_drop(CatalogDatabase *database, const char *multiplex_id, gint64 end_ms,
                            gint64 *dropped, GError **error);

/** Forgets one that was taken back; one that is not there is no error. */
gboolean catalog_guide_forget(CatalogDatabase *database, const char *service, gint64 event_id,
                              GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogGuide *catalog_guide_get(CatalogDatabase *database, const char *service, gint64 event_id,
                                GError **error);

/** For guidesearch.c. Returns: (transfer full): the programme in a row of @statement. */
CatalogGuide *catalog_guide_read_row(CatalogStatement *statement);

/** Returns: (transfer full) (element-type CatalogGuide): all that is on at any moment from @from_ms
 * until before @until_ms, each once, by start; @most at most. */
GPtrArray *catalog_guide_list_span(CatalogDatabase *database, const char *service, gint64 from_ms,
                                   gint64 until_ms, guint most, GError **error);

/** Returns: (transfer full) (element-type CatalogGuide): what is on at any moment from @from_ms
 * until before
 * @until_ms, by start; a batch at most: the last one's start leads to the next. */
GPtrArray *catalog_guide_list(CatalogDatabase *database, const char *service, gint64 from_ms,
                              gint64 until_ms, GError **error);
