// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of patches: the orders to fill the gaps of a recording from a repeat of its programme. One
// that waits goes on by itself when the repeat's lesson is there. All functions: on the
// connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/booking.h"
#include "catalog/database.h"

#define CATALOG_PATCHES_OPEN_MAX 20 // of one recording

//  order ──▶ WAITING ── the repeat is a lesson ──▶ RUNNING ──▶ DONE
//     │         └── the repeat was not kept ──▶ FAILED ◀──┘
//     └── it is one already ──▶ RUNNING
typedef enum {
    CATALOG_PATCHES_STATE_WAITING,
    CATALOG_PATCHES_STATE_RUNNING,
    CATALOG_PATCHES_STATE_DONE,
    CATALOG_PATCHES_STATE_FAILED,
} CatalogPatchesState;

typedef struct {
    char *id;                  // (owned)
    char *recording_id;        // (owned): whose gaps
    char *repeat_id;           // (owned): the booking that fills them; it may be forgotten by now
    char *channel_name;        // (owned): of the repeat
    gint64 start_ms;           // UTC milliseconds, of the repeat
    CatalogPatchesState state; // (value)
    char *error_code;          // (owned) (nullable): of FAILED; RUNNING: in its way
    gint64 permille;           // how far it is
    gint64 filled;             // gaps
    gint64 filled_ms;          // milliseconds
    gint64 created_ms;         // UTC milliseconds
    gint64 updated_ms;         // UTC milliseconds
} CatalogPatches;

void catalog_patches_free(CatalogPatches *patch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPatches, catalog_patches_free)

const char *catalog_patches_state_to_text(CatalogPatchesState state);

/** Orders that @repeat fills the gaps of @recording_id. Returns: (transfer full): the id; NULL with
 * EXISTS: that is ordered already; INVALID: too many are; NOT_FOUND: no such recording. */
char *catalog_patches_order(CatalogDatabase *database, const char *recording_id,
                            const CatalogBooking *repeat, const CatalogAuditStamp *by,
                            GError **error);

/** Moves on what waits for repeats whose state is another by now. @changed (element-type utf8): ids
 * of their recordings are added. */
gboolean catalog_patches_advance(CatalogDatabase *database, gint64 now_ms, GPtrArray *changed,
                                 GError **error);

/** Returns: (transfer full) (element-type CatalogPatches): oldest first. */
GPtrArray *catalog_patches_list_running(CatalogDatabase *database, GError **error);

/** Returns: (transfer full) (element-type CatalogPatches): of one recording, newest first, at most
 * CATALOG_PATCHES_OPEN_MAX. */
GPtrArray *catalog_patches_list(CatalogDatabase *database, const char *recording_id,
                                GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogPatches *catalog_patches_get(CatalogDatabase *database, const char *id, GError **error);

/** @recording_id (out) (transfer full) (nullable): whose gaps the booking @repeat_id is to fill. */
gboolean catalog_patches_find_wish(CatalogDatabase *database, const char *repeat_id,
                                   char **recording_id, GError **error);

/** Why a running one is not done yet; @error_code: (nullable). */
gboolean catalog_patches_note_error(CatalogDatabase *database, const char *id,
                                    const char *error_code, gint64 now_ms, GError **error);

/** How far a running one is. Nothing when it does not run. */
gboolean catalog_patches_set_progress(CatalogDatabase *database, const char *id, gint64 permille,
                                      gint64 now_ms, GError **error);

/** @ended: its id, state (DONE or FAILED), error_code, filled and filled_ms count. CONFLICT when it
 * does not run. */
gboolean catalog_patches_end(CatalogDatabase *database, const CatalogPatches *ended,
                             const CatalogAuditStamp *by, GError **error);
