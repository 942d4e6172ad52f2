// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The lock of a staging folder: held by whoever works there and by every process of its child, so
// that two never write to one folder, whatever died in between.
#pragma once

#include <glib.h>

/** Returns: a descriptor that holds the lock, or -1 with CHILD_ERROR_BUSY (a child of an earlier
 * daemon still dies there: try again) or CHILD_ERROR_CLOSED. */
int child_lock_take(const char *folder, GError **error);

/** Gives up a lock that a process killed half-way through its start holds for ever. */
void child_lock_break(const char *folder);
