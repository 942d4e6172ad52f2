// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How imported lessons end: looks at their jobs in the catalogue until each is over, whoever
// encodes them, this process or a server beside it. Lives on the main context.
#pragma once

#include "catalog/threads.h"

typedef struct _FlowsImportWatch FlowsImportWatch;

/** @error_code (nullable): why it failed; NULL: fully encoded. */
typedef void (*FlowsImportWatchEnded)(const char *lesson_id, const char *error_code,
                                      gpointer user_data);

/** Returns: (transfer full): a watch over nothing yet. @ended may come any time after. */
FlowsImportWatch *flows_import_watch_new(CatalogThreads *catalog, FlowsImportWatchEnded ended,
                                         gpointer user_data);

/** Watches one lesson more. */
void flows_import_watch_add(FlowsImportWatch *watch, const char *lesson_id);

/** Returns: how many have not ended. */
guint flows_import_watch_count(FlowsImportWatch *watch);

/** After the catalogue's threads have ended. */
void flows_import_watch_free(FlowsImportWatch *watch);
