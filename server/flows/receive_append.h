// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One run of bytes behind what is there already: a tus PATCH, the body of a POST, the copy of an
// import. Opened at an offset, fed, closed; all three in one thread-default context, which also
// gets the callbacks. Bytes that arrived are kept however it ends, unless they carry a checksum.
#pragma once

#include "server/flows/receive.h"
#include "server/flows/receive_digest.h"

#define FLOWS_RECEIVE_APPEND_BUFFER_BYTES (1024 * 1024)

typedef struct _FlowsReceiveAppend FlowsReceiveAppend;

typedef struct {
    const char *upload_id;                           // of the upload
    FlowsReceiveWho who;                             // asks
    gint64 offset_bytes;                             // where the client thinks it stands
    gint64 declared_bytes;                           // of this run; −1: not said
    gint64 length_bytes;                             // of the whole, declared now; −1: not now
    gboolean checked;                                // the next two hold
    FlowsReceiveDigestAlgorithm algorithm;           // of the run's checksum
    guint8 checksum[FLOWS_RECEIVE_DIGEST_MAX_BYTES]; // of the run
} FlowsReceiveAppendRequest;

/** Waits for the lease, checks offset, length and quotas, opens the file. */
void flows_receive_append_open_async(FlowsReceive *receive,
                                     const FlowsReceiveAppendRequest *request,
                                     GAsyncReadyCallback callback, gpointer user_data);

/** Returns: (transfer full) (nullable): to be ended with close; NULL with @refusal (transfer full).
 */
FlowsReceiveAppend *flows_receive_append_open_finish(GAsyncResult *result,
                                                     FlowsReceiveStatus **refusal);

typedef struct {
    void (*on_room)(gpointer user_data); // the buffer is empty again after push said FALSE
    void (*on_stop)(gpointer user_data); // take no more and close now; its status says why
} FlowsReceiveAppendListener;

/** Before the first push; @listener is static. Neither is called after close. */
void flows_receive_append_listen(FlowsReceiveAppend *append,
                                 const FlowsReceiveAppendListener *listener, gpointer user_data);

/** Takes the next bytes. Returns: FALSE when the buffer is full: push no more until on_room. */
gboolean flows_receive_append_push(FlowsReceiveAppend *append, GBytes *chunk);

/**
 * flows_receive_append_close_async:
 * @append: (transfer full)
 * @whole: the run came to its end; FALSE when the line was cut
 *
 * Writes what is buffered, judges the checksum, syncs, records the offset, and when the upload is
 * whole runs receive_finish.h.
 */
void flows_receive_append_close_async(FlowsReceiveAppend *append, gboolean whole,
                                      GAsyncReadyCallback callback, gpointer user_data);

/** Returns: (transfer full): with the upload as it is now, also on failure where possible. */
FlowsReceiveStatus *flows_receive_append_close_finish(GAsyncResult *result);
