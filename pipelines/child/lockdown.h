// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the child does to itself before it opens foreign bytes, after its plugins and codecs are
// loaded: resource limits and a seccomp filter that kills on new programs and refuses new processes
// (threads are fine), sockets, mounts, tracing and the like.
#pragma once

#include <glib.h>

/**
 * child_lockdown_enter:
 * @limit_memory: also limit the address space; FALSE in sanitizer builds, which need terabytes of
 * it
 *
 * Irrevocable. Call from the main thread, once; applies to all threads of the process.
 * Returns: FALSE with CHILD_ERROR_REFUSED when the kernel will not have it.
 */
gboolean child_lockdown_enter(gboolean limit_memory, GError **error);
