// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rewind window: limits, clocks that are set, full disks, children that lie, and every state
// that a kill can leave behind.
#include "tests/server/flows/window-maker.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "server/storage.h"

#define KILLS 12

static const FlowsWindowLimits wide = {24, G_MAXINT64, 0};

typedef struct {
    char *folder;      // (owned)
    WindowMaker maker; // (value)
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer unused)
{
    g_autofree char *root = g_dir_make_tmp("daorian-window-XXXXXX", NULL);
    g_assert_nonnull(root);
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
    g_assert_cmpint(g_rmdir(root), ==, 0); // nothing was left beside it
    g_free(fixture->folder);
}

static void
take(Fixture *fixture, guint count)
{
    GError *error = NULL;
    for (guint i = 0; i < count; i++) {
        window_maker_take(&fixture->maker, FALSE, &error);
        g_assert_no_error(error);
    }
}

static void
reopen(Fixture *fixture, const FlowsWindowLimits *limits)
{
    window_maker_close(&fixture->maker);
    window_maker_open(&fixture->maker, fixture->folder, limits);
}

static FlowsWindowFigures
get_figures(Fixture *fixture)
{
    FlowsWindowFigures figures = {0};
    flows_window_get_figures(fixture->maker.window, &figures);
    return figures;
}

static char *
get_text(FlowsWindowPlaylist *playlist)
{
    g_assert_nonnull(playlist);
    gsize size = 0;
    const char *data = g_bytes_get_data(playlist->text, &size);
    return g_strndup(data, size);
}

/* Takes @playlist. */
static char *
take_text(FlowsWindowPlaylist *playlist)
{
    char *text = get_text(playlist);
    flows_window_playlist_unref(playlist);
    return text;
}

/* What was there before a rest is no part of live playlists, and all of it can be rewound to. */
static void
test_begins_anew(Fixture *fixture, gconstpointer unused)
{
    FlowsWindow *window = fixture->maker.window;
    take(fixture, 5);
    g_assert_false(get_figures(fixture).is_waiting);
    flows_window_begin_anew(window);
    g_assert_true(get_figures(fixture).is_waiting);
    g_assert_null(flows_window_get_live(window, "small"));
    g_assert_null(flows_window_get_live(window, "voice"));
    g_autofree char *index = take_text(flows_window_get_multivariant(window));
    g_assert_nonnull(strstr(index, "small.m3u8")); // a player may come on its strength
    g_autoptr(GPtrArray) rungs = flows_window_get_rungs(window);
    g_assert_cmpuint(rungs->len, ==, 2);
    g_autofree char *old = take_text(flows_window_make_from(window, "small", 0, 0));
    g_assert_nonnull(strstr(old, "small/5.m4s"));
    take(fixture, 2);
    g_assert_false(get_figures(fixture).is_waiting);
    g_autofree char *live = take_text(flows_window_get_live(window, "small"));
    g_assert_nonnull(strstr(live, "#EXT-X-MEDIA-SEQUENCE:6\n"));
    g_assert_null(strstr(live, "small/5.m4s"));
    g_assert_nonnull(strstr(live, "small/7.m4s"));
    g_autofree char *whole = take_text(flows_window_make_from(window, "small", 0, 0));
    g_assert_nonnull(strstr(whole, "#EXT-X-MEDIA-SEQUENCE:1\n"));
    g_assert_nonnull(strstr(whole, "small/7.m4s"));
    take(fixture, 30); // by and by a minute of it
    g_autofree char *later = take_text(flows_window_get_live(window, "small"));
    g_assert_nonnull(strstr(later, "#EXT-X-MEDIA-SEQUENCE:18\n"));
}

/* A channel that never ran: there is nothing, and that is said. */
static void
test_begins_empty(Fixture *fixture, gconstpointer unused)
{
    flows_window_begin_anew(fixture->maker.window);
    g_assert_true(get_figures(fixture).is_waiting);
    g_assert_null(flows_window_get_multivariant(fixture->maker.window));
    take(fixture, 1);
    g_autofree char *live = take_text(flows_window_get_live(fixture->maker.window, "small"));
    g_assert_nonnull(strstr(live, "#EXT-X-MEDIA-SEQUENCE:1\n"));
}

static guint
count_segments(Fixture *fixture, gint64 start_ms, guint span_s)
{
    g_autoptr(FlowsWindowPlaylist) playlist =
        flows_window_make_from(fixture->maker.window, "small", start_ms, span_s);
    g_autofree char *text = get_text(playlist);
    g_auto(GStrv) pieces = g_strsplit(text, "#EXTINF", -1);
    return g_strv_length(pieces) - 1;
}

static gboolean
has_file(Fixture *fixture, const char *rung, const char *name)
{
    goffset size = 0;
    int descriptor = flows_window_open_file(fixture->maker.window, rung, name, &size);
    if (descriptor >= 0)
        close(descriptor);
    g_assert_true(descriptor < 0 || size > 0);
    return descriptor >= 0;
}

static void
test_grows_and_comes_back(Fixture *fixture, gconstpointer unused)
{
    take(fixture, 30);
    g_autoptr(FlowsWindowPlaylist) before = flows_window_get_live(fixture->maker.window, "small");
    g_autofree char *text = get_text(before);
    g_assert_nonnull(strstr(text, "#EXT-X-MEDIA-SEQUENCE:11\n")); // a minute: 20 of 30
    g_assert_cmpuint(count_segments(fixture, 0, 0), ==, 30);
    g_assert_cmpuint(count_segments(fixture, WINDOW_MAKER_WALL_MS + 10000, 12), ==, 4);
    g_autoptr(FlowsWindowPlaylist) all = flows_window_get_multivariant(fixture->maker.window);
    g_autofree char *variants = get_text(all);
    g_assert_nonnull(strstr(variants, "BANDWIDTH=533,AVERAGE-BANDWIDTH=533")); // 200 bytes in 3 s
    g_assert_nonnull(strstr(variants, "\nsmall.m3u8\n"));
    FlowsWindowFigures was = get_figures(fixture);
    reopen(fixture, &wide);
    FlowsWindowFigures is = get_figures(fixture);
    g_assert_cmpmem(&was, sizeof was, &is, sizeof is);
    g_autoptr(FlowsWindowPlaylist) after = flows_window_get_live(fixture->maker.window, "small");
    g_assert_cmpstr(after->tag, ==, before->tag);
    g_assert_true(has_file(fixture, "small", "30.m4s"));
    g_assert_true(has_file(fixture, "small", "init-2.mp4"));
    g_assert_false(has_file(fixture, "small", "31.m4s"));
    g_assert_false(has_file(fixture, "small", "init-1.mp4")); // is of voice
    g_assert_false(has_file(fixture, "large", "30.m4s"));
    g_assert_false(has_file(fixture, "small", "030.m4s"));
    g_assert_false(has_file(fixture, "staging", "1.m4s"));
}

static void
test_limits(Fixture *fixture, gconstpointer unused)
{
    const FlowsWindowLimits small = {24, 30 * 300 + 100, 0}; // 30 segments and two init files
    flows_window_set_limits(fixture->maker.window, &small);
    take(fixture, 100);
    FlowsWindowFigures figures = get_figures(fixture);
    g_assert_cmpuint(figures.bytes, <=, (guint64)small.bytes);
    g_assert_cmpuint(figures.bytes, >, (guint64)small.bytes - 300);
    // The oldest is there still, for whoever was told of it, though no playlist names it.
    g_assert_false(has_file(fixture, "small", "70.m4s"));
    g_assert_true(has_file(fixture, "small", "71.m4s"));
    take(fixture, 30);
    const FlowsWindowLimits hour = {1, G_MAXINT64, 0};
    flows_window_set_limits(fixture->maker.window, &hour);
    fixture->maker.seconds = 6;
    take(fixture, 640);
    figures = get_figures(fixture);
    g_assert_cmpuint(figures.duration_ms, ==, 3606 * 1000); // whole segments
    g_assert_cmpuint(count_segments(fixture, 0, 0), ==, 601);
    reopen(fixture, &hour);
    g_assert_cmpuint(get_figures(fixture).next_number, ==, 771);
}

static void
test_clock_is_set(Fixture *fixture, gconstpointer unused)
{
    const FlowsWindowLimits hour = {1, G_MAXINT64, 0};
    flows_window_set_limits(fixture->maker.window, &hour);
    take(fixture, 50);
    fixture->maker.wall_ms += 86400000;
    take(fixture, 50);
    fixture->maker.wall_ms -= 2 * 86400000;
    take(fixture, 50);
    g_assert_cmpuint(count_segments(fixture, 0, 0), ==, 150);
    reopen(fixture, &hour);
    g_assert_cmpuint(get_figures(fixture).duration_ms, ==, 450000);
    // A moment that there was twice is the newer one.
    fixture->maker.wall_ms = WINDOW_MAKER_WALL_MS;
    take(fixture, 2);
    g_assert_cmpuint(count_segments(fixture, WINDOW_MAKER_WALL_MS + 1, 0), ==, 2);
}

static guint
count_kept(Fixture *fixture, gint64 from_ms, gint64 to_ms)
{
    const FlowsWindowRange range = {1, from_ms, to_ms};
    g_autoptr(FlowsWindowIndex) kept = flows_window_copy_range(fixture->maker.window, &range);
    return flows_window_index_get_count(kept);
}

/* A clock that was a day ahead and was put right: today's recording has today's segments,
 * tomorrow's will not have those that only seemed to be tomorrow's, and the window begins when it
 * did. */
static void
test_clock_is_put_right(Fixture *fixture, gconstpointer unused)
{
    const gint64 day_ms = 86400000, first_ms = WINDOW_MAKER_WALL_MS;
    take(fixture, 10);
    fixture->maker.wall_ms += day_ms;
    take(fixture, 20);
    fixture->maker.wall_ms -= day_ms;
    take(fixture, 30);
    g_assert_cmpuint(count_kept(fixture, first_ms, first_ms + day_ms / 2), ==, 40);
    g_assert_cmpuint(count_kept(fixture, first_ms + day_ms / 2, first_ms + 2 * day_ms), ==, 0);
    g_assert_cmpuint(count_kept(fixture, first_ms, first_ms + 30000), ==, 10);
    for (guint i = 0; i < 2; i++) {
        FlowsWindowFigures figures = get_figures(fixture);
        g_assert_cmpint(figures.first_wall_ms, ==, first_ms + 90000);
        g_assert_cmpint(figures.last_wall_ms, ==, first_ms + 180000);
        reopen(fixture, &wide);
    }
}

static void
test_disk_is_full(Fixture *fixture, gconstpointer unused)
{
    take(fixture, 200);
    g_assert_false(get_figures(fixture).disk_is_full);
    const FlowsWindowLimits floor = {24, G_MAXINT64, G_MAXINT64};
    flows_window_set_limits(fixture->maker.window, &floor);
    take(fixture, 5);
    FlowsWindowFigures figures = get_figures(fixture);
    g_assert_true(figures.disk_is_full);
    g_assert_cmpuint(figures.duration_ms, ==, 60000); // the newest minute stays
    g_assert_cmpuint(figures.next_number, ==, 206);
    flows_window_set_limits(fixture->maker.window, &wide);
    take(fixture, 1);
    g_assert_false(get_figures(fixture).disk_is_full);
}

static void
assert_refused(Fixture *fixture, ChildLiveReport *report)
{
    g_autoptr(GError) error = NULL;
    FlowsWindowFigures was = get_figures(fixture);
    g_assert_false(flows_window_take(fixture->maker.window, report, FALSE, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    FlowsWindowFigures is = get_figures(fixture);
    g_assert_cmpmem(&was, sizeof was, &is, sizeof is);
    child_live_report_free(report);
}

static void
test_child_lies(Fixture *fixture, gconstpointer unused)
{
    take(fixture, 2);
    ChildLiveReport *report = window_maker_prepare(&fixture->maker, FALSE);
    report->number = 2;
    assert_refused(fixture, report);
    report = window_maker_prepare(&fixture->maker, FALSE);
    report->time -= 1;
    assert_refused(fixture, report);
    report = window_maker_prepare(&fixture->maker, FALSE);
    report->duration = 90000 * 7;
    assert_refused(fixture, report);
    report = window_maker_prepare(&fixture->maker, FALSE);
    ((ChildLiveReportPart *)report->parts->pdata[1])->bytes++;
    assert_refused(fixture, report);
    report = window_maker_prepare(&fixture->maker, FALSE);
    ((ChildLiveReportPart *)report->parts->pdata[1])->init = 77;
    assert_refused(fixture, report);
    report = window_maker_prepare(&fixture->maker, FALSE);
    g_autofree char *staging = server_storage_build_channel_staging_path(fixture->folder);
    g_autofree char *path = g_build_filename(staging, "b", NULL);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(symlink("/etc/passwd", path), ==, 0);
    assert_refused(fixture, report);
    g_assert_cmpint(g_unlink(path), ==, 0);
    take(fixture, 1);
    g_assert_cmpuint(get_figures(fixture).next_number, ==, 4);
    g_assert_cmpuint(count_segments(fixture, 0, 0), ==, 3);
}

static char *
read_journal(Fixture *fixture)
{
    g_autofree char *path = server_storage_build_channel_journal_path(fixture->folder);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void
write_journal(Fixture *fixture, const char *text)
{
    g_autofree char *path = server_storage_build_channel_journal_path(fixture->folder);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Files without a line, a torn line, a line whose file is gone, no journal at all. */
static void
test_states_after_a_kill(Fixture *fixture, gconstpointer unused)
{
    take(fixture, 10);
    take(fixture, 1);
    g_autofree char *ten = read_journal(fixture);
    window_maker_close(&fixture->maker);
    g_autofree char *torn = g_strndup(ten, strlen(ten) - 5);
    write_journal(fixture, torn);
    window_maker_open(&fixture->maker, fixture->folder, &wide);
    g_assert_cmpuint(get_figures(fixture).next_number, ==, 11); // it was never told to anybody
    g_assert_false(has_file(fixture, "voice", "11.m4s"));
    g_autofree char *orphan =
        server_storage_build_channel_segment_path(fixture->folder, "voice", 11);
    g_assert_false(g_file_test(orphan, G_FILE_TEST_EXISTS));
    take(fixture, 1);
    g_autofree char *lost = server_storage_build_channel_segment_path(fixture->folder, "small", 5);
    g_autofree char *first = server_storage_build_channel_segment_path(fixture->folder, "voice", 1);
    g_autofree char *too = server_storage_build_channel_segment_path(fixture->folder, "small", 1);
    g_assert_cmpint(g_unlink(lost), ==, 0);
    g_assert_cmpint(g_unlink(first), ==, 0);
    g_assert_cmpint(g_unlink(too), ==, 0);
    reopen(fixture, &wide);
    g_autoptr(FlowsWindowPlaylist) playlist =
        flows_window_make_from(fixture->maker.window, "small", 0, 0);
    g_autofree char *text = get_text(playlist);
    g_assert_nonnull(strstr(text, "#EXT-X-MEDIA-SEQUENCE:2\n"));
    g_autofree char *gap = g_strdup(strstr(text, "#EXT-X-GAP"));
    g_assert_nonnull(strstr(gap, "small/5.m4s"));
    window_maker_close(&fixture->maker);
    g_autofree char *journal = server_storage_build_channel_journal_path(fixture->folder);
    g_assert_cmpint(g_unlink(journal), ==, 0);
    window_maker_open(&fixture->maker, fixture->folder, &wide);
    g_assert_cmpuint(get_figures(fixture).next_number, ==, 12);
    g_assert_cmpuint(get_figures(fixture).next_init, ==, 3);
    g_assert_cmpuint(get_figures(fixture).next_time, >=, 11 * 270000);
}

static void
test_journal_with_holes(void)
{
    g_autoptr(FlowsWindowIndex) index = flows_window_index_new();
    flows_window_index_find_rung(index, "voice", TRUE);
    FlowsWindowIndexEntry entry = {1, 0, 270000, WINDOW_MAKER_WALL_MS, 0, {{1, 10}}};
    for (guint i = 0; i < 8; i++) {
        entry.discontinuities = i >= 4 ? 1 : 0;
        g_assert_true(flows_window_index_push(index, &entry));
        entry.number++;
        entry.time += entry.duration;
    }
    g_autoptr(GString) whole = flows_window_journal_format(index);
    guint damaged = 0;
    for (gsize at = 0; at < whole->len; at++) {
        g_autofree char *spoilt = g_memdup2(whole->str, whole->len);
        spoilt[at] = spoilt[at] == '7' ? '8' : '7';
        g_autoptr(FlowsWindowIndex) back = flows_window_journal_parse(spoilt, whole->len, &damaged);
        // A spoilt line feed makes one line of two.
        const char *end = strchr(whole->str + at + (whole->str[at] == '\n' ? 1 : 0), '\n');
        gboolean last = end == NULL || end == whole->str + whole->len - 1;
        g_assert_cmpuint(damaged, >=, 1);
        g_assert_cmpuint(back->next_number, >=, last ? 7 : 9);
        for (guint i = 1; i < flows_window_index_get_count(back); i++)
            g_assert_cmpuint(flows_window_index_get(back, i)->number, ==,
                             flows_window_index_get(back, i - 1)->number + 1);
        g_assert_cmpuint(flows_window_index_get_count(back), >=, 5);
    }
    g_autoptr(FlowsWindowIndex) same = flows_window_journal_parse(whole->str, whole->len, &damaged);
    g_autoptr(GString) again = flows_window_journal_format(same);
    g_assert_cmpuint(damaged, ==, 0);
    g_assert_cmpstr(again->str, ==, whole->str);
}

/* Takes segments and tells each number as playlists begin to name it, until it is killed. */
static void
run_victim(const char *folder, int told)
{
    WindowMaker maker = {0};
    const FlowsWindowLimits limits = {24, 40 * 300, 0};
    window_maker_open(&maker, folder, &limits);
    window_maker_add_inits(&maker);
    for (;;) {
        FlowsWindowFigures figures = {0};
        window_maker_take(&maker, FALSE, NULL);
        flows_window_get_figures(maker.window, &figures);
        guint64 number = figures.next_number - 1;
        if (write(told, &number, sizeof number) != sizeof number)
            _exit(0);
    }
}

/* A disk too full to put a torn journal in order still takes whole lines after it. */
static void
test_torn_line(void)
{
    g_autofree char *root = g_dir_make_tmp("daorian-torn-XXXXXX", NULL);
    g_autofree char *journal = server_storage_build_channel_journal_path(root);
    g_autofree char *text = NULL;
    gsize length = 0;
    guint damaged = 0;
    g_autoptr(FlowsWindowIndex) empty = flows_window_index_new();
    empty->next_number = 41;
    g_autofree char *line = flows_window_journal_format_next(empty);
    g_assert_true(g_file_set_contents(journal, "seg 7 63", -1, NULL));
    g_assert_true(flows_window_files_append(root, line, NULL));
    g_assert_true(flows_window_files_read(root, &text, &length, NULL));
    g_autoptr(FlowsWindowIndex) index = flows_window_journal_parse(text, length, &damaged);
    g_assert_cmpuint(index->next_number, ==, 41);
    g_assert_cmpuint(damaged, ==, 1);
    g_assert_cmpint(g_unlink(journal), ==, 0);
    g_assert_cmpint(g_rmdir(root), ==, 0);
}

static void
test_kills(Fixture *fixture, gconstpointer unused)
{
    guint64 highest = 0;
    for (guint kill_number = 0; kill_number < KILLS; kill_number++) {
        int told[2] = {-1, -1};
        g_assert_cmpint(pipe(told), ==, 0);
        pid_t victim = fork();
        if (victim == 0)
            run_victim(fixture->folder, told[1]);
        close(told[1]);
        guint64 number = 0, before = highest;
        for (int i = g_test_rand_int_range(1, 60); i > 0; i--) {
            g_assert_cmpint(read(told[0], &number, sizeof number), ==, sizeof number);
            g_assert_cmpuint(number, ==, highest + 1); // none twice, none left out
            highest = number;
        }
        kill(victim, SIGKILL);
        while (read(told[0], &number, sizeof number) == sizeof number)
            highest = number;
        g_assert_cmpuint(highest, >, before);
        waitpid(victim, NULL, 0);
        close(told[0]);
        reopen(fixture, &wide);
        FlowsWindowFigures figures = get_figures(fixture);
        g_assert_cmpuint(figures.next_number, >, highest);
        g_assert_cmpuint(figures.next_number, <=, highest + 2); // one may not have been told yet
        highest = figures.next_number - 1;
        g_autofree char *newest = g_strdup_printf("%" G_GUINT64_FORMAT ".m4s", highest);
        g_assert_true(has_file(fixture, "small", newest));
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)
    ADD("/flows/window/comes-back", test_grows_and_comes_back);
    ADD("/flows/window/begins-anew", test_begins_anew);
    ADD("/flows/window/begins-empty", test_begins_empty);
    ADD("/flows/window/limits", test_limits);
    ADD("/flows/window/clock", test_clock_is_set);
    ADD("/flows/window/clock-put-right", test_clock_is_put_right);
    ADD("/flows/window/full", test_disk_is_full);
    ADD("/flows/window/lies", test_child_lies);
    ADD("/flows/window/states", test_states_after_a_kill);
    g_test_add_func("/flows/window/holes", test_journal_with_holes);
    g_test_add_func("/flows/window/torn-line", test_torn_line);
    ADD("/flows/window/kills", test_kills);
    return g_test_run();
}
