// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A lesson as JSON of the API. Pure; used by the handlers and the event stream.
#pragma once

#include "server/api/views.h"

/** Returns: (transfer full): the Lesson of ARCHITECTURE.md, as @reader may see it. */
JsonObject *api_lessonviews_render(gconstpointer lesson, const ApiViewsReader *reader);
