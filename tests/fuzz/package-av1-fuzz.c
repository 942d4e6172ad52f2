// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// AV1 and Opus of any bytes: a sequence header, a temporal unit and the length of a packet.
#include "pipelines/package/av1.h"
#include "pipelines/package/opus.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    gsize half = size / 2;
    g_assert_cmpuint(package_opus_count_samples(data, size), <=, 5760);
    g_autoptr(GBytes) config = g_bytes_new(data, half);
    g_autoptr(PackageAv1) av1 = package_av1_new(config, NULL);
    if (av1 == NULL)
        return 0;
    g_autoptr(GByteArray) out = g_byte_array_new();
    package_av1_append_configuration(av1, out);
    g_assert_cmpuint(out->len, <=, half + 16);
    g_autofree char *codec = package_av1_get_codec(av1);
    g_assert_true(g_str_has_prefix(codec, "av01."));
    guint before = out->len;
    if (!package_av1_append_unit(av1, data + half, size - half, TRUE, out, NULL))
        g_assert_cmpuint(out->len, ==, before);
    return 0;
}
