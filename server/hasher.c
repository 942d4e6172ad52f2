// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two fixed threads and one counted queue.
#include "server/hasher.h"

#include <string.h>

#include <sodium.h>

#include "catalog/error.h"
#include "catalog/passwords.h"

#define THREADS 2
#define WAITING_MAX 32

struct _ServerHasher {
    GThreadPool *pool; // (owned), its own threads
};

typedef struct {
    char *password;  // (owned), wiped when freed
    char *hash;      // (owned) (nullable), to verify against
    gboolean verify; // else hash
} Order;

static void
free_order(gpointer data)
{
    Order *order = data;
    sodium_memzero(order->password, strlen(order->password));
    g_free(order->password);
    g_free(order->hash);
    g_free(order);
}

static void
run_order(gpointer item, gpointer user_data)
{
    g_autoptr(GTask) task = item;
    Order *order = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    if (order->verify) {
        g_task_return_boolean(task, catalog_passwords_verify(order->hash, order->password));
        return;
    }
    char *hash = catalog_passwords_hash(order->password, &error);
    if (hash != NULL)
        g_task_return_pointer(task, hash, g_free);
    else
        g_task_return_error(task, g_steal_pointer(&error));
}

ServerHasher *
server_hasher_new(void)
{
    ServerHasher *hasher = g_new0(ServerHasher, 1);
    hasher->pool = g_thread_pool_new(run_order, NULL, THREADS, TRUE, NULL);
    return hasher;
}

void
server_hasher_free(ServerHasher *hasher)
{
    g_thread_pool_free(hasher->pool, FALSE, TRUE);
    g_free(hasher);
}

static void
push_order(ServerHasher *hasher, GTask *task, const char *hash, const char *password)
{
    Order *order = g_new0(Order, 1);
    order->password = g_strdup(password);
    order->hash = g_strdup(hash);
    order->verify = g_task_get_source_tag(task) == server_hasher_verify_async;
    g_task_set_task_data(task, order, free_order);
    if (g_thread_pool_unprocessed(hasher->pool) < WAITING_MAX) {
        g_thread_pool_push(hasher->pool, task, NULL);
        return;
    }
    g_task_return_new_error(task, CATALOG_ERROR, CATALOG_ERROR_BUSY, "too many passwords at once");
    g_object_unref(task);
}

void
server_hasher_hash_async(ServerHasher *hasher, const char *password, GAsyncReadyCallback callback,
                         gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);
    g_task_set_source_tag(task, server_hasher_hash_async);
    push_order(hasher, task, NULL, password);
}

char *
server_hasher_hash_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void
server_hasher_verify_async(ServerHasher *hasher, const char *hash, const char *password,
                           GAsyncReadyCallback callback, gpointer user_data)
{
    GTask *task = g_task_new(NULL, NULL, callback, user_data);
    g_task_set_source_tag(task, server_hasher_verify_async);
    push_order(hasher, task, hash, password);
}

gboolean
server_hasher_verify_finish(GAsyncResult *result, gboolean *good, GError **error)
{
    g_autoptr(GError) local = NULL;
    gboolean right = g_task_propagate_boolean(G_TASK(result), &local);
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    *good = right;
    return TRUE;
}
