// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The health of multiplexes and channels as JSON of the API: the verdict in words, figures now and
// of the last minute, what each packet identifier does, who watches.
#pragma once

#include "catalog/database.h"
#include "server/api/views.h"
#include "server/app.h"
#include "server/flows/health_judge.h"

/** What the catalogue says of a multiplex or channel. */
typedef struct {
    FlowsHealthKind kind; // (value)
    char *id;             // (owned)
    char *name;           // (owned)
    char *slug;           // (owned) (nullable): of a channel
    char *source;         // (owned) (nullable): id of a channel's multiplex
} ApiHealthviews;

void api_healthviews_free(ApiHealthviews *subject);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiHealthviews, api_healthviews_free)

/** Returns: (transfer full) (element-type ApiHealthviews): all multiplexes, then all channels. On a
 * catalogue thread. */
GPtrArray *api_healthviews_list(CatalogDatabase *database, GError **error);

/** Returns: (transfer full): as it is now. Any thread. */
JsonObject *api_healthviews_render(ServerApp *app, const ApiHealthviews *subject,
                                   ServerSentencesLanguage language);

/** @points: (element-type FlowsHealthPoint). Returns: (transfer full): the history, a row of values
 * a figure. Pure. */
JsonObject *api_healthviews_render_history(const ApiHealthviews *subject, const GArray *points,
                                           gboolean hours);
