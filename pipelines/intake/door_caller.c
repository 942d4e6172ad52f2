// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tables and sync are made anew with each connection; the pipes are kept here, and the feeds get
// copies, since another connection may send another service.
#include "pipelines/intake/door_caller.h"

#include <fcntl.h>
#include <unistd.h>

#include "pipelines/intake/feeds.h"
#include "pipelines/tables/demux.h"
#include "pipelines/tables/sync.h"

#define BUSY_S 2
#define PATIENCE_US (8 * G_USEC_PER_SEC) // until a service is there
#define GUIDE_BYTES (1024 * 1024)

typedef struct {
    gint64 number;  // (value) the parent's
    int descriptor; // (owned)
} Pipe;

struct _IntakeDoorCaller {
    char *name;         // (owned)
    char *key;          // (owned)
    gint heard_s;       // (atomic) monotonic, of the last bytes; 0: away
    gint conflict;      // (atomic) somebody else tried
    gint peer;          // (value) 0: away
    gint64 begun_us;    // (value) monotonic
    TablesDemux *demux; // (owned) (nullable) while it is here
    TablesSync *sync;   // (owned) (nullable) while it is here
    IntakeFeeds *feeds; // (owned)
    GArray *pipes;      // (owned) (element-type Pipe)
    int service_id;     // (value) that is fed, -1: none
    guint64 bytes;      // (value) not asked for yet
};

static void
clear_pipe(Pipe *pipe)
{
    close(pipe->descriptor);
}

IntakeDoorCaller *
intake_door_caller_new(const char *name, const char *key)
{
    IntakeDoorCaller *caller = g_new0(IntakeDoorCaller, 1);
    caller->name = g_strdup(name);
    caller->key = g_strdup(key);
    caller->feeds = intake_feeds_new();
    caller->pipes = g_array_new(FALSE, FALSE, sizeof(Pipe));
    g_array_set_clear_func(caller->pipes, (GDestroyNotify)clear_pipe);
    caller->service_id = -1;
    return caller;
}

void
intake_door_caller_free(IntakeDoorCaller *caller)
{
    intake_door_caller_end(caller);
    intake_feeds_free(caller->feeds);
    g_array_unref(caller->pipes);
    g_free(caller->name);
    g_free(caller->key);
    g_free(caller);
}

const char *
intake_door_caller_get_name(const IntakeDoorCaller *caller)
{
    return caller->name;
}

const char *
intake_door_caller_get_key(const IntakeDoorCaller *caller)
{
    return caller->key;
}

static gint
to_seconds(gint64 now_us)
{
    return (gint)(now_us / G_USEC_PER_SEC) + 1;
}

gboolean
intake_door_caller_is_busy(IntakeDoorCaller *caller)
{
    gint heard_s = g_atomic_int_get(&caller->heard_s);
    gboolean busy = heard_s != 0 && to_seconds(g_get_monotonic_time()) - heard_s <= BUSY_S;
    if (busy)
        g_atomic_int_set(&caller->conflict, TRUE);
    return busy;
}

gboolean
intake_door_caller_take_conflict(IntakeDoorCaller *caller)
{
    return g_atomic_int_compare_and_exchange(&caller->conflict, TRUE, FALSE);
}

static void
on_packet(const guint8 *bytes, gpointer data)
{
    IntakeDoorCaller *caller = data;
    TablesPacket packet = {0};
    if (tables_packet_parse(bytes, &packet))
        intake_feeds_push(caller->feeds, bytes, &packet);
}

void
intake_door_caller_begin(IntakeDoorCaller *caller, gint peer, gint64 now_us)
{
    const TablesDemuxSettings settings = {.guide_bytes_max = GUIDE_BYTES};
    intake_door_caller_end(caller);
    caller->peer = peer;
    caller->begun_us = now_us;
    caller->demux = tables_demux_new(&settings);
    caller->sync = tables_sync_new(on_packet, caller);
    g_atomic_int_set(&caller->heard_s, to_seconds(now_us));
}

void
intake_door_caller_end(IntakeDoorCaller *caller)
{
    g_atomic_int_set(&caller->heard_s, 0);
    g_clear_pointer(&caller->demux, tables_demux_free);
    g_clear_pointer(&caller->sync, tables_sync_free);
    caller->peer = 0;
    caller->service_id = -1;
}

gint
intake_door_caller_get_peer(const IntakeDoorCaller *caller)
{
    return caller->peer;
}

static gboolean
can_be_shown(const TablesService *service)
{
    if (!service->in_pat || !service->in_pmt)
        return FALSE;
    for (guint i = 0; i < service->streams->len; i++) {
        TablesStreamKind kind = g_array_index(service->streams, TablesStream, i).kind;
        if (kind == TABLES_STREAM_VIDEO || kind == TABLES_STREAM_AUDIO)
            return TRUE;
    }
    return FALSE;
}

static int
choose_service(IntakeDoorCaller *caller)
{
    g_autoptr(GPtrArray) services = tables_demux_list_services(caller->demux, FALSE);
    for (guint i = 0; i < services->len; i++) {
        const TablesService *service = services->pdata[i];
        if (can_be_shown(service))
            return service->service_id;
    }
    return -1;
}

static void
connect_pipe(IntakeDoorCaller *caller, const Pipe *pipe)
{
    int copy = fcntl(pipe->descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy >= 0)
        intake_feeds_add(caller->feeds, pipe->number, copy, (guint16)caller->service_id);
}

gboolean
intake_door_caller_push(IntakeDoorCaller *caller, const guint8 *bytes, gsize length, gint64 now_us)
{
    gboolean was_on = caller->service_id >= 0;
    caller->bytes += length;
    g_atomic_int_set(&caller->heard_s, to_seconds(now_us));
    tables_demux_push(caller->demux, bytes, length, now_us);
    if (!was_on)
        caller->service_id = choose_service(caller);
    gboolean on = !was_on && caller->service_id >= 0;
    for (guint i = 0; on && i < caller->pipes->len; i++)
        connect_pipe(caller, &g_array_index(caller->pipes, Pipe, i));
    intake_feeds_follow(caller->feeds, tables_demux_get_multiplex(caller->demux));
    tables_sync_push(caller->sync, bytes, length);
    intake_feeds_flush(caller->feeds);
    return on;
}

gboolean
intake_door_caller_is_on(const IntakeDoorCaller *caller)
{
    return caller->service_id >= 0;
}

const char *
intake_door_caller_judge(IntakeDoorCaller *caller, gint64 now_us)
{
    if (caller->peer == 0 || caller->service_id >= 0 || now_us - caller->begun_us < PATIENCE_US)
        return NULL;
    TablesHealthTotal total = tables_health_get_total(tables_demux_get_health(caller->demux));
    return total.packets > 0 ? "no-picture" : "not-a-stream";
}

void
intake_door_caller_add_feed(IntakeDoorCaller *caller, gint64 number, int descriptor)
{
    const Pipe pipe = {number, descriptor};
    if (caller->pipes->len >= INTAKE_FEEDS_MAX) {
        close(descriptor);
        return;
    }
    g_array_append_val(caller->pipes, pipe);
    if (caller->service_id < 0)
        return;
    connect_pipe(caller, &pipe);
    intake_feeds_follow(caller->feeds, tables_demux_get_multiplex(caller->demux));
}

void
intake_door_caller_remove_feed(IntakeDoorCaller *caller, gint64 number)
{
    intake_feeds_remove(caller->feeds, number);
    for (guint i = caller->pipes->len; i-- > 0;)
        if (g_array_index(caller->pipes, Pipe, i).number == number)
            g_array_remove_index(caller->pipes, i);
}

guint64
intake_door_caller_take_bits(IntakeDoorCaller *caller)
{
    guint64 bits = caller->bytes * 8;
    caller->bytes = 0;
    return bits;
}

guint64
intake_door_caller_get_losses(const IntakeDoorCaller *caller)
{
    return caller->demux != NULL
               ? tables_health_get_total(tables_demux_get_health(caller->demux)).lost
               : 0;
}
