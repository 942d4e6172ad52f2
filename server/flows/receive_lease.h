// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who may touch an upload's bytes right now. A lease is exclusive; whoever comes later is the one
// whose line works, so it asks the holder to let go and gets the lease when that one's bytes are on
// disk: a client comes back long before the server notices that its old connection is dead. A
// holder in the middle of closing a whole upload cannot be asked. Thread-safe.
#pragma once

#include "server/flows/receive_digest.h"

#include <gio/gio.h>

typedef struct _FlowsReceiveLeases FlowsReceiveLeases;
typedef struct _FlowsReceiveLease FlowsReceiveLease;

#define FLOWS_RECEIVE_LEASE_HELD 1024   // leases at once
#define FLOWS_RECEIVE_LEASE_WAITERS 8   // for one upload
#define FLOWS_RECEIVE_LEASE_DIGESTS 256 // running sums of uploads that rest

/** Somebody else wants the upload: stop taking bytes and release soon. In the holder's context, at
 * most once. */
typedef void (*FlowsReceiveLeaseEvict)(gpointer user_data);

FlowsReceiveLeases *flows_receive_lease_new_table(void);

/** No lease may be held any more. */
void flows_receive_lease_free_table(FlowsReceiveLeases *leases);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsReceiveLeases, flows_receive_lease_free_table)

/**
 * flows_receive_lease_take_async:
 * @patient: also wait for a holder that cannot be asked to let go
 *
 * Waits for the lease on @upload_id, first come first served. Fails with G_IO_ERROR_BUSY when the
 * holder cannot be asked and we are not patient, or when too many hold or wait.
 */
void flows_receive_lease_take_async(FlowsReceiveLeases *leases, const char *upload_id,
                                    gboolean patient, GAsyncReadyCallback callback,
                                    gpointer user_data);

/** Returns: (transfer full) (nullable): give it to flows_receive_lease_release(). */
FlowsReceiveLease *flows_receive_lease_take_finish(GAsyncResult *result, GError **error);

/** From now on the holder may be asked through @evict, called in the caller's thread-default
 * context; at once when somebody already waits. NULL ends it: no call comes afterwards when made in
 * that context's thread. */
void flows_receive_lease_set_evict(FlowsReceiveLease *lease, FlowsReceiveLeaseEvict evict,
                                   gpointer user_data);

/** From now on nobody may ask, and the impatient who wait are sent away: the upload is whole and is
 * being closed. */
void flows_receive_lease_close(FlowsReceiveLease *lease);

/** The running SHA-256 kept from one lease to the next. take: (transfer full) (nullable). */
FlowsReceiveDigest *flows_receive_lease_take_digest(FlowsReceiveLease *lease);
void flows_receive_lease_keep_digest(FlowsReceiveLease *lease, FlowsReceiveDigest *digest);

/** Hands the upload to who waits. Any thread. */
void flows_receive_lease_release(FlowsReceiveLease *lease);
