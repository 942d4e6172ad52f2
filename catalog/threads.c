// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The catalogue's threads. Each has a GAsyncQueue of tasks that is never longer than QUEUE_MAX; an
// answer travels back as a source on the asker's own context, so that callbacks and the freeing of
// their data happen there and nowhere else.
#include "catalog/threads.h"

#include "catalog/error.h"

#define QUEUE_MAX 1024
#define READERS_MAX 16

/* One queue and the threads that serve it. */
typedef struct {
    GMutex lock;       // (not owned by anybody): guards the fields below
    GCond wake;        // (guarded by lock)
    GQueue tasks;      // (guarded by lock) (element-type GTask): owned
    gboolean stopping; // (guarded by lock)
    gboolean writes;   // immutable
} ThreadsQueue;

typedef struct {
    ThreadsQueue *queue;       // (not owned)
    CatalogDatabase *database; // (owned): touched by the thread alone once it runs
    GThread *thread;           // (owned)
} ThreadsWorker;

struct _CatalogThreads {
    ThreadsQueue write_queue; // the writer's
    ThreadsQueue read_queue;  // the readers', in common
    GPtrArray *workers;       // (owned) (element-type ThreadsWorker)
};

/* What a task carries beside the caller's data. */
typedef struct {
    CatalogThreadsWork work;      // (not owned)
    gpointer data;                // (owned)
    GDestroyNotify free_data;     // (nullable)
    GAsyncReadyCallback callback; // (nullable)
    gboolean done;                // written by the worker before it posts the answer
    GError *error;                // (owned) (nullable): likewise
} ThreadsRequest;

static void
free_request(gpointer data)
{
    ThreadsRequest *request = data;
    if (request->free_data != NULL)
        request->free_data(request->data);
    g_clear_error(&request->error);
    g_free(request);
}

/* In the asker's context. */
static gboolean
on_answer_ready(gpointer data)
{
    GTask *task = data;
    ThreadsRequest *request = g_task_get_task_data(task);
    if (request->done)
        g_task_return_boolean(task, TRUE);
    else
        g_task_return_error(task, g_steal_pointer(&request->error));
    return G_SOURCE_REMOVE;
}

static void
post_answer(GTask *task)
{
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_answer_ready, task, g_object_unref);
    g_source_attach(source, g_task_get_context(task));
}

static void
run_task(ThreadsWorker *worker, GTask *task)
{
    ThreadsRequest *request = g_task_get_task_data(task);
    GCancellable *cancellable = g_task_get_cancellable(task);
    if (!g_cancellable_set_error_if_cancelled(cancellable, &request->error))
        request->done = worker->queue->writes
                            ? catalog_database_run_write(worker->database, request->work,
                                                         request->data, &request->error)
                            : catalog_database_run_read(worker->database, request->work,
                                                        request->data, &request->error);
    if (!request->done && request->error == NULL)
        request->error = g_error_new(CATALOG_ERROR, CATALOG_ERROR_IO, "the work gave no reason");
    post_answer(task);
}

/* Returns: (nullable): NULL when the queue stops and is empty. */
static GTask *
wait_for_task(ThreadsQueue *queue)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&queue->lock);
    while (g_queue_is_empty(&queue->tasks) && !queue->stopping)
        g_cond_wait(&queue->wake, &queue->lock);
    return g_queue_pop_head(&queue->tasks);
}

static gpointer
run_worker(gpointer data)
{
    ThreadsWorker *worker = data;
    for (GTask *task = wait_for_task(worker->queue); task != NULL;
         task = wait_for_task(worker->queue))
        run_task(worker, task);
    return NULL;
}

static void
init_queue(ThreadsQueue *queue, gboolean writes)
{
    g_mutex_init(&queue->lock);
    g_cond_init(&queue->wake);
    g_queue_init(&queue->tasks);
    queue->writes = writes;
}

static void
stop_queue(ThreadsQueue *queue)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&queue->lock);
    queue->stopping = TRUE;
    g_cond_broadcast(&queue->wake);
}

static void
clear_queue(ThreadsQueue *queue)
{
    g_mutex_clear(&queue->lock);
    g_cond_clear(&queue->wake);
}

static void
free_worker(gpointer data)
{
    ThreadsWorker *worker = data;
    if (worker->thread != NULL)
        g_thread_join(worker->thread);
    catalog_database_free(worker->database);
    g_free(worker);
}

static gboolean
add_worker(CatalogThreads *threads, const char *path, ThreadsQueue *queue, GError **error)
{
    CatalogDatabase *database = queue->writes ? catalog_database_open(path, error)
                                              : catalog_database_open_reader(path, error);
    if (database == NULL)
        return FALSE;
    ThreadsWorker *worker = g_new0(ThreadsWorker, 1);
    worker->queue = queue;
    worker->database = database;
    g_ptr_array_add(threads->workers, worker);
    worker->thread =
        g_thread_new(queue->writes ? "catalog-writer" : "catalog-reader", run_worker, worker);
    return TRUE;
}

CatalogThreads *
catalog_threads_new(const char *path, guint readers, GError **error)
{
    g_autoptr(CatalogThreads) threads = g_new0(CatalogThreads, 1);
    threads->workers = g_ptr_array_new_with_free_func(free_worker);
    init_queue(&threads->write_queue, TRUE);
    init_queue(&threads->read_queue, FALSE);
    // The writer first: it brings the schema up to date before a reader looks.
    if (!add_worker(threads, path, &threads->write_queue, error))
        return NULL;
    for (guint i = 0; i < CLAMP(readers, 1, READERS_MAX); i++) {
        if (!add_worker(threads, path, &threads->read_queue, error))
            return NULL;
    }
    return g_steal_pointer(&threads);
}

/* Returns: FALSE when the queue is full or stopping; @task is then still the caller's. */
static gboolean
push_task(ThreadsQueue *queue, GTask *task)
{
    g_autoptr(GMutexLocker) locker = g_mutex_locker_new(&queue->lock);
    if (queue->stopping || g_queue_get_length(&queue->tasks) >= QUEUE_MAX)
        return FALSE;
    g_queue_push_tail(&queue->tasks, task);
    g_cond_signal(&queue->wake);
    return TRUE;
}

static void
on_task_done(GObject *source, GAsyncResult *result, gpointer data)
{
    ThreadsRequest *request = g_task_get_task_data(G_TASK(result));
    if (request->callback != NULL)
        request->callback(NULL, result, request->data);
}

static void
queue_request(ThreadsQueue *queue, ThreadsRequest *request, GCancellable *cancellable)
{
    GTask *task = g_task_new(NULL, cancellable, on_task_done, NULL);
    // What was committed is told, however late it was cancelled.
    g_task_set_check_cancellable(task, FALSE);
    g_task_set_name(task, queue->writes ? "catalog write" : "catalog read");
    g_task_set_task_data(task, request, free_request);
    if (push_task(queue, task))
        return;
    request->error =
        g_error_new(CATALOG_ERROR, CATALOG_ERROR_BUSY, "the catalogue's queue is full");
    post_answer(task);
}

void
catalog_threads_write_async(CatalogThreads *threads, CatalogThreadsWork work, gpointer data,
                            GDestroyNotify free_data, GCancellable *cancellable,
                            GAsyncReadyCallback callback)
{
    ThreadsRequest request = {
        .work = work, .data = data, .free_data = free_data, .callback = callback};
    queue_request(&threads->write_queue, g_memdup2(&request, sizeof request), cancellable);
}

void
catalog_threads_read_async(CatalogThreads *threads, CatalogThreadsWork work, gpointer data,
                           GDestroyNotify free_data, GCancellable *cancellable,
                           GAsyncReadyCallback callback)
{
    ThreadsRequest request = {
        .work = work, .data = data, .free_data = free_data, .callback = callback};
    queue_request(&threads->read_queue, g_memdup2(&request, sizeof request), cancellable);
}

gboolean
catalog_threads_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void
catalog_threads_free(CatalogThreads *threads)
{
    if (threads == NULL)
        return;
    stop_queue(&threads->write_queue);
    stop_queue(&threads->read_queue);
    g_clear_pointer(&threads->workers, g_ptr_array_unref);
    clear_queue(&threads->write_queue);
    clear_queue(&threads->read_queue);
    g_free(threads);
}
