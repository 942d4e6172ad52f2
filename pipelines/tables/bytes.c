// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The one place that moves a pointer over foreign bytes of tables.
#include "pipelines/tables/bytes.h"

TablesBytes
tables_bytes_new(const guint8 *bytes, gsize length)
{
    return (TablesBytes){.at = bytes, .end = length > 0 ? bytes + length : bytes};
}

gsize
tables_bytes_count_left(const TablesBytes *bytes)
{
    return (gsize)(bytes->end - bytes->at);
}

gboolean
tables_bytes_take_integer(TablesBytes *bytes, guint width, guint32 *value)
{
    if (tables_bytes_count_left(bytes) < width)
        return FALSE;
    guint32 taken = 0;
    for (guint i = 0; i < width; i++)
        taken = taken << 8 | *bytes->at++;
    *value = taken;
    return TRUE;
}

gboolean
tables_bytes_take_part(TablesBytes *bytes, gsize length, TablesBytes *part)
{
    if (tables_bytes_count_left(bytes) < length)
        return FALSE;
    *part = tables_bytes_new(bytes->at, length);
    bytes->at = part->end;
    return TRUE;
}

gboolean
tables_bytes_take_sized(TablesBytes *bytes, guint width, guint bits, TablesBytes *part)
{
    guint32 length = 0;
    if (tables_bytes_take_integer(bytes, width, &length) &&
        tables_bytes_take_part(bytes, length & ((1u << bits) - 1), part))
        return TRUE;
    bytes->at = bytes->end;
    return FALSE;
}
