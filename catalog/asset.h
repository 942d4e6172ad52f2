// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one file of a lesson's bundle that is no rung: a still, the storyboard, the analysis …
#pragma once

#include <glib.h>

typedef enum {
    CATALOG_ASSET_KIND_ANALYSIS,
    CATALOG_ASSET_KIND_POSTER,
    CATALOG_ASSET_KIND_STILL,
    CATALOG_ASSET_KIND_STORYBOARD,
    CATALOG_ASSET_KIND_WAVEFORM,
    CATALOG_ASSET_KIND_SLIDES_PDF,
} CatalogAssetKind;

typedef struct {
    char *lesson_id;       // (owned)
    gint64 generation;     // from 1
    CatalogAssetKind kind; // what it is
    guint position;        // of a still from 1, else 0
    char *file;            // (owned): file name in the bundle
    gint64 bytes;          // of the file
    char *sha256;          // (owned): lower-case hex
    gint64 start_ms;       // of a still
    gint64 end_ms;         // of a still
    int width;             // pixels; of a storyboard: of one picture
    int height;            // pixels
    gboolean grows;        // of a still: the one before it with something added
    int columns;           // of a storyboard
    int count;             // of a storyboard: pictures
    gint64 interval_ms;    // of a storyboard
    char *language;        // (owned) (nullable)
    gint64 updated_ms;     // UTC milliseconds
} CatalogAsset;

/** Returns: (transfer full): an empty asset of generation 1. */
CatalogAsset *catalog_asset_new(const char *lesson_id, CatalogAssetKind kind, guint position);

CatalogAsset *catalog_asset_copy(const CatalogAsset *asset);
void catalog_asset_free(CatalogAsset *asset);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogAsset, catalog_asset_free)

const char *catalog_asset_kind_to_text(CatalogAssetKind kind);

/** Returns: FALSE when @text (nullable) names no kind; @kind is then untouched. */
gboolean catalog_asset_kind_from_text(const char *text, CatalogAssetKind *kind);
