// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Files of a bundle that nothing names any more: what a crash between a rename and its row left, or
// what another generation had. Block: work threads only.
#pragma once

#include "server/flows/publish.h"

/**
 * flows_publish_orphans_list:
 * @lesson: as it is described now, of one generation
 *
 * Returns: (transfer full) (element-type utf8): names relative to the bundle, of the kinds that the
 * encoder makes. Files that wait for their name are removed at once.
 */
GPtrArray *flows_publish_orphans_list(const FlowsPublishPlaces *places,
                                      const CatalogLesson *lesson);
