// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Identifiers from URLs: what is accepted must be safe as a file name.
#include "catalog/ids.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    if (catalog_ids_is_valid(text)) {
        g_assert_cmpuint(strlen(text), ==, CATALOG_IDS_LENGTH);
        g_assert_cmpuint(strspn(text, "0123456789abcdef-"), ==, CATALOG_IDS_LENGTH);
    }
    return 0;
}
