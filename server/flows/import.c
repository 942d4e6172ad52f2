// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order: scan -> open the data folder -> each file through receive_adopt.c, one behind
// the other -> with wait: an encoder supervisor of our own (it stands by while a server has the
// lock) and a watch until the last lesson has ended -> stop in order.
#include "server/flows/import.h"

#include "catalog/threads.h"
#include "server/clock.h"
#include "server/events.h"
#include "server/flows/encode.h"
#include "server/flows/import_scan.h"
#include "server/flows/import_watch.h"
#include "server/flows/receive_adopt.h"
#include "server/sentences.h"
#include "server/storage.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <sysexits.h>

#define STATE_SECONDS 2

typedef struct {
    const FlowsImportRequest *request; // (unowned)
    GPtrArray *items;                  // (owned) (element-type FlowsImportScanItem)
    guint next;                        // item
    GHashTable *names;                 // (owned) (element-type utf8 utf8): lesson -> path
    ServerStorage *storage;            // (owned)
    ServerClock *clock;                // (owned)
    ServerEvents *events;              // (owned)
    CatalogThreads *catalog;           // (owned)
    FlowsReceive *receive;             // (owned)
    FlowsEncode *encode;               // (owned) (nullable): with wait
    FlowsImportWatch *watch;           // (owned) (nullable): with wait
    GMainLoop *loop;                   // (owned)
    guint failures;                    // files that did not become a lesson
    gboolean told_full;                // said once that the disk is full
    gboolean copied;                   // the last file is taken in
    gboolean stopping;                 // told to end
    int exit_code;                     // of sysexits.h
} Import;

static gboolean
is_thai(void)
{
    const char *locale = setlocale(LC_MESSAGES, NULL);
    return locale != NULL && g_str_has_prefix(locale, "th");
}

static const char *
get_sentence(const char *code)
{
    static const struct {
        const char *code;    // of the scan and of receiving
        const char *thai;    // for who runs the verb
        const char *english; // for who runs the verb
    } own[] = {
        {"missing", "ไม่มีแฟ้มนี้", "There is no such file."},
        {"unreadable", "อ่านแฟ้มหรือโฟลเดอร์นี้ไม่ได้", "This file or folder cannot be read."},
        {"sidecar", "แฟ้ม .json ข้างแฟ้มนี้ต้องเป็นวัตถุที่มี title, description, language เป็นข้อความ",
         "The .json beside it must be an object of texts: title, description, language."},
        {"no-room", "พื้นที่เก็บข้อมูลไม่พอสำหรับแฟ้มนี้", "There is no room for this file on the disk."},
        {"copy", "คัดลอกแฟ้มนี้ไม่สำเร็จ", "This file could not be copied."},
        {"no-encoder", "เครื่องนี้แปลงแฟ้มอย่างปลอดภัยไม่ได้ โปรดติดตั้ง bubblewrap",
         "Files cannot be converted safely on this machine: install bubblewrap."},
        {"full", "พื้นที่เหลือน้อยเกินไป รอจนกว่าจะมีพื้นที่", "The disk is almost full: waiting for room."},
        {"stopped", "ถูกสั่งให้หยุดก่อนเสร็จ", "Told to stop before it was finished."},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++) {
        if (g_str_equal(own[i].code, code))
            return is_thai() ? own[i].thai : own[i].english;
    }
    return server_sentences_get(code, is_thai() ? SERVER_SENTENCES_THAI : SERVER_SENTENCES_ENGLISH);
}

static void
report_failure(Import *import, const char *path, const char *code)
{
    import->failures++;
    import->exit_code = EX_DATAERR;
    g_printerr("daorian: %s: %s\n", path, get_sentence(code));
}

static void
print_lesson(const char *lesson_id)
{
    g_print("%s\n", lesson_id);
    fflush(stdout);
}

/* ---- The end ---- */

static void
on_encode_stopped(GObject *source, GAsyncResult *result, gpointer data)
{
    Import *import = data;
    flows_encode_stop_finish(import->encode, result, NULL);
    g_main_loop_quit(import->loop);
}

static void
stop_import(Import *import)
{
    if (import->stopping)
        return;
    import->stopping = TRUE;
    if (import->encode != NULL)
        flows_encode_stop_async(import->encode, on_encode_stopped, import);
    else
        g_main_loop_quit(import->loop);
}

static void
stop_when_done(Import *import)
{
    if (import->copied && (import->watch == NULL || flows_import_watch_count(import->watch) == 0))
        stop_import(import);
}

static gboolean
on_signal_stop(gpointer data)
{
    Import *import = data;
    g_printerr("daorian: %s\n", get_sentence("stopped"));
    import->exit_code = EX_TEMPFAIL;
    stop_import(import);
    return G_SOURCE_CONTINUE;
}

/* ---- Encoding ---- */

static void
on_watch_ended(const char *lesson_id, const char *error_code, gpointer data)
{
    Import *import = data;
    if (error_code == NULL)
        print_lesson(lesson_id);
    else
        report_failure(import, g_hash_table_lookup(import->names, lesson_id), error_code);
    stop_when_done(import);
}

/* Our own supervisor may be unable to work at all; then waiting would never end. */
static gboolean
on_state_due(gpointer data)
{
    Import *import = data;
    FlowsEncodeState state = flows_encode_get_state(import->encode);
    if (state == FLOWS_ENCODE_FULL && !import->told_full) {
        import->told_full = TRUE;
        g_printerr("daorian: %s\n", get_sentence("full"));
    }
    if (state == FLOWS_ENCODE_REFUSING && import->copied) {
        report_failure(import, import->request->media_program, "no-encoder");
        stop_import(import);
    }
    return G_SOURCE_CONTINUE;
}

/* Any thread. */
static void
on_receive_wake(gpointer data)
{
    Import *import = data;
    if (import->encode != NULL)
        flows_encode_wake(import->encode);
    flows_encode_ring(import->storage);
}

/* ---- Taking files in ---- */

static const char *
find_code(FlowsReceiveOutcome outcome)
{
    gboolean room = outcome != FLOWS_RECEIVE_NO_SPACE && outcome != FLOWS_RECEIVE_DISK_FLOOR;
    return room ? "copy" : "no-room";
}

static void take_next(Import *import);

static void
on_receive_adopted(GObject *source, GAsyncResult *result, gpointer data)
{
    Import *import = data;
    const FlowsImportScanItem *item = g_ptr_array_index(import->items, import->next);
    g_autoptr(FlowsReceiveStatus) status = flows_receive_adopt_finish(result);
    import->next++;
    if (status->outcome != FLOWS_RECEIVE_DONE) {
        report_failure(import, item->path, find_code(status->outcome));
    } else if (import->watch != NULL) {
        g_hash_table_insert(import->names, g_strdup(status->upload->lesson_id),
                            g_strdup(item->path));
        flows_import_watch_add(import->watch, status->upload->lesson_id);
    } else {
        print_lesson(status->upload->lesson_id);
    }
    take_next(import);
}

static void
take_next(Import *import)
{
    for (; import->next < import->items->len; import->next++) {
        const FlowsImportScanItem *item = g_ptr_array_index(import->items, import->next);
        FlowsReceiveDeclaration declaration = {.metadata = item->metadata,
                                               .kind = CATALOG_UPLOAD_KIND_WHOLE};
        if (import->stopping)
            return;
        if (item->problem == NULL) {
            flows_receive_adopt_async(import->receive, &declaration, item->path, on_receive_adopted,
                                      import);
            return;
        }
        report_failure(import, item->path, item->problem);
    }
    import->copied = TRUE;
    stop_when_done(import);
}

/* ---- The world around it ---- */

static gboolean
open_world(Import *import, const ServerConfig *config, GError **error)
{
    import->storage = server_storage_new(config->data_folder);
    if (!server_storage_create(import->storage, error))
        return FALSE;
    g_autofree char *catalog = server_storage_build_catalog_path(import->storage);
    import->catalog = catalog_threads_new(catalog, 1, error);
    if (import->catalog == NULL)
        return FALSE;
    import->clock = server_clock_new_system();
    import->events = server_events_new(server_clock_now_ms(import->clock));
    FlowsReceiveSetup receive = {
        .config = config,
        .storage = import->storage,
        .clock = import->clock,
        .events = import->events,
        .catalog = import->catalog,
        .wake = on_receive_wake,
        .wake_data = import,
    };
    import->receive = flows_receive_new(&receive);
    if (!import->request->wait)
        return TRUE;
    FlowsEncodeSetup encode = {
        .config = config,
        .storage = import->storage,
        .clock = import->clock,
        .events = import->events,
        .catalog = import->catalog,
        .media_program = import->request->media_program,
    };
    import->encode = flows_encode_new(&encode);
    import->watch = flows_import_watch_new(import->catalog, on_watch_ended, import);
    return TRUE;
}

static void
close_world(Import *import)
{
    g_clear_pointer(&import->catalog, catalog_threads_free);
    g_clear_pointer(&import->watch, flows_import_watch_free);
    g_clear_pointer(&import->receive, flows_receive_free);
    g_clear_pointer(&import->encode, flows_encode_free);
    g_clear_pointer(&import->events, server_events_unref);
    g_clear_pointer(&import->clock, server_clock_free);
    g_clear_pointer(&import->storage, server_storage_free);
}

static gboolean
on_loop_begun(gpointer data)
{
    take_next(data);
    return G_SOURCE_REMOVE;
}

static void
run_loop(Import *import)
{
    guint terminated = g_unix_signal_add(SIGTERM, on_signal_stop, import);
    guint interrupted = g_unix_signal_add(SIGINT, on_signal_stop, import);
    guint state = 0;
    import->loop = g_main_loop_new(NULL, FALSE);
    if (import->encode != NULL) {
        state = g_timeout_add_seconds(STATE_SECONDS, on_state_due, import);
        flows_encode_start(import->encode);
    }
    g_idle_add(on_loop_begun, import);
    g_main_loop_run(import->loop);
    g_main_loop_unref(import->loop);
    if (state > 0)
        g_source_remove(state);
    g_source_remove(terminated);
    g_source_remove(interrupted);
}

int
flows_import_run(const ServerConfig *config, const FlowsImportRequest *request)
{
    g_autoptr(GError) error = NULL;
    Import import = {.request = request, .exit_code = EX_OK};
    import.items = flows_import_scan_find(request->paths);
    import.names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (import.items->len == 0) {
        report_failure(&import, request->paths[0] != NULL ? request->paths[0] : "", "missing");
        import.exit_code = EX_NOINPUT;
    } else if (open_world(&import, config, &error)) {
        run_loop(&import);
    } else {
        g_printerr("daorian: %s: %s\n", config->data_folder, error->message);
        import.exit_code = EX_IOERR;
    }
    close_world(&import);
    g_hash_table_unref(import.names);
    g_ptr_array_unref(import.items);
    return import.exit_code;
}
