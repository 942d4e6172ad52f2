// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// sync → packet → health → assembler of its PID → the table's owner. After each PAT the PIDs of
// PMTs and NIT get assemblers, and those that it dropped lose theirs.
#include "pipelines/tables/demux.h"

#include <string.h>

#include "pipelines/tables/assembler.h"
#include "pipelines/tables/sync.h"
#include "pipelines/tables/time.h"

#define PAT_PID 0x0000
#define NIT_PID 0x0010
#define SDT_PID 0x0011
#define EIT_PID 0x0012
#define TDT_PID 0x0014
#define PMT_PIDS_MAX 512

struct _TablesDemux {
    TablesSync *sync;                                // (owned)
    TablesHealth *health;                            // (owned)
    TablesMultiplex *multiplex;                      // (owned)
    TablesGuide *guide;                              // (owned)
    TablesClock clock;                               // (value)
    TablesAssembler *assemblers[TABLES_PACKET_PIDS]; // (owned) (nullable)
    guint8 wanted[TABLES_PACKET_PIDS];               // (value) named by the PAT at work
    guint wanted_version;                            // (value) grows with each change of assemblers
    guint seen;                                      // (value) TablesDemuxTables
    gint64 now_us;                                   // (value) of the bytes at work
    guint64 sections;                                // (value)
    guint64 broken;                                  // (value) of assemblers that are gone
};

static const guint16 fixed_pids[] = {PAT_PID, NIT_PID, SDT_PID, EIT_PID, TDT_PID};

static void on_assembler_section(const TablesSection *section, guint16 pid, gpointer data);

static void
on_sync_packet(const guint8 *bytes, gpointer data)
{
    TablesDemux *demux = data;
    TablesPacket packet;
    if (!tables_packet_parse(bytes, &packet)) {
        tables_health_note_broken(demux->health);
        return;
    }
    TablesPacketOrder order = tables_health_note(demux->health, &packet, demux->now_us);
    TablesAssembler *assembler = demux->assemblers[packet.pid];
    if (assembler != NULL)
        tables_assembler_push(assembler, &packet, order);
}

TablesDemux *
tables_demux_new(const TablesDemuxSettings *settings)
{
    TablesDemux *demux = g_new0(TablesDemux, 1);
    TablesGuideSettings guide = {
        .fallback = settings->fallback,
        .bytes_max = settings->guide_bytes_max,
        .keep_ms = settings->guide_keep_ms,
    };
    demux->sync = tables_sync_new(on_sync_packet, demux);
    demux->health = tables_health_new();
    demux->multiplex = tables_multiplex_new(settings->fallback);
    demux->guide = tables_guide_new(&guide);
    tables_clock_init(&demux->clock);
    for (guint i = 0; i < G_N_ELEMENTS(fixed_pids); i++)
        demux->assemblers[fixed_pids[i]] =
            tables_assembler_new(fixed_pids[i], on_assembler_section, demux);
    return demux;
}

void
tables_demux_free(TablesDemux *demux)
{
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++)
        g_clear_pointer(&demux->assemblers[i], tables_assembler_free);
    tables_sync_free(demux->sync);
    tables_health_free(demux->health);
    tables_multiplex_free(demux->multiplex);
    tables_guide_free(demux->guide);
    g_free(demux);
}

/* Runs while the assembler of the PAT's PID is at work, so that one stays. */
static void
follow_pat(TablesDemux *demux)
{
    g_autoptr(GPtrArray) services = tables_multiplex_list(demux->multiplex, FALSE);
    guint count = 0;
    memset(demux->wanted, 0, sizeof demux->wanted);
    for (guint i = 0; i < G_N_ELEMENTS(fixed_pids); i++)
        demux->wanted[fixed_pids[i]] = 1;
    demux->wanted[tables_multiplex_get_nit_pid(demux->multiplex)] = 1;
    for (guint i = 0; i < services->len && count < PMT_PIDS_MAX; i++) {
        const TablesService *service = services->pdata[i];
        count += service->in_pat;
        if (service->in_pat)
            demux->wanted[service->pmt_pid] = 1;
    }
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++) {
        TablesAssembler **assembler = &demux->assemblers[i];
        if (demux->wanted[i] != 0 && *assembler == NULL) {
            *assembler = tables_assembler_new((guint16)i, on_assembler_section, demux);
            demux->wanted_version++;
        } else if (demux->wanted[i] == 0 && *assembler != NULL) {
            demux->broken += tables_assembler_get_broken(*assembler);
            g_clear_pointer(assembler, tables_assembler_free);
            demux->wanted_version++;
        }
    }
}

static guint
name_table(guint8 table_id)
{
    switch (table_id) {
    case 0x00:
        return TABLES_DEMUX_PAT;
    case 0x40:
        return TABLES_DEMUX_NIT;
    case 0x42:
        return TABLES_DEMUX_SDT;
    default:
        return 0;
    }
}

static void
on_assembler_section(const TablesSection *section, guint16 pid, gpointer data)
{
    TablesDemux *demux = data;
    if (pid == TDT_PID && tables_clock_take(&demux->clock, section)) {
        demux->seen |= TABLES_DEMUX_TDT;
        tables_guide_set_now(demux->guide, demux->clock.now_ms);
    } else if (pid == EIT_PID && tables_guide_take(demux->guide, section)) {
        demux->seen |= section->table_id == 0x4E ? TABLES_DEMUX_EIT : 0;
    } else if (tables_multiplex_take(demux->multiplex, section, pid)) {
        demux->seen |= name_table(section->table_id);
        if (pid == PAT_PID)
            follow_pat(demux);
    } else {
        return;
    }
    demux->sections++;
}

void
tables_demux_push(TablesDemux *demux, const guint8 *bytes, gsize length, gint64 now_us)
{
    demux->now_us = now_us;
    tables_sync_push(demux->sync, bytes, length);
}

void
tables_demux_finish(TablesDemux *demux)
{
    tables_sync_finish(demux->sync);
}

static void
look_at_streams(const TablesDemux *demux, TablesService *service)
{
    service->scrambled = FALSE;
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        gboolean shown = stream->kind == TABLES_STREAM_VIDEO || stream->kind == TABLES_STREAM_AUDIO;
        if (shown && tables_health_is_scrambled(demux->health, stream->pid))
            service->scrambled = TRUE;
    }
}

GPtrArray *
tables_demux_list_services(TablesDemux *demux, gboolean elsewhere)
{
    GPtrArray *services = tables_multiplex_list(demux->multiplex, elsewhere);
    for (guint i = 0; i < services->len; i++)
        look_at_streams(demux, services->pdata[i]);
    return services;
}

TablesMultiplex *
tables_demux_get_multiplex(TablesDemux *demux)
{
    return demux->multiplex;
}

TablesGuide *
tables_demux_get_guide(TablesDemux *demux)
{
    return demux->guide;
}

const TablesHealth *
tables_demux_get_health(const TablesDemux *demux)
{
    return demux->health;
}

GArray *
tables_demux_take_steps(TablesDemux *demux)
{
    return tables_health_take_steps(demux->health);
}

const TablesClock *
tables_demux_get_clock(const TablesDemux *demux)
{
    return &demux->clock;
}

guint
tables_demux_get_missing(TablesDemux *demux)
{
    guint all = TABLES_DEMUX_PAT | TABLES_DEMUX_SDT | TABLES_DEMUX_NIT | TABLES_DEMUX_EIT |
                TABLES_DEMUX_TDT;
    guint missing = all & ~demux->seen;
    g_autoptr(GPtrArray) services = tables_multiplex_list(demux->multiplex, FALSE);
    gboolean any = FALSE;
    for (guint i = 0; i < services->len; i++) {
        const TablesService *service = services->pdata[i];
        any |= service->in_pat;
        if (service->in_pat && !service->in_pmt)
            missing |= TABLES_DEMUX_PMT;
    }
    return any ? missing : missing | TABLES_DEMUX_PMT;
}

gboolean
tables_demux_is_wanted(const TablesDemux *demux, guint16 pid)
{
    return pid < TABLES_PACKET_PIDS && demux->assemblers[pid] != NULL;
}

guint
tables_demux_get_wanted_version(const TablesDemux *demux)
{
    return demux->wanted_version;
}

guint64
tables_demux_get_broken_sections(const TablesDemux *demux)
{
    guint64 broken = demux->broken;
    for (guint i = 0; i < TABLES_PACKET_PIDS; i++)
        if (demux->assemblers[i] != NULL)
            broken += tables_assembler_get_broken(demux->assemblers[i]);
    return broken;
}

guint64
tables_demux_get_sections(const TablesDemux *demux)
{
    return demux->sections;
}

guint
tables_demux_get_stride(const TablesDemux *demux)
{
    return tables_sync_get_stride(demux->sync);
}

guint64
tables_demux_get_sync_losses(const TablesDemux *demux)
{
    return tables_sync_get_losses(demux->sync);
}

guint64
tables_demux_get_skipped_bytes(const TablesDemux *demux)
{
    return tables_sync_get_skipped_bytes(demux->sync);
}
