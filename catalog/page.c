// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Pages and their cursors. A cursor is "<milliseconds>.<id>": the place of the last row that was
// given.
#include "catalog/page.h"

#include <string.h>

#include "catalog/error.h"
#include "catalog/ids.h"

CatalogPage *
catalog_page_new(GPtrArray *items)
{
    CatalogPage *page = g_new0(CatalogPage, 1);
    page->items = items;
    return page;
}

void
catalog_page_free(CatalogPage *page)
{
    if (page == NULL)
        return;
    g_ptr_array_unref(page->items);
    g_free(page->next_cursor);
    g_free(page);
}

guint
catalog_page_clamp_limit(guint limit)
{
    if (limit == 0)
        return CATALOG_PAGE_LIMIT_DEFAULT;
    return MIN(limit, CATALOG_PAGE_LIMIT_MAX);
}

char *
catalog_page_write_cursor(gint64 position_ms, const char *id)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ".%s", position_ms, id);
}

gboolean
catalog_page_read_cursor(const char *cursor, gint64 *position_ms, char **id, GError **error)
{
    if (cursor == NULL || *cursor == '\0') {
        *position_ms = G_MAXINT64;
        *id = g_strdup("~");
        return TRUE;
    }
    const char *dot = strchr(cursor, '.');
    g_autofree char *number = dot != NULL ? g_strndup(cursor, (gsize)(dot - cursor)) : NULL;
    gint64 position = 0;
    if (number == NULL || !catalog_ids_is_valid(dot + 1) ||
        !g_ascii_string_to_signed(number, 10, 0, G_MAXINT64, &position, NULL)) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                    "the cursor is not one of this list");
        return FALSE;
    }
    *position_ms = position;
    *id = g_strdup(dot + 1);
    return TRUE;
}
