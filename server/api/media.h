// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the delivery of bundles asks of the application: is this lesson published, who may watch it.
#pragma once

#include "server/http/bundles.h"

/** Returns: (transfer none): the static table for http_bundles_new(); its app is the ServerApp. */
const HttpBundlesAccess *api_media_get_access(void);

/** GET /lessons/{id}/{file} and /lessons/{id}/{folder}/{file} */
void api_media_serve(HttpExchange *exchange);
