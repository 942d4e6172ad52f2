// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything in a folder of its own; the clock is the system's.
#include "tests/server/flows/live-harness.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/flows/window_files.h"

#define PACKET_BYTES 188

/* --- the source ----------------------------------------------------------------------------- */

static guint
subscribe(gpointer source, const char *multiplex_id, guint16 service_number, int write_fd)
{
    LiveHarness *fixture = source;
    g_assert_cmpint(fixture->feed, ==, -1);
    fixture->feed = write_fd;
    fixture->service_number = service_number;
    return ++fixture->subscriptions;
}

static void
unsubscribe(gpointer source, guint subscription)
{
    LiveHarness *fixture = source;
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

void
live_harness_order(LiveHarness *fixture, const char *orders)
{
    for (const char *at = orders; *at != '\0'; at++) {
        char packet[PACKET_BYTES] = {0x47, *at};
        while (fixture->feed < 0)
            g_main_context_iteration(NULL, TRUE);
        g_assert_cmpint(write(fixture->feed, packet, sizeof packet), ==, sizeof packet);
    }
}

/* --- the catalogue -------------------------------------------------------------------------- */

CatalogDatabase *
live_harness_open_catalog(LiveHarness *fixture)
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
    LiveHarness *fixture = data;
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

static gboolean
write_change(CatalogDatabase *database, gpointer data, GError **error)
{
    const LiveHarnessChange *change = data;
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
    if (change->rest_minutes > 0)
        channel->rest_minutes = change->rest_minutes;
    g_free(channel->service);
    channel->service = change->no_service ? NULL : g_strdup(change->fixture->service);
    return catalog_channels_edit(database, channel, &by, error);
}

void
live_harness_change(LiveHarness *fixture, LiveHarnessChange wanted)
{
    GError *error = NULL;
    wanted.fixture = fixture;
    g_autoptr(CatalogDatabase) database = live_harness_open_catalog(fixture);
    catalog_database_run_write(database, write_change, &wanted, &error);
    g_assert_no_error(error);
    flows_live_wake(fixture->live);
}

/* --- waiting -------------------------------------------------------------------------------- */

void
live_harness_await_state(LiveHarness *fixture, FlowsLiveState state, const char *code)
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
guint64
live_harness_await_number(LiveHarness *fixture, guint64 next)
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

char *
live_harness_read_playlist(LiveHarness *fixture)
{
    g_autoptr(FlowsWindow) window = flows_live_find_window(fixture->live, "class-1");
    g_assert_nonnull(window);
    g_autoptr(FlowsWindowPlaylist) playlist = flows_window_make_from(window, "small", 0, 0);
    gsize size = 0;
    const char *data = g_bytes_get_data(playlist->text, &size);
    return g_strndup(data, size);
}

guint
live_harness_count_words(const char *text, const char *word)
{
    g_auto(GStrv) pieces = g_strsplit(text, word, -1);
    return g_strv_length(pieces) - 1;
}

/* --- a life --------------------------------------------------------------------------------- */

void
live_harness_start(LiveHarness *fixture)
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
        .rest_minute_ms = LIVE_HARNESS_REST_MINUTE_MS,
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

void
live_harness_stop(LiveHarness *fixture)
{
    gboolean stopped = FALSE;
    flows_live_stop_async(fixture->live, on_stopped, &stopped);
    while (!stopped)
        g_main_context_iteration(NULL, TRUE);
    g_clear_pointer(&fixture->live, flows_live_free);
    g_assert_cmpint(fixture->feed, ==, -1);
}

void
live_harness_set_up(LiveHarness *fixture, gconstpointer actor)
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
    g_autoptr(CatalogDatabase) database = live_harness_open_catalog(fixture);
    catalog_database_run_write(database, add_rows, fixture, &error);
    g_assert_no_error(error);
    g_timeout_add(20, on_tick, fixture);
    live_harness_start(fixture);
}

void
live_harness_tear_down(LiveHarness *fixture, gconstpointer unused)
{
    live_harness_stop(fixture);
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
