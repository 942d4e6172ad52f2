// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Multiplexes, services and programmes as JSON of the API. Pure.
#pragma once

#include "catalog/guide.h"
#include "catalog/multiplexes.h"
#include "catalog/services.h"
#include "server/api/views.h"
#include "server/flows/intake_status.h"

/** Each returns: (transfer full): the object. */
JsonObject *api_broadcastviews_render_multiplex(const CatalogMultiplexes *multiplex,
                                                const FlowsIntakeStatus *status,
                                                ServerSentencesLanguage language);
JsonObject *api_broadcastviews_render_service(const CatalogServices *service);
JsonObject *api_broadcastviews_render_event(const CatalogGuide *event);

/** Returns: whether everybody may see it: as a person decided, else when it is television or radio,
 * and not encrypted. */
gboolean api_broadcastviews_is_shown(const CatalogServices *service);
