// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Joining of what a recording kept: plans, times without a hole over gaps and new children, files
// that are not what they should be, captions of segments into one file.
#include "pipelines/keep/join.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "pipelines/keep/captions.h"
#include "pipelines/keep/plan.h"
#include "pipelines/package/index.h"
#include "tests/pipelines/keep/kept.h"
#include "tests/pipelines/package/mp4.h"

#define SECONDS 4
#define FRAME 1024 // samples of an AAC frame

typedef struct {
    char *folder;  // (owned) of the recording
    char *staging; // (owned)
    KeptRun *run;  // (owned)
    GString *plan; // (owned)
    guint pieces;  // that were told of
    guint stop_at; // pieces, 0: never
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    fixture->folder = g_dir_make_tmp("daorian-join-XXXXXX", NULL);
    fixture->staging = g_dir_make_tmp("daorian-join-XXXXXX", NULL);
    fixture->run = kept_run_new(SECONDS);
    fixture->plan = g_string_new(NULL);
    kept_run_write_inits(fixture->run, fixture->folder, 1);
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_tree(inner);
        else
            g_unlink(inner);
    }
    g_rmdir(path);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    remove_tree(fixture->folder);
    remove_tree(fixture->staging);
    kept_run_free(fixture->run);
    g_string_free(fixture->plan, TRUE);
    g_free(fixture->folder);
    g_free(fixture->staging);
}

/* Keeps segment @place of the run as @number at @time. */
static void
keep(Fixture *fixture, guint place, guint number, guint64 time)
{
    guint32 bytes[KEPT_RUNGS];
    kept_run_write_segment(fixture->run, fixture->folder, place, number, time, bytes);
    g_string_append_printf(fixture->plan,
                           "%" G_GUINT64_FORMAT " %d voice voice/init-1.mp4 voice/0/%u.m4s"
                           " small small/init-2.mp4 small/0/%u.m4s\n",
                           time, KEPT_SEGMENT_PTS90K, number, number);
}

static gboolean
on_piece(gpointer user_data)
{
    Fixture *fixture = user_data;
    fixture->pieces++;
    return fixture->stop_at == 0 || fixture->pieces < fixture->stop_at;
}

/* Returns: (transfer full) (nullable): the path of the rung's file. */
static char *
join_rung(Fixture *fixture, const char *rung, GError **error)
{
    PackageTracks *made = NULL;
    g_autoptr(GPtrArray) pieces =
        keep_plan_parse(fixture->plan->str, fixture->plan->len, rung, error);
    if (pieces == NULL)
        return NULL;
    const KeepJoin join = {fixture->folder, fixture->staging, rung, pieces, on_piece, fixture};
    g_autoptr(PackageResult) result = keep_join_run(&join, &made, error);
    g_autoptr(PackageTracks) tracks = made;
    if (result == NULL)
        return NULL;
    g_assert_cmpuint(tracks->channels, ==, 1);
    g_assert_cmpuint(result->duration_ms, <=, pieces->len * 1000); // sound alone: whole frames
    g_assert_cmpuint(result->duration_ms + FRAME / 48 + 1, >, pieces->len * 1000);
    return g_build_filename(fixture->staging, result->file, NULL);
}

/* Both tracks begin at 0, go on without a hole, and the sound ends with the picture. */
static void
assert_whole(const char *path, gboolean pictured, guint segments)
{
    g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
    guint64 next[2] = {0, 0};
    guint kinds = pictured ? 2 : 1;
    g_assert_cmpuint(mp4->runs->len, ==, segments * kinds);
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        guint place = i % kinds;
        g_assert_cmpuint(run->start, ==, next[place]);
        g_assert_true(run->in_mdat && run->based_moof);
        g_assert_true(run->first_key || !pictured || place == 1);
        next[place] += run->duration;
    }
    guint64 end_samples = (guint64)segments * 48000;
    g_assert_true(!pictured || next[0] == (guint64)segments * KEPT_SEGMENT_PTS90K);
    g_assert_cmpuint(next[kinds - 1], <=, end_samples);
    g_assert_cmpuint(next[kinds - 1] + FRAME, >, end_samples);
}

static void
assert_both(Fixture *fixture, guint segments)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *voice = join_rung(fixture, "voice", &error);
    g_assert_no_error(error);
    g_autofree char *small = join_rung(fixture, "small", &error);
    g_assert_no_error(error);
    assert_whole(voice, FALSE, segments);
    assert_whole(small, TRUE, segments);
}

static void
test_in_a_row(Fixture *fixture, gconstpointer unused)
{
    for (guint i = 0; i < SECONDS; i++)
        keep(fixture, i, 100 + i, 9000000 + (guint64)i * KEPT_SEGMENT_PTS90K);
    assert_both(fixture, SECONDS);
    g_assert_cmpuint(fixture->pieces, ==, 2 * SECONDS);
}

/* The channel's time went on where nothing was kept, and each new child puts its sound elsewhere on
 * the grid of frames. */
static void
test_over_gaps(Fixture *fixture, gconstpointer unused)
{
    guint64 time = 9000000;
    for (guint i = 0; i < 12; i++) {
        keep(fixture, i % SECONDS, 100 + i, time);
        time += KEPT_SEGMENT_PTS90K + (i % 3 == 2 ? 90000 * 7 + 15 * (i * 97) : 0);
    }
    assert_both(fixture, 12);
}

/* Another sound that was on the air for seconds 1 and 2 of 5 alone: silence is in its place, and
 * every frame is where it was. */
static void
test_sound(Fixture *fixture, gconstpointer unused)
{
    PackageTracks *made = NULL;
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < 5; i++) {
        keep(fixture, i % SECONDS, 100 + i, 9000000 + (guint64)i * KEPT_SEGMENT_PTS90K);
        if (i != 1 && i != 2)
            continue;
        g_string_truncate(fixture->plan, fixture->plan->len - 1);
        g_string_append_printf(fixture->plan, " voice-eng voice/init-1.mp4 voice/0/%u.m4s\n",
                               100 + i);
    }
    g_autoptr(GPtrArray) pieces =
        keep_plan_parse_sound(fixture->plan->str, fixture->plan->len, "voice-eng", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(pieces->len, ==, 5);
    const KeepJoin join = {fixture->folder, fixture->staging, "voice-eng",
                           pieces,          on_piece,         fixture};
    g_autoptr(PackageResult) result = keep_join_run(&join, &made, &error);
    g_assert_no_error(error);
    g_autoptr(PackageTracks) tracks = made;
    g_autofree char *path = g_build_filename(fixture->staging, result->file, NULL);
    assert_whole(path, FALSE, 5);
    g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        guint64 bytes = g_array_index(mp4->references, guint64, i) >> 32;
        gboolean heard = i == 1 || i == 2;
        g_assert_cmpuint(run->start / FRAME, ==, (i * 48000 + FRAME / 2) / FRAME);
        g_assert_true((bytes > 4 * run->samples + FRAME) == heard);
    }
}

/* Silence is known of sound alone; a sound that is nowhere is none. */
static void
test_silence(Fixture *fixture, gconstpointer unused)
{
    PackageTracks *made = NULL;
    g_autoptr(GError) error = NULL;
    keep(fixture, 0, 100, 9000000);
    g_autoptr(GPtrArray) nothing =
        keep_plan_parse_sound(fixture->plan->str, fixture->plan->len, "voice-eng", &error);
    g_assert_no_error(error);
    g_assert_cmpuint(nothing->len, ==, 0);
    g_string_append(fixture->plan, "9090000 90000 voice voice/init-1.mp4 voice/0/100.m4s\n");
    g_autoptr(GPtrArray) pictures =
        keep_plan_parse_sound(fixture->plan->str, fixture->plan->len, "small", &error);
    const KeepJoin join = {fixture->folder, fixture->staging, "small", pictures, on_piece, fixture};
    g_assert_null(keep_join_run(&join, &made, &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
}

/* A kill in the middle: the next try goes on and the file is the same. */
static void
test_goes_on(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < SECONDS; i++)
        keep(fixture, i, 100 + i, 9000000 + (guint64)i * KEPT_SEGMENT_PTS90K);
    fixture->stop_at = 3;
    g_assert_null(join_rung(fixture, "small", &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    fixture->stop_at = 0;
    assert_both(fixture, SECONDS);
}

static void
spoil(Fixture *fixture, const char *name, gsize keep_bytes)
{
    g_autofree char *path = g_build_filename(fixture->folder, name, NULL);
    g_autofree char *data = NULL;
    gsize length = 0;
    g_assert_true(g_file_get_contents(path, &data, &length, NULL));
    g_assert_true(g_file_set_contents(path, data, (gssize)MIN(keep_bytes, length), NULL));
}

static void
test_spoilt(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *link = g_build_filename(fixture->folder, "voice/0/101.m4s", NULL);
    for (guint i = 0; i < 2; i++)
        keep(fixture, i, 100 + i, 9000000 + (guint64)i * KEPT_SEGMENT_PTS90K);
    spoil(fixture, "small/0/101.m4s", 900);
    g_assert_null(join_rung(fixture, "small", &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
    g_assert_nonnull(strstr(error->message, "small/0/101.m4s"));
    g_clear_error(&error);
    g_assert_cmpint(g_unlink(link), ==, 0); // what is no regular file is not read
    g_assert_cmpint(g_mkdir(link, 0700), ==, 0);
    g_assert_null(join_rung(fixture, "voice", &error));
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
}

static void
refuse_plan(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) pieces = keep_plan_parse(text, strlen(text), "small", &error);
    g_assert_null(pieces);
    g_assert_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID);
}

static void
test_plans(void)
{
    const char *text = "900 90000 small small/init-1.mp4 small/0/1.m4s\n"
                       "90900 180000 small small/init-1.mp4 small/0/2.m4s"
                       " captions-tha - captions-tha/0/2.vtt\n"
                       "900000 90000 small small/init-1.mp4 small/0/9.m4s"
                       " captions-tha - captions-tha/0/9.vtt\n";
    g_autoptr(GPtrArray) pieces = keep_plan_parse(text, strlen(text), "small", NULL);
    g_assert_cmpuint(pieces->len, ==, 3);
    g_autoptr(GPtrArray) spoken = keep_plan_parse_extra(text, strlen(text), "captions-tha", NULL);
    g_assert_cmpuint(spoken->len, ==, 2);
    const KeepPlanPiece *last = spoken->pdata[1];
    g_assert_cmpuint(last->at, ==, 270000); // in the lesson, where the gap is none
    g_assert_cmpstr(last->segment, ==, "captions-tha/0/9.vtt");
    g_auto(GStrv) extras = keep_plan_list_extras(text, strlen(text));
    g_assert_cmpuint(g_strv_length(extras), ==, 1);
    g_autoptr(GPtrArray) none = keep_plan_parse(text, strlen(text), "large", NULL);
    g_assert_cmpuint(none->len, ==, 0);
    refuse_plan("900 90000 small a/init-1.mp4 a/0/1.m4s"); // its end is missing
    refuse_plan("900 90000 small ../a a/0/1.m4s\n");
    refuse_plan("900 90000 small /etc/passwd a/0/1.m4s\n");
    refuse_plan("900 90000 small a/init-1.mp4\n");
    refuse_plan("900 0 small a/init-1.mp4 a/0/1.m4s\n");
    refuse_plan("x 90000 small a/init-1.mp4 a/0/1.m4s\n");
    refuse_plan("900 90000 small a/init-1.mp4 a/0/1.m4s\n"
                "90900 90000 voice v/init-1.mp4 v/0/1.m4s\n"); // not in every line
}

static void
add_text(CaptionsCues *cues, const char *body, gint64 at_ms)
{
    g_autofree char *text =
        g_strdup_printf("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n\n%s", body);
    keep_captions_add(cues, text, strlen(text), at_ms, 3000);
}

static void
test_captions(void)
{
    g_autoptr(CaptionsCues) cues = captions_cues_new();
    add_text(cues, "00:02.000 --> 00:03.000\nก\n", 0);
    add_text(cues, "00:00.000 --> 00:01.000\nก\n\n00:01.000 --> 00:09.000\nข\n", 3000);
    add_text(cues, "00:00.500 --> 00:01.000\nข\n", 9000); // the same again, but not at once
    keep_captions_add(cues, "no captions at all", 18, 12000, 3000);
    g_assert_cmpuint(cues->cues->len, ==, 3);
    const CaptionsCuesCue *first = cues->cues->pdata[0], *second = cues->cues->pdata[1];
    g_assert_cmpint(first->start_ms, ==, 2000);
    g_assert_cmpint(first->end_ms, ==, 4000);
    g_assert_cmpint(second->end_ms, ==, 6000); // no longer than its segment
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    static const char *const tracks[][2] = {
        {"captions-tha", "th"},  {"captions-tha-hi", "th-hearing"}, {"captions-eng-hi", "en"},
        {"captions-und", "und"}, {"captions-tha-2", "th-track2"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(tracks); i++) {
        g_autofree char *language = keep_captions_choose_language(tracks[i][0], taken);
        g_assert_cmpstr(language, ==, tracks[i][1]);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/keep/join/in-a-row", Fixture, NULL, set_up, test_in_a_row, tear_down);
    g_test_add("/keep/join/over-gaps", Fixture, NULL, set_up, test_over_gaps, tear_down);
    g_test_add("/keep/join/goes-on", Fixture, NULL, set_up, test_goes_on, tear_down);
    g_test_add("/keep/join/sound", Fixture, NULL, set_up, test_sound, tear_down);
    g_test_add("/keep/join/silence", Fixture, NULL, set_up, test_silence, tear_down);
    g_test_add("/keep/join/spoilt", Fixture, NULL, set_up, test_spoilt, tear_down);
    g_test_add_func("/keep/plan", test_plans);
    g_test_add_func("/keep/captions", test_captions);
    return g_test_run();
}
