// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Each packet goes to the tables and, if its PID is one of the two chosen, to its PES packets. What
// is chosen is asked anew after each section that was read; while a PMT is missing the last choice
// stands.
#include "pipelines/live/service.h"

#include <string.h>

#include "pipelines/live/choose.h"
#include "pipelines/tables/sync.h"
#include "pipelines/tables/time.h"

#define GUIDE_BYTES_MAX (256 * 1024) // the guide is another process's work
#define SURE 8                       // packets in a row that say the same

typedef struct {
    LivePes *pes;       // (owned) (nullable) while there is such a stream
    guint scrambled;    // (value) packets in a row, SURE at most
    guint clear;        // (value) packets in a row, SURE at most
    gboolean needs_key; // (value)
} Lane;

struct _LiveService {
    const char *language;         // (unowned)
    LiveServiceListener listener; // (value)
    TablesSync *sync;             // (owned)
    TablesDemux *demux;           // (owned)
    LiveServiceStreams streams;   // (value) chosen
    Lane picture;                 // (value)
    Lane sound;                   // (value)
    guint64 sections;             // (value) read when the choice was made
    guint64 times;                // (value) TDT and TOT read
    gint64 clock_offset_ms;       // (value)
    guint64 packets;              // (value)
    guint64 lost;                 // (value) in PES packets of streams that are gone
    gint64 now_us;                // (value) of the bytes at work
};

static void
note_clock(LiveService *service)
{
    const TablesClock *clock = tables_demux_get_clock(service->demux);
    if (clock->tdt + clock->tot == service->times)
        return;
    service->times = clock->tdt + clock->tot;
    if (clock->now_ms != TABLES_TIME_UNDEFINED)
        service->clock_offset_ms = clock->now_ms - service->now_us / 1000;
}

static LiveServiceStream
describe(const TablesStream *stream)
{
    LiveServiceStream described = {0};
    if (stream == NULL)
        return described;
    described.pid = stream->pid;
    described.codec = stream->codec;
    memcpy(described.language, stream->language, sizeof described.language);
    return described;
}

static gboolean
is_same(const LiveServiceStream *one, const LiveServiceStream *other)
{
    return one->pid == other->pid && g_strcmp0(one->codec, other->codec) == 0 &&
           strcmp(one->language, other->language) == 0;
}

static void
change_lane(LiveService *service, Lane *lane, const LiveServiceStream *stream, LivePesFunc func)
{
    if (lane->pes != NULL) {
        live_pes_finish(lane->pes);
        service->lost += live_pes_get_lost(lane->pes);
    }
    g_clear_pointer(&lane->pes, live_pes_free);
    *lane = (Lane){0};
    if (stream->pid != 0)
        lane->pes = live_pes_new(func, service->listener.data);
}

static void
choose(LiveService *service, const TablesService *found)
{
    const TablesStream *sound = live_choose_sound(found, service->language);
    LiveServiceStreams chosen = {
        .picture = describe(live_choose_picture(found)),
        .sound = describe(sound),
    };
    if (service->listener.on_tables != NULL)
        service->listener.on_tables(found, sound, service->listener.data);
    gboolean same_picture = is_same(&chosen.picture, &service->streams.picture);
    gboolean same_sound = is_same(&chosen.sound, &service->streams.sound);
    if (same_picture && same_sound)
        return;
    // The last units of the old streams are given first.
    if (!same_picture)
        change_lane(service, &service->picture, &chosen.picture, service->listener.on_picture);
    if (!same_sound)
        change_lane(service, &service->sound, &chosen.sound, service->listener.on_sound);
    service->streams = chosen;
    service->listener.on_streams(&chosen, service->listener.data);
}

/* The PAT names one service; of several the first counts. */
static void
follow_tables(LiveService *service)
{
    guint64 sections = tables_demux_get_sections(service->demux);
    if (sections == service->sections)
        return;
    service->sections = sections;
    note_clock(service);
    TablesMultiplex *multiplex = tables_demux_get_multiplex(service->demux);
    g_autoptr(GPtrArray) services = tables_multiplex_list(multiplex, FALSE);
    for (guint i = 0; i < services->len; i++) {
        const TablesService *found = services->pdata[i];
        if (found->in_pat && found->in_pmt) {
            choose(service, found);
            return;
        }
    }
}

static void
note_scrambling(Lane *lane, const TablesPacket *packet)
{
    if (!packet->has_payload || packet->damaged)
        return;
    gboolean scrambled = packet->scrambling != 0;
    lane->scrambled = scrambled ? MIN(lane->scrambled + 1, SURE) : 0;
    lane->clear = scrambled ? 0 : MIN(lane->clear + 1, SURE);
    if (lane->scrambled == SURE)
        lane->needs_key = TRUE;
    if (lane->clear == SURE)
        lane->needs_key = FALSE;
}

static void
on_sync_packet(const guint8 *bytes, gpointer data)
{
    LiveService *service = data;
    TablesPacket packet;
    service->packets++;
    tables_demux_push(service->demux, bytes, TABLES_PACKET_BYTES, service->now_us);
    follow_tables(service);
    if (!tables_packet_parse(bytes, &packet) || packet.pid == 0)
        return;
    Lane *lane = NULL;
    if (packet.pid == service->streams.picture.pid)
        lane = &service->picture;
    else if (packet.pid == service->streams.sound.pid)
        lane = &service->sound;
    if (lane == NULL) {
        if (service->listener.on_packet != NULL)
            service->listener.on_packet(&packet, service->listener.data);
        return;
    }
    note_scrambling(lane, &packet);
    if (!live_service_is_scrambled(service))
        live_pes_push(lane->pes, &packet);
}

LiveService *
live_service_new(const char *language, TablesTextCode fallback, const LiveServiceListener *listener)
{
    LiveService *service = g_new0(LiveService, 1);
    const TablesDemuxSettings settings = {
        .fallback = fallback,
        .guide_bytes_max = GUIDE_BYTES_MAX,
    };
    service->language = language;
    service->listener = *listener;
    service->sync = tables_sync_new(on_sync_packet, service);
    service->demux = tables_demux_new(&settings);
    service->clock_offset_ms = G_MININT64;
    return service;
}

void
live_service_free(LiveService *service)
{
    g_clear_pointer(&service->picture.pes, live_pes_free);
    g_clear_pointer(&service->sound.pes, live_pes_free);
    tables_sync_free(service->sync);
    tables_demux_free(service->demux);
    g_free(service);
}

void
live_service_push(LiveService *service, const guint8 *bytes, gsize length, gint64 now_us)
{
    service->now_us = now_us;
    tables_sync_push(service->sync, bytes, length);
}

void
live_service_finish(LiveService *service)
{
    tables_sync_finish(service->sync);
    if (service->picture.pes != NULL)
        live_pes_finish(service->picture.pes);
    if (service->sound.pes != NULL)
        live_pes_finish(service->sound.pes);
}

gboolean
live_service_is_scrambled(const LiveService *service)
{
    return service->picture.needs_key || service->sound.needs_key;
}

guint64
live_service_get_packets(const LiveService *service)
{
    return service->packets;
}

guint64
live_service_get_lost(const LiveService *service)
{
    guint64 lost = service->lost;
    lost += service->picture.pes != NULL ? live_pes_get_lost(service->picture.pes) : 0;
    lost += service->sound.pes != NULL ? live_pes_get_lost(service->sound.pes) : 0;
    return lost;
}

gint64
live_service_get_clock_offset(const LiveService *service)
{
    return service->clock_offset_ms;
}
