// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as text of a table, the first choosing the network's default: valid UTF-8 without
// control characters comes out; what is ASCII alone stays as it is.
#include <string.h>

#include "pipelines/tables/text.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    static const TablesTextCode fallbacks[] = {
        {TABLES_TEXT_ISO6937, 0}, {TABLES_TEXT_ISO8859, 11}, {TABLES_TEXT_CP874, 0},
        {TABLES_TEXT_UCS2, 0},    {TABLES_TEXT_UTF8, 0},     {TABLES_TEXT_KOREAN, 0},
        {TABLES_TEXT_CHINESE, 0}, {TABLES_TEXT_ISO8859, 5},
    };
    if (size == 0)
        return 0;
    TablesTextCode fallback = fallbacks[data[0] % G_N_ELEMENTS(fallbacks)];
    g_autofree char *text = tables_text_decode(data + 1, size - 1, fallback, NULL);
    gboolean plain = TRUE;
    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        g_assert_true(*at == '\n' || !g_unichar_iscntrl(g_utf8_get_char(at)));
    for (gsize i = 1; i < size; i++)
        plain = plain && data[i] >= 0x20 && data[i] < 0x7F;
    if (plain && fallback.table != TABLES_TEXT_UCS2)
        g_assert_true(strlen(text) == size - 1 && memcmp(text, data + 1, size - 1) == 0);
    g_assert_cmpuint(strlen(text), <=, 3 * size);
    return 0;
}
