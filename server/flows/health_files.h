// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The files of histories, one a multiplex or channel, of a fixed size. Works for a
// FlowsReceiveWorker; what cannot be written is missing from the history and hurts nobody.
#pragma once

#include "server/flows/health_history.h"
#include "server/storage.h"

/** One slot for one file. */
typedef struct {
    char *id;                    // (owned) of the multiplex or channel
    FlowsHealthKind kind;        // (value) for the head of a new file
    FlowsHealthHistorySlot slot; // (value)
} FlowsHealthFilesSlot;

void flows_health_files_free_slot(gpointer slot);

/** Reads all histories. */
typedef struct {
    ServerStorage *storage; // (unowned)
    GHashTable *found;      // (owned) (element-type utf8 FlowsHealthHistory) by id
} FlowsHealthFilesLoad;

FlowsHealthFilesLoad *flows_health_files_new_load(ServerStorage *storage);
void flows_health_files_free_load(gpointer load);
gboolean flows_health_files_load(gpointer load, GError **error);

/** Writes slots and removes files. */
typedef struct {
    ServerStorage *storage; // (unowned)
    GPtrArray *slots;       // (owned) (element-type FlowsHealthFilesSlot)
    GPtrArray *gone;        // (owned) (element-type utf8) ids
} FlowsHealthFilesSave;

FlowsHealthFilesSave *flows_health_files_new_save(ServerStorage *storage);
void flows_health_files_free_save(gpointer save);
gboolean flows_health_files_save(gpointer save, GError **error);
