// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes a bundle's index.m3u8 and lesson.json anew when somebody edited the lesson, so that the
// folder on a USB stick says what the catalogue says. Main context.
#pragma once

#include "catalog/threads.h"
#include "server/flows/receive_worker.h"
#include "server/storage.h"

typedef struct {
    CatalogThreads *catalog;    // (unowned)
    ServerStorage *storage;     // (unowned)
    FlowsReceiveWorker *worker; // (unowned) the encoder's, so that the two never write at once
} FlowsDescribeSetup;

/** Reads the lesson and writes its two files; nothing for a lesson without a bundle. */
void flows_describe_lesson_async(const FlowsDescribeSetup *setup, const char *lesson_id,
                                 GAsyncReadyCallback callback, gpointer user_data);
gboolean flows_describe_lesson_finish(GAsyncResult *result, GError **error);
