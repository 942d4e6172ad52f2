// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The names a lesson bundle may hold, and how each is served: content type and caching. A pure
// table; a name outside the grammar is no file, whatever lies on the disk.
#pragma once

#include <glib.h>

typedef struct {
    const char *suffix; // static, ".m3u8"
    const char *type;   // static, content type
    gboolean
        changes_in_place; // playlists and lesson.json: short caching whatever the name looks like
} HttpTypesKind;

/**
 * http_types_find:
 * @name: one path segment, from a client
 *
 * Letters, digits, dot, dash and underscore; starts with a letter or digit; at most 80 characters;
 * a known suffix. Returns: (transfer none) (nullable): NULL when it is no name of a bundle's file.
 */
const HttpTypesKind *http_types_find(const char *name);

/** Whether @name is a folder a bundle may hold: slides, captions. */
gboolean http_types_is_folder(const char *name);

/**
 * http_types_get_caching:
 * @name: a name that http_types_find() knows
 *
 * Returns: a Cache-Control value: for ever for names that hold the hash of their bytes, short for
 * others.
 */
const char *http_types_get_caching(const char *name);
