// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The folder that a job's child writes to, before it starts. It belongs to one job: what another
// one left there is of other wishes. Blocks: work threads only.
#pragma once

#include "catalog/lesson.h"
#include "server/flows/publish.h"

/**
 * flows_encode_staging_prepare:
 * @job_id: whose folder it is to be
 * @lesson: with the assets of the generation that the job writes
 *
 * Makes the folder, or empties one of another job; puts the published analysis there as
 * `analysis.json` unless the folder has one, so that the child need not look again.
 */
gboolean flows_encode_staging_prepare(const FlowsPublishPlaces *places, const char *job_id,
                                      const CatalogLesson *lesson, GError **error);
