// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of live channels with a child that does what its packets say (live-actor.c) and a
// source that this test feeds: numbers over every death, states, what a person changes. Every wait
// is for a condition.
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "catalog/threads.h"
#include "server/flows/live.h"
#include "server/flows/window_files.h"

#define PACKET_BYTES 188

typedef struct {
    char *folder;            // (owned)
    const char *actor;       // (unowned) path of the child
    ServerConfig *config;    // (owned)
    ServerStorage *storage;  // (owned)
    ServerClock *clock;      // (owned)
    ServerEvents *events;    // (owned)
    CatalogThreads *catalog; // (owned)
    FlowsLive *live;         // (owned) (nullable)
    int feed;                // write end of the pipe, −1: nobody listens
    guint subscriptions;     // that there were
    guint16 service_number;  // asked for last
    char *channel_id;        // (owned) (nullable)
    char *service;           // (owned) (nullable) id of the row
} Fixture;

/* --- the source ----------------------------------------------------------------------------- */

static guint
subscribe(gpointer source, const char *multiplex_id, guint16 service_number, int write_fd)
{
    Fixture *fixture = source;
    g_assert_cmpint(fixture->feed, ==, -1);
    fixture->feed = write_fd;
    fixture->service_number = service_number;
    return ++fixture->subscriptions;
}

static void
unsubscribe(gpointer source, guint subscription)
{
    Fixture *fixture = source;
    g_assert_cmpuint(subscription, ==, fixture->subscriptions);
    close(fixture->feed);
    fixture->feed = -1;
}

static FlowsIntakeStatus *
get_intake_status(gpointer source, const char *multiplex_id)
{
    FlowsIntakeStatus *status = flows_intake_status_new();
    status->state = FLOWS_INTAKE_STATE_RECEIVING;
    return status;
}

static void
order(Fixture *fixture, const char *orders)
{
    for (const char *at = orders; *at != '\0'; at++) {
        char packet[PACKET_BYTES] = {0x47, *at};
        while (fixture->feed < 0)
            g_main_context_iteration(NULL, TRUE);
        g_assert_cmpint(write(fixture->feed, packet, sizeof packet), ==, sizeof packet);
    }
}

/* --- the catalogue -------------------------------------------------------------------------- */

static CatalogDatabase *
open_catalog(Fixture *fixture)
{
    g_autofree char *path = server_storage_build_catalog_path(fixture->storage);
    GError *error = NULL;
    CatalogDatabase *database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    return database;
}

static gboolean
add_rows(CatalogDatabase *database, gpointer data, GError **error)
{
    static const char *const ladder[] = {"voice", "small", NULL};
    Fixture *fixture = data;
    const CatalogAuditStamp by = {NULL, 1760000000000};
    g_autofree char *multiplex =
        catalog_multiplexes_add(database, "udp://239.1.1.1:5004", "ไทยคม", "tis-620", &by, error);
    CatalogServices found = {.service_id = 101,
                             .name = (char *)"ช่องหนึ่ง",
                             .provider = (char *)"",
                             .kind = (char *)"tv",
                             .channel = -1,
                             .streams = (char *)"[]"};
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_ptr_array_add(list, &found);
    g_assert_true(catalog_services_note_scan(database, multiplex, list, by.now_ms, error));
    g_autoptr(GPtrArray) services = catalog_services_list(database, multiplex, error);
    fixture->service = g_strdup(((CatalogServices *)services->pdata[0])->id);
    CatalogChannels channel = {.slug = (char *)"class-1",
                               .name = (char *)"ห้องเรียน",
                               .service = fixture->service,
                               .enabled = TRUE,
                               .rungs = (char **)ladder,
                               .window_hours = 1,
                               .window_bytes = 1 << 20};
    fixture->channel_id = catalog_channels_add(database, &channel, &by, error);
    return fixture->channel_id != NULL;
}

typedef struct {
    Fixture *fixture;      // (unowned)
    int enabled;           // −1: leave it
    gboolean no_service;   // take the service away
    gboolean remove;       // the whole channel
    const char *subtitles; // (unowned) (nullable) NULL: leave it
} Change;

static gboolean
write_change(CatalogDatabase *database, gpointer data, GError **error)
{
    const Change *change = data;
    const CatalogAuditStamp by = {NULL, 1760000001000};
    const char *id = change->fixture->channel_id;
    if (change->remove)
        return catalog_channels_delete(database, id, -1, &by, error);
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, id, error);
    if (change->enabled >= 0)
        channel->enabled = change->enabled;
    if (change->subtitles != NULL) {
        g_free(channel->burn_subtitles);
        channel->burn_subtitles = g_strdup(change->subtitles);
    }
    g_free(channel->service);
    channel->service = change->no_service ? NULL : g_strdup(change->fixture->service);
    return catalog_channels_edit(database, channel, &by, error);
}

static void
change(Fixture *fixture, Change wanted)
{
    GError *error = NULL;
    wanted.fixture = fixture;
    g_autoptr(CatalogDatabase) database = open_catalog(fixture);
    catalog_database_run_write(database, write_change, &wanted, &error);
    g_assert_no_error(error);
    flows_live_wake(fixture->live);
}

/* --- waiting -------------------------------------------------------------------------------- */

static void
await_state(Fixture *fixture, FlowsLiveState state, const char *code)
{
    for (;;) {
        g_autoptr(FlowsLiveStatus) status =
            flows_live_get_status(fixture->live, fixture->channel_id);
        if (status->state == state && g_strcmp0(status->code, code) == 0)
            return;
        g_main_context_iteration(NULL, TRUE);
    }
}

/* Waits until the window has @count numbers and says the last. */
static guint64
await_number(Fixture *fixture, guint64 next)
{
    for (;;) {
        g_autoptr(FlowsLiveStatus) status =
            flows_live_get_status(fixture->live, fixture->channel_id);
        g_assert_cmpuint(status->figures.next_number, <=, next);
        if (status->figures.next_number == next)
            return next;
        g_main_context_iteration(NULL, TRUE);
    }
}

static gboolean
on_tick(gpointer user_data)
{
    return G_SOURCE_CONTINUE; // takes tell nobody: look again
}

static char *
read_playlist(Fixture *fixture)
{
    g_autoptr(FlowsWindow) window = flows_live_find_window(fixture->live, "class-1");
    g_assert_nonnull(window);
    g_autoptr(FlowsWindowPlaylist) playlist = flows_window_make_from(window, "small", 0, 0);
    gsize size = 0;
    const char *data = g_bytes_get_data(playlist->text, &size);
    return g_strndup(data, size);
}

static guint
count_words(const char *text, const char *word)
{
    g_auto(GStrv) pieces = g_strsplit(text, word, -1);
    return g_strv_length(pieces) - 1;
}

/* --- a life --------------------------------------------------------------------------------- */

static void
start(Fixture *fixture)
{
    const FlowsLiveSetup setup = {
        .config = fixture->config,
        .storage = fixture->storage,
        .clock = fixture->clock,
        .events = fixture->events,
        .catalog = fixture->catalog,
        .media_program = fixture->actor,
        .feed = {subscribe, unsubscribe, get_intake_status, fixture},
        .retry_ms = 20,
    };
    fixture->live = flows_live_new(&setup);
    flows_live_start(fixture->live);
}

static void
on_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    gboolean *stopped = user_data;
    *stopped = TRUE;
}

static void
stop(Fixture *fixture)
{
    gboolean stopped = FALSE;
    flows_live_stop_async(fixture->live, on_stopped, &stopped);
    while (!stopped)
        g_main_context_iteration(NULL, TRUE);
    g_clear_pointer(&fixture->live, flows_live_free);
    g_assert_cmpint(fixture->feed, ==, -1);
}

static void
set_up(Fixture *fixture, gconstpointer actor)
{
    GError *error = NULL;
    fixture->folder = g_dir_make_tmp("daorian-live-XXXXXX", &error);
    fixture->actor = actor;
    fixture->config = server_config_new_default();
    fixture->config->sandbox_required = FALSE;
    fixture->config->free_floor_bytes = 0;
    fixture->storage = server_storage_new(fixture->folder);
    fixture->clock = server_clock_new_system();
    fixture->events = server_events_new(1);
    fixture->feed = -1;
    g_assert_true(server_storage_create(fixture->storage, &error));
    g_autofree char *path = server_storage_build_catalog_path(fixture->storage);
    fixture->catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    g_autoptr(CatalogDatabase) database = open_catalog(fixture);
    catalog_database_run_write(database, add_rows, fixture, &error);
    g_assert_no_error(error);
    g_timeout_add(20, on_tick, fixture);
    start(fixture);
}

static void
tear_down(Fixture *fixture, gconstpointer unused)
{
    stop(fixture);
    g_source_remove_by_user_data(fixture);
    catalog_threads_free(fixture->catalog);
    flows_window_files_remove(fixture->folder);
    server_events_unref(fixture->events);
    server_clock_free(fixture->clock);
    server_storage_free(fixture->storage);
    server_config_free(fixture->config);
    g_free(fixture->channel_id);
    g_free(fixture->service);
    g_free(fixture->folder);
}

static void
test_goes_on(Fixture *fixture, gconstpointer unused)
{
    order(fixture, "SSS");
    await_number(fixture, 4);
    await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    g_assert_cmpuint(fixture->service_number, ==, 101);
    order(fixture, "D"); // the child dies of it
    await_state(fixture, FLOWS_LIVE_STATE_WAITING, "restarting");
    order(fixture, "SS"); // to the next one
    await_number(fixture, 6);
    await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    stop(fixture);
    start(fixture); // the daemon, too
    order(fixture, "S");
    await_number(fixture, 7);
    g_autofree char *text = read_playlist(fixture);
    g_assert_nonnull(strstr(text, "#EXT-X-MEDIA-SEQUENCE:1\n"));
    g_assert_cmpuint(count_words(text, "#EXTINF"), ==, 6);
    g_assert_cmpuint(count_words(text, "#EXT-X-DISCONTINUITY\n"), ==, 2); // one a new child
    g_assert_cmpuint(count_words(text, "#EXT-X-MAP"), ==, 3);
    g_assert_cmpuint(count_words(text, "#EXT-X-GAP"), ==, 0);
}

static void
test_states(Fixture *fixture, gconstpointer unused)
{
    await_state(fixture, FLOWS_LIVE_STATE_WAITING, "starting");
    order(fixture, "Z");
    await_state(fixture, FLOWS_LIVE_STATE_SCRAMBLED, "scrambled");
    order(fixture, "S");
    await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    order(fixture, "L"); // a number twice: that child is not believed any more
    await_state(fixture, FLOWS_LIVE_STATE_WAITING, "restarting");
    order(fixture, "S");
    await_number(fixture, 3);
    await_state(fixture, FLOWS_LIVE_STATE_ON_AIR, NULL);
    for (guint i = 0; i < 3; i++) {
        order(fixture, "D");
        while (fixture->feed >= 0)
            g_main_context_iteration(NULL, TRUE);
    }
    // Two of them died without a segment; the third time it is more than a stumble.
    order(fixture, "D");
    await_state(fixture, FLOWS_LIVE_STATE_FAILED, "restarting");
}

static void
test_a_person_changes_it(Fixture *fixture, gconstpointer unused)
{
    order(fixture, "SS");
    await_number(fixture, 3);
    change(fixture, (Change){.enabled = 0});
    await_state(fixture, FLOWS_LIVE_STATE_OFF, NULL);
    g_assert_null(flows_live_find_window(fixture->live, "class-1"));
    g_assert_cmpint(fixture->feed, ==, -1);
    change(fixture, (Change){.enabled = 1, .no_service = TRUE});
    await_state(fixture, FLOWS_LIVE_STATE_FAILED, "no-service");
    g_autofree char *old = read_playlist(fixture); // what there was can still be seen
    g_assert_cmpuint(count_words(old, "#EXTINF"), ==, 2);
    change(fixture, (Change){.enabled = 1});
    order(fixture, "S");
    await_number(fixture, 4);
    g_autofree char *folder =
        server_storage_build_channel_path(fixture->storage, fixture->channel_id);
    g_assert_true(g_file_test(folder, G_FILE_TEST_IS_DIR));
    change(fixture, (Change){.remove = TRUE});
    while (g_file_test(folder, G_FILE_TEST_EXISTS))
        g_main_context_iteration(NULL, TRUE);
    await_state(fixture, FLOWS_LIVE_STATE_OFF, NULL);
    g_assert_null(flows_live_find_window(fixture->live, "class-1"));
}

static void
await_language(Fixture *fixture, const char *language)
{
    g_autoptr(FlowsWindow) window = flows_live_find_window(fixture->live, "class-1");
    g_assert_nonnull(window);
    for (;;) {
        g_autofree char *told = flows_window_get_language(window);
        if (strcmp(told, language) == 0)
            return;
        g_main_context_iteration(NULL, TRUE);
    }
}

/* Subtitles that a person wants drawn are the job of another child, which comes at once; so it is
 * when they are wanted no more. */
static void
test_subtitles(Fixture *fixture, gconstpointer unused)
{
    static const char *const wanted[] = {"lao", "tha", ""};
    order(fixture, "BS");
    await_number(fixture, 2);
    await_language(fixture, "");
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++) {
        guint before = fixture->subscriptions;
        change(fixture, (Change){.enabled = -1, .subtitles = wanted[i]});
        while (fixture->subscriptions == before)
            g_main_context_iteration(NULL, TRUE);
        order(fixture, "BS");
        await_number(fixture, 3 + i);
        await_language(fixture, wanted[i]);
    }
}

/* What a kill in the middle of a removal leaves goes at the next start; what else lies there stays.
 */
static void
test_folders_without_a_row(Fixture *fixture, gconstpointer unused)
{
    order(fixture, "S");
    await_number(fixture, 2);
    stop(fixture);
    g_autofree char *orphan =
        server_storage_build_channel_path(fixture->storage, "01900000-0000-7000-8000-000000000000");
    g_autofree char *channels = server_storage_build_channels_path(fixture->storage);
    g_autofree char *other = g_build_filename(channels, "notes", NULL);
    g_assert_true(flows_window_files_make(orphan, NULL));
    g_assert_cmpint(g_mkdir(other, 0700), ==, 0);
    start(fixture);
    while (g_file_test(orphan, G_FILE_TEST_EXISTS))
        g_main_context_iteration(NULL, TRUE);
    order(fixture, "S");
    await_number(fixture, 3);
    g_assert_true(g_file_test(other, G_FILE_TEST_IS_DIR));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
#define ADD(path, test) g_test_add(path, Fixture, argv[1], set_up, test, tear_down)
    ADD("/flows/live/goes-on", test_goes_on);
    ADD("/flows/live/states", test_states);
    ADD("/flows/live/changes", test_a_person_changes_it);
    ADD("/flows/live/subtitles", test_subtitles);
    ADD("/flows/live/orphans", test_folders_without_a_row);
    return g_test_run();
}
