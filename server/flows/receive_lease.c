// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One entry an upload: its holder, who waits, and the running sum that outlives a holder.
//
//            take                set_evict              close
//   resting ------> held (short) ---------> may be asked ------> closing
//      ^              | release                | release           | release
//      +--------------+------------------------+-------------------+   (or the next waiter holds)
#include "server/flows/receive_lease.h"

typedef struct {
    GTask *task;      // (owned)
    gboolean patient; // waits for a closing holder too
} Waiter;

struct _FlowsReceiveLease {
    FlowsReceiveLeases *leases;   // (unowned)
    char *upload_id;              // (owned)
    GQueue waiters;               // (element-type Waiter) (guarded by lock)
    gboolean held;                // (guarded by lock)
    gboolean closing;             // (guarded by lock)
    FlowsReceiveLeaseEvict evict; // (nullable) (guarded by lock)
    gpointer evict_data;          // (unowned) (guarded by lock)
    GMainContext *context;        // (owned) (nullable) (guarded by lock): where evict is called
    GSource *asking;              // (owned) (nullable) (guarded by lock): the call under way
    FlowsReceiveDigest *digest;   // (owned) (nullable) (guarded by lock)
};

struct _FlowsReceiveLeases {
    GMutex lock;         // guards everything
    GHashTable *entries; // (owned) (element-type utf8 FlowsReceiveLease) (guarded by lock)
    guint held;          // (guarded by lock)
};

static void
free_waiter(Waiter *waiter)
{
    g_object_unref(waiter->task);
    g_free(waiter);
}

static void
free_entry(FlowsReceiveLease *lease)
{
    g_queue_clear_full(&lease->waiters, (GDestroyNotify)free_waiter);
    g_clear_pointer(&lease->digest, flows_receive_digest_free);
    g_clear_pointer(&lease->context, g_main_context_unref);
    g_free(lease->upload_id);
    g_free(lease);
}

FlowsReceiveLeases *
flows_receive_lease_new_table(void)
{
    FlowsReceiveLeases *leases = g_new0(FlowsReceiveLeases, 1);
    g_mutex_init(&leases->lock);
    leases->entries =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)free_entry);
    return leases;
}

void
flows_receive_lease_free_table(FlowsReceiveLeases *leases)
{
    if (leases == NULL)
        return;
    g_hash_table_unref(leases->entries);
    g_mutex_clear(&leases->lock);
    g_free(leases);
}

static gboolean
on_asking_dispatch(gpointer data)
{
    FlowsReceiveLease *lease = data;
    g_mutex_lock(&lease->leases->lock);
    FlowsReceiveLeaseEvict evict = g_steal_pointer(&lease->evict);
    gpointer evict_data = lease->evict_data;
    g_clear_pointer(&lease->asking, g_source_unref);
    g_mutex_unlock(&lease->leases->lock);
    if (evict != NULL)
        evict(evict_data);
    return G_SOURCE_REMOVE;
}

/* With the lock. */
static void
ask_holder(FlowsReceiveLease *lease)
{
    if (lease->evict == NULL || lease->asking != NULL || g_queue_is_empty(&lease->waiters))
        return;
    lease->asking = g_idle_source_new();
    g_source_set_priority(lease->asking, G_PRIORITY_DEFAULT);
    g_source_set_callback(lease->asking, on_asking_dispatch, lease, NULL);
    g_source_attach(lease->asking, lease->context);
}

/* With the lock. */
static void
forget_evict(FlowsReceiveLease *lease)
{
    lease->evict = NULL;
    g_clear_pointer(&lease->context, g_main_context_unref);
    if (lease->asking != NULL) {
        g_source_destroy(lease->asking);
        g_clear_pointer(&lease->asking, g_source_unref);
    }
}

/* With the lock. */
static FlowsReceiveLease *
ensure_entry(FlowsReceiveLeases *leases, const char *upload_id)
{
    FlowsReceiveLease *lease = g_hash_table_lookup(leases->entries, upload_id);
    if (lease != NULL)
        return lease;
    lease = g_new0(FlowsReceiveLease, 1);
    lease->leases = leases;
    lease->upload_id = g_strdup(upload_id);
    g_queue_init(&lease->waiters);
    g_hash_table_insert(leases->entries, lease->upload_id, lease);
    return lease;
}

static void
refuse_task(GTask *task)
{
    g_task_return_new_error(task, G_IO_ERROR, G_IO_ERROR_BUSY, "the upload is in use");
}

void
flows_receive_lease_take_async(FlowsReceiveLeases *leases, const char *upload_id, gboolean patient,
                               GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
    g_task_set_source_tag(task, flows_receive_lease_take_async);
    g_mutex_lock(&leases->lock);
    FlowsReceiveLease *lease = g_hash_table_lookup(leases->entries, upload_id);
    gboolean held = lease != NULL && lease->held;
    gboolean granted = !held && leases->held < FLOWS_RECEIVE_LEASE_HELD;
    gboolean queued =
        held && (patient || !lease->closing) && lease->waiters.length < FLOWS_RECEIVE_LEASE_WAITERS;
    if (granted) {
        lease = ensure_entry(leases, upload_id);
        lease->held = TRUE;
        leases->held++;
    } else if (queued) {
        Waiter *waiter = g_new0(Waiter, 1);
        waiter->task = g_object_ref(task);
        waiter->patient = patient;
        g_queue_push_tail(&lease->waiters, waiter);
        ask_holder(lease);
    }
    g_mutex_unlock(&leases->lock);
    if (granted)
        g_task_return_pointer(task, lease, (GDestroyNotify)flows_receive_lease_release);
    else if (!queued)
        refuse_task(task);
}

FlowsReceiveLease *
flows_receive_lease_take_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}

void
flows_receive_lease_set_evict(FlowsReceiveLease *lease, FlowsReceiveLeaseEvict evict,
                              gpointer user_data)
{
    g_mutex_lock(&lease->leases->lock);
    forget_evict(lease);
    if (evict != NULL) {
        lease->evict = evict;
        lease->evict_data = user_data;
        lease->context = g_main_context_ref_thread_default();
        ask_holder(lease);
    }
    g_mutex_unlock(&lease->leases->lock);
}

void
flows_receive_lease_close(FlowsReceiveLease *lease)
{
    g_autoptr(GPtrArray) refused = g_ptr_array_new_with_free_func((GDestroyNotify)free_waiter);
    g_mutex_lock(&lease->leases->lock);
    forget_evict(lease);
    lease->closing = TRUE;
    for (guint left = lease->waiters.length; left > 0; left--) {
        Waiter *waiter = g_queue_pop_head(&lease->waiters);
        if (waiter->patient)
            g_queue_push_tail(&lease->waiters, waiter);
        else
            g_ptr_array_add(refused, waiter);
    }
    g_mutex_unlock(&lease->leases->lock);
    for (guint i = 0; i < refused->len; i++)
        refuse_task(((Waiter *)g_ptr_array_index(refused, i))->task);
}

FlowsReceiveDigest *
flows_receive_lease_take_digest(FlowsReceiveLease *lease)
{
    g_mutex_lock(&lease->leases->lock);
    FlowsReceiveDigest *digest = g_steal_pointer(&lease->digest);
    g_mutex_unlock(&lease->leases->lock);
    return digest;
}

void
flows_receive_lease_keep_digest(FlowsReceiveLease *lease, FlowsReceiveDigest *digest)
{
    g_mutex_lock(&lease->leases->lock);
    g_clear_pointer(&lease->digest, flows_receive_digest_free);
    lease->digest = digest;
    g_mutex_unlock(&lease->leases->lock);
}

/* With the lock. An entry at rest is kept for its sum only, and of those only so many: a sum that
 * is dropped is made again from the disk when the upload is whole. */
static void
rest_entry(FlowsReceiveLease *lease)
{
    FlowsReceiveLeases *leases = lease->leases;
    guint resting = g_hash_table_size(leases->entries) - leases->held;
    if (lease->digest == NULL || resting > FLOWS_RECEIVE_LEASE_DIGESTS)
        g_hash_table_remove(leases->entries, lease->upload_id);
}

void
flows_receive_lease_release(FlowsReceiveLease *lease)
{
    FlowsReceiveLeases *leases = lease->leases;
    g_mutex_lock(&leases->lock);
    forget_evict(lease);
    lease->closing = FALSE;
    Waiter *next = g_queue_pop_head(&lease->waiters);
    if (next == NULL) {
        lease->held = FALSE;
        leases->held--;
        rest_entry(lease);
    }
    g_mutex_unlock(&leases->lock);
    if (next == NULL)
        return;
    g_task_return_pointer(next->task, lease, (GDestroyNotify)flows_receive_lease_release);
    free_waiter(next);
}
