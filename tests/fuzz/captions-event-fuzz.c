// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What recordings hold: any event is clean cue text, any packet gives whole triplets.
#include <string.h>

#include "pipelines/captions/asstext.h"
#include "pipelines/captions/markup.h"
#include "pipelines/captions/userdata.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *event = g_strndup((const char *)data, size);
    g_autofree char *text = captions_asstext_convert(event);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_true(strstr(text, "-->") == NULL && strstr(text, "\n\n") == NULL);
    g_autofree char *again = captions_markup_clean(text, CAPTIONS_MARKUP_WEBVTT, NULL);
    g_assert_cmpstr(again, ==, text);
    g_autoptr(GByteArray) triplets = g_byte_array_new();
    gboolean any = captions_userdata_find(data, size, triplets);
    g_assert_true(any == (triplets->len > 0) && triplets->len % 3 == 0);
    return 0;
}
