// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which GStreamer plugins the child has: a short list of demuxers, parsers and decoders, loaded by
// hand. No registry is read or written, no scanner process is started, and nothing that opens a
// network, a window or a device can be plugged by a hostile file.
#pragma once

#include <glib.h>

/** Initialises GStreamer and loads the list. Call once, before the sandbox closes; the main thread.
 * Returns: FALSE when so much is missing that nothing can be decoded; files are then read by
 * libavformat alone. */
gboolean source_plugins_load(void);
