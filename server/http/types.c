// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of suffixes, and the test for `<stem>.<8 hex digits>.<suffix>`.
#include "server/http/types.h"

#include <string.h>

#define NAME_MAX_CHARS 80
#define HASH_CHARS 8
#define CACHE_FOR_EVER "public, max-age=31536000, immutable"
#define CACHE_SHORT "public, max-age=2"
#define CACHE_MODEST "public, max-age=60"

static const HttpTypesKind kinds[] = {
    {".m3u8", "application/vnd.apple.mpegurl", TRUE},
    {".mp4", "video/mp4", FALSE},
    {".m4s", "video/iso.segment", FALSE},
    {".vtt", "text/vtt; charset=utf-8", FALSE},
    {".webp", "image/webp", FALSE},
    {".json", "application/json", TRUE},
    {".pdf", "application/pdf", FALSE},
};

const HttpTypesKind *
http_types_find(const char *name)
{
    gsize length = name ? strlen(name) : 0;

    if (length == 0 || length > NAME_MAX_CHARS || !g_ascii_isalnum(name[0]))
        return NULL;
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(name[i]) && !strchr(".-_", name[i]))
            return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (length > strlen(kinds[i].suffix) && g_str_has_suffix(name, kinds[i].suffix))
            return &kinds[i];
    return NULL;
}

gboolean
http_types_is_folder(const char *name)
{
    return g_strcmp0(name, "slides") == 0 || g_strcmp0(name, "captions") == 0;
}

static gboolean
has_hash(const char *name)
{
    const char *suffix = strrchr(name, '.');
    const char *hash;

    if (!suffix || suffix - name < HASH_CHARS + 2)
        return FALSE;
    hash = suffix - HASH_CHARS;
    if (hash[-1] != '.')
        return FALSE;
    for (guint i = 0; i < HASH_CHARS; i++)
        if (!g_ascii_isxdigit(hash[i]) || g_ascii_isupper(hash[i]))
            return FALSE;
    return TRUE;
}

const char *
http_types_get_caching(const char *name)
{
    const HttpTypesKind *kind = http_types_find(name);

    // A playlist may be written anew under any name.
    if (has_hash(name) && !g_str_has_suffix(name, ".m3u8"))
        return CACHE_FOR_EVER;
    return kind && kind->changes_in_place ? CACHE_SHORT : CACHE_MODEST;
}
