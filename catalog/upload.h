// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one upload session (tus 1.0.0) or one import.
#pragma once

#include <glib.h>

/** See the diagram in upload.c. */
typedef enum {
    CATALOG_UPLOAD_STATE_RECEIVING,
    CATALOG_UPLOAD_STATE_FINISHED,
    CATALOG_UPLOAD_STATE_EXPIRED,
    CATALOG_UPLOAD_STATE_TERMINATED,
} CatalogUploadState;

/** tus concatenation: a PARTIAL makes no lesson, a FINAL is made of partials. */
typedef enum {
    CATALOG_UPLOAD_KIND_WHOLE,
    CATALOG_UPLOAD_KIND_PARTIAL,
    CATALOG_UPLOAD_KIND_FINAL,
} CatalogUploadKind;

typedef struct {
    char *id;                 // (owned)
    CatalogUploadKind kind;   // see above
    CatalogUploadState state; // see upload.c
    char *owner_id;           // (owned) (nullable)
    char *lesson_id;          // (owned) (nullable): NULL for a PARTIAL
    char *filename;           // (owned) (nullable)
    char *metadata;           // (owned): Upload-Metadata as received, never NULL
    gint64 length_bytes;      // −1: not declared yet
    gint64 offset_bytes;      // known to be on the disk
    char **parts;             // (owned): ids a FINAL is made of, NULL-terminated, never NULL
    char *sha256;             // (owned) (nullable): lower-case hex, when FINISHED
    gint64 expires_ms;        // UTC milliseconds
    gint64 created_ms;        // UTC milliseconds
    gint64 updated_ms;        // UTC milliseconds
} CatalogUpload;

/** Returns: (transfer full): WHOLE, RECEIVING, no length. */
CatalogUpload *catalog_upload_new(const char *id);

CatalogUpload *catalog_upload_copy(const CatalogUpload *upload);
void catalog_upload_free(CatalogUpload *upload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogUpload, catalog_upload_free)

const char *catalog_upload_state_to_text(CatalogUploadState state);
gboolean catalog_upload_state_from_text(const char *text, CatalogUploadState *state);
gboolean catalog_upload_state_may_move(CatalogUploadState from, CatalogUploadState to);

const char *catalog_upload_kind_to_text(CatalogUploadKind kind);
gboolean catalog_upload_kind_from_text(const char *text, CatalogUploadKind *kind);
