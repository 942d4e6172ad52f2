// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tag, length, body; what is inside is for whoever knows the tag.
#include "pipelines/tables/descriptor.h"

#include <string.h>

gboolean
tables_descriptor_take(TablesBytes *loop, TablesDescriptor *descriptor)
{
    guint32 tag = 0;
    if (!tables_bytes_take_integer(loop, 1, &tag) ||
        !tables_bytes_take_sized(loop, 1, 8, &descriptor->body))
        return FALSE;
    descriptor->tag = (guint8)tag;
    return TRUE;
}

gboolean
tables_descriptor_take_code(TablesBytes *bytes, char *code)
{
    TablesBytes part;
    if (!tables_bytes_take_part(bytes, 3, &part))
        return FALSE;
    memset(code, 0, 4);
    for (guint i = 0; i < 3; i++) {
        if (!g_ascii_isalpha((char)part.at[i])) {
            code[0] = '\0';
            return TRUE;
        }
        code[i] = g_ascii_tolower((char)part.at[i]);
    }
    return TRUE;
}
