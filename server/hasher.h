// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Passwords are hashed here: two threads of their own, because one Argon2id takes about 0.1 s and
// 64 MiB and must hold up neither deliveries nor the catalogue. The queue is bounded; when it is
// full the answer is BUSY at once, so that a flood of log-ins costs the others nothing.
#pragma once

#include <gio/gio.h>

typedef struct _ServerHasher ServerHasher;

/** Returns: (transfer full): the threads, started. */
ServerHasher *server_hasher_new(void);

/**
 * server_hasher_hash_async:
 * @password: copied, wiped after use
 *
 * Completes in the caller's thread-default context. Any thread.
 */
void server_hasher_hash_async(ServerHasher *hasher, const char *password,
                              GAsyncReadyCallback callback, gpointer user_data);

/** Returns: (transfer full): the hash, or NULL with CATALOG_ERROR: INVALID (too short, too long),
 * BUSY. */
char *server_hasher_hash_finish(GAsyncResult *result, GError **error);

/** @hash (nullable): NULL takes as long and is always wrong. */
void server_hasher_verify_async(ServerHasher *hasher, const char *hash, const char *password,
                                GAsyncReadyCallback callback, gpointer user_data);

/** @good (out): whether it is the password. Returns: FALSE with CATALOG_ERROR BUSY. */
gboolean server_hasher_verify_finish(GAsyncResult *result, gboolean *good, GError **error);

/** Finishes what is queued and joins the threads. */
void server_hasher_free(ServerHasher *hasher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerHasher, server_hasher_free)
