// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The area value and its text form, as rows and job lines keep it.
#include "catalog/area.h"

#include <stdio.h>

gboolean
catalog_area_is_sane(const CatalogArea *area)
{
    return area->x >= 0 && area->y >= 0 && area->width > 0 && area->height > 0 && area->x <= 1000 &&
           area->y <= 1000 && area->width <= 1000 - area->x && area->height <= 1000 - area->y;
}

char *
catalog_area_to_text(const CatalogArea *area)
{
    if (area->width == 0)
        return NULL;
    return g_strdup_printf("[%d,%d,%d,%d]", area->x, area->y, area->width, area->height);
}

gboolean
catalog_area_from_text(const char *text, CatalogArea *area)
{
    CatalogArea read = {0, 0, 0, 0};
    int end = 0;
    if (text == NULL ||
        sscanf(text, "[%4d,%4d,%4d,%4d]%n", &read.x, &read.y, &read.width, &read.height, &end) != 4)
        return FALSE;
    if (end == 0 || text[end] != '\0' || !catalog_area_is_sane(&read))
        return FALSE;
    *area = read;
    return TRUE;
}
