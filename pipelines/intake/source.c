// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One of seven ways behind one face; exactly one of the pointers is set.
#include "pipelines/intake/source.h"

#include <gio/gio.h>
#include <math.h>

#include "pipelines/intake/datagrams.h"
#include "pipelines/intake/dvb.h"
#include "pipelines/intake/hls.h"
#include "pipelines/intake/replay.h"
#include "pipelines/intake/satip.h"
#include "pipelines/intake/srt.h"
#include "pipelines/intake/stream.h"

struct _IntakeSource {
    IntakeSourceFuncs funcs;    // (value)
    gpointer data;              // (unowned) for funcs
    IntakeStream *stream;       // (owned) (nullable)
    IntakeReplay *replay;       // (owned) (nullable)
    IntakeDatagrams *datagrams; // (owned) (nullable)
    IntakeSatip *satip;         // (owned) (nullable)
    IntakeDvb *dvb;             // (owned) (nullable)
    IntakeAddress *address;     // (owned) (nullable) of SRT, which reads it all the time
    IntakeSrt *srt;             // (owned) (nullable)
    IntakeHls *hls;             // (owned) (nullable) in the stream's place, which was a playlist
    char *uri;                  // (owned) (nullable) of the stream
    gboolean paced;             // (value) what comes in bursts goes on at its own pace
    IntakeSignal signal;        // (value) what a SAT>IP server said last
    gboolean over;              // (value) ended was told
};

static void
end(IntakeSource *source, const GError *error)
{
    if (source->over)
        return;
    source->over = TRUE;
    source->funcs.ended(error, source->data);
}

static void
on_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeSource *source = data;
    if (!source->over)
        source->funcs.received(bytes, length, now_us, source->data);
}

static void
on_opened(gboolean endless, gpointer data)
{
    IntakeSource *source = data;
    source->funcs.opened(endless, source->data);
}

static void
on_ended(const GError *error, gpointer data)
{
    end(data, error);
}

static void
on_satip_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    IntakeSource *source = data;
    source->signal = intake_satip_get_signal(source->satip);
    on_received(bytes, length, now_us, source);
}

static void
on_satip_changed(IntakeSatipState state, const GError *error, gpointer data)
{
    IntakeSource *source = data;
    if (state == INTAKE_SATIP_LEAVING)
        source->signal = intake_satip_get_signal(source->satip);
    if (state == INTAKE_SATIP_OVER)
        end(source, NULL);
    else if (error != NULL && source->funcs.troubled != NULL)
        source->funcs.troubled(error, source->data);
}

static gboolean
open_satip(IntakeSource *source, const IntakeAddress *address, GError **error)
{
    static const IntakeSatipFuncs funcs = {
        .received = on_satip_received,
        .changed = on_satip_changed,
    };
    source->satip = intake_satip_open(address, NULL, &funcs, source, error);
    if (source->satip == NULL)
        return FALSE;
    on_opened(TRUE, source);
    return TRUE;
}

static gboolean
open_dvb(IntakeSource *source, const IntakeAddress *address, GError **error)
{
    static const IntakeDvbFuncs funcs = {.received = on_received, .failed = on_ended};
    source->dvb = intake_dvb_open(address, &funcs, source, error);
    if (source->dvb == NULL)
        return FALSE;
    on_opened(TRUE, source);
    return TRUE;
}

static gboolean
open_datagrams(IntakeSource *source, const IntakeAddress *address, GError **error)
{
    source->datagrams = intake_datagrams_open(address, on_received, source, error);
    if (source->datagrams == NULL)
        return FALSE;
    on_opened(TRUE, source);
    return TRUE;
}

static void
on_feed_troubled(const GError *error, gpointer data)
{
    IntakeSource *source = data;
    if (!source->over && source->funcs.troubled != NULL)
        source->funcs.troubled(error, source->data);
}

static gboolean
open_srt(IntakeSource *source, const IntakeAddress *address, GError **error)
{
    static const IntakeSrtFuncs funcs = {.received = on_received, .troubled = on_feed_troubled};
    source->address = intake_address_parse(address->uri, error);
    if (source->address == NULL)
        return FALSE;
    source->srt = intake_srt_open(source->address->srt, &funcs, source, error);
    if (source->srt == NULL)
        return FALSE;
    on_opened(TRUE, source);
    return TRUE;
}

static gboolean
open_replay(IntakeSource *source, const IntakeAddress *address, GError **error)
{
    static const IntakeReplayFuncs funcs = {.received = on_received, .ended = on_ended};
    source->replay = intake_replay_open(address->path, &funcs, source, error);
    if (source->replay == NULL)
        return FALSE;
    on_opened(TRUE, source);
    return TRUE;
}

static void
open_hls(IntakeSource *source)
{
    static const IntakeHlsFuncs funcs = {
        .opened = on_opened,
        .received = on_received,
        .troubled = on_feed_troubled,
        .ended = on_ended,
    };
    g_autoptr(GError) error = NULL;
    source->hls = intake_hls_open(source->uri, source->paced, &funcs, source, &error);
    if (source->hls == NULL)
        end(source, error);
}

static void
on_stream_ended(const GError *error, gpointer data)
{
    IntakeSource *source = data;
    if (!source->over && intake_stream_was_playlist(error))
        open_hls(source);
    else
        end(source, error);
}

static gboolean
open_stream(IntakeSource *source, const IntakeAddress *address, GError **error)
{
    static const IntakeStreamFuncs funcs = {
        .opened = on_opened,
        .received = on_received,
        .ended = on_stream_ended,
    };
    source->uri = address->kind == INTAKE_ADDRESS_HTTP ? g_strdup(address->uri) : NULL;
    source->stream = intake_stream_open(address, source->paced, &funcs, source, error);
    return source->stream != NULL;
}

static gboolean
open_address(IntakeSource *source, const IntakeAddress *address, gboolean looped, GError **error)
{
    switch (address->kind) {
    case INTAKE_ADDRESS_FILE:
        return looped ? open_replay(source, address, error) : open_stream(source, address, error);
    case INTAKE_ADDRESS_HTTP:
        return open_stream(source, address, error);
    case INTAKE_ADDRESS_UDP:
    case INTAKE_ADDRESS_RTP:
        return open_datagrams(source, address, error);
    case INTAKE_ADDRESS_SATIP:
        return open_satip(source, address, error);
    case INTAKE_ADDRESS_DVB:
        return open_dvb(source, address, error);
    case INTAKE_ADDRESS_SRT:
        return open_srt(source, address, error);
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", address->uri);
    return FALSE;
}

IntakeSource *
intake_source_open(const IntakeAddress *address, gboolean looped, const IntakeSourceFuncs *funcs,
                   gpointer data, GError **error)
{
    IntakeSource *source = g_new0(IntakeSource, 1);
    source->funcs = *funcs;
    source->data = data;
    source->paced = looped;
    source->signal =
        (IntakeSignal){.level = -1, .quality = -1, .frontend = -1, .cn_db = NAN, .ber = NAN};
    if (open_address(source, address, looped, error))
        return source;
    source->over = TRUE;
    intake_source_free(source);
    return NULL;
}

void
intake_source_leave(IntakeSource *source)
{
    if (source->satip != NULL)
        intake_satip_leave(source->satip);
    else if (source->stream != NULL && source->hls == NULL)
        intake_stream_leave(source->stream);
    else
        end(source, NULL);
}

void
intake_source_free(IntakeSource *source)
{
    g_clear_pointer(&source->datagrams, intake_datagrams_close);
    source->over = TRUE;
    g_clear_pointer(&source->stream, intake_stream_free);
    g_clear_pointer(&source->hls, intake_hls_free);
    g_free(source->uri);
    g_clear_pointer(&source->replay, intake_replay_free);
    g_clear_pointer(&source->satip, intake_satip_free);
    g_clear_pointer(&source->dvb, intake_dvb_close);
    g_clear_pointer(&source->srt, intake_srt_close);
    g_clear_pointer(&source->address, intake_address_free);
    g_free(source);
}

gboolean
intake_source_needs_pids(const IntakeSource *source)
{
    return source->satip != NULL;
}

void
intake_source_set_pids(IntakeSource *source, const IntakePids *pids)
{
    if (source->satip != NULL)
        intake_satip_set_pids(source->satip, pids);
}

gboolean
intake_source_has_tuner(const IntakeSource *source)
{
    return source->satip != NULL || source->dvb != NULL;
}

IntakeSignal
intake_source_get_signal(IntakeSource *source)
{
    return source->dvb != NULL ? intake_dvb_get_signal(source->dvb) : source->signal;
}
