// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The supervisor of live channels with a child that does what its packets say (live-actor.c) and a
// source that a test feeds. Every wait is for a condition.
#pragma once

#include "catalog/threads.h"
#include "server/flows/live.h"

#define LIVE_HARNESS_REST_MINUTE_MS 500 // so long a minute of rest lasts here

typedef struct {
    char *folder;            // (owned)
    const char *actor;       // (unowned) path of the child
    ServerConfig *config;    // (owned)
    ServerStorage *storage;  // (owned)
    ServerClock *clock;      // (owned)
    ServerEvents *events;    // (owned)
    CatalogThreads *catalog; // (owned)
    FlowsLive *live;         // (owned) (nullable)
    int feed;                // write end of the pipe, −1: nobody listens
    guint subscriptions;     // that there were
    guint16 service_number;  // asked for last
    char *channel_id;        // (owned) (nullable)
    char *service;           // (owned) (nullable) id of the row
} LiveHarness;

typedef struct {
    LiveHarness *fixture;  // (unowned)
    int enabled;           // −1: leave it
    gboolean no_service;   // take the service away
    gboolean remove;       // the whole channel
    const char *subtitles; // (unowned) (nullable) NULL: leave it
    gint64 rest_minutes;   // 0: leave it
} LiveHarnessChange;

void live_harness_set_up(LiveHarness *fixture, gconstpointer actor);
void live_harness_tear_down(LiveHarness *fixture, gconstpointer unused);

/** A life of the daemon. */
void live_harness_start(LiveHarness *fixture);
void live_harness_stop(LiveHarness *fixture);

/** Writes a packet of each letter to the child, as soon as there is one. */
void live_harness_order(LiveHarness *fixture, const char *orders);

/** Returns: (transfer full): another connection. */
CatalogDatabase *live_harness_open_catalog(LiveHarness *fixture);

/** What a person does. */
void live_harness_change(LiveHarness *fixture, LiveHarnessChange wanted);

void live_harness_await_state(LiveHarness *fixture, FlowsLiveState state, const char *code);

/** Waits until @next is the next number, and says it. */
guint64 live_harness_await_number(LiveHarness *fixture, guint64 next);

/** Returns: (transfer full): all of `small`. */
char *live_harness_read_playlist(LiveHarness *fixture);

guint live_harness_count_words(const char *text, const char *word);
