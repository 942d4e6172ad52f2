// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Finds transport packets in any bytes: of 188, 192 (time before each) or 204 bytes (parity behind
// each), after garbage and through damage. Holds a few packets at most.
#pragma once

#include <glib.h>

/** @packet: 188 bytes that begin with the sync byte, good until return. */
typedef void (*TablesSyncFunc)(const guint8 *packet, gpointer data);

typedef struct _TablesSync TablesSync;

/** Returns: (transfer full). */
TablesSync *tables_sync_new(TablesSyncFunc func, gpointer data);
void tables_sync_free(TablesSync *sync);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesSync, tables_sync_free)

/** Calls the function for every packet that is whole by now. */
void tables_sync_push(TablesSync *sync, const guint8 *bytes, gsize length);

/** The stream ends: what is left counts as packets even if too short to be sure. */
void tables_sync_finish(TablesSync *sync);

/** Returns: 188, 192, 204, or 0 while not found. */
guint tables_sync_get_stride(const TablesSync *sync);

/** Returns: how often it was lost after it had been found. */
guint64 tables_sync_get_losses(const TablesSync *sync);

/** Returns: bytes that belonged to no packet (not those before and behind packets of 192 and 204).
 */
guint64 tables_sync_get_skipped_bytes(const TablesSync *sync);
