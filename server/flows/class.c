// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// start → probe the walls → read the rows → open the door → tell it keys and pipes
//
// A class:  AWAY → (came) COMING → (a service is there) ON_AIR: catalog_classes_begin()
//           ON_AIR → (gone) PAUSED → (back) ON_AIR, or → (a minute over) AWAY:
//           catalog_classes_end()
//
// The pipes of channels stay open all the time, so that a sender that comes back, and a door that
// had to be opened anew, go on with the same programme.
#include "server/flows/class.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "catalog/classes.h"
#include "catalog/threads.h"
#include "server/flows/class_door.h"
#include "server/flows/class_work.h"
#include "server/timer.h"

#define GRACE_MS 60000
#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 60000
#define SWEEP_MS (3600 * 1000)
#define NUMBERS 0x40000000u // subscriptions are told from those of multiplexes
#define PIPE_BYTES (1024 * 1024)

typedef struct {
    FlowsClass *class;       // (unowned)
    char *id;                // (owned)
    char *key_hash;          // (owned) (nullable)
    gboolean on_air;         // (value) as the catalogue has it, or will when it has written
    gboolean listed;         // (value) in the rows that were read last
    GSource *grace;          // (owned) (nullable) while PAUSED
    FlowsClassStatus status; // (value) other threads read it under the lock
} Entry;

typedef struct {
    guint number;   // (value)
    char *id;       // (owned) of a class
    int descriptor; // (owned) write end
} Feed;

struct _FlowsClass {
    FlowsClassSetup setup;     // (value)
    GMainContext *context;     // (owned)
    GCancellable *cancellable; // (owned) for the probe
    ChildSandbox *sandbox;     // (owned) (nullable) known after the probe
    FlowsClassDoor *door;      // (owned) (nullable)
    GSource *retry;            // (owned) (nullable)
    GSource *sweep;            // (owned) (nullable)
    guint retry_ms;            // (value) the next wait
    GArray *feeds;             // (owned) (element-type Feed)
    guint next;                // (value) subscription
    guint working;             // (value) works of ours at the catalogue
    gboolean read;             // (value) the rows were read once
    gint waking;               // (atomic) a wake is on its way to the main context
    GTask *stop;               // (owned) (nullable) to be completed when all is quiet
    gboolean stopping;         // (value)
    GMutex lock;               // guards what other threads read
    GHashTable *entries;       // (owned) (element-type utf8 Entry) by id; changes under the lock
    gboolean open;             // (value) the door is (guarded by lock)
    char code[40];             // (value) why it is not (guarded by lock)
};

static void
free_entry(gpointer data)
{
    Entry *entry = data;
    server_timer_clear(&entry->grace);
    g_free(entry->id);
    g_free(entry->key_hash);
    g_free(entry);
}

static void
clear_feed(Feed *feed)
{
    close(feed->descriptor);
    g_free(feed->id);
}

FlowsClass *
flows_class_new(const FlowsClassSetup *setup)
{
    FlowsClass *class = g_new0(FlowsClass, 1);
    class->setup = *setup;
    if (class->setup.grace_ms == 0)
        class->setup.grace_ms = GRACE_MS;
    class->context = g_main_context_ref_thread_default();
    class->cancellable = g_cancellable_new();
    class->retry_ms = FIRST_RETRY_MS;
    class->feeds = g_array_new(FALSE, FALSE, sizeof(Feed));
    g_array_set_clear_func(class->feeds, (GDestroyNotify)clear_feed);
    class->entries = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_entry);
    g_mutex_init(&class->lock);
    return class;
}

/* @code: (nullable): why. */
static void
set_state(Entry *entry, FlowsClassState state, const char *code)
{
    g_mutex_lock(&entry->class->lock);
    FlowsClassStatus *status = &entry->status;
    status->state = state;
    g_strlcpy(status->code, code != NULL ? code : "", sizeof status->code);
    if (state != FLOWS_CLASS_STATE_ON_AIR)
        status->bits_per_second = 0;
    status->ends_ms =
        state == FLOWS_CLASS_STATE_PAUSED
            ? server_clock_now_ms(entry->class->setup.clock) + entry->class->setup.grace_ms
            : 0;
    g_mutex_unlock(&entry->class->lock);
}

static void
set_open(FlowsClass *class, gboolean open, const char *code)
{
    g_mutex_lock(&class->lock);
    class->open = open;
    g_strlcpy(class->code, code != NULL ? code : "", sizeof class->code);
    g_mutex_unlock(&class->lock);
}

/* --- the catalogue -------------------------------------------------------------------------- */

static FlowsClassWork *
make_work(FlowsClass *class, const char *id)
{
    FlowsClassWork *work = g_new0(FlowsClassWork, 1);
    work->owner = class;
    work->id = g_strdup(id);
    work->now_ms = server_clock_now_ms(class->setup.clock);
    class->working++;
    return work;
}

static void
end_if_quiet(FlowsClass *class)
{
    if (class->stop == NULL || class->working > 0 || class->door != NULL)
        return;
    g_autoptr(GTask) stop = g_steal_pointer(&class->stop);
    g_task_return_boolean(stop, TRUE);
}

static void
on_moved(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsClassWork *work = data;
    FlowsClass *class = work->owner;
    g_autoptr(GError) error = NULL;
    Entry *entry = g_hash_table_lookup(class->entries, work->id);
    class->working--;
    if (!catalog_threads_finish(result, &error)) {
        g_warning("class %s: %s", work->id, error->message);
        if (entry != NULL)
            entry->on_air = !work->begin;
    } else if (!class->stopping) {
        class->setup.changed(work->booking, class->setup.data);
    }
    end_if_quiet(class);
}

/* Its row says so from now on; a failure is tried again when the next line comes. */
static void
move(Entry *entry, gboolean begin)
{
    FlowsClassWork *work = make_work(entry->class, entry->id);
    work->begin = begin;
    entry->on_air = begin;
    catalog_threads_write_async(entry->class->setup.catalog, flows_class_work_move, work,
                                flows_class_work_free, NULL, on_moved);
}

static gboolean
on_grace_over(gpointer data)
{
    Entry *entry = data;
    server_timer_clear(&entry->grace);
    set_state(entry, FLOWS_CLASS_STATE_AWAY, NULL);
    move(entry, FALSE);
    return G_SOURCE_REMOVE;
}

/* @code: (nullable): why it is away. */
static void
note_gone(Entry *entry, const char *code)
{
    gboolean wait = entry->on_air && entry->key_hash != NULL;
    server_timer_clear(&entry->grace);
    set_state(entry, wait ? FLOWS_CLASS_STATE_PAUSED : FLOWS_CLASS_STATE_AWAY, code);
    if (wait)
        server_timer_set(&entry->grace, entry->class->context, entry->class->setup.grace_ms,
                         on_grace_over, entry);
    else if (entry->on_air)
        move(entry, FALSE);
}

static void
take_row(FlowsClass *class, const CatalogClasses *row)
{
    Entry *entry = g_hash_table_lookup(class->entries, row->id);
    gboolean fresh = entry == NULL;
    if (fresh) {
        entry = g_new0(Entry, 1);
        entry->class = class;
        entry->id = g_strdup(row->id);
        entry->on_air = row->on_air_ms > 0;
        entry->status.state = FLOWS_CLASS_STATE_AWAY;
        g_mutex_lock(&class->lock);
        g_hash_table_insert(class->entries, entry->id, entry);
        g_mutex_unlock(&class->lock);
    }
    gboolean other_key = g_strcmp0(entry->key_hash, row->key_hash) != 0;
    g_free(entry->key_hash);
    entry->key_hash = g_strdup(row->key_hash);
    entry->listed = TRUE;
    if (other_key && class->door != NULL && row->key_hash != NULL)
        flows_class_door_admit(class->door, row->id, row->key_hash);
    else if (other_key && class->door != NULL)
        flows_class_door_dismiss(class->door, row->id);
    if ((fresh && entry->on_air) || (!fresh && row->key_hash == NULL && entry->on_air))
        note_gone(entry, NULL);
}

/* Those that may not come any more. */
static void
drop_others(FlowsClass *class)
{
    g_autoptr(GList) entries = g_hash_table_get_values(class->entries);
    for (GList *one = entries; one != NULL; one = one->next) {
        Entry *entry = one->data;
        if (entry->listed)
            continue;
        if (class->door != NULL)
            flows_class_door_dismiss(class->door, entry->id);
        g_mutex_lock(&class->lock);
        g_hash_table_remove(class->entries, entry->id);
        g_mutex_unlock(&class->lock);
    }
}

static void open_door(FlowsClass *class);

static void
on_rows_read(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsClassWork *work = data;
    FlowsClass *class = work->owner;
    g_autoptr(GError) error = NULL;
    gboolean good = catalog_threads_finish(result, &error);
    class->working--;
    if (!good)
        g_warning("classes: the catalogue cannot be read: %s", error->message);
    GHashTableIter iter;
    gpointer entry = NULL;
    g_hash_table_iter_init(&iter, class->entries);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        ((Entry *)entry)->listed = !good;
    for (guint i = 0; good && !class->stopping && i < work->rows->len; i++)
        take_row(class, work->rows->pdata[i]);
    if (good && !class->stopping) {
        drop_others(class);
        class->read = TRUE;
        open_door(class);
    }
    end_if_quiet(class);
}

/* In the order of the writes, so that what was written is seen. */
static void
read_classes(FlowsClass *class)
{
    catalog_threads_write_async(class->setup.catalog, flows_class_work_read, make_work(class, NULL),
                                flows_class_work_free, NULL, on_rows_read);
}

static void
on_windows_dropped(GObject *source, GAsyncResult *result, gpointer data)
{
    FlowsClassWork *work = data;
    g_autoptr(GError) error = NULL;
    FlowsClass *class = work->owner;
    class->working--;
    if (!catalog_threads_finish(result, &error))
        g_warning("classes: %s", error->message);
    else if (work->count > 0 && !class->stopping)
        class->setup.changed(NULL, class->setup.data);
    end_if_quiet(class);
}

static gboolean
on_sweep_due(gpointer data)
{
    FlowsClass *class = data;
    catalog_threads_write_async(class->setup.catalog, flows_class_work_sweep,
                                make_work(class, NULL), flows_class_work_free, NULL,
                                on_windows_dropped);
    return G_SOURCE_CONTINUE;
}

/* --- the door ------------------------------------------------------------------------------- */

static void
note_on_air(Entry *entry, const ChildIntakeReport *report)
{
    server_timer_clear(&entry->grace);
    g_autofree char *code = g_strdup(entry->status.code);
    gboolean conflict = entry->status.state == FLOWS_CLASS_STATE_ON_AIR;
    set_state(entry, FLOWS_CLASS_STATE_ON_AIR, conflict ? code : NULL);
    g_mutex_lock(&entry->class->lock);
    entry->status.bits_per_second = report->health.bits_per_second;
    entry->status.cc_errors = report->health.cc_errors;
    g_mutex_unlock(&entry->class->lock);
    if (!entry->on_air)
        move(entry, TRUE);
}

static void
on_caller(const ChildIntakeReport *report, gpointer data)
{
    FlowsClass *class = data;
    Entry *entry = g_hash_table_lookup(class->entries, report->caller);
    if (entry == NULL || class->stopping)
        return;
    if (strcmp(report->event_word, "on") == 0)
        note_on_air(entry, report);
    else if (strcmp(report->event_word, "conflict") == 0)
        set_state(entry, entry->status.state, "two-senders");
    else if (strcmp(report->event_word, "gone") == 0)
        note_gone(entry, strcmp(report->reason, "ended") != 0 ? report->reason : NULL);
    else if (entry->status.state == FLOWS_CLASS_STATE_AWAY)
        set_state(entry, FLOWS_CLASS_STATE_COMING, NULL);
}

static void
on_open(gpointer data)
{
    FlowsClass *class = data;
    class->retry_ms = FIRST_RETRY_MS;
    if (!class->open)
        set_open(class, TRUE, NULL);
}

static gboolean
on_retry_due(gpointer data)
{
    FlowsClass *class = data;
    server_timer_clear(&class->retry);
    open_door(class);
    return G_SOURCE_REMOVE;
}

static void
retry_later(FlowsClass *class, const char *code)
{
    set_open(class, FALSE, code);
    server_timer_set(&class->retry, class->context, class->retry_ms, on_retry_due, class);
    class->retry_ms = MIN(class->retry_ms * 2, LAST_RETRY_MS);
}

static void
on_door_ended(const char *code, const char *detail, gpointer data)
{
    FlowsClass *class = data;
    GHashTableIter iter;
    gpointer value = NULL;
    if (!class->stopping) {
        g_message("live classes: the door was shut: %s: %s", code, detail);
        retry_later(class, code);
        g_hash_table_iter_init(&iter, class->entries);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
            Entry *entry = value;
            if (entry->status.state != FLOWS_CLASS_STATE_AWAY &&
                entry->status.state != FLOWS_CLASS_STATE_PAUSED)
                note_gone(entry, NULL);
        }
    }
    g_clear_pointer(&class->door, flows_class_door_free);
    end_if_quiet(class);
}

static void
tell_door(FlowsClass *class)
{
    GHashTableIter iter;
    gpointer value = NULL;
    g_hash_table_iter_init(&iter, class->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Entry *entry = value;
        if (entry->key_hash != NULL)
            flows_class_door_admit(class->door, entry->id, entry->key_hash);
    }
    for (guint i = 0; i < class->feeds->len; i++) {
        const Feed *feed = &g_array_index(class->feeds, Feed, i);
        flows_class_door_feed(class->door, feed->number, feed->id, feed->descriptor);
    }
}

static void
open_door(FlowsClass *class)
{
    static const FlowsClassDoorFuncs funcs = {
        .on_open = on_open, .on_caller = on_caller, .on_end = on_door_ended};
    const ServerConfig *config = class->setup.config;
    g_autoptr(GError) error = NULL;
    if (class->sandbox == NULL || class->door != NULL || class->retry != NULL || !class->read ||
        class->stopping || config->class_address == NULL)
        return;
    if (class->sandbox->bubblewrap == NULL && config->sandbox_required) {
        set_open(class, FALSE, "no-sandbox");
        return;
    }
    class->door = flows_class_door_start(config, class->sandbox, class->setup.media_program, &funcs,
                                         class, &error);
    if (class->door == NULL)
        retry_later(class, "internal");
    else
        tell_door(class);
}

static void
on_sandbox_probed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(ChildSandbox) sandbox = child_sandbox_probe_finish(result, NULL);
    if (sandbox == NULL)
        return; // cancelled: it may be gone
    FlowsClass *class = data;
    class->sandbox = g_steal_pointer(&sandbox);
    open_door(class);
}

void
flows_class_start(FlowsClass *class)
{
    set_open(class, FALSE, class->setup.config->class_address == NULL ? "class-off" : NULL);
    child_sandbox_probe_async(class->cancellable, on_sandbox_probed, class);
    read_classes(class);
    on_sweep_due(class);
    server_timer_set(&class->sweep, class->context, SWEEP_MS, on_sweep_due, class);
}

/* --- what others ask ------------------------------------------------------------------------ */

static gboolean
on_wake(gpointer data)
{
    FlowsClass *class = data;
    g_atomic_int_set(&class->waking, 0);
    if (!class->stopping)
        read_classes(class);
    return G_SOURCE_REMOVE;
}

void
flows_class_wake(FlowsClass *class)
{
    if (!g_atomic_int_compare_and_exchange(&class->waking, 0, 1))
        return;
    g_autoptr(GSource) source = g_idle_source_new();
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_wake, class, NULL);
    g_source_attach(source, class->context);
}

guint
flows_class_subscribe(FlowsClass *class, const char *id, int write_fd)
{
    const Feed feed = {NUMBERS | ++class->next, g_strdup(id), write_fd};
    fcntl(write_fd, F_SETFL, fcntl(write_fd, F_GETFL) | O_NONBLOCK);
    fcntl(write_fd, F_SETPIPE_SZ, PIPE_BYTES); // as large as the system allows, else as it is
    g_array_append_val(class->feeds, feed);
    if (class->door != NULL)
        flows_class_door_feed(class->door, feed.number, id, write_fd);
    return feed.number;
}

void
flows_class_unsubscribe(FlowsClass *class, guint subscription)
{
    for (guint i = 0; i < class->feeds->len; i++) {
        if (g_array_index(class->feeds, Feed, i).number != subscription)
            continue;
        g_array_remove_index(class->feeds, i);
        if (class->door != NULL)
            flows_class_door_unfeed(class->door, subscription);
        return;
    }
}

FlowsClassStatus
flows_class_get_status(FlowsClass *class, const char *id)
{
    FlowsClassStatus status = {.state = FLOWS_CLASS_STATE_AWAY};
    g_mutex_lock(&class->lock);
    const Entry *entry = id != NULL ? g_hash_table_lookup(class->entries, id) : NULL;
    if (entry != NULL)
        status = entry->status;
    if (!class->open && status.state == FLOWS_CLASS_STATE_AWAY) {
        status.state = FLOWS_CLASS_STATE_OFF;
        g_strlcpy(status.code, class->code, sizeof status.code);
    }
    g_mutex_unlock(&class->lock);
    return status;
}

void
flows_class_stop_async(FlowsClass *class, GAsyncReadyCallback callback, gpointer user_data)
{
    class->stopping = TRUE;
    class->stop = g_task_new(NULL, NULL, callback, user_data);
    g_cancellable_cancel(class->cancellable);
    server_timer_clear(&class->retry);
    server_timer_clear(&class->sweep);
    GHashTableIter iter;
    gpointer entry = NULL;
    g_hash_table_iter_init(&iter, class->entries);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        server_timer_clear(&((Entry *)entry)->grace);
    if (class->door != NULL)
        flows_class_door_cancel(class->door);
    end_if_quiet(class);
}

gboolean
flows_class_stop_finish(FlowsClass *class, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}

void
flows_class_free(FlowsClass *class)
{
    g_cancellable_cancel(class->cancellable);
    server_timer_clear(&class->retry);
    server_timer_clear(&class->sweep);
    while (g_source_remove_by_user_data(class))
        ;
    g_clear_pointer(&class->door, flows_class_door_free);
    g_clear_pointer(&class->sandbox, child_sandbox_free);
    g_array_unref(class->feeds);
    g_hash_table_unref(class->entries);
    g_object_unref(class->cancellable);
    g_main_context_unref(class->context);
    g_mutex_clear(&class->lock);
    g_free(class);
}
