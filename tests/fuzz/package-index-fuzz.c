// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Segment indexes from a child: what is accepted lies within the file, in order, and makes a
// playlist.
#include "pipelines/package/index.h"

#include <string.h>

#include "pipelines/package/playlist.h"

#define FILE_BYTES 1000000

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(PackageIndex) index = package_index_parse((const char *)data, size, FILE_BYTES, NULL);
    if (index == NULL)
        return 0;
    guint64 end = index->init_bytes;
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        g_assert_cmpuint(segment->offset_bytes, >=, end);
        end = segment->offset_bytes + segment->bytes;
        g_assert_cmpuint(end, <=, FILE_BYTES);
    }
    g_assert_cmpuint(package_index_get_bandwidth_bps(index), >=,
                     package_index_get_average_bandwidth_bps(index));
    g_autofree char *playlist = package_playlist_format_media(index, "small.mp4");
    g_assert_true(g_str_has_suffix(playlist, "#EXT-X-ENDLIST\n"));
    return 0;
}
