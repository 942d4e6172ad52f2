// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Folders named by an id whose row is gone: a kill in the middle of a removal leaves them.
#pragma once

#include "server/flows/receive_worker.h"

/**
 * flows_strays_remove_async:
 * @folder: (transfer full): its children are looked at; what has no id for a name stays
 * @ids: (transfer full) (element-type utf8): the folders that stay
 *
 * Runs behind the worker's queued work: whoever still has a folder is through with it then.
 */
void flows_strays_remove_async(FlowsReceiveWorker *worker, char *folder, GPtrArray *ids);
