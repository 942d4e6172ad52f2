// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One ring of recent changes and a list of bounded queues, all under one lock that is never held
// while anything else is called.
#include "server/events.h"

#include <string.h>

#define QUEUE_ITEMS_MAX 256
#define QUEUES_MAX 512
#define RING_ITEMS 1024

struct _ServerEvents {
    gatomicrefcount references; // (atomic)
    gint64 epoch;               // set once
    GMutex lock;                // guards what follows
    guint64 sequence;           // of the newest change (guarded by lock)
    GQueue ring;       // (element-type ServerEventsItem) newest at the tail (guarded by lock)
    GPtrArray *queues; // (owned) (element-type ServerEventsQueue) (guarded by lock)
};

struct _ServerEventsQueue {
    ServerEvents *events;  // (owned)
    GQueue items;          // (element-type ServerEventsItem) oldest first (guarded by events->lock)
    GMainContext *context; // (owned), where wake is called
    GSourceFunc wake;      // set once
    gpointer user_data;    // passed to wake
    GSource *source;       // (owned) (nullable), a wake under way (guarded by events->lock)
    guint muted;           // a bit a kind (guarded by events->lock)
};

void
server_events_item_free(ServerEventsItem *item)
{
    g_free(item->id);
    g_free(item);
}

static ServerEventsItem *
make_item(ServerEventsKind kind, const char *id, guint64 sequence)
{
    ServerEventsItem *item = g_new0(ServerEventsItem, 1);
    item->kind = kind;
    item->id = g_strdup(id);
    item->sequence = sequence;
    return item;
}

ServerEvents *
server_events_new(gint64 epoch)
{
    ServerEvents *events = g_new0(ServerEvents, 1);
    g_atomic_ref_count_init(&events->references);
    events->epoch = epoch;
    g_mutex_init(&events->lock);
    g_queue_init(&events->ring);
    events->queues = g_ptr_array_new();
    return events;
}

ServerEvents *
server_events_ref(ServerEvents *events)
{
    g_atomic_ref_count_inc(&events->references);
    return events;
}

void
server_events_unref(ServerEvents *events)
{
    if (!g_atomic_ref_count_dec(&events->references))
        return;
    g_queue_clear_full(&events->ring, (GDestroyNotify)server_events_item_free);
    g_ptr_array_unref(events->queues);
    g_mutex_clear(&events->lock);
    g_free(events);
}

static gint
compare_item(gconstpointer a, gconstpointer b)
{
    const ServerEventsItem *item = a, *wanted = b;
    return item->kind == wanted->kind && g_strcmp0(item->id, wanted->id) == 0 ? 0 : 1;
}

// With the lock held. Keeps one item a thing, at the place of its newest change.
static void
put(GQueue *queue, guint most, ServerEventsItem *item)
{
    GList *before = g_queue_find_custom(queue, item, compare_item);
    if (before != NULL) {
        server_events_item_free(before->data);
        g_queue_delete_link(queue, before);
    }
    g_queue_push_tail(queue, item);
    if (queue->length > most)
        server_events_item_free(g_queue_pop_head(queue));
}

// With the lock held.
static void
put_resync(ServerEventsQueue *queue, guint64 sequence)
{
    g_queue_clear_full(&queue->items, (GDestroyNotify)server_events_item_free);
    g_queue_push_tail(&queue->items, make_item(SERVER_EVENTS_RESYNC, NULL, sequence));
}

static gboolean
on_queue_wake(gpointer user_data)
{
    ServerEventsQueue *queue = user_data;
    g_mutex_lock(&queue->events->lock);
    g_clear_pointer(&queue->source, g_source_unref);
    g_mutex_unlock(&queue->events->lock);
    queue->wake(queue->user_data);
    return G_SOURCE_REMOVE;
}

// With the lock held. Only the context's own thread frees a queue, so a source that is there is
// safe.
static void
wake(ServerEventsQueue *queue)
{
    if (queue->source != NULL)
        return;
    queue->source = g_idle_source_new();
    g_source_set_priority(queue->source, G_PRIORITY_DEFAULT);
    g_source_set_callback(queue->source, on_queue_wake, queue, NULL);
    g_source_attach(queue->source, queue->context);
}

// With the lock held.
static void
deliver(ServerEventsQueue *queue, ServerEventsKind kind, const char *id, guint64 sequence)
{
    ServerEventsItem *head = g_queue_peek_head(&queue->items);
    gboolean was_empty = head == NULL;
    if ((queue->muted & (1U << kind)) != 0)
        return;
    if (!was_empty && head->kind == SERVER_EVENTS_RESYNC) {
        head->sequence = sequence;
        return;
    }
    put(&queue->items, QUEUE_ITEMS_MAX + 1, make_item(kind, id, sequence));
    if (queue->items.length > QUEUE_ITEMS_MAX)
        put_resync(queue, sequence);
    if (was_empty)
        wake(queue);
}

void
server_events_publish(ServerEvents *events, ServerEventsKind kind, const char *id)
{
    g_mutex_lock(&events->lock);
    events->sequence++;
    put(&events->ring, RING_ITEMS, make_item(kind, id, events->sequence));
    for (guint i = 0; i < events->queues->len; i++)
        deliver(g_ptr_array_index(events->queues, i), kind, id, events->sequence);
    g_mutex_unlock(&events->lock);
}

guint64
server_events_get_sequence(ServerEvents *events)
{
    g_mutex_lock(&events->lock);
    guint64 sequence = events->sequence;
    g_mutex_unlock(&events->lock);
    return sequence;
}

char *
server_events_format_id(ServerEvents *events, guint64 sequence)
{
    return g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GUINT64_FORMAT, events->epoch, sequence);
}

static gboolean
parse_id(ServerEvents *events, const char *text, guint64 *sequence)
{
    g_autofree char *prefix = g_strdup_printf("%" G_GINT64_FORMAT "-", events->epoch);
    return g_str_has_prefix(text, prefix) &&
           g_ascii_string_to_unsigned(text + strlen(prefix), 10, 0, G_MAXUINT64, sequence, NULL);
}

// With the lock held. What the ring still knows after the client's last event, or one RESYNC.
static void
catch_up(ServerEvents *events, ServerEventsQueue *queue, const char *last_event_id)
{
    guint64 last = 0;
    gboolean known = parse_id(events, last_event_id, &last) && last <= events->sequence;
    // The ring drops the oldest change of all, so everything after its head's is still in it.
    ServerEventsItem *oldest = g_queue_peek_head(&events->ring);
    if (known && events->ring.length == RING_ITEMS && oldest->sequence > last + 1)
        known = FALSE;
    if (!known) {
        deliver(queue, SERVER_EVENTS_RESYNC, NULL, events->sequence);
        return;
    }
    for (GList *at = events->ring.head; at != NULL; at = at->next) {
        ServerEventsItem *item = at->data;
        if (item->sequence > last)
            deliver(queue, item->kind, item->id, item->sequence);
    }
}

ServerEventsQueue *
server_events_subscribe(ServerEvents *events, const char *last_event_id, GMainContext *context,
                        GSourceFunc wake_func, gpointer user_data)
{
    ServerEventsQueue *queue = g_new0(ServerEventsQueue, 1);
    queue->events = server_events_ref(events);
    g_queue_init(&queue->items);
    queue->context = g_main_context_ref(context);
    queue->wake = wake_func;
    queue->user_data = user_data;
    g_mutex_lock(&events->lock);
    gboolean room = events->queues->len < QUEUES_MAX;
    if (room) {
        g_ptr_array_add(events->queues, queue);
        if (last_event_id != NULL)
            catch_up(events, queue, last_event_id);
    }
    g_mutex_unlock(&events->lock);
    if (!room)
        g_clear_pointer(&queue, server_events_queue_free);
    return queue;
}

void
server_events_queue_mute(ServerEventsQueue *queue, ServerEventsKind kind)
{
    g_mutex_lock(&queue->events->lock);
    queue->muted |= 1U << kind;
    g_mutex_unlock(&queue->events->lock);
}

GPtrArray *
server_events_queue_take(ServerEventsQueue *queue)
{
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)server_events_item_free);
    g_mutex_lock(&queue->events->lock);
    while (queue->items.length > 0)
        g_ptr_array_add(items, g_queue_pop_head(&queue->items));
    g_mutex_unlock(&queue->events->lock);
    return items;
}

void
server_events_queue_free(ServerEventsQueue *queue)
{
    g_mutex_lock(&queue->events->lock);
    g_ptr_array_remove(queue->events->queues, queue);
    g_autoptr(GSource) source = g_steal_pointer(&queue->source);
    g_mutex_unlock(&queue->events->lock);
    if (source != NULL)
        g_source_destroy(source);
    g_queue_clear_full(&queue->items, (GDestroyNotify)server_events_item_free);
    g_main_context_unref(queue->context);
    server_events_unref(queue->events);
    g_free(queue);
}
