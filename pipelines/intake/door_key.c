// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// BLAKE2b, as catalog/secrets.c; a test holds the two together.
#include "pipelines/intake/door_key.h"

#include <sodium.h>
#include <string.h>

#define HASH_BYTES 32
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static char *
check(const char *text, gsize length)
{
    gboolean good = length > 0 && length <= INTAKE_DOOR_KEY_MOST && strspn(text, LETTERS) >= length;
    return good ? g_strndup(text, length) : NULL;
}

/* Of `a=b,r=KEY,…`: what stands behind @name. */
static char *
find_member(const char *list, const char *name)
{
    gsize length = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0)
            return check(at + length, strcspn(at + length, ","));
    }
    return NULL;
}

char *
intake_door_key_find(const char *stream_id)
{
    static const char control[] = "#!::", publish[] = "publish:";
    if (g_str_has_prefix(stream_id, control))
        return find_member(stream_id + strlen(control), "r=");
    if (g_str_has_prefix(stream_id, publish))
        stream_id += strlen(publish);
    return check(stream_id, strlen(stream_id));
}

char *
intake_door_key_hash(const char *key)
{
    guint8 hash[HASH_BYTES];
    char text[2 * HASH_BYTES + 1];
    crypto_generichash(hash, sizeof hash, (const guint8 *)key, strlen(key), NULL, 0);
    sodium_bin2hex(text, sizeof text, hash, sizeof hash);
    return g_strdup(text);
}
