// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Imports that were killed half-way. Every import holds the folder's import lock shared; who gets
// it alone knows that no import runs, so that every unfinished one is abandoned: nobody will ever
// send the rest of it. What is whole is left to be closed (receive_recover.h).
#pragma once

#include "catalog/database.h"
#include "server/flows/receive.h"

/**
 * flows_receive_abandon_hold:
 *
 * For an import, before its first file: abandons what dead imports left, then holds the lock until
 * the descriptor is closed or the process ends. Waits for at most one short transaction of another
 * process; opens the catalogue itself. Start-up only.
 *
 * Returns: (transfer full): a descriptor, or -1.
 */
int flows_receive_abandon_hold(FlowsReceive *receive, GError **error);

/** Lets sessions of dead imports expire now; does nothing while an import runs. Catalogue thread,
 * inside a transaction that writes. */
gboolean flows_receive_abandon_dead(FlowsReceive *receive, CatalogDatabase *database,
                                    GError **error);
