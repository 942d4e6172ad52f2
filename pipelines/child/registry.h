// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// GStreamer's list of its plugins, made once at start-up behind the walls, so that no job scans
// them again.
#pragma once

#include "pipelines/child/sandbox.h"

/**
 * child_registry_prepare_async:
 * @places: program and registry; copied
 *
 * Runs `daorian-media --prepare` with the registry folder writable; at most 60 s. Main thread.
 */
void child_registry_prepare_async(const ChildSandbox *sandbox, const ChildSandboxPlaces *places,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);

/** FALSE when it could not be made: jobs then scan for themselves, which costs each a second or
 * two. */
gboolean child_registry_prepare_finish(GAsyncResult *result, GError **error);
