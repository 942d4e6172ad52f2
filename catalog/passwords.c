// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Argon2id through libsodium's crypto_pwhash_str (RFC 9106), at its "interactive" cost: 64 MiB and
// two passes, so that several log-ins at once fit a small machine.
#include "catalog/passwords.h"

#include <sodium.h>
#include <string.h>

#include "catalog/error.h"

#define GENERATED_LENGTH 16

/* The hash of a password nobody has: verifying against it takes the usual time. */
static const char NOBODY_HASH[] = "$argon2id$v=19$m=65536,t=2,p=1$"
                                  "AAAAAAAAAAAAAAAAAAAAAA$"
                                  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

char *
catalog_passwords_hash(const char *password, GError **error)
{
    gsize bytes = strlen(password);
    if (bytes < CATALOG_PASSWORDS_BYTES_MIN || bytes > CATALOG_PASSWORDS_BYTES_MAX) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_INVALID,
                    "a password has between %d and %d bytes", CATALOG_PASSWORDS_BYTES_MIN,
                    CATALOG_PASSWORDS_BYTES_MAX);
        return NULL;
    }
    char text[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str(text, password, bytes, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        g_set_error(error, CATALOG_ERROR, CATALOG_ERROR_BUSY,
                    "there is no memory to hash a password now");
        return NULL;
    }
    return g_strdup(text);
}

gboolean
catalog_passwords_verify(const char *hash, const char *password)
{
    gsize bytes = strlen(password);
    if (bytes > CATALOG_PASSWORDS_BYTES_MAX)
        return FALSE;
    gboolean same =
        crypto_pwhash_str_verify(hash != NULL ? hash : NOBODY_HASH, password, bytes) == 0;
    return same && hash != NULL;
}

char *
catalog_passwords_generate(void)
{
    // No letter or digit that is taken for another one.
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    char text[GENERATED_LENGTH + 1] = "";
    for (int i = 0; i < GENERATED_LENGTH; i++)
        text[i] = letters[randombytes_uniform(sizeof letters - 1)];
    return g_strdup(text);
}
