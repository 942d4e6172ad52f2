// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What `serve` says when it is up: where to open it, and the one-time link of the first
// administrator.
#pragma once

#include "server/config.h"

/**
 * server_greeting_list_addresses:
 * @port: the port that is really listened on
 *
 * Returns: (transfer full) (element-type utf8): base URLs without a slash at the end, the most
 * public first: the configured one, then those of the machine's networks when every address is
 * listened on. Main thread.
 */
GPtrArray *server_greeting_list_addresses(const ServerConfig *config, guint16 port);

/**
 * server_greeting_print:
 * @secure_port: of HTTPS beside HTTP; 0: none
 * @setup_token: (nullable): NULL once there is an administrator
 *
 * Prints on standard output.
 */
void server_greeting_print(const ServerConfig *config, guint16 port, guint16 secure_port,
                           const char *setup_token);
