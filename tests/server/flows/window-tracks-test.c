// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the window holds beside rungs: other sounds, captions and small pictures, their playlists,
// what a restart finds of them, and streams that bring ever more of them.
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "server/flows/window_files.h"
#include "server/storage.h"
#include "tests/server/flows/window-maker.h"

static const FlowsWindowLimits wide = {24, G_MAXINT64, 0};

typedef struct {
    char *folder;      // (owned)
    WindowMaker maker; // (value)
    guint64 voice;     // (value) init file of voice-eng
} Fixture;

static void
stage(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *staging = server_storage_build_channel_staging_path(fixture->folder);
    g_autofree char *path = g_build_filename(staging, name, NULL);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static gboolean
add_voice(Fixture *fixture, const char *name, GError **error)
{
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(fixture->maker.window, &figures);
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_INIT);
    report->rung = g_strdup(name);
    report->file = g_strdup("v-init");
    report->codecs = g_strdup("mp4a.40.2");
    report->init = fixture->voice = figures.next_init;
    report->bytes = 4;
    stage(fixture, "v-init", "init");
    return flows_window_take(fixture->maker.window, report, FALSE, error);
}

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *root = g_dir_make_tmp("daorian-tracks-XXXXXX", NULL);
    fixture->folder = g_build_filename(root, "channel", NULL);
    window_maker_open(&fixture->maker, fixture->folder, &wide);
    window_maker_add_inits(&fixture->maker);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    window_maker_close(&fixture->maker);
    g_autofree char *root = g_path_get_dirname(fixture->folder);
    flows_window_files_remove(fixture->folder);
    g_assert_cmpint(g_rmdir(root), ==, 0);
    g_free(fixture->folder);
}

/* A segment with parts of @names beside the rungs. */
static gboolean
take(Fixture *fixture, const char *const *names, GError **error)
{
    g_autoptr(ChildLiveReport) report = window_maker_prepare(&fixture->maker, FALSE);
    for (guint i = 0; names[i] != NULL; i++) {
        gboolean voice = child_live_track_parse(names[i]).kind == CHILD_LIVE_TRACK_VOICE;
        stage(fixture, names[i], "words");
        child_live_report_add_part(report, names[i], voice ? fixture->voice : 0, names[i], 5);
    }
    return flows_window_take(fixture->maker.window, report, FALSE, error);
}

static void
assert_taken(Fixture *fixture, const char *const *names)
{
    g_autoptr(GError) error = NULL;
    take(fixture, names, &error);
    g_assert_no_error(error);
}

static char *
read_playlist(FlowsWindowPlaylist *playlist)
{
    gsize length = 0;
    g_assert_nonnull(playlist);
    const char *text = g_bytes_get_data(playlist->text, &length);
    char *copy = g_strndup(text, length);
    flows_window_playlist_unref(playlist);
    return copy;
}

static gboolean
can_open(const Fixture *fixture, const char *rung, const char *name)
{
    goffset bytes = 0;
    int file = flows_window_open_file(fixture->maker.window, rung, name, &bytes);
    if (file >= 0)
        close(file);
    return file >= 0;
}

static void
assert_there(const Fixture *fixture)
{
    FlowsWindow *window = fixture->maker.window;
    g_autofree char *all = read_playlist(flows_window_get_multivariant(window));
    g_assert_nonnull(strstr(all, "TYPE=AUDIO,GROUP-ID=\"sound\",NAME=\"English\",LANGUAGE=\"en\","
                                 "DEFAULT=NO,AUTOSELECT=YES,URI=\"voice-eng.m3u8\""));
    g_assert_nonnull(strstr(all, "TYPE=SUBTITLES"));
    g_assert_nonnull(strstr(all, "URI=\"captions-tha.m3u8\""));
    g_assert_null(strstr(all, "\nvoice-eng.m3u8"));
    g_autofree char *captions = read_playlist(flows_window_get_live(window, "captions-tha"));
    g_assert_nonnull(strstr(captions, "\ncaptions-tha/2.vtt\n"));
    g_assert_nonnull(strstr(captions, "\ncaptions-tha/none.vtt\n"));
    g_assert_null(strstr(captions, "EXT-X-MAP"));
    g_assert_null(strstr(captions, "EXT-X-GAP"));
    g_autofree char *voice = read_playlist(flows_window_get_live(window, "voice-eng"));
    g_assert_nonnull(strstr(voice, "#EXT-X-MAP:URI=\"voice-eng/init-"));
    g_assert_nonnull(strstr(voice, "#EXT-X-GAP"));
    g_assert_null(flows_window_get_live(window, "scrub"));
    g_assert_true(can_open(fixture, "captions-tha", "2.vtt"));
    g_assert_false(can_open(fixture, "captions-tha", "2.m4s"));
    g_assert_false(can_open(fixture, "small", "2.vtt"));
    g_assert_false(can_open(fixture, "captions-tha", "1.vtt"));
    g_autoptr(GPtrArray) rungs = flows_window_get_rungs(window);
    g_assert_cmpuint(rungs->len, ==, 2);
    g_autoptr(GPtrArray) tracks = flows_window_get_tracks(window);
    g_assert_cmpuint(tracks->len, ==, 3);
}

/* They are there, in playlists of their own, and all the same after a restart. */
static void
test_comes_back(Fixture *fixture, gconstpointer unused)
{
    g_assert_true(add_voice(fixture, "voice-eng", NULL));
    flows_window_set_language(fixture->maker.window, "tha");
    assert_taken(fixture, (const char *const[]){NULL});
    assert_taken(fixture, (const char *const[]){"voice-eng", "captions-tha", "scrub", NULL});
    assert_taken(fixture, (const char *const[]){"captions-tha", NULL});
    assert_there(fixture);
    window_maker_close(&fixture->maker);
    window_maker_open(&fixture->maker, fixture->folder, &wide);
    assert_there(fixture);
}

/* The small picture of a moment is the one before it, unless that is long ago. */
static void
test_scrub(Fixture *fixture, gconstpointer unused)
{
    goffset bytes = 0;
    const gint64 wall_ms = WINDOW_MAKER_WALL_MS;
    FlowsWindow *window = fixture->maker.window;
    assert_taken(fixture, (const char *const[]){NULL});
    assert_taken(fixture, (const char *const[]){"scrub", NULL});
    for (guint i = 0; i < 30; i++)
        assert_taken(fixture, (const char *const[]){NULL});
    g_assert_cmpint(flows_window_open_scrub(window, wall_ms + 2999, &bytes), <, 0);
    static const gint64 good_ms[] = {3000, 20000, 62000};
    for (guint i = 0; i < G_N_ELEMENTS(good_ms); i++) {
        int file = flows_window_open_scrub(window, wall_ms + good_ms[i], &bytes);
        g_assert_cmpint(file, >=, 0);
        g_assert_cmpint(bytes, ==, 5);
        close(file);
    }
    g_assert_cmpint(flows_window_open_scrub(window, wall_ms + 64000, &bytes), <, 0);
}

/* A stream with ever other languages: rungs go on, places are bounded, and are used again when
 * nothing of a track is left. */
static void
test_too_many(Fixture *fixture, gconstpointer unused)
{
    for (guint i = 0; i < 40; i++) {
        g_autofree char *captions =
            g_strdup_printf("captions-a%c%c", 'a' + (int)i / 26, 'a' + (int)i % 26);
        g_autofree char *voice =
            g_strdup_printf("voice-b%c%c", 'a' + (int)i / 26, 'a' + (int)i % 26);
        g_assert_true(add_voice(fixture, voice, NULL));
        assert_taken(fixture, (const char *const[]){captions, voice, NULL});
    }
    g_autoptr(GPtrArray) tracks = flows_window_get_tracks(fixture->maker.window);
    g_assert_cmpuint(tracks->len, ==, FLOWS_WINDOW_INDEX_EXTRAS_MAX);
    g_autofree char *small = read_playlist(flows_window_get_live(fixture->maker.window, "small"));
    g_assert_nonnull(strstr(small, "small/40.m4s"));
    const FlowsWindowLimits tiny = {1, 1000, 0};
    flows_window_set_limits(fixture->maker.window, &tiny);
    assert_taken(fixture, (const char *const[]){NULL});
    flows_window_set_limits(fixture->maker.window, &wide);
    assert_taken(fixture, (const char *const[]){"captions-tha", NULL});
    g_assert_true(can_open(fixture, "captions-tha", "42.vtt"));
    window_maker_close(&fixture->maker);
    window_maker_open(&fixture->maker, fixture->folder, &wide);
    g_assert_true(can_open(fixture, "captions-tha", "42.vtt"));
}

/* Captions that say they go with an init file, a sound without one. */
static void
test_lies(Fixture *fixture, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(ChildLiveReport) report = window_maker_prepare(&fixture->maker, FALSE);
    stage(fixture, "x", "words");
    child_live_report_add_part(report, "captions-tha", fixture->maker.init, "x", 5);
    g_assert_false(flows_window_take(fixture->maker.window, report, FALSE, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    fixture->voice = 0;
    assert_taken(fixture, (const char *const[]){"voice-eng", NULL});
    g_assert_false(can_open(fixture, "voice-eng", "1.m4s"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)
    ADD("/flows/window/tracks/comes-back", test_comes_back);
    ADD("/flows/window/tracks/scrub", test_scrub);
    ADD("/flows/window/tracks/too-many", test_too_many);
    ADD("/flows/window/tracks/lies", test_lies);
    return g_test_run();
}
