// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Numbers are printed from integers, so that no locale can put a comma in.
#include "pipelines/package/live_playlist.h"

#define NO_INIT G_MAXUINT

static void
append_head(GString *text, const PackageLivePlaylistContent *content)
{
    const PackageLivePlaylistSegment *first = content->segments;
    guint64 number = content->segment_count > 0 ? first->number : 0;
    guint64 discontinuities = content->segment_count > 0 ? first->discontinuities : 0;
    g_string_append_printf(text,
                           "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:%u\n"
                           "#EXT-X-MEDIA-SEQUENCE:%" G_GUINT64_FORMAT "\n"
                           "#EXT-X-DISCONTINUITY-SEQUENCE:%" G_GUINT64_FORMAT "\n"
                           "#EXT-X-INDEPENDENT-SEGMENTS\n",
                           content->target_duration_s, number, discontinuities);
    if (content->from_start)
        g_string_append(text, "#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n");
}

/* Of a time that no calendar has, nothing is said. */
static void
append_date(GString *text, gint64 wall_ms)
{
    g_autoptr(GDateTime) seconds = g_date_time_new_from_unix_utc(wall_ms / 1000);
    g_autofree char *date =
        seconds != NULL && wall_ms > 0 ? g_date_time_format(seconds, "%Y-%m-%dT%H:%M:%S") : NULL;
    if (date != NULL)
        g_string_append_printf(text, "#EXT-X-PROGRAM-DATE-TIME:%s.%03dZ\n", date,
                               (int)(wall_ms % 1000));
}

static void
append_duration(GString *text, guint64 duration_pts90k)
{
    guint64 microseconds = (duration_pts90k * 1000000 + PACKAGE_LIVE_PLAYLIST_TIMESCALE / 2) /
                           PACKAGE_LIVE_PLAYLIST_TIMESCALE;
    g_string_append_printf(text, "#EXTINF:%" G_GUINT64_FORMAT ".%06u,\n", microseconds / 1000000,
                           (guint)(microseconds % 1000000));
}

static void
append_uri(GString *text, const PackageLivePlaylistContent *content,
           const PackageLivePlaylistSegment *segment)
{
    if (content->is_text && segment->bytes == 0)
        g_string_append_printf(text, "%s/none.vtt\n", content->rung);
    else
        g_string_append_printf(text, "%s/%" G_GUINT64_FORMAT "%s\n", content->rung, segment->number,
                               content->is_text ? ".vtt" : ".m4s");
}

char *
package_live_playlist_format(const PackageLivePlaylistContent *content)
{
    GString *text = g_string_sized_new(256 + (gsize)content->segment_count * 96);
    guint init = NO_INIT;
    append_head(text, content);
    for (guint i = 0; i < content->segment_count; i++) {
        const PackageLivePlaylistSegment *segment = &content->segments[i];
        if (i > 0 && segment->discontinuities > segment[-1].discontinuities)
            g_string_append(text, "#EXT-X-DISCONTINUITY\n");
        if (segment->bytes > 0 && segment->init != init && !content->is_text) {
            init = segment->init;
            g_string_append_printf(text, "#EXT-X-MAP:URI=\"%s/init-%u.mp4\"\n", content->rung,
                                   init);
        }
        if (segment->bytes == 0 && !content->is_text)
            g_string_append(text, "#EXT-X-GAP\n");
        append_date(text, segment->wall_ms);
        append_duration(text, segment->duration_pts90k);
        append_uri(text, content, segment);
    }
    return g_string_free(text, FALSE);
}

guint
package_live_playlist_find_wall(const PackageLivePlaylistSegment *segments, guint count,
                                gint64 wall_ms)
{
    for (guint i = count; i > 0; i--) {
        if (segments[i - 1].wall_ms <= wall_ms)
            return i - 1;
    }
    return 0;
}

static guint64
get_rate(guint64 bytes, guint64 duration_pts90k)
{
    return duration_pts90k > 0 ? bytes * 8 * PACKAGE_LIVE_PLAYLIST_TIMESCALE / duration_pts90k : 0;
}

/* The highest rate of a run that begins at @segment. */
static guint64
measure_from(const PackageLivePlaylistSegment *segment, guint count, guint64 target)
{
    guint64 bytes = 0, duration = 0, peak = 0;
    for (guint i = 0; i < count && segment[i].bytes > 0 && duration < target + target / 2; i++) {
        bytes += segment[i].bytes;
        duration += segment[i].duration_pts90k;
        if (duration >= target / 2 && duration <= target + target / 2)
            peak = MAX(peak, get_rate(bytes, duration));
    }
    return peak;
}

void
package_live_playlist_measure(const PackageLivePlaylistSegment *segments, guint count,
                              guint target_duration_s, guint64 *peak_bps, guint64 *average_bps)
{
    guint64 target = (guint64)target_duration_s * PACKAGE_LIVE_PLAYLIST_TIMESCALE;
    guint64 bytes = 0, duration = 0, peak = 0;
    for (guint i = 0; i < count; i++) {
        if (segments[i].bytes == 0)
            continue;
        bytes += segments[i].bytes;
        duration += segments[i].duration_pts90k;
        peak = MAX(peak, measure_from(&segments[i], count - i, target));
    }
    *average_bps = get_rate(bytes, duration);
    *peak_bps = MAX(peak, *average_bps);
}
