// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One page of a list: what every list function of the catalogue returns.
#pragma once

#include <glib.h>

#define CATALOG_PAGE_LIMIT_MAX 200
#define CATALOG_PAGE_LIMIT_DEFAULT 50

typedef struct {
    GPtrArray *items;  // (owned) (element-type the list's value struct)
    char *next_cursor; // (owned) (nullable): NULL on the last page
} CatalogPage;

/** Returns: (transfer full): a page of @items (taken). */
CatalogPage *catalog_page_new(GPtrArray *items);

void catalog_page_free(CatalogPage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogPage, catalog_page_free)

/** Returns: @limit brought into 1..CATALOG_PAGE_LIMIT_MAX; 0 means CATALOG_PAGE_LIMIT_DEFAULT. */
guint catalog_page_clamp_limit(guint limit);

/** Returns: (transfer full): the opaque text of a position, safe in a URL. */
char *catalog_page_write_cursor(gint64 position_ms, const char *id);

/**
 * catalog_page_read_cursor:
 * @cursor: (nullable): from a client; NULL or "" stands before everything
 * @position_ms: (out): G_MAXINT64 when there is no cursor
 * @id: (out) (transfer full): "~" when there is no cursor
 *
 * Returns: FALSE with CATALOG_ERROR_INVALID when it is not one of ours.
 */
gboolean catalog_page_read_cursor(const char *cursor, gint64 *position_ms, char **id,
                                  GError **error);
