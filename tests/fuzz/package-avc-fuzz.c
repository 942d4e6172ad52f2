// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// H.264 in either form: parameter sets and access units of any bytes.
#include "pipelines/package/avc.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    gsize half = size / 2;
    g_autoptr(GBytes) sets = g_bytes_new(data, half);
    g_autoptr(PackageAvc) avc = package_avc_new(sets, NULL);
    if (avc == NULL)
        return 0;
    g_autoptr(GByteArray) out = g_byte_array_new();
    package_avc_append_configuration(avc, out);
    g_autofree char *codec = package_avc_get_codec(avc);
    g_assert_true(g_str_has_prefix(codec, "avc1."));
    guint before = out->len;
    if (!package_avc_append_unit(avc, data + half, size - half, TRUE, out, NULL))
        g_assert_cmpuint(out->len, ==, before);
    return 0;
}
