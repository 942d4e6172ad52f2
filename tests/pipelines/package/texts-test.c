// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the package says in text: the index both ways, the figures of RFC 8216, the journal, and the
// playlists and lesson.json against golden files.
#include <string.h>

#include "pipelines/package/index.h"
#include "pipelines/package/journal.h"
#include "pipelines/package/manifest.h"
#include "pipelines/package/multivariant.h"
#include "pipelines/package/playlist.h"
#include "pipelines/package/slides.h"
#include "pipelines/package/storyboard.h"

#define SECOND ((guint64)PACKAGE_INDEX_TIMESCALE)

/* Five segments of 4 s but the last, 2.4 s. */
static PackageIndex *
make_index(void)
{
    static const guint64 sizes[] = {40000, 60000, 20000, 80000, 30000};
    PackageIndex *index = package_index_new();
    guint64 offset = 900;
    index->init_bytes = 800;
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        PackageIndexSegment segment = {offset, sizes[i], i * 4 * SECOND,
                                       i < 4 ? 4 * SECOND : 216000, 3000};
        g_array_append_val(index->segments, segment);
        offset += sizes[i];
    }
    return index;
}

static void
assert_golden(const char *name, const char *text)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "golden", name, NULL);
    g_autofree char *golden = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &golden, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, golden);
}

static void
test_index_comes_back(void)
{
    g_autoptr(PackageIndex) index = make_index();
    g_autofree char *text = package_index_to_json(index);
    g_autoptr(PackageIndex) back = package_index_parse(text, strlen(text), 230900, NULL);
    g_assert_nonnull(back);
    g_autofree char *again = package_index_to_json(back);
    g_assert_cmpstr(text, ==, again);
    g_assert_cmpuint(package_index_get_duration_ms(back), ==, 18400);
    g_assert_null(package_index_parse(text, strlen(text), 230899, NULL)); // beyond the file
}

static void
test_index_refuses(void)
{
    static const char *const texts[] = {
        "",
        "{}",
        "[[[[[[[[[[[[[[[[",
        "{\"timescale\":1000,\"init\":[0,9],\"segments\":[[9,1,0,1]]}",
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[]}",
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[8,1,0,1]]}",            // overlaps init
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,0,0,1]]}",            // empty
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,1,0,0]]}",            // no time
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,1,1,1]]}",            // not from 0
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,5,0,1],[9,5,1,1]]}",  // overlap
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,5,0,1],[14,5,2,1]]}", // gap in time
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[-9,5,0,1]]}",
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,9223372036854775807,0,1]]}",
        "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,5,0,9223372036854775807]]}",
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(package_index_parse(texts[i], strlen(texts[i]), 1000, &error));
        g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
    }
}

/* 80000 bytes in 4 s are the peak; runs of 0.5 to 1.5 targets hold one segment, or one and the tail
 * no more. */
static void
test_bandwidth(void)
{
    g_autoptr(PackageIndex) index = make_index();
    g_assert_cmpuint(package_index_get_target_duration_s(index), ==, 4);
    g_assert_cmpuint(package_index_get_bandwidth_bps(index), ==, 160000);
    g_assert_cmpuint(package_index_get_average_bandwidth_bps(index), ==, 100000);
    PackageIndexSegment *last = &g_array_index(index->segments, PackageIndexSegment, 4);
    last->duration_pts90k = SECOND; // too short to count alone, but it counts with the one before
    last->bytes = 60000;
    g_assert_cmpuint(package_index_get_bandwidth_bps(index), ==, 224000);
}

static void
test_media_playlist(void)
{
    g_autoptr(PackageIndex) index = make_index();
    g_autofree char *text = package_playlist_format_media(index, "small.0a1b2c3d.mp4");
    assert_golden("small.m3u8", text);
}

static void
test_key_playlist(void)
{
    g_autoptr(PackageIndex) index = make_index();
    g_autofree char *text = package_playlist_format_keys(index, "small.0a1b2c3d.mp4");
    assert_golden("small.iframes.m3u8", text);
    g_assert_cmpuint(package_index_get_key_average_bandwidth_bps(index), ==,
                     6522);                                                  // 15000 in 18.4 s
    g_assert_cmpuint(package_index_get_key_bandwidth_bps(index), ==, 10000); // 3000 in 2.4 s
    g_array_index(index->segments, PackageIndexSegment, 2).key_bytes = 0;
    g_assert_null(package_playlist_format_keys(index, "small.0a1b2c3d.mp4"));
}

static void
test_captions_playlist(void)
{
    g_autofree char *text = package_playlist_format_captions("th.0a1b2c3d.vtt", 18400);
    g_assert_cmpstr(text, ==,
                    "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:18\n"
                    "#EXT-X-PLAYLIST-TYPE:VOD\n#EXTINF:18.400000,\nth.0a1b2c3d.vtt\n"
                    "#EXT-X-ENDLIST\n");
}

/* An index of a lesson that was published before there were key pictures. */
static void
test_index_without_keys(void)
{
    static const char text[] = "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,5,0,1]]}";
    g_autoptr(PackageIndex) index = package_index_parse(text, strlen(text), 1000, NULL);
    g_assert_nonnull(index);
    g_assert_false(package_index_has_keys(index));
    static const char wrong[] = "{\"timescale\":90000,\"init\":[0,9],\"segments\":[[9,5,0,1,6]]}";
    g_assert_null(package_index_parse(wrong, strlen(wrong), 1000, NULL));
}

static const PackageMultivariantRung lesson_rungs[] = {
    {.uri = "voice.m3u8",
     .codecs = "mp4a.40.2",
     .bandwidth_bps = 36000,
     .average_bandwidth_bps = 33000},
    {.uri = "lite.m3u8",
     .key_uri = "lite.iframes.m3u8",
     .codecs = "av01.0.04M.08,opus",
     .bandwidth_bps = 80000,
     .average_bandwidth_bps = 45000,
     .key_bandwidth_bps = 9000,
     .key_average_bandwidth_bps = 8000,
     .width = 854,
     .height = 480,
     .frame_rate = 12,
     .ssim = 0.983},
    {.uri = "medium.m3u8",
     .codecs = "avc1.4D401E,mp4a.40.2",
     .bandwidth_bps = 350000,
     .average_bandwidth_bps = 200000,
     .width = 640,
     .height = 360,
     .frame_rate = 25,
     .ssim = 0.99},
    {.uri = "voice-opus.m3u8",
     .codecs = "opus",
     .bandwidth_bps = 20000,
     .average_bandwidth_bps = 17000},
    {.uri = "small.m3u8",
     .key_uri = "small.iframes.m3u8",
     .codecs = "avc1.42C015,mp4a.40.2",
     .bandwidth_bps = 125000,
     .average_bandwidth_bps = 80000,
     .key_bandwidth_bps = 10000,
     .key_average_bandwidth_bps = 7000,
     .width = 480,
     .height = 270,
     .frame_rate = 12.5,
     .ssim = 0.97},
};
static const PackageMultivariantCaptions lesson_captions[] = {
    {"th", "ไทย", "captions/th.m3u8"},
    {"en", "English \"draft\"", "captions/en.m3u8"},
};

static void
test_multivariant_playlists(void)
{
    PackageMultivariantContent content = {
        .rungs = lesson_rungs,
        .rung_count = G_N_ELEMENTS(lesson_rungs),
        .captions = lesson_captions,
        .caption_count = 2,
    };
    g_autofree char *avc = package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AVC);
    assert_golden("index.m3u8", avc);
    content.caption_count = 0;
    g_autofree char *av1 = package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AV1);
    assert_golden("index-av1.m3u8", av1);
    content.rung_count = 1; // voice alone
    g_assert_null(package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AV1));
}

/* The rungs' own sound has no address; the others do, and every rung goes with all of them. */
static void
test_sounds(void)
{
    static const PackageMultivariantSound sounds[] = {
        {.language = "th", .name = "ไทย"},
        {.language = "en",
         .name = "English",
         .uri = "voice-eng.m3u8",
         .bandwidth_bps = 30000,
         .average_bandwidth_bps = 20000},
        {.name = "und (AD)", .uri = "voice-und-ad.m3u8", .described = TRUE, .bandwidth_bps = 9000},
    };
    const PackageMultivariantContent content = {
        .rungs = lesson_rungs,
        .rung_count = G_N_ELEMENTS(lesson_rungs),
        .sounds = sounds,
        .sound_count = G_N_ELEMENTS(sounds),
    };
    g_autofree char *text = package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AVC);
    g_assert_nonnull(strstr(text, "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"ไทย\","
                                  "LANGUAGE=\"th\",DEFAULT=YES,AUTOSELECT=YES\n"));
    g_assert_nonnull(strstr(text, "NAME=\"English\",LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,"
                                  "URI=\"voice-eng.m3u8\"\n"));
    g_assert_nonnull(strstr(text, "CHARACTERISTICS=\"public.accessibility.describes-video\","
                                  "URI=\"voice-und-ad.m3u8\"\n"));
    g_assert_nonnull(strstr(text, ":BANDWIDTH=66000,AVERAGE-BANDWIDTH=53000,")); // with the dearest
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        if (g_str_has_prefix(lines[i], "#EXT-X-STREAM-INF"))
            g_assert_nonnull(strstr(lines[i], ",AUDIO=\"sound\""));
}

/* A score is for all or for none. */
static void
test_scores(void)
{
    PackageMultivariantRung some[] = {lesson_rungs[2], lesson_rungs[4]};
    const PackageMultivariantContent content = {.rungs = some, .rung_count = 2};
    g_autofree char *both = package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AVC);
    g_assert_nonnull(strstr(both, ",SCORE=229.500,"));
    g_assert_nonnull(strstr(both, ",SCORE=342.000,"));
    some[0].ssim = 0;
    g_autofree char *none = package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AVC);
    g_assert_null(strstr(none, "SCORE"));
}

static void
test_slides(void)
{
    static const PackageSlidesCue cues[] = {{"slides/0001.0a1b2c3d.webp", 0, 12400, FALSE},
                                            {"slides/0002.0a1b2c3d.webp", 12400, 12400, FALSE},
                                            {"slides/0003.4e5f6071.webp", 12400, 3661005, TRUE}};
    g_autofree char *text = package_slides_format(cues, G_N_ELEMENTS(cues));
    g_assert_cmpstr(text, ==,
                    "WEBVTT\n\n00:00:00.000 --> 00:00:12.400\nslides/0001.0a1b2c3d.webp\n"
                    "\n00:00:12.400 --> 01:01:01.005\nslides/0003.4e5f6071.webp\ngrows\n");
}

static void
test_storyboard(void)
{
    const PackageStoryboard storyboard = {"storyboard.0a1b2c3d.webp", 2, 3, 160, 90, 5000, 14000};
    g_autofree char *text = package_storyboard_format(&storyboard);
    g_assert_cmpstr(text, ==,
                    "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\n"
                    "storyboard.0a1b2c3d.webp#xywh=0,0,160,90\n"
                    "\n00:00:05.000 --> 00:00:10.000\nstoryboard.0a1b2c3d.webp#xywh=160,0,160,90\n"
                    "\n00:00:10.000 --> 00:00:14.000\nstoryboard.0a1b2c3d.webp#xywh=0,90,160,90\n");
}

static void
test_manifest(void)
{
    PackageManifestRung made = {.name = "small",
                                .file = "small.0a1b2c3d.mp4",
                                .playlist = "small.m3u8",
                                .sha256 = "0a1b2c3d",
                                .codecs = "avc1.42C015,mp4a.40.2",
                                .bytes = 230900,
                                .duration_ms = 18400,
                                .bandwidth_bps = 160000,
                                .average_bandwidth_bps = 100000,
                                .width = 480,
                                .height = 270,
                                .frame_rate = 12.5,
                                .ssim = 0.984375};
    PackageManifestRung slides = {.name = "slides"}; // no file of its own: described apart
    PackageManifestCaptions draft = {"th", "draft", "recogniser", "captions/th.0a1b2c3d.vtt"};
    PackageManifestSound english = {.language = "en",
                                    .purpose = "main",
                                    .media = {.name = "voice-eng",
                                              .file = "voice-eng.0a1b2c3d.mp4",
                                              .playlist = "voice-eng.m3u8",
                                              .sha256 = "0a1b2c3d",
                                              .codecs = "mp4a.40.2",
                                              .bytes = 70000,
                                              .duration_ms = 18400,
                                              .bandwidth_bps = 36000,
                                              .average_bandwidth_bps = 33000}};
    PackageManifestRung failed = {.name = "large", .error_code = "out-of-memory"};
    g_autoptr(GPtrArray) rungs = g_ptr_array_new();
    g_autoptr(GPtrArray) files =
        g_ptr_array_new_with_free_func((GDestroyNotify)package_manifest_free_file);
    g_ptr_array_add(rungs, &made);
    g_ptr_array_add(rungs, &slides);
    g_ptr_array_add(rungs, &failed);
    g_autoptr(GPtrArray) sounds = g_ptr_array_new();
    g_ptr_array_add(sounds, &english);
    g_autoptr(GPtrArray) captions = g_ptr_array_new();
    g_ptr_array_add(captions, &draft);
    g_ptr_array_add(files, package_manifest_describe("index.m3u8", "#EXTM3U\n", 8));
    const PackageManifest manifest = {.id = "01234567-89ab-7000-8000-000000000000",
                                      .title = "เศษส่วน \"ครึ่ง\"",
                                      .description = "",
                                      .language = "th",
                                      .poster = "poster.webp",
                                      .slides = "slides.vtt",
                                      .slides_pdf = "slides.0a1b2c3d.pdf",
                                      .storyboard = "storyboard.vtt",
                                      .waveform = "waveform.0a1b2c3d.json",
                                      .stills = 41,
                                      .generation = 2,
                                      .captions = captions,
                                      .duration_ms = 18400,
                                      .rungs = rungs,
                                      .sounds = sounds,
                                      .files = files};
    g_autofree char *text = package_manifest_format(&manifest);
    assert_golden("lesson.json", text);
}

static void
test_journal(void)
{
    g_autofree char *head = package_journal_format_head("abc");
    const PackageJournalRecord first = {0, 100, 0, SECOND, 48128, 60};
    const PackageJournalRecord second = {100, 50, SECOND, SECOND, 96256, 50};
    g_autofree char *one = package_journal_format_record(&first);
    g_autofree char *two = package_journal_format_record(&second);
    g_autofree char *end = package_journal_format_record(NULL);
    g_autofree char *text = g_strconcat(head, one, two, end, NULL);
    for (gsize length = 0; length <= strlen(text); length++) { // torn at every byte
        g_autoptr(PackageJournal) journal = package_journal_parse(text, length, head, 150);
        gsize wanted = (length >= strlen(head) + strlen(one)) +
                       (length >= strlen(head) + strlen(one) + strlen(two));
        g_assert_cmpuint(journal->records->len, ==, wanted);
        g_assert_cmpint(journal->complete, ==, length == strlen(text));
        g_assert_cmpuint(journal->valid_bytes, <=, length);
    }
    g_autoptr(PackageJournal) shorter = package_journal_parse(text, strlen(text), head, 149);
    g_assert_cmpuint(shorter->records->len, ==, 1); // the second one's bytes are not all there
    g_autoptr(PackageJournal) other = package_journal_parse(text, strlen(text), "other\n", 150);
    g_assert_cmpuint(other->records->len, ==, 0);
    text[strlen(head) + 2] ^= 1;
    g_autoptr(PackageJournal) flipped = package_journal_parse(text, strlen(text), head, 150);
    g_assert_cmpuint(flipped->records->len, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/package/index/comes-back", test_index_comes_back);
    g_test_add_func("/package/index/refuses", test_index_refuses);
    g_test_add_func("/package/index/bandwidth", test_bandwidth);
    g_test_add_func("/package/playlist/media", test_media_playlist);
    g_test_add_func("/package/index/without-keys", test_index_without_keys);
    g_test_add_func("/package/playlist/keys", test_key_playlist);
    g_test_add_func("/package/playlist/captions", test_captions_playlist);
    g_test_add_func("/package/multivariant/families", test_multivariant_playlists);
    g_test_add_func("/package/multivariant/scores", test_scores);
    g_test_add_func("/package/multivariant/sounds", test_sounds);
    g_test_add_func("/package/slides/text", test_slides);
    g_test_add_func("/package/storyboard/text", test_storyboard);
    g_test_add_func("/package/manifest/golden", test_manifest);
    g_test_add_func("/package/journal/torn-anywhere", test_journal);
    return g_test_run();
}
