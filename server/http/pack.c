// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// zlib through GIO; the packed text must fit the plain one's length, or packing is not worth it.
#include "server/http/pack.h"

#include <gio/gio.h>
#include <string.h>

gboolean
http_pack_is_accepted(const char *accept_encoding, const char *coding)
{
    if (accept_encoding == NULL)
        return FALSE;
    gsize length = strlen(coding);
    g_auto(GStrv) items = g_strsplit(accept_encoding, ",", 16);
    for (guint i = 0; items[i] != NULL; i++) {
        const char *item = g_strstrip(items[i]);
        gboolean refused = strstr(item, "q=0") != NULL && strstr(item, "q=0.") == NULL;
        if (g_ascii_strncasecmp(item, coding, length) == 0 && strchr("; ", item[length]) != NULL)
            return !refused;
    }
    return FALSE;
}

GBytes *
http_pack_compress(GBytes *bytes)
{
    g_autoptr(GZlibCompressor) packer = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
    gsize size = 0;
    const guint8 *plain = g_bytes_get_data(bytes, &size);
    g_autofree guint8 *packed = g_malloc(size + 1);
    gsize read = 0;
    gsize written = 0;
    GConverterResult result = g_converter_convert(G_CONVERTER(packer), plain, size, packed, size,
                                                  G_CONVERTER_INPUT_AT_END, &read, &written, NULL);

    if (result != G_CONVERTER_FINISHED || read != size)
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&packed), written);
}
