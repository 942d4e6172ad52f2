// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as a guide: what is taken can be written and read again, and stays the same from then
// on.
#include <string.h>

#include "pipelines/tables/xmltv.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *
write_again(const char *bytes, gsize length)
{
    g_autoptr(TablesXmltv) guide = tables_xmltv_parse(bytes, length, NULL);
    return guide != NULL ? tables_xmltv_write(guide, 7 * 60) : NULL;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *first = write_again((const char *)data, size);
    if (first == NULL)
        return 0;
    g_assert_true(g_utf8_validate(first, -1, NULL));
    g_autofree char *second = write_again(first, strlen(first));
    g_assert_nonnull(second);
    g_autofree char *third = write_again(second, strlen(second));
    g_assert_cmpstr(third, ==, second);
    return 0;
}
