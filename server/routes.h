// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Every URL of the product.
#pragma once

#include "server/http/router.h"

/** Returns: (transfer none): the static table; @n_routes (out): its rows. */
const HttpRouterRoute *server_routes_get_table(gsize *n_routes);
