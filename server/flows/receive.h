// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Receiving: an upload is declared, its bytes come (receive_append.h), it is whole, it becomes an
// original with an encode job (receive_finish.h). Made by app.c and by import; asked by the tus
// handlers from any thread. Each x_async calls back in the caller's thread-default context, and its
// finish always gives a status.
#pragma once

#include "server/clock.h"
#include "server/config.h"
#include "server/events.h"
#include "server/flows/receive_metadata.h"
#include "server/flows/receive_status.h"
#include "server/storage.h"

#include <gio/gio.h>

typedef struct _CatalogThreads CatalogThreads;
typedef struct _FlowsReceive FlowsReceive;

/** Everything is borrowed and must outlive the flow. */
typedef struct {
    const ServerConfig *config;       // (unowned)
    ServerStorage *storage;           // (unowned)
    ServerClock *clock;               // (unowned)
    ServerEvents *events;             // (unowned) (nullable)
    CatalogThreads *catalog;          // (unowned)
    void (*wake)(gpointer user_data); // (nullable): an encode job was queued; any thread
    gpointer wake_data;               // (unowned)
} FlowsReceiveSetup;

FlowsReceive *flows_receive_new(const FlowsReceiveSetup *setup);

/**
 * flows_receive_recover:
 *
 * Brings rows and files together after a crash or a power cut: sets each offset to what is durable,
 * sweeps files of uploads that are over. Blocks (opens the catalogue itself); once, before requests
 * are taken.
 */
gboolean flows_receive_recover(FlowsReceive *receive, GError **error);

/** Closes what was whole when the last run ended, and looks for expired uploads every minute. Main
 * context. */
void flows_receive_start(FlowsReceive *receive);

/** TRUE when no closing and no expiry is under way that a start or a minute's look began. Main
 * context. */
gboolean flows_receive_is_idle(FlowsReceive *receive);

/** After the catalogue's threads have ended (their last works still need us) and with no request
 * open; what the next start will do again is left. Joins the disk threads. Main context. */
void flows_receive_free(FlowsReceive *receive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsReceive, flows_receive_free)

/** What a client declares when it creates an upload; copied where needed. */
typedef struct {
    FlowsReceiveWho who;                  // owner of upload and lesson
    const FlowsReceiveMetadata *metadata; // checked; unused by a PARTIAL
    const char *raw_metadata;             // (nullable): Upload-Metadata as it came, for HEAD
    CatalogUploadKind kind;               // WHOLE, PARTIAL or FINAL
    gint64 length_bytes;                  // −1: declared later; ignored for FINAL
    const char *const *parts;             // (nullable): ids, in order; FINAL only
} FlowsReceiveDeclaration;

/** Checks the quotas and creates upload and lesson in one transaction. A FINAL is assembled before
 * the answer, and asking for the same one twice gives the same one. An upload of no bytes is whole
 * at once. */
void flows_receive_create_async(FlowsReceive *receive, const FlowsReceiveDeclaration *declaration,
                                GAsyncReadyCallback callback, gpointer user_data);
FlowsReceiveStatus *flows_receive_create_finish(GAsyncResult *result);

/** Where the upload stands (tus HEAD). Ends a PATCH that still seems to run, and waits for a
 * closing. */
void flows_receive_look_async(FlowsReceive *receive, const char *upload_id,
                              const FlowsReceiveWho *who, GAsyncReadyCallback callback,
                              gpointer user_data);
FlowsReceiveStatus *flows_receive_look_finish(GAsyncResult *result);

/** Ends an unfinished upload, its lesson as failed `upload-cancelled`, and removes the bytes. */
void flows_receive_terminate_async(FlowsReceive *receive, const char *upload_id,
                                   const FlowsReceiveWho *who, GAsyncReadyCallback callback,
                                   gpointer user_data);
FlowsReceiveStatus *flows_receive_terminate_finish(GAsyncResult *result);
