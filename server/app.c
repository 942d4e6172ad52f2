// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The composition root. Start order, and stop order as its mirror:
//
//   storage → catalogue → hasher → receive → encode → captions → intake → class → live → record →
//   rules → health → tidy → bundles → HTTP (answers from here on) HTTP stops first, then the flows,
//   then the catalogue, so that nobody asks what is gone already.
#include "server/app.h"

#include <signal.h>

#include <glib-unix.h>
#include <sodium.h>

#include "catalog/threads.h"
#include "server/api/guard.h"
#include "server/api/media.h"
#include "server/api/problem.h"
#include "server/flows/health.h"
#include "server/flows/live.h"
#include "server/flows/receive.h"
#include "server/flows/record.h"
#include "server/flows/rules.h"
#include "server/flows/tidy.h"
#include "server/greeting.h"
#include "server/invitation.h"
#include "server/routes.h"
#include "server/secure.h"
#include "server/watch.h"

#define READERS 4
#define STOP_GRACE_MS 5000

struct _ServerApp {
    ServerConfig *config;       // (owned), immutable
    ServerStorage *storage;     // (owned), immutable
    ServerClock *clock;         // (owned)
    ServerEvents *events;       // (owned)
    CatalogThreads *catalog;    // (owned)
    ServerHasher *hasher;       // (owned)
    ServerThrottle *throttle;   // (owned)
    char *media_program;        // (owned), path
    FlowsReceive *receive;      // (owned)
    FlowsEncode *encode;        // (owned)
    FlowsCaptions *captions;    // (owned)
    FlowsIntake *intake;        // (owned)
    FlowsClass *class;          // (owned)
    FlowsLiveFeedSources feeds; // (value) of intake and class
    FlowsLive *live;            // (owned)
    FlowsRecord *record;        // (owned)
    FlowsRules *rules;          // (owned)
    FlowsHealth *health;        // (owned)
    FlowsTidy *tidy;            // (owned)
    HttpBundles *bundles;       // (owned)
    HttpRouter *router;         // (owned)
    ServerSecure *secure;       // (owned), immutable
    HttpServer *http;           // (owned) (nullable), from serve() on
    ServerWatch *watch;         // (owned) (nullable), while serving
    ServerEventsQueue *queue;   // (owned) (nullable), while serving: for the delivery's memory
    GMainLoop *loop;            // (owned) (nullable), while serving
    gboolean stopping;          // a signal came
    guint to_stop;              // flows that still have work to end
};

const ServerConfig *
server_app_get_config(ServerApp *app)
{
    return app->config;
}

ServerStorage *
server_app_get_storage(ServerApp *app)
{
    return app->storage;
}

ServerClock *
server_app_get_clock(ServerApp *app)
{
    return app->clock;
}

ServerEvents *
server_app_get_events(ServerApp *app)
{
    return app->events;
}

CatalogThreads *
server_app_get_catalog(ServerApp *app)
{
    return app->catalog;
}

FlowsReceive *
server_app_get_receive(ServerApp *app)
{
    return app->receive;
}

ServerHasher *
server_app_get_hasher(ServerApp *app)
{
    return app->hasher;
}

ServerThrottle *
server_app_get_throttle(ServerApp *app)
{
    return app->throttle;
}

FlowsEncode *
server_app_get_encode(ServerApp *app)
{
    return app->encode;
}

FlowsCaptions *
server_app_get_captions(ServerApp *app)
{
    return app->captions;
}

FlowsClass *
server_app_get_class(ServerApp *app)
{
    return app->class;
}

FlowsLive *
server_app_get_live(ServerApp *app)
{
    return app->live;
}

FlowsRules *
server_app_get_rules(ServerApp *app)
{
    return app->rules;
}

FlowsHealth *
server_app_get_health(ServerApp *app)
{
    return app->health;
}

FlowsIntake *
server_app_get_intake(ServerApp *app)
{
    return app->intake;
}

HttpBundles *
server_app_get_bundles(ServerApp *app)
{
    return app->bundles;
}

const TlsKeep *
server_app_get_tls(ServerApp *app)
{
    return server_secure_get_keep(app->secure);
}

HttpServer *
server_app_get_http(ServerApp *app)
{
    return app->http;
}

FlowsTidy *
server_app_get_tidy(ServerApp *app)
{
    return app->tidy;
}

void
server_app_note_lesson(ServerApp *app, const char *id)
{
    http_bundles_invalidate(app->bundles, id);
    server_events_publish(app->events, SERVER_EVENTS_LESSON, id);
}

char *
server_app_find_media_program(void)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : NULL;
    g_autofree char *beside =
        folder != NULL ? g_build_filename(folder, "daorian-media", NULL) : NULL;
    if (beside != NULL && g_file_test(beside, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer(&beside);
    char *found = g_find_program_in_path("daorian-media");
    return found != NULL ? found : g_strdup("daorian-media");
}

static void
on_receive_wake(gpointer user_data)
{
    ServerApp *app = user_data;
    flows_encode_wake(app->encode);
}

/* The bundle says what the catalogue says, and whoever watches hears of it. */
static void
on_captions_changed(const char *lesson_id, gpointer user_data)
{
    ServerApp *app = user_data;
    flows_encode_describe(app->encode, lesson_id);
    server_app_note_lesson(app, lesson_id);
}

static void
on_class_changed(const char *booking, gpointer user_data)
{
    ServerApp *app = user_data;
    flows_live_wake(app->live);
    if (booking != NULL)
        server_events_publish(app->events, SERVER_EVENTS_BOOKING, booking);
}

static void
on_live_segment(const char *channel_id, gpointer user_data)
{
    ServerApp *app = user_data;
    flows_record_note_segment(app->record, channel_id);
}

static void
make_record(ServerApp *app)
{
    FlowsRecordSetup record = {
        .config = app->config,
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .live = app->live,
        .media_program = app->media_program,
        .encode = app->encode,
    };
    app->record = flows_record_new(&record);
    FlowsRulesSetup rules = {app->config, app->clock, app->events, app->catalog};
    app->rules = flows_rules_new(&rules);
}

static void
make_broadcasts(ServerApp *app)
{
    FlowsIntakeSetup intake = {
        .config = app->config,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .media_program = app->media_program,
    };
    app->intake = flows_intake_new(&intake);
    FlowsClassSetup class = {
        .config = app->config,
        .clock = app->clock,
        .catalog = app->catalog,
        .media_program = app->media_program,
        .changed = on_class_changed,
        .data = app,
    };
    app->class = flows_class_new(&class);
    app->feeds = (FlowsLiveFeedSources){app->intake, app->class};
    FlowsLiveSetup live = {
        .config = app->config,
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .media_program = app->media_program,
        .feed = flows_live_feed_from_sources(&app->feeds),
        .on_segment = on_live_segment,
        .user_data = app,
    };
    app->live = flows_live_new(&live);
    make_record(app);
}

static void
make_flows(ServerApp *app)
{
    app->media_program = server_app_find_media_program();
    FlowsEncodeSetup encode = {
        .config = app->config,
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .media_program = app->media_program,
    };
    app->encode = flows_encode_new(&encode);
    FlowsCaptionsSetup captions = {
        .config = app->config,
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .changed = on_captions_changed,
        .changed_data = app,
    };
    app->captions = flows_captions_new(&captions);
    make_broadcasts(app);
    FlowsHealthSetup health = {
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .intake = app->intake,
        .live = app->live,
    };
    app->health = flows_health_new(&health);
    FlowsReceiveSetup receive = {
        .config = app->config,
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
        .wake = on_receive_wake,
        .wake_data = app,
    };
    app->receive = flows_receive_new(&receive);
    FlowsTidySetup tidy = {
        .config = app->config,
        .storage = app->storage,
        .clock = app->clock,
        .events = app->events,
        .catalog = app->catalog,
    };
    app->tidy = flows_tidy_new(&tidy);
}

static gboolean
build(ServerApp *app, GError **error)
{
    g_autofree char *catalog_path = server_storage_build_catalog_path(app->storage);
    g_autofree char *lessons_path = server_storage_build_lessons_path(app->storage);
    if (!server_storage_create(app->storage, error))
        return FALSE;
    app->catalog = catalog_threads_new(catalog_path, READERS, error);
    if (app->catalog == NULL)
        return FALSE;
    app->secure = server_secure_new(app->config, app->storage, app->clock);
    app->hasher = server_hasher_new();
    app->throttle = server_throttle_new();
    make_flows(app);
    if (!flows_receive_recover(app->receive, error))
        return FALSE;
    app->bundles = http_bundles_new(lessons_path, api_media_get_access(), app, error);
    if (app->bundles == NULL)
        return FALSE;
    gsize n_routes = 0;
    const HttpRouterRoute *routes = server_routes_get_table(&n_routes);
    app->router = http_router_new(routes, n_routes, api_guard_authorise, api_problem_reply);
    return TRUE;
}

ServerApp *
server_app_new(ServerConfig *config, GError **error)
{
    g_autoptr(ServerApp) app = g_new0(ServerApp, 1);
    app->config = config;
    app->storage = server_storage_new(config->data_folder);
    app->clock = server_clock_new_system();
    app->events = server_events_new(server_clock_now_ms(app->clock));
    if (sodium_init() < 0) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "libsodium does not start");
        return NULL;
    }
    if (!build(app, error))
        return NULL;
    return g_steal_pointer(&app);
}

static void
note_stopped(ServerApp *app, const char *name, const GError *error)
{
    if (error != NULL)
        g_warning("%s: %s", name, error->message);
    if (--app->to_stop == 0)
        g_main_loop_quit(app->loop);
}

static void
on_encode_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GError) error = NULL;
    flows_encode_stop_finish(app->encode, result, &error);
    note_stopped(app, "encode", error);
}

static void
on_captions_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GError) error = NULL;
    flows_captions_stop_finish(result, &error);
    note_stopped(app, "captions", error);
}

static void
on_intake_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GError) error = NULL;
    flows_intake_stop_finish(app->intake, result, &error);
    note_stopped(app, "intake", error);
}

static void
on_class_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GError) error = NULL;
    if (!flows_class_stop_finish(app->class, result, &error))
        g_warning("classes: %s", error->message);
    if (--app->to_stop == 0)
        g_main_loop_quit(app->loop);
}

static void
on_live_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GError) error = NULL;
    flows_live_stop_finish(app->live, result, &error);
    note_stopped(app, "live", error);
}

static void
on_record_stopped(GObject *source, GAsyncResult *result, gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GError) error = NULL;
    flows_record_stop_finish(app->record, result, &error);
    note_stopped(app, "record", error);
}

static gboolean
on_signal_stop(gpointer user_data)
{
    ServerApp *app = user_data;
    if (app->stopping)
        return G_SOURCE_CONTINUE;
    app->stopping = TRUE;
    http_server_stop(app->http, STOP_GRACE_MS);
    flows_tidy_stop(app->tidy);
    flows_health_stop(app->health);
    flows_rules_stop(app->rules);
    g_clear_pointer(&app->watch, server_watch_free);
    app->to_stop = 6;
    flows_record_stop_async(app->record, on_record_stopped, app);
    flows_live_stop_async(app->live, on_live_stopped, app);
    flows_class_stop_async(app->class, on_class_stopped, app);
    flows_intake_stop_async(app->intake, on_intake_stopped, app);
    flows_captions_stop_async(app->captions, on_captions_stopped, app);
    flows_encode_stop_async(app->encode, on_encode_stopped, app);
    return G_SOURCE_CONTINUE;
}

// Another process wrote to the catalogue: what is remembered may be old.
static void
on_watch_changed(gpointer user_data)
{
    ServerApp *app = user_data;
    http_bundles_invalidate(app->bundles, NULL);
    flows_encode_wake(app->encode);
    flows_captions_wake(app->captions);
    flows_live_wake(app->live);
    flows_class_wake(app->class);
    flows_record_wake(app->record);
    server_events_publish(app->events, SERVER_EVENTS_RESYNC, NULL);
}

// The flows tell the hub only; the delivery's memory follows from here.
static gboolean
on_queue_wake(gpointer user_data)
{
    ServerApp *app = user_data;
    g_autoptr(GPtrArray) items = server_events_queue_take(app->queue);
    for (guint i = 0; i < items->len; i++) {
        const ServerEventsItem *item = items->pdata[i];
        if (item->kind == SERVER_EVENTS_LESSON || item->kind == SERVER_EVENTS_RESYNC)
            http_bundles_invalidate(app->bundles, item->id);
        // Its address or its services may be others now; a channel may have to wake.
        if (item->kind == SERVER_EVENTS_MULTIPLEX || item->kind == SERVER_EVENTS_BOOKING)
            flows_live_wake(app->live);
    }
    return G_SOURCE_REMOVE;
}

static void
on_invited(const char *token, gpointer user_data)
{
    ServerApp *app = user_data;
    if (app->http != NULL && !app->stopping)
        server_greeting_print(app->config, http_server_get_port(app->http),
                              http_server_get_secure_port(app->http), token);
}

static void
start(ServerApp *app)
{
    app->queue =
        server_events_subscribe(app->events, NULL, g_main_context_default(), on_queue_wake, app);
    flows_encode_start(app->encode);
    flows_captions_start(app->captions);
    flows_intake_start(app->intake);
    flows_class_start(app->class);
    flows_live_start(app->live);
    flows_health_start(app->health);
    flows_record_start(app->record);
    flows_rules_start(app->rules);
    flows_receive_start(app->receive);
    flows_tidy_start(app->tidy);
    app->watch = server_watch_new(app->storage, app->catalog, on_watch_changed, app);
    http_server_start(app->http);
    server_invitation_issue(app->catalog, server_clock_now_ms(app->clock), on_invited, app);
}

// HTTPS on a port that nobody asked for by name must not keep HTTP from starting.
static HttpServer *
listen_somewhere(ServerApp *app, HttpServerConfig *config, GError **error)
{
    g_autoptr(GError) local = NULL;
    HttpServer *http = http_server_new(config, app->router, app->bundles, app, &local);
    if (http != NULL)
        return http;
    if (config->secure_address == NULL || app->config->secure_address != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    g_warning("HTTPS is off: %s", local->message);
    config->secure_address = NULL;
    config->certificate_file = NULL;
    return http_server_new(config, app->router, app->bundles, app, error);
}

gboolean
server_app_serve(ServerApp *app, GError **error)
{
    HttpServerConfig config = {
        .address = app->config->listen_address,
        .port = app->config->listen_port,
        .threads = app->config->delivery_threads,
    };
    server_secure_fill(app->secure, app->config, &config);
    app->http = listen_somewhere(app, &config, error);
    if (app->http == NULL)
        return FALSE;
    app->loop = g_main_loop_new(NULL, FALSE);
    guint term = g_unix_signal_add(SIGTERM, on_signal_stop, app);
    guint interrupt = g_unix_signal_add(SIGINT, on_signal_stop, app);
    start(app);
    g_main_loop_run(app->loop);
    g_source_remove(term);
    g_source_remove(interrupt);
    return TRUE;
}

void
server_app_free(ServerApp *app)
{
    g_clear_pointer(&app->watch, server_watch_free);
    g_clear_pointer(&app->http, http_server_free);
    g_clear_pointer(&app->secure, server_secure_free);
    g_clear_pointer(&app->router, http_router_free);
    g_clear_pointer(&app->bundles, http_bundles_free);
    g_clear_pointer(&app->queue, server_events_queue_free);
    g_clear_pointer(&app->hasher, server_hasher_free);
    g_clear_pointer(&app->catalog, catalog_threads_free);
    g_clear_pointer(&app->receive, flows_receive_free);
    g_clear_pointer(&app->tidy, flows_tidy_free);
    g_clear_pointer(&app->health, flows_health_free);
    g_clear_pointer(&app->rules, flows_rules_free);
    g_clear_pointer(&app->record, flows_record_free);
    g_clear_pointer(&app->live, flows_live_free);
    g_clear_pointer(&app->class, flows_class_free);
    g_clear_pointer(&app->intake, flows_intake_free);
    g_clear_pointer(&app->captions, flows_captions_free);
    g_clear_pointer(&app->encode, flows_encode_free);
    g_clear_pointer(&app->throttle, server_throttle_free);
    g_clear_pointer(&app->events, server_events_unref);
    g_clear_pointer(&app->clock, server_clock_free);
    g_clear_pointer(&app->storage, server_storage_free);
    g_clear_pointer(&app->config, server_config_free);
    g_clear_pointer(&app->loop, g_main_loop_unref);
    g_free(app->media_program);
    g_free(app);
}
