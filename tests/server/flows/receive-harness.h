// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A receive flow on a data folder of its own, with an account that owns what it uploads. Each call
// runs the main context until the flow has answered. For the receive tests only.
#pragma once

#include "catalog/threads.h"
#include "server/flows/receive_append.h"

typedef struct {
    char *folder;            // (owned)
    char *account_id;        // (owned)
    ServerConfig *config;    // (owned)
    ServerStorage *storage;  // (owned)
    ServerClock *clock;      // (owned)
    CatalogThreads *catalog; // (owned)
    FlowsReceive *receive;   // (owned)
    guint wakes;             // how often an encode job was announced
    FlowsReceiveWho who;     // the account
} ReceiveHarness;

/** Opens @folder (made where missing), recovers and starts. */
ReceiveHarness *receive_harness_open(const char *folder, gint64 now_ms);

/** The same with a configuration that @configure (nullable) has changed. */
ReceiveHarness *receive_harness_open_with(const char *folder, gint64 now_ms,
                                          void (*configure)(ServerConfig *config));

/** Stops, as a shut-down does; the folder stays. */
void receive_harness_close(ReceiveHarness *harness);

FlowsReceiveStatus *receive_harness_create(ReceiveHarness *harness, CatalogUploadKind kind,
                                           gint64 length_bytes, const char *const *parts);
FlowsReceiveStatus *receive_harness_look(ReceiveHarness *harness, const char *id);
FlowsReceiveStatus *receive_harness_terminate(ReceiveHarness *harness, const char *id);

/** A request for @size bytes at @offset_bytes, without length and checksum. */
FlowsReceiveAppendRequest receive_harness_request(ReceiveHarness *harness, const char *id,
                                                  gint64 offset_bytes, gint64 size);

/** Opens, pushes, closes. @whole FALSE: the line was cut after these bytes. */
FlowsReceiveStatus *receive_harness_append(ReceiveHarness *harness,
                                           const FlowsReceiveAppendRequest *request,
                                           const void *data, gsize size, gboolean whole);

/** Only opens; NULL with the refusal. */
FlowsReceiveAppend *receive_harness_begin(ReceiveHarness *harness,
                                          const FlowsReceiveAppendRequest *request,
                                          FlowsReceiveStatus **refusal);
FlowsReceiveStatus *receive_harness_end(FlowsReceiveAppend *append, gboolean whole);

/** Runs @work in a transaction and asserts that it worked. */
void receive_harness_query(ReceiveHarness *harness, CatalogThreadsWork work, gpointer data);

/** Returns: (transfer full): SHA-256 of a file in hex, NULL when it is not there. */
char *receive_harness_hash_file(const char *path);

/** Returns: number of files in the uploads folder that belong to uploads. */
guint receive_harness_count_parts(ReceiveHarness *harness);

/** Removes a folder of tests with everything in it. */
void receive_harness_remove(const char *folder);

/** Returns: (transfer full): @size bytes that look like nothing, the same for each @seed. */
guint8 *receive_harness_make_bytes(guint32 seed, gsize size);
