// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Random secrets and their hashes (libsodium).
#include "catalog/secrets.h"

#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 32
#define SECRET_TEXT_BYTES sodium_base64_ENCODED_LEN(SECRET_BYTES, VARIANT)
#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

char *
catalog_secrets_new(const char *prefix)
{
    guint8 bytes[SECRET_BYTES];
    char text[SECRET_TEXT_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, VARIANT);
    char *secret = g_strconcat(prefix, text, NULL);
    sodium_memzero(bytes, sizeof bytes);
    sodium_memzero(text, sizeof text);
    return secret;
}

char *
catalog_secrets_hash(const char *secret)
{
    guint8 hash[SECRET_BYTES];
    char text[2 * SECRET_BYTES + 1];
    crypto_generichash(hash, sizeof hash, (const guint8 *)secret, strlen(secret), NULL, 0);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return g_strdup(text);
}

char *
catalog_secrets_derive(const char *secret, const char *purpose)
{
    // Keyed BLAKE2b takes keys of 16 to 64 bytes, so the key is a hash of the secret, under another
    // name than the one that is stored.
    guint8 key[crypto_generichash_KEYBYTES];
    guint8 derived[SECRET_BYTES];
    char text[SECRET_TEXT_BYTES];
    static const guint8 name[] = "daorian derived secrets, version 1";
    crypto_generichash(key, sizeof key, (const guint8 *)secret, strlen(secret), name, sizeof name);
    crypto_generichash(derived, sizeof derived, (const guint8 *)purpose, strlen(purpose), key,
                       sizeof key);
    sodium_bin2base64(text, sizeof text, derived, sizeof derived, VARIANT);
    sodium_memzero(key, sizeof key);
    return g_strdup(text);
}

gboolean
catalog_secrets_equal(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return FALSE;
    // Equal texts have equal hashes of one length, which can be compared in constant time.
    guint8 hash_a[SECRET_BYTES];
    guint8 hash_b[SECRET_BYTES];
    crypto_generichash(hash_a, sizeof hash_a, (const guint8 *)a, strlen(a), NULL, 0);
    crypto_generichash(hash_b, sizeof hash_b, (const guint8 *)b, strlen(b), NULL, 0);
    return sodium_memcmp(hash_a, hash_b, sizeof hash_a) == 0;
}
