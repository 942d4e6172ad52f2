// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Threads that take GTasks from one queue; an item without work is the request to end.
#include "server/flows/receive_worker.h"

typedef struct {
    FlowsReceiveWork work;    // NULL ends one thread
    gpointer data;            // (owned)
    GDestroyNotify free_data; // (nullable)
} Item;

struct _FlowsReceiveWorker {
    GAsyncQueue *queue; // (owned) (element-type GTask)
    GPtrArray *threads; // (owned) (element-type GThread)
};

static void
free_item(Item *item)
{
    if (item->free_data != NULL)
        item->free_data(item->data);
    g_free(item);
}

static gpointer
run_thread(gpointer data)
{
    GAsyncQueue *queue = data;
    for (;;) {
        g_autoptr(GTask) task = g_async_queue_pop(queue);
        Item *item = g_task_get_task_data(task);
        if (item->work == NULL)
            return NULL;
        g_autoptr(GError) error = NULL;
        if (item->work(item->data, &error))
            g_task_return_boolean(task, TRUE);
        else
            g_task_return_error(task, g_steal_pointer(&error));
    }
}

FlowsReceiveWorker *
flows_receive_worker_new(const char *name, guint threads)
{
    g_return_val_if_fail(threads >= 1 && threads <= 8, NULL);
    FlowsReceiveWorker *worker = g_new0(FlowsReceiveWorker, 1);
    worker->queue = g_async_queue_new_full(g_object_unref);
    worker->threads = g_ptr_array_new();
    for (guint i = 0; i < threads; i++)
        g_ptr_array_add(worker->threads, g_thread_new(name, run_thread, worker->queue));
    return worker;
}

void
flows_receive_worker_run_async(FlowsReceiveWorker *worker, FlowsReceiveWork work, gpointer data,
                               GDestroyNotify free_data, GAsyncReadyCallback ready,
                               gpointer user_data)
{
    Item *item = g_new0(Item, 1);
    item->work = work;
    item->data = data;
    item->free_data = free_data;
    GTask *task = g_task_new(NULL, NULL, ready, user_data);
    g_task_set_source_tag(task, flows_receive_worker_run_async);
    g_task_set_task_data(task, item, (GDestroyNotify)free_item);
    g_async_queue_push(worker->queue, task);
}

gboolean
flows_receive_worker_run_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

gpointer
flows_receive_worker_get_data(GAsyncResult *result)
{
    Item *item = g_task_get_task_data(G_TASK(result));
    return item->data;
}

void
flows_receive_worker_free(FlowsReceiveWorker *worker)
{
    if (worker == NULL)
        return;
    for (guint i = 0; i < worker->threads->len; i++) {
        GTask *last = g_task_new(NULL, NULL, NULL, NULL);
        g_task_set_task_data(last, g_new0(Item, 1), (GDestroyNotify)free_item);
        g_async_queue_push(worker->queue, last);
    }
    for (guint i = 0; i < worker->threads->len; i++)
        g_thread_join(g_ptr_array_index(worker->threads, i));
    g_ptr_array_unref(worker->threads);
    g_async_queue_unref(worker->queue);
    g_free(worker);
}
