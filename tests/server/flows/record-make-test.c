// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A finished recording on its way to a lesson: on a disk that is really full (a small file system
// of this program's own, in a user namespace of its own), with a child that is killed again and
// again, and with one that somebody gives up. The clock stands where the test puts it.
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/lessonlist.h"
#include "catalog/recordings.h"
#include "catalog/statement.h"
#include "catalog/threads.h"
#include "server/flows/live.h"
#include "server/flows/record.h"
#include "server/flows/record_retry.h"
#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "tests/pipelines/keep/kept.h"
#include "tests/support/disk.h"

#define DISK_BYTES "size=24m"
#define OTHERS_BYTES (22 << 20) // leaves room for a row, and none for a lesson
#define NOW_MS G_GINT64_CONSTANT(1795273200000)
#define SEGMENTS 6
#define FIRST_NUMBER 10

/** What a test is given. */
typedef struct {
    const char *program; // (unowned) daorian-media
    gboolean small;      // on a small disk
} Given;

typedef struct {
    char *folder;              // (owned) the data folder
    const char *media_program; // (unowned)
    ServerConfig *config;      // (owned)
    ServerStorage *storage;    // (owned)
    ServerClock *clock;        // (owned) stands
    ServerEvents *events;      // (owned)
    CatalogThreads *catalog;   // (owned)
    FlowsLive *live;           // (owned) never started
    FlowsRecord *record;       // (owned) (nullable)
    char *id;                  // (owned) of the booking
    gint64 pace_ms;            // how far the clock goes a tick
    guint ticks;               // so far
} Bench;

/* --- the catalogue -------------------------------------------------------------------------- */

static CatalogDatabase *
open_catalog(Bench *bench)
{
    g_autofree char *path = server_storage_build_catalog_path(bench->storage);
    GError *error = NULL;
    CatalogDatabase *database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    return database;
}

static gboolean
add_booking(CatalogDatabase *database, gpointer data, GError **error)
{
    static const char *const ladder[] = {"voice", "small", NULL};
    Bench *bench = data;
    const CatalogAuditStamp by = {NULL, NOW_MS};
    const CatalogChannels channel = {.slug = (char *)"class-1",
                                     .name = (char *)"ห้องเรียน",
                                     .rungs = (char **)ladder,
                                     .window_hours = 1,
                                     .window_bytes = 1 << 24};
    g_autofree char *id = catalog_channels_add(database, &channel, &by, error);
    g_assert_nonnull(id);
    CatalogBooking booking = {.channel = id,
                              .event_id = CATALOG_BOOKING_NO_EVENT,
                              .start_ms = NOW_MS - SEGMENTS * 1000,
                              .end_ms = NOW_MS,
                              .title = (char *)"เศษส่วน",
                              .description = (char *)"",
                              .language = (char *)"th",
                              .rights_holder = (char *)"",
                              .licence = (char *)"",
                              .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC};
    bench->id = catalog_bookings_add(database, &booking, &by, error);
    g_assert_nonnull(bench->id);
    g_autoptr(CatalogBooking) added = catalog_bookings_get(database, bench->id, error);
    return catalog_recordings_begin(database, added, NOW_MS, error) &&
           catalog_bookings_set_state(database, bench->id, CATALOG_BOOKING_STATE_RUNNING, NULL, &by,
                                      error) &&
           catalog_bookings_set_state(database, bench->id, CATALOG_BOOKING_STATE_FINISHING, NULL,
                                      &by, error);
}

static gboolean
give_up(CatalogDatabase *database, gpointer data, GError **error)
{
    const Bench *bench = data;
    const CatalogAuditStamp by = {NULL, NOW_MS};
    return catalog_bookings_set_state(database, bench->id, CATALOG_BOOKING_STATE_CANCELLED, NULL,
                                      &by, error);
}

/* Teletext in segments 1 and 2, where one caption goes on, and in segment 4. */
static void
keep_captions(const char *folder, FlowsWindowIndex *index, FlowsWindowIndexEntry *entry)
{
    static const char *const texts[SEGMENTS] = {
        [1] = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:990000,LOCAL:00:00:00.000\n\n"
              "00:00.500 --> 00:01.000\nสวัสดี\n",
        [2] = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1080000,LOCAL:00:00:00.000\n\n"
              "00:00.000 --> 00:00.250\nสวัสดี\n",
        [4] = "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:1260000,LOCAL:00:00:00.000\n\n"
              "00:00.100 --> 00:00.900\nนักเรียน\n",
    };
    const char *text = texts[entry->number - FIRST_NUMBER];
    if (text == NULL)
        return;
    int place = flows_window_index_find_rung(index, "captions-tha", TRUE);
    g_autofree char *path =
        server_storage_build_channel_segment_path(folder, "captions-tha", entry->number);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    entry->parts[place] = (FlowsWindowIndexPart){0, (guint32)strlen(text)};
}

/* What a running one would have kept. */
static void
keep_segments(Bench *bench)
{
    g_autoptr(KeptRun) run = kept_run_new(SEGMENTS);
    g_autofree char *folder = server_storage_build_recording_path(bench->storage, bench->id);
    g_autoptr(FlowsWindowIndex) index = flows_window_index_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(flows_window_files_make(folder, &error));
    index->loose = TRUE;
    kept_run_write_inits(run, folder, 1);
    for (guint i = 0; i < KEPT_RUNGS; i++) {
        const KeptRung *rung = &run->rungs[i];
        int place = flows_window_index_find_rung(index, rung->rung, TRUE);
        const FlowsWindowIndexInit init = {
            .rung = (guint)place,
            .init = 1 + i,
            .bytes = (guint32)rung->init_bytes,
            .codecs = (char *)(rung->width > 0 ? "avc1.42c01e,mp4a.40.2" : "mp4a.40.2"),
            .width = rung->width,
            .height = rung->width * 9 / 16,
            .frame_millirate = rung->width > 0 ? 25000 : 0,
        };
        g_assert_true(flows_window_index_add_init(index, &init));
    }
    for (guint i = 0; i < run->count; i++) {
        guint32 bytes[KEPT_RUNGS];
        FlowsWindowIndexEntry entry = {.number = FIRST_NUMBER + i,
                                       .time = 900000 + (guint64)i * KEPT_SEGMENT_PTS90K,
                                       .duration = KEPT_SEGMENT_PTS90K,
                                       .wall_ms = NOW_MS - SEGMENTS * 1000 + i * 1000};
        kept_run_write_segment(run, folder, i, FIRST_NUMBER + i, entry.time, bytes);
        for (guint rung = 0; rung < KEPT_RUNGS; rung++)
            entry.parts[rung] = (FlowsWindowIndexPart){1 + rung, bytes[rung]};
        keep_captions(folder, index, &entry);
        g_assert_true(flows_window_index_push(index, &entry));
    }
    g_autoptr(GString) text = flows_window_journal_format(index);
    g_assert_true(flows_window_files_replace(folder, text->str, text->len, &error));
}

static CatalogBooking *
read_booking(Bench *bench)
{
    GError *error = NULL;
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    CatalogBooking *booking = catalog_bookings_get(database, bench->id, &error);
    g_assert_no_error(error);
    return booking;
}

/* --- a life --------------------------------------------------------------------------------- */

/* The clock goes on, so that whatever waits is due at some time. */
static gboolean
on_tick(gpointer user_data)
{
    Bench *bench = user_data;
    bench->ticks++;
    server_clock_set(bench->clock, server_clock_now_ms(bench->clock) + bench->pace_ms);
    if (bench->record != NULL)
        flows_record_wake(bench->record);
    return G_SOURCE_CONTINUE;
}

static void
start(Bench *bench)
{
    const FlowsRecordSetup setup = {
        .config = bench->config,
        .storage = bench->storage,
        .clock = bench->clock,
        .events = bench->events,
        .catalog = bench->catalog,
        .live = bench->live,
        .media_program = bench->media_program,
    };
    bench->record = flows_record_new(&setup);
    flows_record_start(bench->record);
}

static void
on_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    gboolean *stopped = user_data;
    *stopped = TRUE;
}

static void
stop(Bench *bench)
{
    gboolean stopped = FALSE;
    flows_record_stop_async(bench->record, on_stopped, &stopped);
    while (!stopped)
        g_main_context_iteration(NULL, TRUE);
    g_clear_pointer(&bench->record, flows_record_free);
}

static void
await(Bench *bench, CatalogBookingState state, const char *code)
{
    for (;;) {
        g_autoptr(CatalogBooking) booking = read_booking(bench);
        if (booking->state == state && g_strcmp0(booking->error_code, code) == 0)
            return;
        g_main_context_iteration(NULL, TRUE);
    }
}

static gboolean
has_bundle(Bench *bench)
{
    g_autofree char *bundle = server_storage_build_bundle_path(bench->storage, bench->id);
    return g_file_test(bundle, G_FILE_TEST_EXISTS);
}

static void
await_no_folder(Bench *bench)
{
    g_autofree char *folder = server_storage_build_recording_path(bench->storage, bench->id);
    while (g_file_test(folder, G_FILE_TEST_EXISTS))
        g_main_context_iteration(NULL, TRUE);
}

static const CatalogAsset *
find_asset(const CatalogLesson *lesson, CatalogAssetKind kind)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == kind)
            return asset;
    }
    g_assert_not_reached();
}

static char *
read_file(Bench *bench, const char *name)
{
    g_autofree char *bundle = server_storage_build_bundle_path(bench->storage, bench->id);
    g_autofree char *path = g_build_filename(bundle, name, NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* What any lesson has beside its rungs. */
static void
assert_extras(Bench *bench, CatalogLesson *lesson)
{
    g_assert_cmpuint(lesson->captions->len, ==, 1);
    const CatalogCaptions *captions = lesson->captions->pdata[0];
    g_assert_cmpstr(captions->language, ==, "th");
    g_autofree char *text = read_file(bench, captions->file);
    g_assert_nonnull(strstr(text, "00:00:01.500 --> 00:00:02.250\nสวัสดี\n"));
    g_assert_nonnull(strstr(text, "00:00:04.100 --> 00:00:04.900\nนักเรียน\n"));
    const CatalogAsset *sheet = find_asset(lesson, CATALOG_ASSET_KIND_STORYBOARD);
    g_assert_cmpint(sheet->count, ==, SEGMENTS / 2); // one each two seconds
    g_assert_cmpint(sheet->interval_ms, ==, 2000);
    g_autofree char *cues = read_file(bench, "storyboard.vtt");
    g_assert_nonnull(strstr(cues, sheet->file));
    g_autofree char *outline =
        read_file(bench, find_asset(lesson, CATALOG_ASSET_KIND_WAVEFORM)->file);
    g_assert_nonnull(strstr(outline, "255")); // the tone
    g_assert_cmpint(find_asset(lesson, CATALOG_ASSET_KIND_POSTER)->width, >=, 0);
    g_autofree char *described = read_file(bench, "lesson.json");
    g_assert_nonnull(strstr(described, captions->file));
    g_autofree char *playlist = read_file(bench, "index.m3u8");
    g_assert_nonnull(strstr(playlist, "TYPE=SUBTITLES"));
}

static void
assert_published(Bench *bench)
{
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_autoptr(CatalogLesson) lesson =
        catalog_lessonlist_get_generation(database, bench->id, 0, NULL);
    g_assert_nonnull(lesson);
    g_assert_cmpint(lesson->state, ==, CATALOG_LESSON_STATE_PUBLISHED);
    g_assert_true(lesson->complete);
    g_assert_cmpint(lesson->duration_ms, ==, SEGMENTS * 1000);
    g_assert_cmpuint(lesson->rungs->len, ==, KEPT_RUNGS);
    g_assert_cmpuint(lesson->gaps->len, ==, 0);
    assert_extras(bench, lesson);
}

static void
set_up(Bench *bench, gconstpointer data)
{
    const Given *given = data;
    GError *error = NULL;
    bench->folder = g_dir_make_tmp("daorian-record-XXXXXX", &error);
    g_assert_no_error(error);
    if (given->small)
        disk_mount_on(bench->folder, DISK_BYTES);
    bench->media_program = given->program;
    bench->config = server_config_new_default();
    bench->config->sandbox_required = FALSE;
    bench->storage = server_storage_new(bench->folder);
    bench->clock = server_clock_new_fixed(NOW_MS);
    bench->events = server_events_new(1);
    g_assert_true(server_storage_create(bench->storage, &error));
    g_autofree char *path = server_storage_build_catalog_path(bench->storage);
    bench->catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    const FlowsLiveSetup live = {.config = bench->config,
                                 .storage = bench->storage,
                                 .clock = bench->clock,
                                 .events = bench->events,
                                 .catalog = bench->catalog,
                                 .media_program = bench->media_program};
    bench->live = flows_live_new(&live);
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    catalog_database_run_write(database, add_booking, bench, &error);
    g_assert_no_error(error);
    keep_segments(bench);
    g_timeout_add(20, on_tick, bench);
}

static void
tear_down(Bench *bench, gconstpointer data)
{
    const Given *given = data;
    stop(bench);
    g_source_remove_by_user_data(bench);
    flows_live_free(bench->live);
    catalog_threads_free(bench->catalog);
    if (given->small)
        g_assert_cmpint(umount2(bench->folder, MNT_DETACH), ==, 0);
    flows_window_files_remove(bench->folder);
    server_events_unref(bench->events);
    server_clock_free(bench->clock);
    server_storage_free(bench->storage);
    server_config_free(bench->config);
    g_free(bench->folder);
    g_free(bench->id);
}

/* Full to the last byte at first, when not even the row can say why; then there is room for the
 * row alone; then for all. */
static void
test_full_disk(Bench *bench, gconstpointer unused)
{
    g_autofree char *others = disk_fill(bench->folder);
    bench->pace_ms = FLOWS_RECORD_RETRY_ROOM_MS;
    start(bench);
    while (bench->ticks < 8)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(truncate(others, OTHERS_BYTES), ==, 0);
    await(bench, CATALOG_BOOKING_STATE_FINISHING, "no-space");
    g_assert_false(has_bundle(bench));
    g_assert_cmpint(g_unlink(others), ==, 0);
    await(bench, CATALOG_BOOKING_STATE_DONE, NULL);
    await_no_folder(bench);
    assert_published(bench);
}

/* Each try has another child, and each dies; the last one it may have ends it. */
static void
test_crashes(Bench *bench, gconstpointer data)
{
    const Given *given = data;
    bench->media_program = "/bin/false";
    start(bench);
    await(bench, CATALOG_BOOKING_STATE_FINISHING, "crashed");
    g_assert_false(has_bundle(bench));
    bench->pace_ms = 60000;
    for (;;) {
        g_autoptr(CatalogBooking) booking = read_booking(bench);
        if (booking->state == CATALOG_BOOKING_STATE_FAILED)
            break;
        g_assert_cmpint(booking->state, ==, CATALOG_BOOKING_STATE_FINISHING);
        g_main_context_iteration(NULL, TRUE);
    }
    await(bench, CATALOG_BOOKING_STATE_FAILED, "internal");
    stop(bench);
    bench->media_program = given->program; // whoever mends it starts the server again
    start(bench);
    await(bench, CATALOG_BOOKING_STATE_DONE, NULL);
    await_no_folder(bench);
    assert_published(bench);
}

static void
test_given_up(Bench *bench, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    bench->media_program = "/bin/false";
    start(bench);
    await(bench, CATALOG_BOOKING_STATE_FINISHING, "crashed");
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_assert_true(catalog_database_run_write(database, give_up, bench, &error));
    server_events_publish(bench->events, SERVER_EVENTS_BOOKING, bench->id);
    await_no_folder(bench);
    g_assert_false(has_bundle(bench));
}

static gboolean
run_again(CatalogDatabase *database, gpointer data, GError **error)
{
    Bench *bench = data;
    const CatalogAuditStamp by = {NULL, NOW_MS};
    g_autoptr(CatalogBooking) first = catalog_bookings_get(database, bench->id, error);
    g_assert_true(catalog_bookings_set_state(database, bench->id, CATALOG_BOOKING_STATE_CANCELLED,
                                             NULL, &by, error));
    g_clear_pointer(&bench->id, g_free);
    bench->id = catalog_bookings_add(database, first, &by, error);
    return catalog_bookings_set_state(database, bench->id, CATALOG_BOOKING_STATE_RUNNING, NULL, &by,
                                      error);
}

/* However often somebody makes it look, one that is over ends. */
static void
test_ends_though_disturbed(Bench *bench, gconstpointer unused)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    g_assert_true(catalog_database_run_write(database, run_again, bench, &error));
    server_clock_set(bench->clock, NOW_MS + 120000);
    start(bench);
    for (;;) {
        g_autoptr(CatalogBooking) booking = read_booking(bench);
        if (booking->state == CATALOG_BOOKING_STATE_MISSED)
            break;
        flows_record_wake(bench->record);
        g_main_context_iteration(NULL, TRUE);
        flows_record_wake(bench->record);
    }
    await(bench, CATALOG_BOOKING_STATE_MISSED, "nothing-kept");
}

static void
run_script(Bench *bench, const char *script)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CatalogDatabase) database = open_catalog(bench);
    catalog_statement_run_script(database, script, &error);
    g_assert_no_error(error);
}

/* A catalogue that cannot be read or written for a while loses nothing: it is tried again. */
static void
test_catalogue_in_trouble(Bench *bench, gconstpointer unused)
{
    bench->pace_ms = FLOWS_RECORD_RETRY_ROOM_MS;
    run_script(bench, "ALTER TABLE gaps RENAME TO away");
    start(bench);
    while (bench->ticks < 50) {
        g_autoptr(CatalogBooking) booking = read_booking(bench);
        g_assert_cmpint(booking->state, ==, CATALOG_BOOKING_STATE_FINISHING);
        g_main_context_iteration(NULL, TRUE);
    }
    run_script(bench, "ALTER TABLE away RENAME TO gaps");
    await(bench, CATALOG_BOOKING_STATE_DONE, NULL);
    await_no_folder(bench);
    assert_published(bench);
}

static void
test_retry(void)
{
    g_autoptr(FlowsRecordRetry) retry = flows_record_retry_new();
    gint64 before_ms = 0;
    g_assert_cmpint(flows_record_retry_measure_wait(retry, "a", 5000), ==, 0);
    for (guint i = 1; i < FLOWS_RECORD_RETRY_CRASHES_MAX; i++) {
        g_assert_true(flows_record_retry_note(retry, "a", FLOWS_RECORD_RETRY_CRASH, 5000));
        gint64 wait_ms = flows_record_retry_measure_wait(retry, "a", 5000);
        g_assert_cmpint(wait_ms, >, before_ms);
        g_assert_cmpint(flows_record_retry_measure_wait(retry, "a", 5000 + wait_ms), ==, 0);
        g_assert_cmpuint(flows_record_retry_count_crashes(retry, "a"), ==, i);
        before_ms = wait_ms;
    }
    g_assert_cmpint(flows_record_retry_measure_wait(retry, "a", 4999), ==, 0); // set back
    g_assert_true(flows_record_retry_note(retry, "b", FLOWS_RECORD_RETRY_ROOM, 5000));
    for (guint i = 0; i < 100; i++)
        g_assert_false(flows_record_retry_note(retry, "b", FLOWS_RECORD_RETRY_ROOM, 5000 + i));
    g_assert_cmpint(flows_record_retry_measure_wait(retry, "b", 5099), ==,
                    FLOWS_RECORD_RETRY_ROOM_MS);
    g_assert_cmpuint(flows_record_retry_count_crashes(retry, "b"), ==, 0);
    flows_record_retry_forget(retry, "b");
    g_assert_cmpint(flows_record_retry_measure_wait(retry, "b", 5099), ==, 0);
}

int
main(int argc, char **argv)
{
    disk_enter(); // before there are threads
    g_test_init(&argc, &argv, NULL);
    const Given normal = {argv[1], FALSE}, small = {argv[1], TRUE};
    g_test_add_func("/flows/record/retry", test_retry);
    g_test_add("/flows/record/full-disk", Bench, &small, set_up, test_full_disk, tear_down);
    g_test_add("/flows/record/crashes", Bench, &normal, set_up, test_crashes, tear_down);
    g_test_add("/flows/record/given-up", Bench, &normal, set_up, test_given_up, tear_down);
    g_test_add("/flows/record/catalogue-in-trouble", Bench, &normal, set_up,
               test_catalogue_in_trouble, tear_down);
    g_test_add("/flows/record/ends-though-disturbed", Bench, &normal, set_up,
               test_ends_though_disturbed, tear_down);
    return g_test_run();
}
