// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The part of `daorian check` that looks at folders of segments, channels' windows and recordings,
// and at folders that no row names. Changes nothing; may run beside the server.
#pragma once

#include "catalog/database.h"
#include "server/storage.h"

typedef struct {
    ServerStorage *storage; // (unowned)
    guint channels;         // (out) windows looked at
    guint recordings;       // (out) recordings looked at that are not lessons yet
    guint faults;           // (out) printed
    guint notes;            // (out) printed: no faults, but good to know
} VerbsCheckmedia;

/** Prints a line a fault, with what to do, on standard output. FALSE with an error of the
 * catalogue. In a transaction. */
gboolean verbs_checkmedia_run(CatalogDatabase *database, VerbsCheckmedia *check, GError **error);
