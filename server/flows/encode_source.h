// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a job's child reads, also where there is no original: a recording comes from the air in the
// rungs of its channel, and what learners get for less (slides, AV1) is made of the best of them.
#pragma once

#include "catalog/audit.h"
#include "catalog/database.h"
#include "catalog/job.h"
#include "catalog/lesson.h"
#include "server/config.h"
#include "server/storage.h"

/** Returns: (transfer full): the path of the original; for a refine job of a lesson that has none,
 * as a recording, of its H.264 rung with the most lines, if there is one. No other job may take
 * that: what it makes would be coded twice, and replace what was coded once. */
char *flows_encode_source_build_path(ServerStorage *storage, const CatalogLesson *lesson,
                                     CatalogJobKind kind);

/** Orders what follows a recording, at low priority; nothing for one without pictures, or that has
 * some of it, or where the settings do not want it. @lesson: with the rungs that are shown, in the
 * transaction that shows them. */
gboolean flows_encode_source_order_richer(CatalogDatabase *database, const ServerConfig *config,
                                          const CatalogLesson *lesson, const CatalogAuditStamp *by,
                                          GError **error);

/** Takes back what was ordered, also while it is made. */
gboolean flows_encode_source_cancel_richer(CatalogDatabase *database, const char *lesson_id,
                                           const CatalogAuditStamp *by, GError **error);
