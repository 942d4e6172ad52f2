// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A caller: look the name up → call → connected ⇄ bytes → gone → wait → look the name up …
// A listener has one port for all its life and takes one sender at a time; a newcomer takes the
// place of one that has been silent, which is how a sender comes back whose line broke.
#include "pipelines/intake/srt.h"

#include <gio/gio.h>
#include <string.h>

#include "pipelines/intake/error.h"
#include "pipelines/intake/srt_port.h"

#define FIRST_RETRY_MS 1000
#define LAST_RETRY_MS 30000
#define KNOCK_MS 2500 // from the first packet of a sender until it is in, or was turned away
#define SILENT_MS 2000

struct _IntakeSrt {
    const IntakeSrtAddress *address; // (unowned)
    IntakeSrtFuncs funcs;            // (value)
    gpointer data;                   // (unowned) for funcs
    IntakeSrtPort *port;             // (owned) (nullable)
    GCancellable *looking;           // (owned) of the name
    GSource *retry;                  // (owned) (nullable)
    GSource *knock;                  // (owned) (nullable) somebody is about to come
    guint retry_ms;                  // (value) the next wait
    gint peer;                       // (value) 0: nobody
    gint heard_s;                    // (atomic) monotonic, of the last bytes; 0: nobody is there
};

static void call(IntakeSrt *srt);

static void
clear_timer(GSource **timer)
{
    if (*timer != NULL)
        g_source_destroy(*timer);
    g_clear_pointer(timer, g_source_unref);
}

static void
set_timer(IntakeSrt *srt, GSource **timer, guint wait_ms, GSourceFunc due)
{
    clear_timer(timer);
    *timer = g_timeout_source_new(wait_ms);
    g_source_set_callback(*timer, due, srt, NULL);
    g_source_attach(*timer, g_main_context_get_thread_default());
}

static gboolean
on_retry_due(gpointer data)
{
    IntakeSrt *srt = data;
    clear_timer(&srt->retry);
    call(srt);
    return G_SOURCE_REMOVE;
}

static void
call_later(IntakeSrt *srt, const GError *error)
{
    set_timer(srt, &srt->retry, srt->retry_ms, on_retry_due);
    srt->retry_ms = MIN(srt->retry_ms * 2, LAST_RETRY_MS);
    srt->funcs.troubled(error, srt->data);
}

static gint
now_s(void)
{
    return (gint)(g_get_monotonic_time() / G_USEC_PER_SEC) + 1;
}

/* A thread of the library. */
static IntakeSrtVerdict
on_admit(const char *stream_id, gpointer data)
{
    IntakeSrt *srt = data;
    gint heard_s = g_atomic_int_get(&srt->heard_s);
    const char *wanted = srt->address->stream_id;
    if (wanted != NULL && strcmp(wanted, stream_id) != 0)
        return INTAKE_SRT_VERDICT_UNKNOWN;
    return heard_s != 0 && now_s() - heard_s <= SILENT_MS / 1000 ? INTAKE_SRT_VERDICT_CONFLICT
                                                                 : INTAKE_SRT_VERDICT_ADMIT;
}

static gboolean
on_knock_over(gpointer data)
{
    IntakeSrt *srt = data;
    gboolean own = srt->address->passphrase != NULL;
    g_autoptr(GError) error = g_error_new_literal(
        INTAKE_SRT_ERROR, own ? INTAKE_SRT_ERROR_PASSPHRASE : INTAKE_SRT_ERROR_UNSECURE,
        "a sender called and did not come in");
    clear_timer(&srt->knock);
    srt->funcs.troubled(error, srt->data);
    return G_SOURCE_REMOVE;
}

static void
on_knocked(gpointer data)
{
    IntakeSrt *srt = data;
    if (srt->knock == NULL)
        set_timer(srt, &srt->knock, KNOCK_MS, on_knock_over);
}

static void
on_came(gint peer, const char *stream_id, const char *place, gpointer data)
{
    IntakeSrt *srt = data;
    clear_timer(&srt->knock);
    if (srt->peer != 0)
        intake_srt_port_end(srt->port, srt->peer);
    srt->peer = peer;
    g_atomic_int_set(&srt->heard_s, now_s());
}

static void
on_received(gint peer, const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeSrt *srt = data;
    if (peer != srt->peer)
        return;
    srt->retry_ms = FIRST_RETRY_MS;
    g_atomic_int_set(&srt->heard_s, now_s());
    srt->funcs.received(bytes, length, now_us, srt->data);
}

static void
on_gone(gint peer, const GError *error, gpointer data)
{
    IntakeSrt *srt = data;
    if (peer != srt->peer)
        return;
    srt->peer = 0;
    g_atomic_int_set(&srt->heard_s, 0);
    if (srt->address->listens)
        srt->funcs.troubled(error, srt->data);
    else
        call_later(srt, error);
}

static gboolean
open_port(IntakeSrt *srt, const char *host, GError **error)
{
    static const IntakeSrtPortFuncs funcs = {
        .admit = on_admit,
        .knocked = on_knocked,
        .came = on_came,
        .received = on_received,
        .gone = on_gone,
    };
    const IntakeSrtAddress *address = srt->address;
    const IntakeSrtPortSetup setup = {
        .listens = address->listens,
        .host = host,
        .port = address->port,
        .passphrase = address->passphrase,
        .stream_id = address->stream_id,
        .latency_ms = address->latency_ms,
        .key_bytes = address->key_bytes,
    };
    srt->port = intake_srt_port_open(&setup, &funcs, srt, error);
    return srt->port != NULL;
}

static void
on_name_found(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    GList *places = g_resolver_lookup_by_name_finish(G_RESOLVER(source), result, &error);
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; // it is gone
    IntakeSrt *srt = data;
    g_autofree char *host = places != NULL ? g_inet_address_to_string(places->data) : NULL;
    g_resolver_free_addresses(places);
    if (host == NULL || !open_port(srt, host, &error)) {
        g_autoptr(GError) trouble =
            g_error_new_literal(INTAKE_ERROR, INTAKE_ERROR_UNREACHABLE, error->message);
        call_later(srt, trouble);
    }
}

static void
call(IntakeSrt *srt)
{
    g_autoptr(GResolver) resolver = g_resolver_get_default();
    g_clear_pointer(&srt->port, intake_srt_port_free);
    g_resolver_lookup_by_name_async(resolver, srt->address->host, srt->looking, on_name_found, srt);
}

IntakeSrt *
intake_srt_open(const IntakeSrtAddress *address, const IntakeSrtFuncs *funcs, gpointer data,
                GError **error)
{
    IntakeSrt *srt = g_new0(IntakeSrt, 1);
    srt->address = address;
    srt->funcs = *funcs;
    srt->data = data;
    srt->looking = g_cancellable_new();
    srt->retry_ms = FIRST_RETRY_MS;
    if (!address->listens) {
        call(srt);
    } else if (!open_port(srt, address->host, error)) {
        intake_srt_close(srt);
        return NULL;
    }
    return srt;
}

void
intake_srt_close(IntakeSrt *srt)
{
    g_cancellable_cancel(srt->looking);
    g_object_unref(srt->looking);
    g_clear_pointer(&srt->port, intake_srt_port_free);
    clear_timer(&srt->retry);
    clear_timer(&srt->knock);
    g_free(srt);
}

guint16
intake_srt_get_number(const IntakeSrt *srt)
{
    return intake_srt_port_get_number(srt->port);
}
