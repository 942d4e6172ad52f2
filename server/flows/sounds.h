// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Other sounds of a lesson, as of a recording: a second language, audio description. To the
// catalogue and to files each is a rung, whose name says what it is (pipelines/child/live_track.h);
// to whoever chooses a quality it is none. Pure.
#pragma once

#include "catalog/lesson.h"
#include "server/flows/window_tracks.h"

/** Returns: whether @rung is another sound. */
gboolean flows_sounds_is_one(const CatalogRung *rung);

/** Returns: (transfer container) (element-type CatalogRung): those of @lesson that have a file, by
 * name. */
GPtrArray *flows_sounds_list(const CatalogLesson *lesson);

/** Returns: (transfer full): BCP 47, `und` when nobody said. */
char *flows_sounds_dup_language(const CatalogRung *rung);

/** Returns: (static): `main`; `described`: somebody tells what is seen. */
const char *flows_sounds_get_purpose(const CatalogRung *rung);

/** Returns: (transfer full): the AUDIO group of @lesson's H.264 rungs; without sounds when it has
 * but its own. */
FlowsWindowTracksMedia *flows_sounds_describe(const CatalogLesson *lesson);
