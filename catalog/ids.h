// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Record identifiers: UUIDv7 text (RFC 9562 §5.7), made by the application so that records made at
// two sites never collide. Called by whoever creates a record; never touches the database.
#pragma once

#include <glib.h>

#define CATALOG_IDS_LENGTH 36

/**
 * catalog_ids_new:
 * @now_ms: UTC milliseconds since the epoch
 *
 * Returns: (transfer full): a new lower-case UUIDv7, 36 characters. Two ids made in one process
 * with the same @now_ms differ in 74 random bits.
 */
char *catalog_ids_new(gint64 now_ms);

/**
 * catalog_ids_is_valid:
 * @text: (nullable): text from a client
 *
 * Returns: TRUE when @text is a lower-case UUIDv7 and nothing else, hence safe as a file name.
 */
gboolean catalog_ids_is_valid(const char *text);
