// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Prints the routes, one a line: method, tab, path. For openapi_test.py.
#include "server/routes.h"

int
main(void)
{
    gsize n_routes = 0;
    const HttpRouterRoute *routes = server_routes_get_table(&n_routes);
    for (gsize i = 0; i < n_routes; i++)
        g_print("%s\t%s\n", routes[i].method, routes[i].path);
    return 0;
}
