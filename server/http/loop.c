// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The epoll descriptor is one source of the thread's GMainContext: a turn takes the events, then
// gives every ready connection its step, then expires deadlines. Sockets are watched
// edge-triggered, once, for both directions, so that parking and unparking costs no system call.
#include "server/http/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server/http/connection.h"
#include "server/http/lend.h"

#define EVENTS_A_TURN 256
#define ACCEPTS_A_TURN 32

typedef struct {
    gint64 length_us;             //
    HttpConnection *first, *last; // not owned, by deadline
} Queue;

struct _HttpLoop {
    HttpLoopShared *shared;          // not owned
    GMainContext *context;           // (owned)
    GMainLoop *main_loop;            // (owned)
    GThread *thread;                 // (owned) (nullable)
    GSource *source;                 // (owned)
    SoupServer *soup;                // (owned)
    gpointer epoll_tag;              // borrowed from source
    int epoll;                       // (owned)
    int spare;                       // (owned): given up for a moment when descriptors run out
    char *scratch;                   // (owned)
    GPtrArray *ready;                // (owned) (element-type HttpConnection)
    GPtrArray *ready_before;         // (owned), the list being worked through
    Queue queues[HTTP_LOOP_N_WAITS]; //
    guint n_connections;             //
    gint64 date_s;                   // second of date
    char date[32];                   //
    gboolean is_stopping;            //
};

typedef struct {
    GSource parent; //
    HttpLoop *loop; // not owned
} LoopSource;

typedef struct {
    HttpLoop *loop;            // not owned
    int descriptor;            // (owned)
    HttpAddressesEntry *entry; // (owned)
    gboolean is_secure;        // TLS is spoken on it
} Arrival;

static gint64
next_deadline(HttpLoop *loop)
{
    gint64 deadline = G_MAXINT64;

    for (guint i = 0; i < HTTP_LOOP_N_WAITS; i++)
        if (loop->queues[i].first)
            deadline = MIN(deadline, loop->queues[i].first->deadline_us);
    return deadline;
}

static gboolean
prepare_loop(GSource *source, gint *timeout_ms)
{
    HttpLoop *loop = ((LoopSource *)source)->loop;
    gint64 deadline = next_deadline(loop);

    *timeout_ms = -1;
    if (loop->ready->len > 0)
        return TRUE;
    if (deadline != G_MAXINT64) {
        gint64 left_us = deadline - g_source_get_time(source);
        *timeout_ms = (gint)CLAMP(left_us / 1000 + 1, 0, 60000);
        return left_us <= 0;
    }
    return FALSE;
}

static gboolean
check_loop(GSource *source)
{
    HttpLoop *loop = ((LoopSource *)source)->loop;

    return g_source_query_unix_fd(source, loop->epoll_tag) != 0 || loop->ready->len > 0 ||
           next_deadline(loop) <= g_source_get_time(source);
}

static gboolean
on_loop_arrival(gpointer user_data)
{
    Arrival *arrival = user_data;

    if (!arrival->loop->is_stopping) {
        http_connection_open(arrival->loop, arrival->descriptor, arrival->entry,
                             arrival->is_secure);
        arrival->descriptor = -1;
    }
    return G_SOURCE_REMOVE;
}

// Also called for those that a stopped loop never took.
static void
free_arrival(gpointer user_data)
{
    Arrival *arrival = user_data;

    if (arrival->descriptor >= 0) {
        close(arrival->descriptor);
        http_addresses_give_back(arrival->loop->shared->addresses, arrival->entry);
        g_atomic_int_add(&arrival->loop->shared->n_connections, -1);
    }
    g_free(arrival);
}

static void
place_arrival(HttpLoop *loop, int descriptor, HttpAddressesEntry *entry, gboolean is_secure)
{
    GPtrArray *loops = loop->shared->loops;
    guint turn = __atomic_fetch_add(&loop->shared->next_loop, 1, __ATOMIC_RELAXED);
    HttpLoop *chosen = loops->pdata[turn % loops->len];
    Arrival *arrival;

    if (chosen == loop) {
        http_connection_open(loop, descriptor, entry, is_secure);
        return;
    }
    arrival = g_new0(Arrival, 1);
    *arrival = (Arrival){chosen, descriptor, entry, is_secure};
    http_loop_invoke(chosen, on_loop_arrival, arrival, free_arrival);
}

// Makes room by ending the connection that has been idle longest. FALSE when none is idle.
static gboolean
drop_oldest_idle(HttpLoop *loop)
{
    HttpConnection *oldest = loop->queues[HTTP_LOOP_IDLE].first;

    if (!oldest)
        return FALSE;
    http_connection_close(oldest);
    return TRUE;
}

static void
admit(HttpLoop *loop, int descriptor, const struct sockaddr *peer, gboolean is_secure)
{
    HttpLoopShared *shared = loop->shared;
    HttpAddressesEntry *entry = NULL;

    g_atomic_int_inc(&shared->n_connections);
    if ((guint)g_atomic_int_get(&shared->n_connections) <= shared->config.connections ||
        drop_oldest_idle(loop))
        entry = http_addresses_take(shared->addresses, peer);
    if (!entry) {
        __atomic_fetch_add(&shared->refused, 1, __ATOMIC_RELAXED);
        g_atomic_int_add(&shared->n_connections, -1);
        close(descriptor);
        return;
    }
    __atomic_fetch_add(&shared->accepted, 1, __ATOMIC_RELAXED);
    place_arrival(loop, descriptor, entry, is_secure);
}

// No descriptor is left: the waiting peer is told by a close instead of waiting for ever.
static void
refuse_for_want_of_descriptors(HttpLoop *loop, int listener)
{
    int descriptor;

    drop_oldest_idle(loop);
    close(loop->spare);
    descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (descriptor >= 0)
        close(descriptor);
    loop->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    __atomic_fetch_add(&loop->shared->refused, 1, __ATOMIC_RELAXED);
}

static void
accept_some(HttpLoop *loop, const int *listener)
{
    HttpLoopShared *shared = loop->shared;
    gboolean is_secure = shared->certificate != NULL &&
                         (shared->secure_listener < 0 || listener == &shared->secure_listener);

    for (guint i = 0; i < ACCEPTS_A_TURN && !loop->is_stopping; i++) {
        struct sockaddr_storage peer = {0};
        socklen_t length = sizeof peer;
        int descriptor =
            accept4(*listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0 && (errno == EMFILE || errno == ENFILE))
            refuse_for_want_of_descriptors(loop, *listener);
        if (descriptor < 0)
            return;
        admit(loop, descriptor, (struct sockaddr *)&peer, is_secure);
    }
}

static void
expire_waits(HttpLoop *loop, gint64 now_us)
{
    for (guint i = 0; i < HTTP_LOOP_N_WAITS; i++)
        while (loop->queues[i].first && loop->queues[i].first->deadline_us <= now_us) {
            HttpConnection *connection = loop->queues[i].first;
            http_loop_wait(loop, connection, HTTP_LOOP_NO_WAIT);
            http_connection_expire(connection);
        }
}

static void
step_ready(HttpLoop *loop)
{
    GPtrArray *list = loop->ready;

    loop->ready = loop->ready_before;
    loop->ready_before = list;
    for (guint i = 0; i < list->len; i++) {
        HttpConnection *connection = list->pdata[i];
        connection->is_ready = FALSE;
        http_connection_step(connection);
    }
    g_ptr_array_set_size(list, 0);
}

// A listener's event carries the address of its descriptor.
static gboolean
is_listener(HttpLoop *loop, const void *data)
{
    return data == &loop->shared->listener || data == &loop->shared->secure_listener;
}

static gboolean
dispatch_loop(GSource *source, GSourceFunc callback, gpointer user_data)
{
    HttpLoop *loop = ((LoopSource *)source)->loop;
    struct epoll_event events[EVENTS_A_TURN];
    int n = epoll_wait(loop->epoll, events, EVENTS_A_TURN, 0);

    for (int i = 0; i < n; i++) {
        if (is_listener(loop, events[i].data.ptr))
            accept_some(loop, events[i].data.ptr);
        else
            http_connection_handle(events[i].data.ptr, events[i].events);
    }
    step_ready(loop);
    expire_waits(loop, g_source_get_time(source));
    if (loop->is_stopping && loop->n_connections == 0 && loop->ready->len == 0)
        g_main_loop_quit(loop->main_loop);
    return G_SOURCE_CONTINUE;
}

static const GSourceFuncs loop_functions = {prepare_loop, check_loop, dispatch_loop,
                                            NULL,         NULL,       NULL};

static void
set_lengths(HttpLoop *loop)
{
    const HttpServerConfig *config = &loop->shared->config;
    const guint lengths_ms[HTTP_LOOP_N_WAITS] = {
        [HTTP_LOOP_HEAD] = config->head_timeout_ms,
        [HTTP_LOOP_IDLE] = config->idle_timeout_ms,
        [HTTP_LOOP_STALL] = config->stall_timeout_ms,
        [HTTP_LOOP_WORK] = config->answer_timeout_ms,
        [HTTP_LOOP_LINGER] = HTTP_LOOP_LINGER_TIMEOUT_MS,
        [HTTP_LOOP_HELD] = HTTP_LOOP_HELD_MS,
    };

    for (guint i = 0; i < HTTP_LOOP_N_WAITS; i++)
        loop->queues[i].length_us = lengths_ms[i] * (gint64)1000;
}

static gboolean
watch_listener(HttpLoop *loop, int *listener)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = listener};

    return *listener < 0 || epoll_ctl(loop->epoll, EPOLL_CTL_ADD, *listener, &event) == 0;
}

HttpLoop *
http_loop_new(HttpLoopShared *shared, GError **error)
{
    HttpLoop *loop = g_new0(HttpLoop, 1);

    loop->shared = shared;
    loop->context = g_main_context_new();
    loop->main_loop = g_main_loop_new(loop->context, FALSE);
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->spare = open("/dev/null", O_RDONLY | O_CLOEXEC);
    loop->scratch = g_malloc(HTTP_LOOP_SCRATCH_BYTES);
    loop->ready = g_ptr_array_new();
    loop->ready_before = g_ptr_array_new();
    set_lengths(loop);
    if (loop->epoll < 0 || loop->spare < 0 || !watch_listener(loop, &shared->listener) ||
        !watch_listener(loop, &shared->secure_listener)) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot prepare a delivery thread: %s", g_strerror(errno));
        http_loop_free(loop);
        return NULL;
    }
    loop->source = g_source_new((GSourceFuncs *)&loop_functions, sizeof(LoopSource));
    ((LoopSource *)loop->source)->loop = loop;
    loop->epoll_tag = g_source_add_unix_fd(loop->source, loop->epoll, G_IO_IN);
    return loop;
}

static gpointer
run_thread(gpointer data)
{
    HttpLoop *loop = data;
    sigset_t pipe;

    sigemptyset(&pipe); // sendfile to a peer that is gone would end the process
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, NULL);
    g_main_context_push_thread_default(loop->context);
    loop->soup = http_lend_new_soup();
    g_source_attach(loop->source, loop->context);
    g_main_loop_run(loop->main_loop);
    g_source_destroy(loop->source);
    g_clear_object(&loop->soup);
    g_main_context_pop_thread_default(loop->context);
    return NULL;
}

void
http_loop_start(HttpLoop *loop)
{
    loop->thread = g_thread_new("delivery", run_thread, loop);
}

static void
close_all(HttpLoop *loop, gboolean only_parked)
{
    for (guint i = 0; i < HTTP_LOOP_N_WAITS; i++) {
        HttpConnection *next;
        for (HttpConnection *c = loop->queues[i].first; c; c = next) {
            next = c->after;
            if (!only_parked || http_connection_is_parked(c))
                http_connection_close(c);
        }
    }
}

static gboolean
on_loop_grace_over(gpointer user_data)
{
    HttpLoop *loop = user_data;

    close_all(loop, FALSE);
    step_ready(loop);
    g_main_loop_quit(loop->main_loop);
    return G_SOURCE_REMOVE;
}

typedef struct {
    HttpLoop *loop; // not owned
    guint grace_ms; //
} Stop;

static gboolean
on_loop_stop(gpointer user_data)
{
    Stop *stop = user_data;
    HttpLoop *loop = stop->loop;
    g_autoptr(GSource) timeout = g_timeout_source_new(stop->grace_ms);

    loop->is_stopping = TRUE;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->shared->listener, NULL);
    if (loop->shared->secure_listener >= 0)
        epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->shared->secure_listener, NULL);
    close_all(loop, TRUE);
    step_ready(loop);
    g_source_set_callback(timeout, on_loop_grace_over, loop, NULL);
    g_source_attach(timeout, loop->context);
    if (loop->n_connections == 0)
        g_main_loop_quit(loop->main_loop);
    return G_SOURCE_REMOVE;
}

void
http_loop_stop(HttpLoop *loop, guint grace_ms)
{
    Stop *stop = g_new0(Stop, 1);

    *stop = (Stop){loop, grace_ms};
    http_loop_invoke(loop, on_loop_stop, stop, g_free);
}

void
http_loop_free(HttpLoop *loop)
{
    if (loop->thread)
        g_thread_join(loop->thread);
    g_clear_pointer(&loop->source, g_source_unref);
    if (loop->epoll >= 0)
        close(loop->epoll);
    if (loop->spare >= 0)
        close(loop->spare);
    g_main_loop_unref(loop->main_loop);
    g_main_context_unref(loop->context); // frees what was posted and not run
    g_ptr_array_unref(loop->ready);
    g_ptr_array_unref(loop->ready_before);
    g_free(loop->scratch);
    g_free(loop);
}

void
http_loop_invoke(HttpLoop *loop, GSourceFunc function, gpointer data, GDestroyNotify free_data)
{
    g_autoptr(GSource) source = g_idle_source_new();

    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, function, data, free_data);
    g_source_attach(source, loop->context);
}

HttpLoopShared *
http_loop_get_shared(HttpLoop *loop)
{
    return loop->shared;
}

SoupServer *
http_loop_get_soup(HttpLoop *loop)
{
    return loop->soup;
}

char *
http_loop_get_scratch(HttpLoop *loop)
{
    return loop->scratch;
}

gboolean
http_loop_is_stopping(HttpLoop *loop)
{
    return loop->is_stopping;
}

const char *
http_loop_get_date(HttpLoop *loop)
{
    gint64 now_s = g_get_real_time() / G_USEC_PER_SEC;

    if (now_s != loop->date_s) {
        g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_s);
        g_autofree char *text = soup_date_time_to_string(now, SOUP_DATE_HTTP);
        g_strlcpy(loop->date, text, sizeof loop->date);
        loop->date_s = now_s;
    }
    return loop->date;
}

void
http_loop_make_ready(HttpLoop *loop, HttpConnection *connection)
{
    if (connection->is_ready)
        return;
    connection->is_ready = TRUE;
    g_ptr_array_add(loop->ready, connection);
}

void
http_loop_wait(HttpLoop *loop, HttpConnection *connection, HttpLoopWait wait)
{
    Queue *queue = &loop->queues[connection->wait];

    if (connection->wait != HTTP_LOOP_NO_WAIT) {
        *(connection->before ? &connection->before->after : &queue->first) = connection->after;
        *(connection->after ? &connection->after->before : &queue->last) = connection->before;
    }
    connection->before = connection->after = NULL;
    connection->wait = wait;
    if (wait == HTTP_LOOP_NO_WAIT)
        return;
    queue = &loop->queues[wait];
    connection->deadline_us = g_get_monotonic_time() + queue->length_us;
    connection->before = queue->last;
    *(queue->last ? &queue->last->after : &queue->first) = connection;
    queue->last = connection;
}

gboolean
http_loop_watch(HttpLoop *loop, HttpConnection *connection, int descriptor)
{
    struct epoll_event event = {
        .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
        .data.ptr = connection,
    };

    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, descriptor, &event) < 0)
        return FALSE;
    loop->n_connections++;
    return TRUE;
}

void
http_loop_unwatch(HttpLoop *loop, int descriptor)
{
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

void
http_loop_forget(HttpLoop *loop)
{
    loop->n_connections--;
    g_atomic_int_add(&loop->shared->n_connections, -1);
}
