// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What an action of a job writes into the catalogue, and what the end of a job means for its
// lesson, whatever kind of job it is. On the catalogue's writer thread, inside its transaction.
#pragma once

#include "server/flows/encode_action.h"

#define FLOWS_ENCODE_ROWS_REFINE_PRIORITY (-50)

/** Writes the rows of @action, whose files are in place. */
gboolean flows_encode_rows_write(CatalogDatabase *database, FlowsEncodeAction *action,
                                 const FlowsEncodeActionContext *context, GError **error);

/** @job failed for good with @code: the lesson is told, or what the job was making is dropped. */
gboolean flows_encode_rows_settle_failed(CatalogDatabase *database, const CatalogJob *job,
                                         const char *code, const CatalogAuditStamp *by,
                                         GError **error);
