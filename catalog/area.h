// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: a rectangle in permille of the shown picture; width 0: none.
#pragma once

#include <glib.h>

typedef struct {
    int x;      // permille
    int y;      // permille
    int width;  // permille
    int height; // permille
} CatalogArea;

/** Returns: TRUE when it has a size and lies within the picture. */
gboolean catalog_area_is_sane(const CatalogArea *area);

/** "[x,y,width,height]", or NULL for none. Returns: (transfer full) (nullable). */
char *catalog_area_to_text(const CatalogArea *area);

/** Returns: FALSE when @text (nullable) is no area within the picture; @area is then untouched. */
gboolean catalog_area_from_text(const char *text, CatalogArea *area);
