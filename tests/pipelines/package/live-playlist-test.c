// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Playlists of a live channel: one golden file, and what must hold between any two stretches of one
// window.
#include <string.h>

#include "pipelines/package/live_playlist.h"

#define SECOND ((guint64)PACKAGE_LIVE_PLAYLIST_TIMESCALE)
#define WALL_MS G_GINT64_CONSTANT(1795273200123) // 2026-11-21T15:00:00.123Z
#define MANY 200

static PackageLivePlaylistContent
take(const PackageLivePlaylistSegment *segments, guint count)
{
    return (PackageLivePlaylistContent){segments, count, "small", 4, FALSE, FALSE};
}

static void
test_golden(void)
{
    // A discontinuity with a new init file, a number that this rung lacks, a clock that went back.
    const PackageLivePlaylistSegment segments[] = {
        {41, 123 * SECOND, 3 * SECOND, WALL_MS, 2, 40000, 3},
        {42, 126 * SECOND, 3 * SECOND, WALL_MS + 3000, 2, 41000, 3},
        {43, 129 * SECOND, 270900, WALL_MS + 60000, 3, 30000, 4},
        {44, 132 * SECOND + 900, 3 * SECOND, WALL_MS + 63010, 3, 0, 0},
        {45, 135 * SECOND + 900, 3 * SECOND, WALL_MS - 86400000, 3, 30000, 4},
    };
    PackageLivePlaylistContent content = take(segments, G_N_ELEMENTS(segments));
    content.from_start = TRUE;
    g_autofree char *text = package_live_playlist_format(&content);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", "live.m3u8", NULL);
    g_autofree char *golden = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &golden, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, golden);
}

/* Where the server stands clocks go an hour back or forward: playlists know nothing of it. */
static void
test_daylight_saving(void)
{
    // 2026-10-25T00:59:57Z and 2026-03-29T00:59:57Z: three seconds before Europe changes.
    static const gint64 edges_ms[] = {1792889997000, 1774745997000};
    for (guint i = 0; i < G_N_ELEMENTS(edges_ms); i++) {
        const PackageLivePlaylistSegment segments[] = {
            {7, 0, 3 * SECOND, edges_ms[i], 0, 100, 1},
            {8, 3 * SECOND, 3 * SECOND, edges_ms[i] + 3000, 0, 100, 1},
        };
        PackageLivePlaylistContent content = take(segments, G_N_ELEMENTS(segments));
        g_setenv("TZ", "UTC", TRUE);
        g_autofree char *here = package_live_playlist_format(&content);
        g_setenv("TZ", "Europe/Berlin", TRUE);
        g_autofree char *there = package_live_playlist_format(&content);
        g_unsetenv("TZ");
        g_assert_cmpstr(here, ==, there);
        g_assert_nonnull(strstr(there, "T00:59:57.000Z"));
        g_assert_nonnull(strstr(there, "T01:00:00.000Z"));
    }
}

static void
test_empty(void)
{
    PackageLivePlaylistContent content = take(NULL, 0);
    g_autofree char *text = package_live_playlist_format(&content);
    g_assert_cmpstr(text, ==,
                    "#EXTM3U\n#EXT-X-VERSION:8\n#EXT-X-TARGETDURATION:4\n"
                    "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
                    "#EXT-X-INDEPENDENT-SEGMENTS\n");
}

static GArray *
make_many(void)
{
    GArray *segments = g_array_new(FALSE, FALSE, sizeof(PackageLivePlaylistSegment));
    PackageLivePlaylistSegment next = {1000, 0, 3 * SECOND, WALL_MS, 7, 5000, 1};
    for (guint i = 0; i < MANY; i++) {
        if (g_test_rand_int_range(0, 10) == 0) {
            next.discontinuities++;
            next.init += (guint)g_test_rand_int_range(0, 2);
            next.wall_ms += g_test_rand_int_range(-5000, 90000);
        }
        next.bytes = g_test_rand_int_range(0, 12) == 0 ? 0 : 4000 + i;
        g_array_append_val(segments, next);
        next.number++;
        next.time_pts90k += next.duration_pts90k;
        next.wall_ms += 3000;
    }
    return segments;
}

static guint64
read_number(const char *text, const char *tag)
{
    const char *at = strstr(text, tag);
    g_assert_nonnull(at);
    return g_ascii_strtoull(at + strlen(tag), NULL, 10);
}

/* What a player makes of a playlist: a line "number discontinuity init" for each segment. */
static GPtrArray *
play(const char *text)
{
    GPtrArray *seen = g_ptr_array_new_with_free_func(g_free);
    guint64 number = read_number(text, "#EXT-X-MEDIA-SEQUENCE:");
    guint64 discontinuity = read_number(text, "#EXT-X-DISCONTINUITY-SEQUENCE:");
    guint64 init = 0;
    gboolean gap = FALSE;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (strcmp(lines[i], "#EXT-X-DISCONTINUITY") == 0)
            discontinuity++;
        else if (strcmp(lines[i], "#EXT-X-GAP") == 0)
            gap = TRUE;
        else if (g_str_has_prefix(lines[i], "#EXT-X-MAP:"))
            init = read_number(lines[i], "init-");
        if (lines[i][0] == '#' || lines[i][0] == '\0')
            continue;
        g_autofree char *uri = g_strdup_printf("small/%" G_GUINT64_FORMAT ".m4s", number);
        g_assert_cmpstr(lines[i], ==, uri);
        g_ptr_array_add(seen, g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d",
                                              number++, discontinuity, gap ? -1 : (int)init));
        gap = FALSE;
    }
    return seen;
}

/* Whatever moment and beginning: a segment has one number, one discontinuity, one init file. */
static void
test_stretches_agree(void)
{
    g_autoptr(GArray) segments = make_many();
    const PackageLivePlaylistSegment *all = (void *)segments->data;
    PackageLivePlaylistContent whole = take(all, MANY);
    g_autofree char *text = package_live_playlist_format(&whole);
    g_autoptr(GPtrArray) expected = play(text);
    g_assert_cmpuint(expected->len, ==, MANY);
    for (guint from = 0; from < MANY; from++) {
        guint count = (guint)g_test_rand_int_range(0, (int)(MANY - from) + 1);
        PackageLivePlaylistContent content = take(all + from, count);
        g_autofree char *part = package_live_playlist_format(&content);
        g_autoptr(GPtrArray) seen = play(part);
        g_assert_cmpuint(seen->len, ==, count);
        for (guint i = 0; i < count; i++)
            g_assert_cmpstr(seen->pdata[i], ==, expected->pdata[from + i]);
    }
}

static void
test_finds_wall(void)
{
    const PackageLivePlaylistSegment segments[] = {
        {1, 0, 3, 10000, 0, 1, 1}, {2, 3, 3, 13000, 0, 1, 1}, {3, 6, 3, 8000, 1, 1, 1}};
    g_assert_cmpuint(package_live_playlist_find_wall(segments, 3, 0), ==, 0);
    g_assert_cmpuint(package_live_playlist_find_wall(segments, 3, 9000), ==, 2);
    g_assert_cmpuint(package_live_playlist_find_wall(segments, 2, 12999), ==, 0);
    g_assert_cmpuint(package_live_playlist_find_wall(segments, 2, 99999), ==, 1);
    g_assert_cmpuint(package_live_playlist_find_wall(segments, 0, 1), ==, 0);
}

static void
test_measures(void)
{
    const PackageLivePlaylistSegment segments[] = {
        {1, 0, 3 * SECOND, 0, 0, 30000, 1}, {2, 0, 3 * SECOND, 0, 0, 60000, 1},
        {3, 0, 3 * SECOND, 0, 0, 0, 0},     {4, 0, SECOND, 0, 0, 90000, 1},
        {5, 0, 3 * SECOND, 0, 0, 30000, 1},
    };
    guint64 peak = 0, average = 0;
    package_live_playlist_measure(segments, 2, 4, &peak, &average);
    g_assert_cmpuint(average, ==, 120000);
    g_assert_cmpuint(peak, ==, 160000);
    // One second alone is too short to be a peak; with its neighbour it counts.
    package_live_playlist_measure(segments, 5, 4, &peak, &average);
    g_assert_cmpuint(peak, ==, 240000);
    g_assert_cmpuint(average, ==, 168000);
    package_live_playlist_measure(segments + 2, 1, 4, &peak, &average);
    g_assert_cmpuint(peak + average, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/package/live-playlist/golden", test_golden);
    g_test_add_func("/package/live-playlist/empty", test_empty);
    g_test_add_func("/package/live-playlist/daylight-saving", test_daylight_saving);
    g_test_add_func("/package/live-playlist/stretches", test_stretches_agree);
    g_test_add_func("/package/live-playlist/wall", test_finds_wall);
    g_test_add_func("/package/live-playlist/measure", test_measures);
    return g_test_run();
}
