// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Numbers are printed from integers, so that no locale can put a comma in.
#include "pipelines/package/playlist.h"

#include <stdlib.h>

char *
package_playlist_format_media(const PackageIndex *index, const char *file)
{
    GString *text = g_string_new("#EXTM3U\n#EXT-X-VERSION:7\n");
    g_string_append_printf(text, "#EXT-X-TARGETDURATION:%u\n",
                           package_index_get_target_duration_s(index));
    g_string_append(text, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    g_string_append_printf(
        text, "#EXT-X-MAP:URI=\"%s\",BYTERANGE=\"%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT "\"\n",
        file, index->init_bytes, index->init_offset_bytes);
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        guint64 microseconds = (segment->duration_pts90k * 1000000 + PACKAGE_INDEX_TIMESCALE / 2) /
                               PACKAGE_INDEX_TIMESCALE;
        g_string_append_printf(text, "#EXTINF:%" G_GUINT64_FORMAT ".%06u,\n",
                               microseconds / 1000000, (guint)(microseconds % 1000000));
        g_string_append_printf(text,
                               "#EXT-X-BYTERANGE:%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT "\n%s\n",
                               segment->bytes, segment->offset_bytes, file);
    }
    g_string_append(text, "#EXT-X-ENDLIST\n");
    return g_string_free(text, FALSE);
}

static int
compare_variants(gconstpointer a, gconstpointer b)
{
    const PackagePlaylistVariant *left = a, *right = b;
    if ((left->width == 0) != (right->width == 0))
        return left->width == 0 ? 1 : -1;
    if (left->bandwidth_bps != right->bandwidth_bps)
        return left->bandwidth_bps < right->bandwidth_bps ? -1 : 1;
    return g_strcmp0(left->uri, right->uri);
}

char *
package_playlist_format_multivariant(const PackagePlaylistVariant *variants, guint count)
{
    g_autofree PackagePlaylistVariant *sorted = g_memdup2(variants, sizeof *variants * count);
    if (count > 1)
        qsort(sorted, count, sizeof *sorted, compare_variants);
    GString *text = g_string_new("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    for (guint i = 0; i < count; i++) {
        const PackagePlaylistVariant *variant = &sorted[i];
        g_string_append_printf(text,
                               "#EXT-X-STREAM-INF:BANDWIDTH=%" G_GUINT64_FORMAT
                               ",AVERAGE-BANDWIDTH=%" G_GUINT64_FORMAT ",CODECS=\"%s\"",
                               variant->bandwidth_bps, variant->average_bandwidth_bps,
                               variant->codecs);
        if (variant->width > 0) {
            guint thousandths = (guint)(variant->frame_rate * 1000 + 0.5);
            g_string_append_printf(text, ",RESOLUTION=%ux%u,FRAME-RATE=%u.%03u", variant->width,
                                   variant->height, thousandths / 1000, thousandths % 1000);
        }
        g_string_append_printf(text, "\n%s\n", variant->uri);
    }
    return g_string_free(text, FALSE);
}
