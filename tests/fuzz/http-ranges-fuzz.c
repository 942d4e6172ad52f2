// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Range, If-None-Match and file names from the network: a part lies within the file, a name is
// safe.
#include "server/http/ranges.h"

#include <string.h>

#include "server/http/types.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const gint64 sizes[] = {0, 1, 10, G_MAXINT64};
    g_autofree char *name = g_strndup((const char *)data, size);

    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        gint64 first = -1, last = -1;
        if (http_ranges_parse((const char *)data, size, sizes[i], &first, &last) !=
            HTTP_RANGES_PART)
            continue;
        g_assert_cmpint(first, >=, 0);
        g_assert_cmpint(first, <=, last);
        g_assert_cmpint(last, <, sizes[i]);
    }
    http_ranges_matches_tag((const char *)data, size, "\"ab\"");
    http_ranges_may_part((const char *)data, size, "\"ab\"");
    if (http_types_find(name)) {
        g_assert_null(strchr(name, '/'));
        g_assert_true(name[0] != '.');
        g_assert_nonnull(http_types_get_caching(name));
    }
    return 0;
}
