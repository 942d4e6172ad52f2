// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Waiting is iterating the default context until a result is there.
#include "tests/server/flows/receive-harness.h"

#include "catalog/accounts.h"
#include "catalog/error.h"
#include "catalog/ids.h"

#include <glib/gstdio.h>
#include <string.h>

#define ACCOUNT_ID "01890000-0000-7000-8000-0000000000aa"

static void
on_wake(gpointer data)
{
    ((ReceiveHarness *)data)->wakes++;
}

static gboolean
ensure_account(CatalogDatabase *database, gpointer data, GError **error)
{
    g_autoptr(CatalogAccount) account = catalog_accounts_get(database, ACCOUNT_ID, NULL);
    if (account != NULL)
        return TRUE;
    account = catalog_account_new(ACCOUNT_ID, "somsri", CATALOG_ACCOUNT_ROLE_STAFF);
    CatalogAuditStamp by = {NULL, 1};
    return catalog_accounts_create(database, account, "no password", &by, error);
}

ReceiveHarness *
receive_harness_open(const char *folder, gint64 now_ms)
{
    return receive_harness_open_with(folder, now_ms, NULL);
}

ReceiveHarness *
receive_harness_open_with(const char *folder, gint64 now_ms,
                          void (*configure)(ServerConfig *config))
{
    g_autoptr(GError) error = NULL;
    ReceiveHarness *harness = g_new0(ReceiveHarness, 1);
    harness->folder = g_strdup(folder);
    harness->account_id = g_strdup(ACCOUNT_ID);
    harness->who.account_id = harness->account_id;
    harness->config = server_config_new_default();
    harness->config->free_floor_bytes = 0;
    if (configure != NULL)
        configure(harness->config);
    harness->storage = server_storage_new(folder);
    g_assert_true(server_storage_create(harness->storage, &error));
    harness->clock = server_clock_new_fixed(now_ms);
    g_autofree char *path = server_storage_build_catalog_path(harness->storage);
    harness->catalog = catalog_threads_new(path, 1, &error);
    g_assert_no_error(error);
    receive_harness_query(harness, ensure_account, NULL);
    FlowsReceiveSetup setup = {
        .config = harness->config,
        .storage = harness->storage,
        .clock = harness->clock,
        .catalog = harness->catalog,
        .wake = on_wake,
        .wake_data = harness,
    };
    harness->receive = flows_receive_new(&setup);
    g_assert_true(flows_receive_recover(harness->receive, &error));
    flows_receive_start(harness->receive);
    return harness;
}

void
receive_harness_close(ReceiveHarness *harness)
{
    while (!flows_receive_is_idle(harness->receive))
        g_main_context_iteration(NULL, TRUE);
    catalog_threads_free(harness->catalog);
    flows_receive_free(harness->receive);
    server_clock_free(harness->clock);
    server_storage_free(harness->storage);
    server_config_free(harness->config);
    g_free(harness->account_id);
    g_free(harness->folder);
    g_free(harness);
}

static void
on_ready(GObject *source, GAsyncResult *result, gpointer data)
{
    *(GAsyncResult **)data = g_object_ref(result);
}

static GAsyncResult *
wait_result(GAsyncResult **result)
{
    while (*result == NULL)
        g_main_context_iteration(NULL, TRUE);
    return *result;
}

FlowsReceiveStatus *
receive_harness_create(ReceiveHarness *harness, CatalogUploadKind kind, gint64 length_bytes,
                       const char *const *parts)
{
    g_autoptr(GAsyncResult) result = NULL;
    g_autoptr(FlowsReceiveMetadata) metadata = flows_receive_metadata_new();
    metadata->filename = g_strdup("lesson.mp4");
    metadata->title = g_strdup("เศษส่วน");
    FlowsReceiveDeclaration declaration = {
        harness->who, metadata, "title YQ==", kind, length_bytes, parts};
    flows_receive_create_async(harness->receive, &declaration, on_ready, &result);
    return flows_receive_create_finish(wait_result(&result));
}

FlowsReceiveStatus *
receive_harness_look(ReceiveHarness *harness, const char *id)
{
    g_autoptr(GAsyncResult) result = NULL;
    flows_receive_look_async(harness->receive, id, &harness->who, on_ready, &result);
    return flows_receive_look_finish(wait_result(&result));
}

FlowsReceiveStatus *
receive_harness_terminate(ReceiveHarness *harness, const char *id)
{
    g_autoptr(GAsyncResult) result = NULL;
    flows_receive_terminate_async(harness->receive, id, &harness->who, on_ready, &result);
    return flows_receive_terminate_finish(wait_result(&result));
}

FlowsReceiveAppendRequest
receive_harness_request(ReceiveHarness *harness, const char *id, gint64 offset_bytes, gint64 size)
{
    FlowsReceiveAppendRequest request = {.upload_id = id,
                                         .who = harness->who,
                                         .offset_bytes = offset_bytes,
                                         .declared_bytes = size,
                                         .length_bytes = -1};
    return request;
}

FlowsReceiveAppend *
receive_harness_begin(ReceiveHarness *harness, const FlowsReceiveAppendRequest *request,
                      FlowsReceiveStatus **refusal)
{
    g_autoptr(GAsyncResult) result = NULL;
    flows_receive_append_open_async(harness->receive, request, on_ready, &result);
    return flows_receive_append_open_finish(wait_result(&result), refusal);
}

FlowsReceiveStatus *
receive_harness_end(FlowsReceiveAppend *append, gboolean whole)
{
    g_autoptr(GAsyncResult) result = NULL;
    flows_receive_append_close_async(append, whole, on_ready, &result);
    return flows_receive_append_close_finish(wait_result(&result));
}

typedef struct {
    FlowsReceiveAppend *append; // (owned) (nullable): until it is closed
    GAsyncResult *result;       // (owned) (nullable): of the closing
    gboolean room;              // push may go on
} Feeder;

static void
on_room(gpointer data)
{
    ((Feeder *)data)->room = TRUE;
}

/* Closes there and then, as the handler of a PATCH does. */
static void
on_stop(gpointer data)
{
    Feeder *feeder = data;
    flows_receive_append_close_async(g_steal_pointer(&feeder->append), FALSE, on_ready,
                                     &feeder->result);
}

FlowsReceiveStatus *
receive_harness_append(ReceiveHarness *harness, const FlowsReceiveAppendRequest *request,
                       const void *data, gsize size, gboolean whole)
{
    static const FlowsReceiveAppendListener listener = {on_room, on_stop};
    FlowsReceiveStatus *refusal = NULL;
    Feeder feeder = {receive_harness_begin(harness, request, &refusal), NULL, TRUE};
    if (feeder.append == NULL)
        return refusal;
    flows_receive_append_listen(feeder.append, &listener, &feeder);
    for (gsize done = 0; done < size && feeder.append != NULL;) {
        gsize step = MIN(size - done, 64 * 1024);
        g_autoptr(GBytes) chunk = g_bytes_new((const guint8 *)data + done, step);
        feeder.room = flows_receive_append_push(feeder.append, chunk);
        done += step;
        while (!feeder.room && feeder.append != NULL)
            g_main_context_iteration(NULL, TRUE);
    }
    if (feeder.append != NULL)
        return receive_harness_end(g_steal_pointer(&feeder.append), whole);
    g_autoptr(GAsyncResult) closed = wait_result(&feeder.result);
    return flows_receive_append_close_finish(closed);
}

void
receive_harness_query(ReceiveHarness *harness, CatalogThreadsWork work, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = server_storage_build_catalog_path(harness->storage);
    g_autoptr(CatalogDatabase) database = catalog_database_open(path, &error);
    g_assert_no_error(error);
    g_assert_true(catalog_database_run_write(database, work, data, &error));
    g_assert_no_error(error);
}

char *
receive_harness_hash_file(const char *path)
{
    g_autofree char *content = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &content, &size, NULL))
        return NULL;
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)content, size);
}

guint
receive_harness_count_parts(ReceiveHarness *harness)
{
    guint count = 0;
    g_autofree char *folder = server_storage_build_uploads_path(harness->storage);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;
    while ((name = g_dir_read_name(dir)) != NULL)
        count += g_str_has_prefix(name, "boot-id") ? 0 : 1;
    return count;
}

void
receive_harness_remove(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            receive_harness_remove(path);
        else
            g_unlink(path);
    }
    g_rmdir(folder);
}

guint8 *
receive_harness_make_bytes(guint32 seed, gsize size)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    guint8 *bytes = g_malloc(size + 4);
    for (gsize i = 0; i < size; i += 4) {
        guint32 word = g_rand_int(random);
        memcpy(bytes + i, &word, 4);
    }
    return bytes;
}
