// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The composition root: owns every long-lived object of the daemon and alone knows in which order
// they start and stop. Handlers get it from http_exchange_get_app() and may use what the getters
// return, all of it immutable or thread-safe.
#pragma once

#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/hasher.h"
#include "server/flows/captions.h"
#include "server/http/bundles.h"
#include "server/http/server.h"
#include "server/flows/encode.h"
#include "server/flows/intake.h"
#include "server/storage.h"
#include "server/throttle.h"
#include "server/tls/keep.h"

typedef struct _ServerApp ServerApp;
typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsReceive FlowsReceive;
typedef struct _FlowsTidy FlowsTidy;
typedef struct _FlowsClass FlowsClass;
typedef struct _FlowsLive FlowsLive;
typedef struct _FlowsHealth FlowsHealth;
typedef struct _FlowsRecord FlowsRecord;
typedef struct _FlowsRules FlowsRules;

/**
 * server_app_new:
 * @config: (transfer full): the checked configuration
 *
 * Makes the data folder, opens and migrates the catalogue, starts its threads. Blocks: start-up
 * only. Returns: (transfer full): the app, or NULL with an error.
 */
ServerApp *server_app_new(ServerConfig *config, GError **error);

/** Listens, starts the encoder and the timers, and runs until SIGTERM or SIGINT. Main thread. */
gboolean server_app_serve(ServerApp *app, GError **error);

/** All return: (transfer none), alive as long as the app. Any thread. */
const ServerConfig *server_app_get_config(ServerApp *app);
ServerStorage *server_app_get_storage(ServerApp *app);
ServerClock *server_app_get_clock(ServerApp *app);
ServerEvents *server_app_get_events(ServerApp *app);
CatalogThreads *server_app_get_catalog(ServerApp *app);
FlowsReceive *server_app_get_receive(ServerApp *app);
ServerHasher *server_app_get_hasher(ServerApp *app);
ServerThrottle *server_app_get_throttle(ServerApp *app);
FlowsEncode *server_app_get_encode(ServerApp *app);
FlowsCaptions *server_app_get_captions(ServerApp *app);
FlowsHealth *server_app_get_health(ServerApp *app);
FlowsClass *server_app_get_class(ServerApp *app);
FlowsLive *server_app_get_live(ServerApp *app);
FlowsRules *server_app_get_rules(ServerApp *app);
FlowsIntake *server_app_get_intake(ServerApp *app);
HttpBundles *server_app_get_bundles(ServerApp *app);
/** Returns: (transfer none) (nullable): what `daorian tls` made. */
const TlsKeep *server_app_get_tls(ServerApp *app);
HttpServer *server_app_get_http(ServerApp *app);
FlowsTidy *server_app_get_tidy(ServerApp *app);

/** Says that lesson @id changed: what the delivery remembers is void and open streams hear it. Any
 * thread. */
void server_app_note_lesson(ServerApp *app, const char *id);

/** Returns: (transfer full): path of daorian-media: beside this executable, else from PATH. */
char *server_app_find_media_program(void);

/** Stops in the reverse order of the start; blocks until every thread has ended. */
void server_app_free(ServerApp *app);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerApp, server_app_free)
