// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The rows of a recording that came to its end: the lesson with its rungs and its ledger, or why
// there is none. On a catalogue thread; record_make.c alone.
#pragma once

#include "catalog/booking.h"
#include "catalog/database.h"
#include "server/flows/record_join.h"

/** Returns: (transfer full): the lesson of @booking as it is to be, without rungs. */
CatalogLesson *flows_record_rows_describe(const CatalogBooking *booking,
                                          const FlowsRecordJoin *join, gint64 now_ms);

/** @lesson: with its rungs, whose files are in place. CONFLICT: the booking was given up. */
gboolean flows_record_rows_publish(CatalogDatabase *database, const CatalogLesson *lesson,
                                   const CatalogBooking *booking, const FlowsRecordJoin *join,
                                   gint64 now_ms, GError **error);
