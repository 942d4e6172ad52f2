// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of the words.
#include "pipelines/child/asset.h"

static const char *const names[] = {
    [CHILD_ASSET_ANALYSIS] = "analysis", [CHILD_ASSET_POSTER] = "poster",
    [CHILD_ASSET_STILL] = "still",       [CHILD_ASSET_STORYBOARD] = "storyboard",
    [CHILD_ASSET_WAVEFORM] = "waveform", [CHILD_ASSET_SLIDES_PDF] = "slides-pdf",
    [CHILD_ASSET_CAPTIONS] = "captions",
};

const char *
child_asset_get_name(ChildAssetKind kind)
{
    return names[kind];
}

gboolean
child_asset_parse_name(const char *name, ChildAssetKind *kind)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_strcmp0(name, names[i]) == 0) {
            *kind = (ChildAssetKind)i;
            return TRUE;
        }
    return FALSE;
}
