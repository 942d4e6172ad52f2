// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One encoder supervisor a data folder: a lock file that the kernel lets go when its holder dies,
// and a bell on it for those who write jobs from another process. Main context, but for
// flows_encode_lock_ring.
#pragma once

#include <glib.h>

typedef struct _FlowsEncodeLock FlowsEncodeLock;

/** Somebody rings the bell. */
typedef void (*FlowsEncodeLockRung)(gpointer user_data);

/** @rung: called in the thread-default context. Returns: (transfer full): not taken. */
FlowsEncodeLock *flows_encode_lock_new(const char *path, FlowsEncodeLockRung rung,
                                       gpointer user_data);

/** Returns: TRUE when the lock is ours from now on, or was. */
gboolean flows_encode_lock_take(FlowsEncodeLock *lock);
void flows_encode_lock_release(FlowsEncodeLock *lock);

/** Rings the bell of whoever holds the lock on @path. Any thread. */
void flows_encode_lock_ring(const char *path);

void flows_encode_lock_free(FlowsEncodeLock *lock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsEncodeLock, flows_encode_lock_free)
