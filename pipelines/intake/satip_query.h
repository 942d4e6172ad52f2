// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What stands behind the question mark of a SAT>IP address: the parameters of a tuner (SAT>IP 1.2.2
// §3.5.11 to §3.5.13) and the PIDs wanted. Pure.
#pragma once

#include "pipelines/intake/pids.h"

typedef enum {
    INTAKE_SATIP_QUERY_ANY, // datagrams, and inside the connection where these do not come
    INTAKE_SATIP_QUERY_UDP,
    INTAKE_SATIP_QUERY_TCP,
} IntakeSatipQueryWay;

typedef struct {
    char *tuning;            // (owned) all parameters but those below, as typed
    IntakePids pids;         // (value) `pids=`
    IntakeSatipQueryWay way; // (value) `transport=udp` or `tcp`, which is our own
} IntakeSatipQuery;

/**
 * intake_satip_query_parse:
 * @text: `src=1&freq=11778&pol=v&msys=dvbs2&sr=27500&fec=34&mtype=8psk&ro=0.35&plts=on&pids=0,17`
 *
 * Refuses known parameters with values that the specification does not have, and whatever cannot
 * stand in a URL; lets makers' own parameters pass. Frequency and system must be there.
 * Returns: (transfer full): or NULL with G_IO_ERROR_INVALID_ARGUMENT.
 */
IntakeSatipQuery *intake_satip_query_parse(const char *text, GError **error);
void intake_satip_query_free(IntakeSatipQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSatipQuery, intake_satip_query_free)

/** Returns: (transfer full): what a SETUP has behind its question mark to get @pids. */
char *intake_satip_query_render(const IntakeSatipQuery *query, const IntakePids *pids);
