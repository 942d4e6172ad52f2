// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Fixed windows in one hash table, with a queue that knows which counter is the oldest.
#include "server/throttle.h"

#define WINDOW_MS (5 * 60 * (gint64)1000)
#define COUNTERS_MAX 20000

// The three things that are counted, and how many failures each may have in a window.
typedef enum {
    WHAT_BOTH,
    WHAT_ADDRESS,
    WHAT_NAME,
} What;

static const guint allowed[] = {[WHAT_BOTH] = 5, [WHAT_ADDRESS] = 30, [WHAT_NAME] = 50};

typedef struct {
    char *key;       // (owned)
    gint64 begin_ms; // of the window
    guint failures;  // in it
} Counter;

struct _ServerThrottle {
    GMutex lock;          // guards the rest
    GHashTable *counters; // (owned) (element-type utf8 GList) (guarded by lock)
    GQueue order;         // (element-type Counter) oldest first (guarded by lock)
};

static void
free_counter(gpointer data)
{
    Counter *counter = data;
    g_free(counter->key);
    g_free(counter);
}

ServerThrottle *
server_throttle_new(void)
{
    ServerThrottle *throttle = g_new0(ServerThrottle, 1);
    g_mutex_init(&throttle->lock);
    throttle->counters = g_hash_table_new(g_str_hash, g_str_equal);
    g_queue_init(&throttle->order);
    return throttle;
}

void
server_throttle_free(ServerThrottle *throttle)
{
    g_hash_table_unref(throttle->counters);
    g_queue_clear_full(&throttle->order, free_counter);
    g_mutex_clear(&throttle->lock);
    g_free(throttle);
}

static char *
make_key(What what, const char *name, const char *address)
{
    g_autofree char *folded = g_utf8_casefold(name, 256);
    switch (what) {
    case WHAT_BOTH:
        return g_strdup_printf("b %s %s", address, folded);
    case WHAT_ADDRESS:
        return g_strdup_printf("a %s", address);
    case WHAT_NAME:
        return g_strdup_printf("n %s", folded);
    }
    return NULL;
}

static void
drop(ServerThrottle *throttle, GList *link)
{
    Counter *counter = link->data;
    g_hash_table_remove(throttle->counters, counter->key);
    free_counter(counter);
    g_queue_delete_link(&throttle->order, link);
}

// Returns: the counter whose window is still open, or NULL.
static Counter *
find(ServerThrottle *throttle, const char *key, gint64 now_ms)
{
    GList *link = g_hash_table_lookup(throttle->counters, key);
    if (link == NULL)
        return NULL;
    Counter *counter = link->data;
    // A clock that was set back must not lock anybody out for long.
    if (now_ms < counter->begin_ms || now_ms - counter->begin_ms >= WINDOW_MS) {
        drop(throttle, link);
        return NULL;
    }
    return counter;
}

guint
server_throttle_check(ServerThrottle *throttle, const char *name, const char *address,
                      gint64 now_ms)
{
    gint64 wait_ms = 0;
    g_mutex_lock(&throttle->lock);
    for (What what = WHAT_BOTH; what <= WHAT_NAME; what++) {
        g_autofree char *key = make_key(what, name, address);
        Counter *counter = find(throttle, key, now_ms);
        if (counter != NULL && counter->failures >= allowed[what])
            wait_ms = MAX(wait_ms, counter->begin_ms + WINDOW_MS - now_ms);
    }
    g_mutex_unlock(&throttle->lock);
    return (guint)((wait_ms + 999) / 1000);
}

void
server_throttle_note_attempt(ServerThrottle *throttle, const char *name, const char *address,
                             gint64 now_ms)
{
    g_mutex_lock(&throttle->lock);
    for (What what = WHAT_BOTH; what <= WHAT_NAME; what++) {
        g_autofree char *key = make_key(what, name, address);
        Counter *counter = find(throttle, key, now_ms);
        if (counter == NULL) {
            counter = g_new0(Counter, 1);
            counter->key = g_steal_pointer(&key);
            counter->begin_ms = now_ms;
            g_queue_push_tail(&throttle->order, counter);
            g_hash_table_insert(throttle->counters, counter->key, throttle->order.tail);
        }
        counter->failures++;
    }
    while (throttle->order.length > COUNTERS_MAX)
        drop(throttle, throttle->order.head);
    g_mutex_unlock(&throttle->lock);
}

void
server_throttle_note_success(ServerThrottle *throttle, const char *name, const char *address)
{
    g_mutex_lock(&throttle->lock);
    for (What what = WHAT_BOTH; what <= WHAT_NAME; what++) {
        g_autofree char *key = make_key(what, name, address);
        GList *link = g_hash_table_lookup(throttle->counters, key);
        if (link == NULL)
            continue;
        Counter *counter = link->data;
        if (what == WHAT_BOTH || counter->failures <= 1)
            drop(throttle, link);
        else
            counter->failures--;
    }
    g_mutex_unlock(&throttle->lock);
}
