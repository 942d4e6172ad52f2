// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes as a transport stream: nothing breaks, whole or in pieces the same comes out.
#include "pipelines/tables/demux.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static TablesDemux *
demux_all(const guint8 *data, gsize size, gsize piece)
{
    TablesDemuxSettings settings = {.guide_bytes_max = 1 << 20, .guide_keep_ms = G_MAXINT64};
    TablesDemux *demux = tables_demux_new(&settings);
    for (gsize at = 0; at < size; at += piece)
        tables_demux_push(demux, data + at, MIN(piece, size - at), TABLES_HEALTH_NO_TIME);
    tables_demux_finish(demux);
    return demux;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(TablesDemux) whole = demux_all(data, size, MAX(size, 1));
    g_autoptr(TablesDemux) pieces = demux_all(data, size, 100);
    TablesHealthTotal one = tables_health_get_total(tables_demux_get_health(whole));
    TablesHealthTotal two = tables_health_get_total(tables_demux_get_health(pieces));
    g_assert_cmpuint(one.packets, ==, two.packets);
    g_assert_cmpuint(one.lost, ==, two.lost);
    g_assert_cmpuint(tables_demux_get_skipped_bytes(whole), ==,
                     tables_demux_get_skipped_bytes(pieces));
    g_assert_cmpuint(tables_demux_get_sections(whole), ==, tables_demux_get_sections(pieces));
    g_autoptr(GPtrArray) services = tables_demux_list_services(whole, TRUE);
    g_autoptr(GArray) pids = tables_health_list(tables_demux_get_health(whole));
    g_assert_cmpuint(pids->len, <=, one.packets);
    g_assert_cmpuint(services->len, <=, 5 * TABLES_MULTIPLEX_SERVICES_MAX);
    return 0;
}
