// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The same seed does the same damage.
#include "tests/pipelines/encode/damage.h"

#include <string.h>

#define LEAST_BYTES 600

void
damage_bytes(GRand *random, GByteArray *bytes)
{
    gint32 length = (gint32)bytes->len;
    g_assert_cmpint(length, >=, LEAST_BYTES);
    gint32 at = g_rand_int_range(random, 0, length);
    gint32 many = g_rand_int_range(random, 1, 400);
    many = MIN(many, length - at);
    switch (g_rand_int_range(random, 0, 5)) {
    case 0:
        for (int i = 0; i < many; i++)
            bytes->data[g_rand_int_range(random, 0, length)] ^=
                (guint8)(1 << g_rand_int_range(random, 0, 8));
        break;
    case 1:
        for (int i = 0; i < many; i++)
            bytes->data[at + i] = (guint8)g_rand_int_range(random, 0, 256);
        break;
    case 2:
        g_byte_array_remove_range(bytes, (guint)at, (guint)many);
        break;
    case 3:
        g_byte_array_set_size(bytes, (guint)MAX(at, LEAST_BYTES));
        break;
    default:
        at = g_rand_int_range(random, 0, MIN(length - 4, 2000));
        memset(bytes->data + at, g_rand_boolean(random) ? 0xff : 0, 4);
        break;
    }
}
