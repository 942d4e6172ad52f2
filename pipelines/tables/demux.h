// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bytes of a transport stream in; its services, guide, time and health out. The one thing of this
// folder that sources and verbs talk to. Takes whatever comes, never fails, bounded in memory; one
// thread.
#pragma once

#include "pipelines/tables/clock.h"
#include "pipelines/tables/guide.h"
#include "pipelines/tables/health.h"
#include "pipelines/tables/multiplex.h"

typedef struct {
    TablesTextCode fallback; // (value) what unmarked text of this network is
    gsize guide_bytes_max;   // (value) of memory, about
    gint64 guide_keep_ms;    // (value) how long an event stays after its end
} TablesDemuxSettings;

/** Tables that a multiplex should have. */
typedef enum {
    TABLES_DEMUX_PAT = 1 << 0,
    TABLES_DEMUX_PMT = 1 << 1, // one of every service of the PAT
    TABLES_DEMUX_SDT = 1 << 2,
    TABLES_DEMUX_NIT = 1 << 3,
    TABLES_DEMUX_EIT = 1 << 4, // present/following
    TABLES_DEMUX_TDT = 1 << 5, // or TOT
} TablesDemuxTables;

typedef struct _TablesDemux TablesDemux;

/** Returns: (transfer full). */
TablesDemux *tables_demux_new(const TablesDemuxSettings *settings);
void tables_demux_free(TablesDemux *demux);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesDemux, tables_demux_free)

/** Takes any bytes. @now_us: when they arrived (monotonic), or TABLES_HEALTH_NO_TIME. */
void tables_demux_push(TablesDemux *demux, const guint8 *bytes, gsize length, gint64 now_us);

/** The stream ends here. */
void tables_demux_finish(TablesDemux *demux);

/** Returns: (transfer container) (element-type TablesService): as tables_multiplex_list(), with
 * what the packets of their streams show. */
GPtrArray *tables_demux_list_services(TablesDemux *demux, gboolean elsewhere);

/** Returns: (transfer none): good as long as @demux. */
TablesMultiplex *tables_demux_get_multiplex(TablesDemux *demux);
TablesGuide *tables_demux_get_guide(TablesDemux *demux);
const TablesHealth *tables_demux_get_health(const TablesDemux *demux);
const TablesClock *tables_demux_get_clock(const TablesDemux *demux);

/** Returns: (transfer full) (element-type TablesHealthStep): see tables_health_take_steps(). */
GArray *tables_demux_take_steps(TablesDemux *demux);

/** Returns: the TablesDemuxTables that have not come. */
guint tables_demux_get_missing(TablesDemux *demux);

/** Returns: whether tables are read from @pid. */
gboolean tables_demux_is_wanted(const TablesDemux *demux, guint16 pid);

/** Returns: a number that is another whenever tables_demux_is_wanted() may say something else. */
guint tables_demux_get_wanted_version(const TablesDemux *demux);

/** Returns: sections that were refused for their length, check sum or numbers. */
guint64 tables_demux_get_broken_sections(const TablesDemux *demux);

/** Returns: good sections of known tables. */
guint64 tables_demux_get_sections(const TablesDemux *demux);

/** How packets were found, see sync.h. */
guint tables_demux_get_stride(const TablesDemux *demux);
guint64 tables_demux_get_sync_losses(const TablesDemux *demux);
guint64 tables_demux_get_skipped_bytes(const TablesDemux *demux);
