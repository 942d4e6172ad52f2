// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything PAT, PMT, SDT, NIT and BAT have said about a multiplex so far: its services by number,
// and those of other multiplexes by name. Bounded; one thread.
#pragma once

#include "pipelines/tables/section.h"
#include "pipelines/tables/service.h"
#include "pipelines/tables/text.h"

#define TABLES_MULTIPLEX_SERVICES_MAX 1024 // of this multiplex; four times as many of others

typedef struct _TablesMultiplex TablesMultiplex;

/** @fallback: what unmarked names are. Returns: (transfer full). */
TablesMultiplex *tables_multiplex_new(TablesTextCode fallback);
void tables_multiplex_free(TablesMultiplex *multiplex);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesMultiplex, tables_multiplex_free)

/** Takes a section of any table that came on @pid. Returns: whether it was one of the tables above,
 * in its place. */
gboolean tables_multiplex_take(TablesMultiplex *multiplex, const TablesSection *section,
                               guint16 pid);

/** Returns: (transfer container) (element-type TablesService): those that PAT or SDT have now, by
 * service id; behind them, if @elsewhere, those of other multiplexes. */
GPtrArray *tables_multiplex_list(TablesMultiplex *multiplex, gboolean elsewhere);

/** Returns: (transfer none) (nullable): a service of this multiplex. */
TablesService *tables_multiplex_find(TablesMultiplex *multiplex, guint16 service_id);

/** Returns: the PID on which PAT says the NIT is. */
guint16 tables_multiplex_get_nit_pid(const TablesMultiplex *multiplex);

/** Returns: transport_stream_id, or -1 while no PAT came. */
int tables_multiplex_get_id(const TablesMultiplex *multiplex);

/** Returns: (transfer none): the network's name, may be empty. */
const char *tables_multiplex_get_network(const TablesMultiplex *multiplex);

/** Returns: network_id of the NIT, or -1 while none came. */
int tables_multiplex_get_network_id(const TablesMultiplex *multiplex);
