// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Argon2id password hashes (libsodium). Pure and slow (about 0.1 s and 64 MiB each): never inside a
// transaction, never on the main context. Any thread.
#pragma once

#include <glib.h>

#define CATALOG_PASSWORDS_BYTES_MIN 8
#define CATALOG_PASSWORDS_BYTES_MAX 256

/** Returns: (transfer full): the hash text of @password, or NULL with INVALID (too short, too long)
 * or BUSY (no memory now). */
char *catalog_passwords_hash(const char *password, GError **error);

/**
 * catalog_passwords_verify:
 * @hash: (nullable): NULL costs as much time and is always wrong, so that names cannot be guessed
 *
 * Returns: TRUE when @password is the one.
 */
gboolean catalog_passwords_verify(const char *hash, const char *password);

/** Returns: (transfer full): a random password that can be read over a telephone, 16 characters. */
char *catalog_passwords_generate(void);
