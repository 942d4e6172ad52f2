// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// UUIDv7: 48 bits of milliseconds, then 74 random bits from libsodium around version and variant.
#include "catalog/ids.h"

#include <sodium.h>
#include <string.h>

char *
catalog_ids_new(gint64 now_ms)
{
    guint8 bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    for (int i = 0; i < 6; i++)
        bytes[i] = (guint8)((guint64)now_ms >> (40 - 8 * i));
    bytes[6] = (guint8)(0x70 | (bytes[6] & 0x0f));
    bytes[8] = (guint8)(0x80 | (bytes[8] & 0x3f));

    GString *text = g_string_sized_new(CATALOG_IDS_LENGTH);
    for (guint i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            g_string_append_c(text, '-');
        g_string_append_printf(text, "%02x", bytes[i]);
    }
    return g_string_free(text, FALSE);
}

gboolean
catalog_ids_is_valid(const char *text)
{
    if (text == NULL || strlen(text) != CATALOG_IDS_LENGTH)
        return FALSE;
    for (int i = 0; i < CATALOG_IDS_LENGTH; i++) {
        gboolean dash = i == 8 || i == 13 || i == 18 || i == 23;
        gboolean hex = g_ascii_isxdigit(text[i]) && !g_ascii_isupper(text[i]);
        if (dash ? text[i] != '-' : !hex)
            return FALSE;
    }
    return text[14] == '7' && strchr("89ab", text[19]) != NULL;
}
