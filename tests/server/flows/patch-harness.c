// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a live child would have written is coded anew each time.
#include "tests/server/flows/patch-harness.h"

#include <string.h>

#include <glib/gstdio.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/lessonlist.h"
#include "catalog/patches.h"
#include "catalog/recordings.h"
#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "tests/pipelines/keep/kept.h"

#define WEEK_MS (G_GINT64_CONSTANT(7) * 24 * 3600 * 1000)
#define LEFT_S 14 // of the recording before its gap
#define TICK_MS 50

/* What somebody booked. */
typedef struct {
    PatchHarness *harness;            // (unowned)
    gint64 start_ms;                  // UTC milliseconds of the programme's beginning
    const PatchHarnessStretch *parts; // (unowned)
    guint count;                      // of parts
    const char *said;                 // (unowned) (nullable) in the segment of
    guint said_at;                    // place among all
    char *id;                         // (owned) (nullable)
} Kept;

static void
open_catalog(PatchHarness *harness)
{
    g_autofree char *path = server_storage_build_catalog_path(harness->storage);
    GError *error = NULL;
    harness->database = catalog_database_open(path, &error);
    g_assert_no_error(error);
}

static void
run_write(PatchHarness *harness, CatalogDatabaseWork work, gpointer data)
{
    GError *error = NULL;
    catalog_database_run_write(harness->database, work, data, &error);
    g_assert_no_error(error);
}

static gboolean
add_channel(CatalogDatabase *database, gpointer data, GError **error)
{
    static const char *const ladder[] = {"voice", "small", NULL};
    PatchHarness *harness = data;
    const CatalogAuditStamp by = {NULL, harness->first_ms};
    const CatalogChannels channel = {.slug = (char *)"class-1",
                                     .name = (char *)"ห้องเรียน",
                                     .rungs = (char **)ladder,
                                     .window_hours = 1,
                                     .window_bytes = 1 << 24};
    harness->channel = catalog_channels_add(database, &channel, &by, error);
    return harness->channel != NULL;
}

static gboolean
add_booking(CatalogDatabase *database, gpointer data, GError **error)
{
    Kept *kept = data;
    gint64 now_ms = kept->harness->now_ms;
    const CatalogAuditStamp by = {NULL, now_ms};
    const PatchHarnessStretch *last = &kept->parts[kept->count - 1];
    gint64 until_ms = last->from_ms + (gint64)last->seconds * 1000;
    CatalogBooking booking = {.channel = kept->harness->channel,
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
    return catalog_recordings_begin(database, added, now_ms, error) &&
           catalog_bookings_set_state(database, kept->id, CATALOG_BOOKING_STATE_RUNNING, NULL, &by,
                                      error) &&
           catalog_bookings_set_state(database, kept->id, CATALOG_BOOKING_STATE_FINISHING, NULL,
                                      &by, error);
}

/* One run of the child with its place in the index. */
typedef struct {
    KeptRun *run;            // (owned)
    guint first;             // number of its first init file
    guint rungs[KEPT_RUNGS]; // places in the index
} Part;

static void
free_part(gpointer data)
{
    Part *part = data;
    kept_run_free(part->run);
    g_free(part);
}

static void
add_inits(Part *part, const char *folder, FlowsWindowIndex *index)
{
    part->first = (guint)MAX(index->next_init, 1);
    kept_run_write_inits(part->run, folder, part->first);
    for (guint i = 0; i < part->run->rung_count; i++) {
        const KeptRung *rung = &part->run->rungs[i];
        part->rungs[i] = (guint)flows_window_index_find_rung(index, rung->rung, TRUE);
        const FlowsWindowIndexInit init = {
            .rung = part->rungs[i],
            .init = part->first + i,
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
add_part(GPtrArray *parts, KeptRun *run, const char *folder, FlowsWindowIndex *index)
{
    Part *part = g_new0(Part, 1);
    part->run = run;
    add_inits(part, folder, index);
    g_ptr_array_add(parts, part);
}

/* Returns: (transfer full) (element-type Part): the rungs, then the other sounds. */
static GPtrArray *
code_parts(const Kept *kept, const PatchHarnessStretch *stretch, const char *folder,
           FlowsWindowIndex *index)
{
    const char *const *sounds = kept->harness->sounds;
    GPtrArray *parts = g_ptr_array_new_with_free_func(free_part);
    add_part(parts, kept_run_new_of(stretch->seconds, stretch->programme, stretch->from_ms), folder,
             index);
    for (guint i = 0; sounds != NULL && sounds[i] != NULL; i++)
        add_part(parts,
                 kept_run_new_sound(sounds[i], stretch->seconds, stretch->programme + 1 + i,
                                    stretch->from_ms),
                 folder, index);
    return parts;
}

static void
write_parts(const GPtrArray *parts, const char *folder, guint place, FlowsWindowIndexEntry *entry)
{
    for (guint i = 0; i < parts->len; i++) {
        const Part *part = parts->pdata[i];
        guint32 bytes[KEPT_RUNGS];
        kept_run_write_segment(part->run, folder, place, (guint)entry->number, entry->time, bytes);
        for (guint rung = 0; rung < part->run->rung_count; rung++)
            entry->parts[part->rungs[rung]] =
                (FlowsWindowIndexPart){part->first + rung, bytes[rung]};
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
keep_part(const Kept *kept, const char *folder, FlowsWindowIndex *index,
          const PatchHarnessStretch *stretch)
{
    guint number = flows_window_index_get_count(index);
    g_autoptr(GPtrArray) parts = code_parts(kept, stretch, folder, index);
    guint count = ((const Part *)parts->pdata[0])->run->count;
    for (guint i = 0; i < count; i++) {
        FlowsWindowIndexEntry entry = {.number = 10 + number + i,
                                       .time = 900000 + (guint64)(number + i) * KEPT_SEGMENT_PTS90K,
                                       .duration = KEPT_SEGMENT_PTS90K,
                                       .wall_ms = kept->start_ms + stretch->from_ms + i * 1000};
        write_parts(parts, folder, i, &entry);
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
    run_write(kept->harness, add_booking, kept);
    g_autofree char *folder = server_storage_build_recording_path(kept->harness->storage, kept->id);
    g_autoptr(FlowsWindowIndex) index = flows_window_index_new();
    g_assert_true(flows_window_files_make(folder, &error));
    index->loose = TRUE;
    for (guint part = 0; part < kept->count; part++)
        keep_part(kept, folder, index, &kept->parts[part]);
    g_autoptr(GString) text = flows_window_journal_format(index);
    g_assert_true(flows_window_files_replace(folder, text->str, text->len, &error));
    return g_steal_pointer(&kept->id);
}

void
patch_harness_keep_own(PatchHarness *harness)
{
    static const PatchHarnessStretch parts[] = {
        {PATCH_HARNESS_PROGRAMME, 0, LEFT_S},
        {PATCH_HARNESS_PROGRAMME, PATCH_HARNESS_GAP_TO_MS, PATCH_HARNESS_RIGHT_S}};
    run_write(harness, add_channel, harness);
    Kept own = {harness, harness->first_ms, parts, G_N_ELEMENTS(parts), "หลัง", LEFT_S + 2, NULL};
    harness->own = keep(&own);
}

void
patch_harness_keep_repeat(PatchHarness *harness, const PatchHarnessStretch *parts, guint count)
{
    static const PatchHarnessStretch whole = {PATCH_HARNESS_PROGRAMME, PATCH_HARNESS_REPEAT_MS,
                                              PATCH_HARNESS_REPEAT_S};
    // It says something 18 s after the programme's beginning.
    Kept repeat = {harness,
                   harness->repeated_ms,
                   parts != NULL ? parts : &whole,
                   parts != NULL ? count : 1,
                   "กลาง",
                   20,
                   NULL};
    g_free(harness->repeat);
    harness->repeat = keep(&repeat);
}

/* --- a life --------------------------------------------------------------------------------- */

static gboolean
find_order(CatalogDatabase *database, gpointer data, GError **error)
{
    PatchHarness *harness = data;
    g_autoptr(GPtrArray) running = catalog_patches_list_running(database, error);
    if (running == NULL || running->len == 0)
        return running != NULL;
    const CatalogPatches *patch = running->pdata[0];
    harness->patch = g_strdup(patch->id);
    harness->own = g_strdup(patch->recording_id);
    harness->repeat = g_strdup(patch->repeat_id);
    return TRUE;
}

static gboolean
on_tick(gpointer user_data)
{
    PatchHarness *harness = user_data;
    harness->ticks++;
    server_clock_set(harness->clock, server_clock_now_ms(harness->clock) + harness->pace_ms);
    if (harness->record != NULL)
        flows_record_wake(harness->record);
    return G_SOURCE_CONTINUE;
}

void
patch_harness_start(PatchHarness *harness)
{
    const FlowsRecordSetup setup = {
        .config = harness->config,
        .storage = harness->storage,
        .clock = harness->clock,
        .events = harness->events,
        .catalog = harness->catalog,
        .live = harness->live,
        .media_program = harness->media_program,
    };
    harness->record = flows_record_new(&setup);
    flows_record_start(harness->record);
}

static void
on_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    gboolean *stopped = user_data;
    *stopped = TRUE;
}

void
patch_harness_stop(PatchHarness *harness)
{
    gboolean stopped = FALSE;
    flows_record_stop_async(harness->record, on_stopped, &stopped);
    while (!stopped)
        g_main_context_iteration(NULL, TRUE);
    g_clear_pointer(&harness->record, flows_record_free);
}

void
patch_harness_await_tick(PatchHarness *harness)
{
    for (guint before = harness->ticks; harness->ticks == before;)
        g_main_context_iteration(NULL, TRUE);
}

void
patch_harness_await_lesson(PatchHarness *harness, const char *id)
{
    for (;;) {
        g_autoptr(CatalogBooking) booking = catalog_bookings_get(harness->database, id, NULL);
        if (booking->state == CATALOG_BOOKING_STATE_DONE)
            return;
        g_assert_cmpint(booking->state, ==, CATALOG_BOOKING_STATE_FINISHING);
        patch_harness_await_tick(harness);
    }
}

CatalogPatches *
patch_harness_read_patch(PatchHarness *harness)
{
    GError *error = NULL;
    CatalogPatches *patch = catalog_patches_get(harness->database, harness->patch, &error);
    g_assert_no_error(error);
    return patch;
}

CatalogPatches *
patch_harness_await_end(PatchHarness *harness)
{
    for (;;) {
        g_autoptr(CatalogPatches) patch = patch_harness_read_patch(harness);
        if (patch->state == CATALOG_PATCHES_STATE_DONE ||
            patch->state == CATALOG_PATCHES_STATE_FAILED)
            return g_steal_pointer(&patch);
        patch_harness_await_tick(harness);
    }
}

static gboolean
order(CatalogDatabase *database, gpointer data, GError **error)
{
    PatchHarness *harness = data;
    const CatalogAuditStamp by = {NULL, harness->now_ms};
    g_autoptr(CatalogBooking) repeat = catalog_bookings_get(database, harness->repeat, error);
    g_clear_pointer(&harness->patch, g_free);
    harness->patch = catalog_patches_order(database, harness->own, repeat, &by, error);
    return harness->patch != NULL;
}

PatchHarness *
patch_harness_new(char *folder, const char *media_program, gint64 now_ms)
{
    GError *error = NULL;
    PatchHarness *harness = g_new0(PatchHarness, 1);
    harness->folder = folder;
    harness->media_program = media_program;
    harness->now_ms = now_ms;
    harness->first_ms = now_ms - WEEK_MS;
    harness->repeated_ms = harness->first_ms + WEEK_MS / 2;
    harness->pace_ms = 1000;
    harness->config = server_config_new_default();
    harness->config->sandbox_required = FALSE;
    harness->storage = server_storage_new(harness->folder);
    harness->clock = server_clock_new_fixed(now_ms);
    harness->events = server_events_new(1);
    g_assert_true(server_storage_create(harness->storage, &error));
    g_autofree char *path = server_storage_build_catalog_path(harness->storage);
    harness->catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    const FlowsLiveSetup live = {.config = harness->config,
                                 .storage = harness->storage,
                                 .clock = harness->clock,
                                 .events = harness->events,
                                 .catalog = harness->catalog,
                                 .media_program = harness->media_program};
    harness->live = flows_live_new(&live);
    open_catalog(harness);
    run_write(harness, find_order, harness);
    g_timeout_add(TICK_MS, on_tick, harness);
    return harness;
}

void
patch_harness_free(PatchHarness *harness)
{
    if (harness->record != NULL)
        patch_harness_stop(harness);
    g_source_remove_by_user_data(harness);
    flows_live_free(harness->live);
    catalog_database_free(harness->database);
    catalog_threads_free(harness->catalog);
    server_events_unref(harness->events);
    server_clock_free(harness->clock);
    server_storage_free(harness->storage);
    server_config_free(harness->config);
    g_free(harness->folder);
    g_free(harness->channel);
    g_free(harness->own);
    g_free(harness->repeat);
    g_free(harness->patch);
    g_free(harness);
}

void
patch_harness_order(PatchHarness *harness)
{
    run_write(harness, order, harness);
}

CatalogLesson *
patch_harness_read_lesson(PatchHarness *harness)
{
    GError *error = NULL;
    CatalogLesson *lesson =
        catalog_lessonlist_get_generation(harness->database, harness->own, 0, &error);
    g_assert_no_error(error);
    return lesson;
}

char *
patch_harness_build_path(PatchHarness *harness, const char *file)
{
    g_autofree char *bundle = server_storage_build_bundle_path(harness->storage, harness->own);
    return g_build_filename(bundle, file, NULL);
}

char *
patch_harness_read_file(PatchHarness *harness, const char *file)
{
    char *text = NULL;
    g_autofree char *path = patch_harness_build_path(harness, file);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

const CatalogRung *
patch_harness_find_rung(const CatalogLesson *lesson, const char *name)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (strcmp(rung->name, name) == 0)
            return rung;
    }
    g_assert_not_reached();
}
