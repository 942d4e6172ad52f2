// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A channel as JSON of the API: what the catalogue says, how it goes, and what is on.
#pragma once

#include "catalog/channels.h"
#include "catalog/guide.h"
#include "server/api/views.h"
#include "server/app.h"

/** What the catalogue says of one channel at one moment. */
typedef struct {
    CatalogChannels *channel; // (owned)
    char *service_name;       // (owned) (nullable): as shown
    CatalogGuide *now;        // (owned) (nullable)
    CatalogGuide *next;       // (owned) (nullable)
} ApiChannelviews;

void api_channelviews_free(ApiChannelviews *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ApiChannelviews, api_channelviews_free)

/** Takes @channel in any case. Returns: (transfer full): NULL with an error. On a catalogue
 * thread. */
ApiChannelviews *api_channelviews_read(CatalogDatabase *database, CatalogChannels *channel,
                                       gint64 now_ms, GError **error);

/** Returns: (transfer full): what @reader may see of it. Any thread. */
JsonObject *api_channelviews_render(ServerApp *app, const ApiChannelviews *view,
                                    const ApiViewsReader *reader);

/** Whether @account (nullable) may know of the channel at all. */
gboolean api_channelviews_may_see(const ServerAccessAccount *account,
                                  const CatalogChannels *channel);
