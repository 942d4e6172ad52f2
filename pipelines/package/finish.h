// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes a rung's final file and index out of its durable fragments. Blocking; used by writer.c.
#pragma once

#include "pipelines/package/journal.h"
#include "pipelines/package/result.h"
#include "pipelines/package/track.h"

/**
 * package_finish_run:
 * @part: a readable descriptor of <rung>.part
 *
 * Writes <rung>.mp4 and <rung>.index.json in @folder, each synced and then renamed into place;
 * equal input gives equal bytes, so it may be called again after a kill. Returns: (transfer full):
 * the result, or NULL.
 */
PackageResult *package_finish_run(const char *folder, const char *rung, const PackageTracks *tracks,
                                  const PackageJournal *journal, int part, GError **error);
