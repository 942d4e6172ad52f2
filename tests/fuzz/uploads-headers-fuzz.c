// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sizes, checksums and concatenations from a stranger: ids that come out are ids, sizes are not
// negative.
#include "server/api/uploads_headers.h"

#include "catalog/ids.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    gint64 bytes = 0;
    ApiUploadsChecksum checksum;
    CatalogUploadKind kind = CATALOG_UPLOAD_KIND_WHOLE;
    g_auto(GStrv) parts = NULL;
    if (api_uploads_headers_parse_size(text, &bytes))
        g_assert_cmpint(bytes, >=, 0);
    api_uploads_headers_parse_checksum(text, &checksum);
    if (!api_uploads_headers_parse_concat(text, &kind, &parts))
        return 0;
    g_assert_true((parts != NULL) == (kind == CATALOG_UPLOAD_KIND_FINAL));
    for (gsize i = 0; parts != NULL && parts[i] != NULL; i++)
        g_assert_true(catalog_ids_is_valid(parts[i]));
    return 0;
}
