// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What class.c asks of the catalogue. The functions run on a catalogue thread, in a transaction.
#pragma once

#include "catalog/database.h"

typedef struct {
    gpointer owner;  // (unowned)
    char *id;        // (owned) (nullable) of a class
    gboolean begin;  // (value) move: begins, else ends
    gint64 now_ms;   // (value)
    char *booking;   // (owned) (nullable) move: what keeps it
    guint count;     // (value) sweep: channels that were dropped
    GPtrArray *rows; // (owned) (nullable) (element-type CatalogClasses) read
} FlowsClassWork;

void flows_class_work_free(gpointer work);

gboolean flows_class_work_read(CatalogDatabase *database, gpointer data, GError **error);
gboolean flows_class_work_move(CatalogDatabase *database, gpointer data, GError **error);

/** Forgets the rewind windows of classes that ended hours ago. */
gboolean flows_class_work_sweep(CatalogDatabase *database, gpointer data, GError **error);
