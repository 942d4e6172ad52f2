// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each is a source of its own context, due at its deadline; telling makes it due at once.
#include "server/flows/live_wait.h"

struct _FlowsLiveWait {
    guint most_ms;      // (value) that one waits
    GMutex lock;        // guards what follows
    GPtrArray *waiting; // (owned) (guarded by lock) (element-type GSource, owned)
    guint reloads;      // (guarded by lock) of waiting
};

typedef struct {
    GSource source;      // first: GLib allocates it with what follows
    FlowsLiveWait *wait; // (unowned)
    gconstpointer key;   // (unowned) compared alone
    gboolean is_reload;  // (value)
} Waiting;

static gboolean
dispatch(GSource *source, GSourceFunc callback, gpointer user_data)
{
    const Waiting *waiting = (Waiting *)(void *)source;
    FlowsLiveWait *wait = waiting->wait;
    g_mutex_lock(&wait->lock);
    wait->reloads -= waiting->is_reload;
    g_ptr_array_remove_fast(wait->waiting, source);
    g_mutex_unlock(&wait->lock);
    callback(user_data);
    return G_SOURCE_REMOVE;
}

FlowsLiveWait *
flows_live_wait_new(guint most_ms)
{
    FlowsLiveWait *wait = g_new0(FlowsLiveWait, 1);
    wait->most_ms = most_ms;
    g_mutex_init(&wait->lock);
    wait->waiting = g_ptr_array_new_with_free_func((GDestroyNotify)g_source_unref);
    return wait;
}

/* Returns: FALSE: there is no place for it. */
static gboolean
take_place(FlowsLiveWait *wait, GSource *source, gboolean is_reload)
{
    g_mutex_lock(&wait->lock);
    gboolean room = wait->waiting->len < FLOWS_LIVE_WAIT_MAX &&
                    (!is_reload || wait->reloads < FLOWS_LIVE_WAIT_RELOADS_MAX);
    if (room) {
        g_ptr_array_add(wait->waiting, g_source_ref(source));
        wait->reloads += is_reload;
    }
    g_mutex_unlock(&wait->lock);
    return room;
}

gboolean
flows_live_wait_add(FlowsLiveWait *wait, const FlowsLiveWaitAsked *asked, GSourceFunc callback,
                    gpointer user_data, GDestroyNotify free_data)
{
    static const GSourceFuncs functions = {.dispatch = dispatch};
    g_autoptr(GSource) source = g_source_new((GSourceFuncs *)&functions, sizeof(Waiting));
    Waiting *waiting = (Waiting *)(void *)source;
    waiting->wait = wait;
    waiting->key = asked->key;
    waiting->is_reload = asked->is_reload != FALSE;
    if (asked->cancellable != NULL) {
        g_autoptr(GSource) cancelled = g_cancellable_source_new(asked->cancellable);
        g_source_set_dummy_callback(cancelled);
        g_source_add_child_source(source, cancelled);
    }
    g_source_set_callback(source, callback, user_data, free_data);
    g_source_set_ready_time(source, g_get_monotonic_time() + (gint64)wait->most_ms * 1000);
    gboolean room = take_place(wait, source, waiting->is_reload);
    if (room)
        g_source_attach(source, g_main_context_get_thread_default());
    return room;
}

void
flows_live_wait_tell(FlowsLiveWait *wait, gconstpointer key)
{
    g_mutex_lock(&wait->lock);
    for (guint i = 0; i < wait->waiting->len; i++) {
        Waiting *waiting = wait->waiting->pdata[i];
        if (key == NULL || waiting->key == key)
            g_source_set_ready_time(&waiting->source, 0);
    }
    g_mutex_unlock(&wait->lock);
}

guint
flows_live_wait_count(FlowsLiveWait *wait)
{
    g_mutex_lock(&wait->lock);
    guint count = wait->waiting->len;
    g_mutex_unlock(&wait->lock);
    return count;
}

void
flows_live_wait_free(FlowsLiveWait *wait)
{
    for (guint i = 0; i < wait->waiting->len; i++)
        g_source_destroy(wait->waiting->pdata[i]);
    g_ptr_array_unref(wait->waiting);
    g_mutex_clear(&wait->lock);
    g_free(wait);
}
