// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// open → supervise and watch → stop in order.
#include "server/flows/reencode_wait.h"

#include <glib-unix.h>
#include <stdio.h>
#include <sysexits.h>

#include "catalog/threads.h"
#include "server/flows/encode.h"
#include "server/flows/import_watch.h"
#include "server/sentences.h"

#define STATE_SECONDS 2

struct _FlowsReencodeWait {
    const ServerConfig *config;        // (unowned)
    ServerStorage *storage;            // (owned)
    ServerClock *clock;                // (owned)
    CatalogThreads *catalog;           // (owned) (nullable)
    FlowsEncode *encode;               // (owned) (nullable)
    FlowsImportWatch *watch;           // (owned) (nullable)
    void (*ended)(gpointer user_data); // (value)
    gpointer user_data;                // (unowned)
    guint sources[3];                  // (value) signals, the look at the supervisor; 0: none
    gboolean stopping;                 // (value)
    int exit_code;                     // (value) of sysexits.h
};

static void
on_encode_stopped(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsReencodeWait *wait = data;
    flows_encode_stop_finish(wait->encode, result, NULL);
    wait->ended(wait->user_data);
}

static void
stop(FlowsReencodeWait *wait)
{
    if (wait->stopping)
        return;
    wait->stopping = TRUE;
    flows_encode_stop_async(wait->encode, on_encode_stopped, wait);
}

static gboolean
on_signal_stop(gpointer data)
{
    FlowsReencodeWait *wait = data;
    wait->exit_code = EX_TEMPFAIL;
    stop(wait);
    return G_SOURCE_CONTINUE;
}

static void
on_watch_ended(const char *lesson_id, const char *error_code, gpointer data)
{
    FlowsReencodeWait *wait = data;
    if (error_code == NULL) {
        g_print("%s\n", lesson_id);
        fflush(stdout);
    } else {
        wait->exit_code = EX_DATAERR;
        g_printerr("daorian: %s: %s\n", lesson_id,
                   server_sentences_get(error_code, SERVER_SENTENCES_ENGLISH));
    }
    if (flows_import_watch_count(wait->watch) == 0)
        stop(wait);
}

/* A supervisor that refuses to work would be waited for without end. */
static gboolean
on_state_due(gpointer data)
{
    FlowsReencodeWait *wait = data;
    if (flows_encode_get_state(wait->encode) == FLOWS_ENCODE_REFUSING) {
        wait->exit_code = EX_UNAVAILABLE;
        stop(wait);
    }
    return G_SOURCE_CONTINUE;
}

static void
begin(FlowsReencodeWait *wait, GPtrArray *lessons, const char *media_program)
{
    const FlowsEncodeSetup setup = {
        .config = wait->config,
        .storage = wait->storage,
        .clock = wait->clock,
        .catalog = wait->catalog,
        .media_program = media_program,
    };
    wait->encode = flows_encode_new(&setup);
    wait->watch = flows_import_watch_new(wait->catalog, on_watch_ended, wait);
    for (guint i = 0; i < lessons->len; i++)
        flows_import_watch_add(wait->watch, lessons->pdata[i]);
    wait->sources[0] = g_unix_signal_add(SIGTERM, on_signal_stop, wait);
    wait->sources[1] = g_unix_signal_add(SIGINT, on_signal_stop, wait);
    wait->sources[2] = g_timeout_add_seconds(STATE_SECONDS, on_state_due, wait);
    flows_encode_start(wait->encode);
}

static gboolean
on_idle_end(gpointer data)
{
    FlowsReencodeWait *wait = data;
    wait->ended(wait->user_data);
    return G_SOURCE_REMOVE;
}

FlowsReencodeWait *
flows_reencode_wait_start(const ServerConfig *config, GPtrArray *lessons, const char *media_program,
                          void (*ended)(gpointer user_data), gpointer user_data)
{
    g_autoptr(GError) error = NULL;
    FlowsReencodeWait *wait = g_new0(FlowsReencodeWait, 1);
    wait->config = config;
    wait->ended = ended;
    wait->user_data = user_data;
    wait->storage = server_storage_new(config->data_folder);
    wait->clock = server_clock_new_system();
    g_autofree char *catalog = server_storage_build_catalog_path(wait->storage);
    wait->catalog = catalog_threads_new(catalog, 1, &error);
    if (wait->catalog != NULL) {
        begin(wait, lessons, media_program);
        return wait;
    }
    g_printerr("daorian: %s: %s\n", config->data_folder, error->message);
    wait->exit_code = EX_IOERR;
    g_idle_add(on_idle_end, wait);
    return wait;
}

int
flows_reencode_wait_free(FlowsReencodeWait *wait)
{
    int exit_code = wait->exit_code;
    for (guint i = 0; i < G_N_ELEMENTS(wait->sources); i++)
        if (wait->sources[i] > 0)
            g_source_remove(wait->sources[i]);
    g_clear_pointer(&wait->catalog, catalog_threads_free);
    g_clear_pointer(&wait->watch, flows_import_watch_free);
    g_clear_pointer(&wait->encode, flows_encode_free);
    server_clock_free(wait->clock);
    server_storage_free(wait->storage);
    g_free(wait);
    return exit_code;
}
