// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Numbers are printed from integers, so that no locale can put a comma in.
#include "pipelines/package/playlist.h"

static void
append_head(GString *text, guint target_duration_s)
{
    g_string_append_printf(text,
                           "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%u\n"
                           "#EXT-X-PLAYLIST-TYPE:VOD\n",
                           target_duration_s);
}

static void
append_map(GString *text, const PackageIndex *index, const char *file)
{
    g_string_append_printf(
        text, "#EXT-X-MAP:URI=\"%s\",BYTERANGE=\"%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT "\"\n",
        file, index->init_bytes, index->init_offset_bytes);
}

static void
append_duration(GString *text, guint64 duration_pts90k)
{
    guint64 microseconds =
        (duration_pts90k * 1000000 + PACKAGE_INDEX_TIMESCALE / 2) / PACKAGE_INDEX_TIMESCALE;
    g_string_append_printf(text, "#EXTINF:%" G_GUINT64_FORMAT ".%06u,\n", microseconds / 1000000,
                           (guint)(microseconds % 1000000));
}

static void
append_range(GString *text, guint64 bytes, guint64 offset_bytes, const char *file)
{
    g_string_append_printf(text,
                           "#EXT-X-BYTERANGE:%" G_GUINT64_FORMAT "@%" G_GUINT64_FORMAT "\n%s\n",
                           bytes, offset_bytes, file);
}

static char *
finish(GString *text)
{
    g_string_append(text, "#EXT-X-ENDLIST\n");
    return g_string_free(text, FALSE);
}

char *
package_playlist_format_media(const PackageIndex *index, const char *file)
{
    GString *text = g_string_new(NULL);
    append_head(text, package_index_get_target_duration_s(index));
    g_string_append(text, "#EXT-X-INDEPENDENT-SEGMENTS\n");
    append_map(text, index, file);
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        append_duration(text, segment->duration_pts90k);
        append_range(text, segment->bytes, segment->offset_bytes, file);
    }
    return finish(text);
}

char *
package_playlist_format_keys(const PackageIndex *index, const char *file)
{
    if (!package_index_has_keys(index))
        return NULL;
    GString *text = g_string_new(NULL);
    append_head(text, package_index_get_target_duration_s(index));
    g_string_append(text, "#EXT-X-I-FRAMES-ONLY\n");
    append_map(text, index, file);
    for (guint i = 0; i < index->segments->len; i++) {
        const PackageIndexSegment *segment =
            &g_array_index(index->segments, PackageIndexSegment, i);
        append_duration(text, segment->duration_pts90k);
        append_range(text, segment->key_bytes, segment->offset_bytes, file);
    }
    return finish(text);
}

char *
package_playlist_format_captions(const char *file, guint64 duration_ms)
{
    GString *text = g_string_new(NULL);
    append_head(text, (guint)MAX(1, (duration_ms + 500) / 1000));
    append_duration(text, duration_ms * PACKAGE_INDEX_TIMESCALE / 1000);
    g_string_append_printf(text, "%s\n", file);
    return finish(text);
}
