// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The asset value.
#include "catalog/asset.h"

#include "catalog/texts.h"

static const char *const KIND_NAMES[] = {"analysis", "poster",     "still", "storyboard",
                                         "waveform", "slides-pdf", NULL};

CatalogAsset *
catalog_asset_new(const char *lesson_id, CatalogAssetKind kind, guint position)
{
    CatalogAsset *asset = g_new0(CatalogAsset, 1);
    asset->lesson_id = g_strdup(lesson_id);
    asset->generation = 1;
    asset->kind = kind;
    asset->position = position;
    return asset;
}

CatalogAsset *
catalog_asset_copy(const CatalogAsset *asset)
{
    CatalogAsset *copy = g_memdup2(asset, sizeof *asset);
    copy->lesson_id = g_strdup(asset->lesson_id);
    copy->file = g_strdup(asset->file);
    copy->sha256 = g_strdup(asset->sha256);
    copy->language = g_strdup(asset->language);
    return copy;
}

void
catalog_asset_free(CatalogAsset *asset)
{
    if (asset == NULL)
        return;
    g_free(asset->lesson_id);
    g_free(asset->file);
    g_free(asset->sha256);
    g_free(asset->language);
    g_free(asset);
}

const char *
catalog_asset_kind_to_text(CatalogAssetKind kind)
{
    return KIND_NAMES[kind];
}

gboolean
catalog_asset_kind_from_text(const char *text, CatalogAssetKind *kind)
{
    int found = catalog_texts_find(KIND_NAMES, text);
    if (found >= 0)
        *kind = (CatalogAssetKind)found;
    return found >= 0;
}
