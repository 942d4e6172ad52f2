// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The captions of lessons, one a language. They belong to the lesson, not to a generation, because
// people write and correct them. The file is in place before a row names it. All functions: on the
// connection's thread, inside a transaction.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"

typedef enum {
    CATALOG_CAPTIONS_STATE_DRAFT, // a machine's, until a person approves it
    CATALOG_CAPTIONS_STATE_APPROVED,
} CatalogCaptionsState;

typedef enum {
    CATALOG_CAPTIONS_SOURCE_UPLOAD,   // uploaded or edited by a person
    CATALOG_CAPTIONS_SOURCE_EMBEDDED, // found in the original
    CATALOG_CAPTIONS_SOURCE_RECOGNISER,
} CatalogCaptionsSource;

typedef struct {
    char *lesson_id;              // (owned)
    char *language;               // (owned): BCP 47
    CatalogCaptionsState state;   // (value)
    CatalogCaptionsSource source; // (value)
    char *file;                   // (owned): file name in the bundle, "captions/…"
    gint64 bytes;                 // of the file
    char *sha256;                 // (owned): of the file, lower-case hex
    gint64 revision;              // from 1; grows with every change; set by the catalogue
    gint64 created_ms;            // UTC milliseconds; set by the catalogue
    gint64 updated_ms;            // UTC milliseconds; set by the catalogue
} CatalogCaptions;

CatalogCaptions *catalog_captions_copy(const CatalogCaptions *captions);
void catalog_captions_free(CatalogCaptions *captions);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogCaptions, catalog_captions_free)

const char *catalog_captions_state_to_text(CatalogCaptionsState state);
const char *catalog_captions_source_to_text(CatalogCaptionsSource source);

/**
 * catalog_captions_save:
 * @revision: the one the editor saw (If-Match); 0: there must be none yet; −1: whatever there is
 * @grace_ms: how long a file that another name replaces stays on the disk
 *
 * Inserts or replaces. Returns: FALSE with CONFLICT (another revision), NOT_FOUND (no such lesson).
 */
gboolean catalog_captions_save(CatalogDatabase *database, const CatalogCaptions *captions,
                               gint64 revision, gint64 grace_ms, const CatalogAuditStamp *by,
                               GError **error);

/** What the encoder found in the original: as catalog_captions_save(), unless a person or the
 * recogniser has made captions of this language: @taken (out) is then FALSE and nothing changes. */
gboolean catalog_captions_offer(CatalogDatabase *database, const CatalogCaptions *captions,
                                gint64 grace_ms, gint64 now_ms, gboolean *taken, GError **error);

/** One lesson's captions of one language, as an editor saw them; revision −1: whatever there is. */
typedef struct {
    const char *lesson_id; // (not owned)
    const char *language;  // (not owned)
    gint64 revision;       // (value)
} CatalogCaptionsKey;

/** DRAFT → APPROVED; approving twice is no error. CONFLICT, NOT_FOUND. */
gboolean catalog_captions_approve(CatalogDatabase *database, const CatalogCaptionsKey *key,
                                  const CatalogAuditStamp *by, GError **error);

/** Forgets the row; the file goes after the grace time. CONFLICT, NOT_FOUND. */
gboolean catalog_captions_delete(CatalogDatabase *database, const CatalogCaptionsKey *key,
                                 gint64 grace_ms, const CatalogAuditStamp *by, GError **error);

/** Returns: (transfer full): NULL with NOT_FOUND. */
CatalogCaptions *catalog_captions_get(CatalogDatabase *database, const char *lesson_id,
                                      const char *language, GError **error);

/** Returns: (transfer full) (element-type CatalogCaptions): of these lessons (element-type utf8),
 * grouped by lesson, by language; one query. */
GPtrArray *catalog_captions_list_many(CatalogDatabase *database, GPtrArray *lesson_ids,
                                      GError **error);
