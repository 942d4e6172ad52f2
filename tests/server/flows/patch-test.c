// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The gaps of a recorded lesson and a repeat of its programme, through the real child: what is
// missing comes from the repeat to the moment, all rungs alike; another programme fills nothing;
// what is shown is whole before, meanwhile and after. The clock stands.
#include <math.h>
#include <string.h>

#include <glib/gstdio.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/lessonlist.h"
#include "catalog/lessons.h"
#include "catalog/patches.h"
#include "catalog/recordings.h"
#include "catalog/threads.h"
#include "pipelines/keep/match.h"
#include "server/flows/live.h"
#include "server/flows/record.h"
#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "tests/pipelines/keep/heard.h"
#include "tests/pipelines/keep/kept.h"
#include "tests/pipelines/package/coded.h"
#include "tests/pipelines/package/mp4.h"

#define NOW_MS G_GINT64_CONSTANT(1795273200000)
#define WEEK_MS (G_GINT64_CONSTANT(7) * 24 * 3600 * 1000)
#define FIRST_MS (NOW_MS - WEEK_MS)
#define PROGRAMME 5
#define LEFT_S 14         // of the recording before its gap
#define GAP_FROM_MS 14000 // of the programme
#define GAP_TO_MS 24400   // of the programme
#define RIGHT_S 15        // of the recording after its gap
#define REPEAT_MS (-2360) // moment of the programme with which the repeat begins
#define REPEAT_S 44

typedef struct {
    char *folder;              // (owned) the data folder
    const char *media_program; // (unowned)
    ServerConfig *config;      // (owned)
    ServerStorage *storage;    // (owned)
    ServerClock *clock;        // (owned) goes on with each tick
    ServerEvents *events;      // (owned)
    CatalogThreads *catalog;   // (owned)
    FlowsLive *live;           // (owned) never started
    FlowsRecord *record;       // (owned) (nullable)
    char *channel;             // (owned)
    char *own;                 // (owned) id of the recording with the gap
    char *repeat;              // (owned) id of the repeat
    char *patch;               // (owned) (nullable) id of the order
    CatalogDatabase *database; // (owned) beside the flow's
    guint ticks;               // so far
} Bench;

/* What was on the air without a gap. */
typedef struct {
    guint programme; // whose
    gint64 from_ms;  // of the programme
    guint seconds;   // as many segments
} Stretch;

/* What somebody booked. */
typedef struct {
    Bench *bench;         // (unowned)
    gint64 start_ms;      // UTC milliseconds of the programme's beginning
    const Stretch *parts; // (unowned)
    guint count;          // of parts
    const char *said;     // (unowned) (nullable) in the segment of
    guint said_at;        // place among all
    char *id;             // (owned) (nullable)
} Kept;

static void
open_catalog(Bench *bench)
{
    g_autofree char *path = server_storage_build_catalog_path(bench->storage);
    GError *error = NULL;
    bench->database = catalog_database_open(path, &error);
    g_assert_no_error(error);
}

static void
run_write(Bench *bench, CatalogDatabaseWork work, gpointer data)
{
    GError *error = NULL;
    catalog_database_run_write(bench->database, work, data, &error);
    g_assert_no_error(error);
}

static gboolean
add_channel(CatalogDatabase *database, gpointer data, GError **error)
{
    static const char *const ladder[] = {"voice", "small", NULL};
    Bench *bench = data;
    const CatalogAuditStamp by = {NULL, FIRST_MS};
    const CatalogChannels channel = {.slug = (char *)"class-1",
                                     .name = (char *)"ห้องเรียน",
                                     .rungs = (char **)ladder,
                                     .window_hours = 1,
                                     .window_bytes = 1 << 24};
    bench->channel = catalog_channels_add(database, &channel, &by, error);
    return bench->channel != NULL;
}

static gboolean
add_booking(CatalogDatabase *database, gpointer data, GError **error)
{
    Kept *kept = data;
    const CatalogAuditStamp by = {NULL, NOW_MS};
    const Stretch *last = &kept->parts[kept->count - 1];
    gint64 until_ms = last->from_ms + (gint64)last->seconds * 1000;
    CatalogBooking booking = {.channel = kept->bench->channel,
                              .event_id = CATALOG_BOOKING_NO_EVENT,
                              .start_ms = kept->start_ms,
                              .end_ms = kept->start_ms + until_ms,
                              .title = (char *)"เศษส่วน",
                              .description = (char *)"",
                              .language = (char *)"th",
                              .rights_holder = (char *)"",
                              .licence = (char *)"",
                              .visibility = CATALOG_LESSON_VISIBILITY_PUBLIC};
    kept->id = catalog_bookings_add(database, &booking, &by, error);
    g_assert_nonnull(kept->id);
    g_autoptr(CatalogBooking) added = catalog_bookings_get(database, kept->id, error);
    return catalog_recordings_begin(database, added, NOW_MS, error) &&
           catalog_bookings_set_state(database, kept->id, CATALOG_BOOKING_STATE_RUNNING, NULL, &by,
                                      error) &&
           catalog_bookings_set_state(database, kept->id, CATALOG_BOOKING_STATE_FINISHING, NULL,
                                      &by, error);
}

static void
add_inits(const KeptRun *run, const char *folder, FlowsWindowIndex *index, guint first)
{
    kept_run_write_inits(run, folder, first);
    for (guint i = 0; i < KEPT_RUNGS; i++) {
        const KeptRung *rung = &run->rungs[i];
        const FlowsWindowIndexInit init = {
            .rung = (guint)flows_window_index_find_rung(index, rung->rung, TRUE),
            .init = first + i,
            .bytes = (guint32)rung->init_bytes,
            .codecs = (char *)(rung->width > 0 ? "avc1.42c01e,mp4a.40.2" : "mp4a.40.2"),
            .width = rung->width,
            .height = rung->width * 9 / 16,
            .frame_millirate = rung->width > 0 ? 25000 : 0,
        };
        g_assert_true(flows_window_index_add_init(index, &init));
    }
}

static void
say(const char *folder, FlowsWindowIndex *index, FlowsWindowIndexEntry *entry, const char *words)
{
    int place = flows_window_index_find_rung(index, "captions-tha", TRUE);
    g_autofree char *text = g_strdup_printf("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:%" G_GUINT64_FORMAT
                                            ",LOCAL:00:00:00.000\n\n"
                                            "00:00.200 --> 00:00.900\n%s\n",
                                            entry->time, words);
    g_autofree char *path =
        server_storage_build_channel_segment_path(folder, "captions-tha", entry->number);
    g_autofree char *parent = g_path_get_dirname(path);
    g_assert_cmpint(g_mkdir_with_parents(parent, 0700), ==, 0);
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    entry->parts[place] = (FlowsWindowIndexPart){0, (guint32)strlen(text)};
}

static void
keep_part(const Kept *kept, const char *folder, FlowsWindowIndex *index, guint part)
{
    const Stretch *stretch = &kept->parts[part];
    guint number = flows_window_index_get_count(index);
    g_autoptr(KeptRun) run =
        kept_run_new_of(stretch->seconds, stretch->programme, stretch->from_ms);
    add_inits(run, folder, index, 1 + part * KEPT_RUNGS);
    for (guint i = 0; i < run->count; i++) {
        guint32 bytes[KEPT_RUNGS];
        FlowsWindowIndexEntry entry = {.number = 10 + number + i,
                                       .time = 900000 + (guint64)(number + i) * KEPT_SEGMENT_PTS90K,
                                       .duration = KEPT_SEGMENT_PTS90K,
                                       .wall_ms = kept->start_ms + stretch->from_ms + i * 1000};
        kept_run_write_segment(run, folder, i, (guint)entry.number, entry.time, bytes);
        for (guint rung = 0; rung < KEPT_RUNGS; rung++)
            entry.parts[rung] = (FlowsWindowIndexPart){1 + part * KEPT_RUNGS + rung, bytes[rung]};
        if (kept->said != NULL && kept->said_at == number + i)
            say(folder, index, &entry, kept->said);
        g_assert_true(flows_window_index_push(index, &entry));
    }
}

/* Returns: (transfer full): the booking, which is finishing. */
static char *
keep(Kept *kept)
{
    GError *error = NULL;
    run_write(kept->bench, add_booking, kept);
    g_autofree char *folder = server_storage_build_recording_path(kept->bench->storage, kept->id);
    g_autoptr(FlowsWindowIndex) index = flows_window_index_new();
    g_assert_true(flows_window_files_make(folder, &error));
    index->loose = TRUE;
    for (guint part = 0; part < kept->count; part++)
        keep_part(kept, folder, index, part);
    g_autoptr(GString) text = flows_window_journal_format(index);
    g_assert_true(flows_window_files_replace(folder, text->str, text->len, &error));
    return g_steal_pointer(&kept->id);
}

/* --- a life --------------------------------------------------------------------------------- */

static gboolean
on_tick(gpointer user_data)
{
    Bench *bench = user_data;
    bench->ticks++;
    server_clock_set(bench->clock, server_clock_now_ms(bench->clock) + 1000);
    if (bench->record != NULL)
        flows_record_wake(bench->record);
    return G_SOURCE_CONTINUE;
}

static void
start(Bench *bench)
{
    const FlowsRecordSetup setup = {bench->config,       bench->storage, bench->clock,
                                    bench->events,       bench->catalog, bench->live,
                                    bench->media_program};
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

/* The catalogue is not asked all the time. */
static void
await_tick(Bench *bench)
{
    for (guint before = bench->ticks; bench->ticks == before;)
        g_main_context_iteration(NULL, TRUE);
}

static void
await_lesson(Bench *bench, const char *id)
{
    for (;;) {
        g_autoptr(CatalogBooking) booking = catalog_bookings_get(bench->database, id, NULL);
        if (booking->state == CATALOG_BOOKING_STATE_DONE)
            return;
        g_assert_cmpint(booking->state, ==, CATALOG_BOOKING_STATE_FINISHING);
        await_tick(bench);
    }
}

static CatalogPatches *
read_patch(Bench *bench)
{
    GError *error = NULL;
    CatalogPatches *patch = catalog_patches_get(bench->database, bench->patch, &error);
    g_assert_no_error(error);
    return patch;
}

static CatalogPatches *
await_end(Bench *bench)
{
    for (;;) {
        g_autoptr(CatalogPatches) patch = read_patch(bench);
        if (patch->state == CATALOG_PATCHES_STATE_DONE ||
            patch->state == CATALOG_PATCHES_STATE_FAILED)
            return g_steal_pointer(&patch);
        await_tick(bench);
    }
}

static gboolean
order(CatalogDatabase *database, gpointer data, GError **error)
{
    Bench *bench = data;
    const CatalogAuditStamp by = {NULL, NOW_MS};
    g_autoptr(CatalogBooking) repeat = catalog_bookings_get(database, bench->repeat, error);
    g_clear_pointer(&bench->patch, g_free);
    bench->patch = catalog_patches_order(database, bench->own, repeat, &by, error);
    return bench->patch != NULL;
}

static CatalogLesson *
read_lesson(Bench *bench)
{
    GError *error = NULL;
    CatalogLesson *lesson =
        catalog_lessonlist_get_generation(bench->database, bench->own, 0, &error);
    g_assert_no_error(error);
    return lesson;
}

static char *
build_path(Bench *bench, const char *file)
{
    g_autofree char *bundle = server_storage_build_bundle_path(bench->storage, bench->own);
    return g_build_filename(bundle, file, NULL);
}

static char *
read_file(Bench *bench, const char *file)
{
    char *text = NULL;
    g_autofree char *path = build_path(bench, file);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static const CatalogRung *
find_rung(const CatalogLesson *lesson, const char *name)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (strcmp(rung->name, name) == 0)
            return rung;
    }
    g_assert_not_reached();
}

/* Both tracks go on without a hole. */
static void
assert_whole(Bench *bench, const CatalogLesson *lesson, const char *name, guint kinds)
{
    guint64 next[2] = {0, 0};
    g_autofree char *path = build_path(bench, find_rung(lesson, name)->file);
    g_autoptr(PackageMp4) mp4 = package_mp4_read(path);
    for (guint i = 0; i < mp4->runs->len; i++) {
        const PackageMp4Run *run = &g_array_index(mp4->runs, PackageMp4Run, i);
        g_assert_cmpuint(run->start, ==, next[i % kinds]);
        g_assert_true(run->first_key || kinds == 1 || i % kinds == 1);
        next[i % kinds] += run->duration;
    }
    guint64 end_ms = kinds == 1 ? next[0] / 48 : next[0] / 90;
    g_assert_cmpint(ABS((gint64)end_ms - lesson->duration_ms), <=, 22);
}

/* Each four seconds of the lesson are the same four seconds of the programme. */
static void
assert_programme(Bench *bench, const CatalogLesson *lesson, const char *name, guint seconds)
{
    g_autofree char *bundle = server_storage_build_bundle_path(bench->storage, bench->own);
    g_autoptr(GArray) heard = keep_heard_read(bundle, find_rung(lesson, name)->file);
    guint rate = KEEP_MATCH_RATE, span = 4 * KEEP_MATCH_RATE;
    g_autofree float *meant = g_new(float, (seconds + 1) * rate);
    for (guint i = 0; i < (seconds + 1) * rate; i++)
        meant[i] = 20 * log10f(package_coded_get_loudness(PROGRAMME, i * 1000 / rate));
    g_assert_cmpuint(heard->len + rate, >=, seconds * rate);
    for (guint at = 0; at + span <= heard->len; at += rate) {
        const KeepMatchStretch sought = {&g_array_index(heard, float, at), span};
        const KeepMatchStretch where = {meant, (seconds + 1) * rate};
        KeepMatchPlace found = {0};
        g_assert_cmpint(keep_match_find(&sought, &where, &found), ==, KEEP_MATCH_FOUND);
        double away_ms = (found.place - at) * 1000 / rate;
        g_test_message("%s at %u s: %.0f ms away", name, at / rate, away_ms);
        g_assert_cmpfloat(ABS(away_ms), <=, 100);
    }
}

static void
set_up(Bench *bench, gconstpointer program)
{
    static const Stretch recorded[] = {{PROGRAMME, 0, LEFT_S}, {PROGRAMME, GAP_TO_MS, RIGHT_S}};
    GError *error = NULL;
    bench->folder = g_dir_make_tmp("daorian-patch-XXXXXX", &error);
    bench->media_program = program;
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
    open_catalog(bench);
    run_write(bench, add_channel, bench);
    Kept own = {bench, FIRST_MS, recorded, G_N_ELEMENTS(recorded), "หลัง", LEFT_S + 2, NULL};
    bench->own = keep(&own);
    g_timeout_add(50, on_tick, bench);
    start(bench);
    await_lesson(bench, bench->own);
}

static void
tear_down(Bench *bench, gconstpointer unused)
{
    if (bench->record != NULL)
        stop(bench);
    g_source_remove_by_user_data(bench);
    flows_live_free(bench->live);
    catalog_database_free(bench->database);
    catalog_threads_free(bench->catalog);
    flows_window_files_remove(bench->folder);
    server_events_unref(bench->events);
    server_clock_free(bench->clock);
    server_storage_free(bench->storage);
    server_config_free(bench->config);
    g_free(bench->folder);
    g_free(bench->channel);
    g_free(bench->own);
    g_free(bench->repeat);
    g_free(bench->patch);
}

static void
keep_repeat(Bench *bench, const Stretch *parts, guint count)
{
    // It says something 18 s after the programme's beginning.
    Kept repeat = {bench, FIRST_MS + WEEK_MS / 2, parts, count, "กลาง", 20, NULL};
    bench->repeat = keep(&repeat);
    await_lesson(bench, bench->repeat);
}

static void
assert_no_folder(Bench *bench)
{
    g_autofree char *folder = server_storage_build_recording_path(bench->storage, bench->own);
    g_assert_false(g_file_test(folder, G_FILE_TEST_EXISTS));
}

static void
assert_patched(Bench *bench)
{
    g_autoptr(CatalogPatches) patch = await_end(bench);
    g_assert_cmpstr(patch->error_code, ==, NULL);
    g_assert_cmpint(patch->state, ==, CATALOG_PATCHES_STATE_DONE);
    g_assert_cmpint(patch->filled, ==, 1);
    g_assert_cmpint(patch->filled_ms, ==, GAP_TO_MS - GAP_FROM_MS);
    g_autoptr(CatalogLesson) lesson = read_lesson(bench);
    gint64 whole_ms = GAP_TO_MS + RIGHT_S * 1000;
    g_assert_cmpint(ABS(lesson->duration_ms - whole_ms), <=, 80);
    g_assert_cmpint(lesson->generation, ==, 2);
    g_assert_true(lesson->complete);
    g_assert_cmpuint(lesson->rungs->len, ==, KEPT_RUNGS);
    g_assert_cmpuint(lesson->gaps->len, ==, 1);
    const CatalogGap *gap = &g_array_index(lesson->gaps, CatalogGap, 0);
    g_assert_cmpstr(gap->patched_from, ==, bench->repeat);
    g_assert_cmpint(gap->from_ms, ==, FIRST_MS + GAP_FROM_MS);
    g_assert_cmpint(gap->to_ms, ==, FIRST_MS + GAP_TO_MS);
    gint64 repeated_ms = FIRST_MS + WEEK_MS / 2 + GAP_FROM_MS;
    g_assert_cmpint(ABS(gap->patched_ms - repeated_ms), <=, 60);
    assert_whole(bench, lesson, "voice", 1);
    assert_whole(bench, lesson, "small", 2);
    assert_programme(bench, lesson, "voice", (guint)(whole_ms / 1000));
    assert_programme(bench, lesson, "small", (guint)(whole_ms / 1000));
}

/* What was said keeps its moment, and what the repeat says in the gap is there. */
static void
assert_captions(Bench *bench)
{
    g_autoptr(CatalogLesson) lesson = read_lesson(bench);
    g_assert_cmpuint(lesson->captions->len, ==, 1);
    const CatalogCaptions *captions = lesson->captions->pdata[0];
    g_autofree char *text = read_file(bench, captions->file);
    const char *between = strstr(text, "00:00:17.8"), *after = strstr(text, "00:00:26.");
    g_assert_nonnull(between);
    g_assert_nonnull(after);
    g_assert_nonnull(strstr(between, "กลาง"));
    g_assert_nonnull(strstr(after, "หลัง"));
}

static void
assert_described(Bench *bench)
{
    g_autoptr(CatalogLesson) lesson = read_lesson(bench);
    g_autofree char *described = read_file(bench, "lesson.json");
    g_assert_nonnull(strstr(described, bench->repeat));
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        g_autofree char *name = g_strconcat(rung->name, ".m3u8", NULL);
        g_autofree char *playlist = read_file(bench, name);
        g_assert_nonnull(strstr(playlist, rung->file));
        g_assert_nonnull(strstr(described, rung->file));
    }
}

static void
test_fills(Bench *bench, gconstpointer unused)
{
    static const Stretch whole[] = {{PROGRAMME, REPEAT_MS, REPEAT_S}};
    keep_repeat(bench, whole, G_N_ELEMENTS(whole));
    run_write(bench, order, bench);
    assert_patched(bench);
    assert_captions(bench);
    stop(bench);
    assert_described(bench);
    assert_no_folder(bench);
}

static void
test_other_programme(Bench *bench, gconstpointer unused)
{
    static const Stretch other[] = {{PROGRAMME + 1, REPEAT_MS, REPEAT_S}};
    g_autoptr(CatalogLesson) before = read_lesson(bench);
    g_autofree char *described = read_file(bench, "lesson.json");
    keep_repeat(bench, other, G_N_ELEMENTS(other));
    run_write(bench, order, bench);
    g_autoptr(CatalogPatches) patch = await_end(bench);
    g_assert_cmpstr(patch->error_code, ==, "no-match");
    g_autoptr(CatalogLesson) after = read_lesson(bench);
    g_assert_cmpint(after->generation, ==, before->generation);
    g_assert_cmpint(after->duration_ms, ==, before->duration_ms);
    g_autofree char *now = read_file(bench, "lesson.json");
    g_assert_cmpstr(now, ==, described);
    stop(bench);
    assert_no_folder(bench);
}

/* The repeat lacks five seconds of the gap, too. */
static void
test_repeat_has_a_gap(Bench *bench, gconstpointer unused)
{
    static const Stretch parts[] = {{PROGRAMME, REPEAT_MS, 19}, {PROGRAMME, 21640, 20}};
    keep_repeat(bench, parts, G_N_ELEMENTS(parts));
    run_write(bench, order, bench);
    g_autoptr(CatalogPatches) patch = await_end(bench);
    g_assert_cmpstr(patch->error_code, ==, NULL);
    g_autoptr(CatalogLesson) lesson = read_lesson(bench);
    g_assert_cmpuint(lesson->gaps->len, ==, 3);
    const CatalogGap *gaps = (const CatalogGap *)(gpointer)lesson->gaps->data;
    g_assert_true(catalog_gap_is_patched(&gaps[0]) && catalog_gap_is_patched(&gaps[2]));
    g_assert_false(catalog_gap_is_patched(&gaps[1]));
    g_assert_cmpint(ABS(gaps[1].to_ms - gaps[1].from_ms - 5000), <=, 10);
    g_assert_cmpint(ABS(gaps[1].from_ms - FIRST_MS - 16640), <=, 60);
    g_assert_cmpint(ABS(gaps[1].media_ms - 16640), <=, 100);
    g_assert_cmpint(ABS(lesson->duration_ms - (GAP_TO_MS + RIGHT_S * 1000 - 5000)), <=, 120);
    assert_whole(bench, lesson, "small", 2);
}

/* It waits for a repeat that is still to be kept; a stop in the middle costs nothing. */
static void
test_goes_on(Bench *bench, gconstpointer unused)
{
    static const Stretch whole[] = {{PROGRAMME, REPEAT_MS, REPEAT_S}};
    Kept repeat = {bench, FIRST_MS + WEEK_MS / 2, whole, 1, "กลาง", 20, NULL};
    stop(bench);
    bench->repeat = keep(&repeat);
    run_write(bench, order, bench);
    g_autoptr(CatalogPatches) waiting = read_patch(bench);
    g_assert_cmpint(waiting->state, ==, CATALOG_PATCHES_STATE_WAITING);
    start(bench);
    for (;;) {
        g_autoptr(CatalogPatches) patch = read_patch(bench);
        if (patch->state != CATALOG_PATCHES_STATE_WAITING)
            break;
        await_tick(bench);
    }
    stop(bench);
    g_autoptr(CatalogLesson) shown = read_lesson(bench);
    g_autofree char *described = read_file(bench, "lesson.json");
    const CatalogRung *voice = find_rung(shown, "voice");
    g_assert_nonnull(strstr(described, voice->file));
    start(bench);
    assert_patched(bench);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/flows/patch/fills", Bench, argv[1], set_up, test_fills, tear_down);
    g_test_add("/flows/patch/other-programme", Bench, argv[1], set_up, test_other_programme,
               tear_down);
    g_test_add("/flows/patch/repeat-has-a-gap", Bench, argv[1], set_up, test_repeat_has_a_gap,
               tear_down);
    g_test_add("/flows/patch/goes-on", Bench, argv[1], set_up, test_goes_on, tear_down);
    return g_test_run();
}
