// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Counts failed log-ins by account name and by address, so that passwords cannot be guessed at
// speed. Keeps at most a fixed number of counters; the least recent makes room. Thread-safe.
#pragma once

#include <glib.h>

typedef struct _ServerThrottle ServerThrottle;

ServerThrottle *server_throttle_new(void);

/**
 * server_throttle_check:
 * @name: the account's name as typed; case does not count
 * @address: the peer's
 *
 * Allowed: 5 failures of one name from one address, 30 of one address, 50 of one name from
 * anywhere, in 5 minutes. Returns: 0 when an attempt is allowed, else the seconds until the next
 * one is.
 */
guint server_throttle_check(ServerThrottle *throttle, const char *name, const char *address,
                            gint64 now_ms);

/** Counts an attempt before its password is looked at, so that attempts side by side count too. */
void server_throttle_note_attempt(ServerThrottle *throttle, const char *name, const char *address,
                                  gint64 now_ms);

/** The attempt was good: it no longer counts, and the name's own failures from this address are
 * forgotten. */
void server_throttle_note_success(ServerThrottle *throttle, const char *name, const char *address);

void server_throttle_free(ServerThrottle *throttle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerThrottle, server_throttle_free)
