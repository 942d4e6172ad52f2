// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One file monitor; at most one question a second and one under way.
#include "server/watch.h"

#include "catalog/database.h"
#include "catalog/threads.h"

#define RATE_MS 1000

struct _ServerWatch {
    CatalogThreads *catalog;             // (unowned)
    void (*changed)(gpointer user_data); // set once
    gpointer user_data;                  // for changed
    GFileMonitor *monitor;               // (owned) (nullable)
    gulong handler;                      // of the monitor's signal
    gboolean asking;                     // a question is under way
    gboolean again;                      // another change came meanwhile
    gboolean known;                      // version is set
    gint64 version;                      // last seen
    gatomicrefcount references;          // (atomic), a question holds one
};

typedef struct {
    ServerWatch *watch; // (owned), a reference
    gint64 version;     // the answer
} Question;

static void
unref_watch(ServerWatch *watch)
{
    if (g_atomic_ref_count_dec(&watch->references))
        g_free(watch);
}

static void
free_question(gpointer data)
{
    Question *question = data;
    unref_watch(question->watch);
    g_free(question);
}

static gboolean
read_version(CatalogDatabase *database, gpointer data, GError **error)
{
    Question *question = data;
    return catalog_database_read_version(database, &question->version, error);
}

static void ask(ServerWatch *watch);

static void
on_version_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Question *question = data;
    ServerWatch *watch = question->watch;
    watch->asking = FALSE;
    if (watch->changed == NULL || !catalog_threads_finish(result, NULL))
        return;
    gboolean differs = watch->known && watch->version != question->version;
    watch->known = TRUE;
    watch->version = question->version;
    if (differs)
        watch->changed(watch->user_data);
    if (watch->again)
        ask(watch);
}

static void
ask(ServerWatch *watch)
{
    watch->again = watch->asking;
    if (watch->asking)
        return;
    Question *question = g_new0(Question, 1);
    g_atomic_ref_count_inc(&watch->references);
    question->watch = watch;
    watch->asking = TRUE;
    catalog_threads_write_async(watch->catalog, read_version, question, free_question, NULL,
                                on_version_read);
}

static void
on_monitor_changed(GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
                   gpointer user_data)
{
    ask(user_data);
}

ServerWatch *
server_watch_new(ServerStorage *storage, CatalogThreads *catalog,
                 void (*changed)(gpointer user_data), gpointer user_data)
{
    ServerWatch *watch = g_new0(ServerWatch, 1);
    g_atomic_ref_count_init(&watch->references);
    watch->catalog = catalog;
    watch->changed = changed;
    watch->user_data = user_data;
    g_autofree char *catalog_path = server_storage_build_catalog_path(storage);
    g_autofree char *path = g_strconcat(catalog_path, "-wal", NULL);
    g_autoptr(GFile) file = g_file_new_for_path(path);
    watch->monitor = g_file_monitor_file(file, G_FILE_MONITOR_NONE, NULL, NULL);
    if (watch->monitor != NULL) {
        g_file_monitor_set_rate_limit(watch->monitor, RATE_MS);
        watch->handler =
            g_signal_connect(watch->monitor, "changed", G_CALLBACK(on_monitor_changed), watch);
    }
    ask(watch);
    return watch;
}

void
server_watch_free(ServerWatch *watch)
{
    watch->changed = NULL;
    if (watch->monitor != NULL) {
        g_signal_handler_disconnect(watch->monitor, watch->handler);
        g_file_monitor_cancel(watch->monitor);
        g_clear_object(&watch->monitor);
    }
    unref_watch(watch);
}
