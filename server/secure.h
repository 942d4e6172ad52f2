// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where and with which certificate HTTPS is spoken: the administrator's own files, or what
// `daorian tls` made in the data folder. Made by the app at its start; immutable afterwards.
#pragma once

#include "server/clock.h"
#include "server/config.h"
#include "server/http/server.h"
#include "server/storage.h"
#include "server/tls/keep.h"

typedef struct _ServerSecure ServerSecure;

/**
 * server_secure_new:
 * Reads `<data>/tls`, and renews its certificate when it is near its end or the machine has new
 * addresses; whatever goes wrong is a warning, since HTTP works without. Blocks: start-up only.
 * Returns: (transfer full).
 */
ServerSecure *server_secure_new(const ServerConfig *config, ServerStorage *storage,
                                ServerClock *clock);

/** Returns: (transfer none) (nullable): the box's authority, when `daorian tls` made one. */
const TlsKeep *server_secure_get_keep(const ServerSecure *secure);

/** Sets the addresses and certificates of @http, whose strings stay with @secure and @config. */
void server_secure_fill(const ServerSecure *secure, const ServerConfig *config,
                        HttpServerConfig *http);

void server_secure_free(ServerSecure *secure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerSecure, server_secure_free)
