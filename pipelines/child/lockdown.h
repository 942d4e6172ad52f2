// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the child does to itself before it opens foreign bytes, after its plugins and codecs are
// loaded: no core files, few descriptors, and a seccomp filter that refuses new programs and
// processes (threads are fine), sockets, mounts, tracing and whatever else a decoder never needs. A
// child that receives keeps sockets (and listens on loopback, see pipelines/intake/tap.h).
// Memory is limited from outside, by the launcher.
#pragma once

#include <glib.h>

/**
 * child_lockdown_enter:
 *
 * Irrevocable. Call from the main thread, once; it holds for all threads of the process.
 * Returns: FALSE with CHILD_ERROR_REFUSED when the kernel will not have it.
 */
gboolean child_lockdown_enter(GError **error);

/** As child_lockdown_enter(), for a child that receives from the network and decodes nothing. */
gboolean child_lockdown_enter_receiver(GError **error);
