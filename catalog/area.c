// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The area value and its text form, as rows and job lines keep it.
#include "catalog/area.h"

#include <string.h>

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
    gint64 sides[4];
    gsize length = text != NULL ? strlen(text) : 0;
    if (length < 2 || text[0] != '[' || text[length - 1] != ']')
        return FALSE;
    g_autofree char *inside = g_strndup(text + 1, length - 2);
    g_auto(GStrv) words = g_strsplit(inside, ",", G_N_ELEMENTS(sides) + 1);
    if (g_strv_length(words) != G_N_ELEMENTS(sides))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(sides); i++)
        if (!g_ascii_string_to_signed(words[i], 10, 0, 9999, &sides[i], NULL))
            return FALSE;
    CatalogArea read = {(int)sides[0], (int)sides[1], (int)sides[2], (int)sides[3]};
    if (!catalog_area_is_sane(&read))
        return FALSE;
    *area = read;
    return TRUE;
}
