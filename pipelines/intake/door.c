// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// hello → (door) listen → admit, dismiss, class-feed, callers ⟲ → (cancel, parent gone) end
//
// Keys are looked up on a thread of the library, under a lock; everything else is on the main
// context. Nobody's key leaves this process: reports name the caller as the parent does.
#include "pipelines/intake/door.h"

#include <math.h>
#include <signal.h>
#include <sysexits.h>
#include <unistd.h>

#include "pipelines/child/intake_channel.h"
#include "pipelines/intake/code.h"
#include "pipelines/intake/door_caller.h"
#include "pipelines/intake/door_key.h"
#include "pipelines/intake/srt_port.h"

#define JOB_SECONDS 30 // without a job
#define TICK_MS 1000
#define CALLERS_MAX 4096
#define HERE_MAX 32    // at one time
#define LATENCY_MS 500 // a phone in a moving car: half a second of repeats

struct _IntakeDoor {
    GMainLoop *loop;             // (owned)
    ChildIntakeChannel *channel; // (owned)
    IntakeSrtPort *port;         // (owned) (nullable) from the job on
    GHashTable *callers;         // (owned) (element-type utf8 IntakeDoorCaller) by name
    GHashTable *peers;           // (owned) (element-type gint IntakeDoorCaller) who is here
    GMutex lock;                 // guards keys
    GHashTable *keys;            // (owned) (element-type utf8 IntakeDoorCaller) (guarded by lock)
    gint here;                   // (atomic) how many are
    guint deadline;              // (value) id of a timer, 0: none
    guint tick;                  // (value) id of a timer, 0: none
    guint64 packets;             // (value) bursts that came: for the sign of life
    int exit_code;               // (value)
};

static void
stop(IntakeDoor *door, int exit_code)
{
    door->exit_code = exit_code;
    g_main_loop_quit(door->loop);
}

static void
fail(IntakeDoor *door, const char *code, const char *detail)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_FAILED);
    report->code = g_strdup(code);
    report->detail = g_strdup(detail);
    child_intake_channel_send(door->channel, report);
    child_intake_channel_drain(door->channel);
    stop(door, EX_UNAVAILABLE);
}

/* @reason: (nullable): of one that is gone. */
static void
tell(IntakeDoor *door, IntakeDoorCaller *caller, const char *state, const char *reason)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(CHILD_INTAKE_REPORT_CALLER);
    report->caller = g_strdup(intake_door_caller_get_name(caller));
    report->event_word = g_strdup(state);
    report->reason = g_strdup(reason);
    report->health.bits_per_second = (gint64)intake_door_caller_take_bits(caller) * 1000 / TICK_MS;
    report->health.cc_errors = (gint64)intake_door_caller_get_losses(caller);
    child_intake_channel_send(door->channel, report);
}

static void
note_here(IntakeDoor *door)
{
    g_atomic_int_set(&door->here, (gint)g_hash_table_size(door->peers));
}

/* Ends the connection of one that is here. */
static void
send_away(IntakeDoor *door, IntakeDoorCaller *caller, const char *reason)
{
    gint peer = intake_door_caller_get_peer(caller);
    if (peer == 0)
        return;
    intake_srt_port_end(door->port, peer);
    g_hash_table_remove(door->peers, GINT_TO_POINTER(peer));
    note_here(door);
    intake_door_caller_end(caller);
    tell(door, caller, "gone", reason);
}

/* Returns: (nullable): whose key it is. Under the lock. */
static IntakeDoorCaller *
find_by_stream_id(IntakeDoor *door, const char *stream_id)
{
    g_autofree char *key = intake_door_key_find(stream_id);
    g_autofree char *hash = key != NULL ? intake_door_key_hash(key) : NULL;
    return hash != NULL ? g_hash_table_lookup(door->keys, hash) : NULL;
}

/* A thread of the library. */
static IntakeSrtVerdict
on_admit(const char *stream_id, gpointer data)
{
    IntakeDoor *door = data;
    IntakeSrtVerdict verdict = INTAKE_SRT_VERDICT_UNKNOWN;
    g_mutex_lock(&door->lock);
    IntakeDoorCaller *caller = find_by_stream_id(door, stream_id);
    if (caller != NULL && intake_door_caller_is_busy(caller))
        verdict = INTAKE_SRT_VERDICT_CONFLICT;
    else if (caller != NULL)
        verdict = g_atomic_int_get(&door->here) < HERE_MAX ? INTAKE_SRT_VERDICT_ADMIT
                                                           : INTAKE_SRT_VERDICT_OVERLOAD;
    g_mutex_unlock(&door->lock);
    return verdict;
}

static void
on_came(gint peer, const char *stream_id, const char *place, gpointer data)
{
    IntakeDoor *door = data;
    g_mutex_lock(&door->lock);
    IntakeDoorCaller *caller = find_by_stream_id(door, stream_id);
    g_mutex_unlock(&door->lock);
    if (caller == NULL || intake_door_caller_is_busy(caller)) { // since it knocked
        intake_srt_port_end(door->port, peer);
        return;
    }
    gint before = intake_door_caller_get_peer(caller);
    if (before != 0) {
        intake_srt_port_end(door->port, before);
        g_hash_table_remove(door->peers, GINT_TO_POINTER(before));
    }
    g_hash_table_insert(door->peers, GINT_TO_POINTER(peer), caller);
    note_here(door);
    intake_door_caller_begin(caller, peer, g_get_monotonic_time());
    tell(door, caller, "came", NULL);
}

static void
on_received(gint peer, const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeDoor *door = data;
    IntakeDoorCaller *caller = g_hash_table_lookup(door->peers, GINT_TO_POINTER(peer));
    door->packets++;
    if (caller != NULL && intake_door_caller_push(caller, bytes, length, now_us))
        tell(door, caller, "on", NULL);
}

static void
on_gone(gint peer, const GError *error, gpointer data)
{
    IntakeDoor *door = data;
    IntakeDoorCaller *caller = g_hash_table_lookup(door->peers, GINT_TO_POINTER(peer));
    if (caller == NULL)
        return;
    g_hash_table_remove(door->peers, GINT_TO_POINTER(peer));
    note_here(door);
    intake_door_caller_end(caller);
    tell(door, caller, "gone", "ended");
}

static void
look_at(IntakeDoor *door, IntakeDoorCaller *caller, gint64 now_us)
{
    const char *reason = intake_door_caller_judge(caller, now_us);
    if (intake_door_caller_take_conflict(caller))
        tell(door, caller, "conflict", NULL);
    if (reason != NULL)
        send_away(door, caller, reason);
    else if (intake_door_caller_is_on(caller))
        tell(door, caller, "on", NULL);
}

static gboolean
on_tick(gpointer data)
{
    IntakeDoor *door = data;
    g_autoptr(GList) here = g_hash_table_get_values(door->peers);
    g_autoptr(ChildIntakeReport) health = child_intake_report_new(CHILD_INTAKE_REPORT_HEALTH);
    if (!child_intake_channel_has_room(door->channel))
        return G_SOURCE_CONTINUE;
    for (GList *one = here; one != NULL; one = one->next)
        look_at(door, one->data, g_get_monotonic_time());
    health->health = (ChildIntakeHealth){.packets = (gint64)door->packets,
                                         .feeds = g_atomic_int_get(&door->here),
                                         .locked = TRUE,
                                         .level = CHILD_FIELDS_NOTHING,
                                         .quality = CHILD_FIELDS_NOTHING,
                                         .cn_db = NAN,
                                         .ber = NAN};
    child_intake_channel_send(door->channel, health);
    return G_SOURCE_CONTINUE;
}

static void
open_port(IntakeDoor *door, const ChildIntakeJob *job)
{
    static const IntakeSrtPortFuncs funcs = {
        .admit = on_admit, .came = on_came, .received = on_received, .gone = on_gone};
    const IntakeSrtPortSetup setup = {
        .listens = TRUE,
        .host = job->host,
        .port = (guint16)job->port,
        .latency_ms = LATENCY_MS,
    };
    g_autoptr(GError) error = NULL;
    door->port = intake_srt_port_open(&setup, &funcs, door, &error);
    if (door->port == NULL)
        fail(door, intake_code_find(error), error->message);
    else
        door->tick = g_timeout_add(TICK_MS, on_tick, door);
}

static void
dismiss(IntakeDoor *door, const char *name)
{
    IntakeDoorCaller *caller = g_hash_table_lookup(door->callers, name);
    if (caller == NULL)
        return;
    send_away(door, caller, "key-withdrawn");
    g_mutex_lock(&door->lock);
    g_hash_table_remove(door->keys, intake_door_caller_get_key(caller));
    g_mutex_unlock(&door->lock);
    g_hash_table_remove(door->callers, name);
}

static void
admit(IntakeDoor *door, const ChildIntakeJob *job)
{
    IntakeDoorCaller *caller = g_hash_table_lookup(door->callers, job->caller);
    if (caller != NULL && g_str_equal(intake_door_caller_get_key(caller), job->key))
        return;
    dismiss(door, job->caller);
    if (g_hash_table_size(door->callers) >= CALLERS_MAX)
        return;
    caller = intake_door_caller_new(job->caller, job->key);
    g_hash_table_insert(door->callers, g_strdup(job->caller), caller);
    g_mutex_lock(&door->lock);
    g_hash_table_insert(door->keys, g_strdup(job->key), caller);
    g_mutex_unlock(&door->lock);
}

static void
add_feed(IntakeDoor *door, const ChildIntakeJob *job, int descriptor)
{
    IntakeDoorCaller *caller = g_hash_table_lookup(door->callers, job->caller);
    if (caller != NULL)
        intake_door_caller_add_feed(caller, job->feed, descriptor);
    else
        close(descriptor);
}

static void
remove_feed(IntakeDoor *door, gint64 number)
{
    GHashTableIter iter;
    gpointer caller = NULL;
    g_hash_table_iter_init(&iter, door->callers);
    while (g_hash_table_iter_next(&iter, NULL, &caller))
        intake_door_caller_remove_feed(caller, number);
}

static void
clear_timer(guint *timer)
{
    if (*timer != 0)
        g_source_remove(*timer);
    *timer = 0;
}

static void
on_line(const ChildIntakeJob *job, int descriptor, gpointer data)
{
    IntakeDoor *door = data;
    switch (job->line) {
    case CHILD_INTAKE_JOB_LINE_DOOR:
        clear_timer(&door->deadline);
        if (door->port == NULL)
            open_port(door, job);
        return;
    case CHILD_INTAKE_JOB_LINE_ADMIT:
        admit(door, job);
        return;
    case CHILD_INTAKE_JOB_LINE_DISMISS:
        dismiss(door, job->caller);
        return;
    case CHILD_INTAKE_JOB_LINE_CLASS_FEED:
        add_feed(door, job, descriptor);
        return;
    case CHILD_INTAKE_JOB_LINE_UNFEED:
        remove_feed(door, job->feed);
        return;
    case CHILD_INTAKE_JOB_LINE_CANCEL:
        fail(door, "cancelled", "asked to stop");
        return;
    case CHILD_INTAKE_JOB_LINE_FEED:
        close(descriptor);
        G_GNUC_FALLTHROUGH;
    case CHILD_INTAKE_JOB_LINE_JOB:
    case CHILD_INTAKE_JOB_LINE_TELL:
        stop(door, EX_PROTOCOL); // of another role
        return;
    }
}

static void
on_parent_gone(gpointer data)
{
    stop(data, EX_OK);
}

static gboolean
on_deadline(gpointer data)
{
    IntakeDoor *door = data;
    door->deadline = 0;
    stop(door, EX_PROTOCOL);
    return G_SOURCE_REMOVE;
}

IntakeDoor *
intake_door_new(int control, GMainLoop *loop)
{
    static const ChildIntakeChannelFuncs funcs = {.on_line = on_line, .on_gone = on_parent_gone};
    IntakeDoor *door = g_new0(IntakeDoor, 1);
    g_autoptr(ChildIntakeReport) hello = child_intake_report_new(CHILD_INTAKE_REPORT_HELLO);
    signal(SIGPIPE, SIG_IGN); // a reader that ends is noticed by its feed
    g_mutex_init(&door->lock);
    door->loop = g_main_loop_ref(loop);
    door->channel = child_intake_channel_new(control, &funcs, door);
    door->callers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)intake_door_caller_free);
    door->peers = g_hash_table_new(NULL, NULL);
    door->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    door->deadline = g_timeout_add_seconds(JOB_SECONDS, on_deadline, door);
    child_intake_channel_send(door->channel, hello);
    return door;
}

void
intake_door_free(IntakeDoor *door)
{
    clear_timer(&door->deadline);
    clear_timer(&door->tick);
    g_clear_pointer(&door->port, intake_srt_port_free);
    g_hash_table_unref(door->peers);
    g_hash_table_unref(door->keys);
    g_hash_table_unref(door->callers);
    child_intake_channel_free(door->channel);
    g_main_loop_unref(door->loop);
    g_mutex_clear(&door->lock);
    g_free(door);
}

int
intake_door_get_exit_code(const IntakeDoor *door)
{
    return door->exit_code;
}
