// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Opus in MP4 (Encapsulation of Opus in ISO Base Media File Format 0.8.1): how long a packet is,
// and the dOps box. Pure; used by init.c and writer.c.
#pragma once

#include <glib.h>

/** Returns: samples of 48 kHz in a packet (RFC 6716 §3.1); 0 when it is not a packet of Opus. */
guint package_opus_count_samples(const guint8 *data, gsize bytes);

/** Whether these are the fields of a dOps box (§4.3.2) for @channels, 1 or 2, at 48 kHz in one
 * stream with pre-skip 0: there are no edit lists that could say what to skip. */
gboolean package_opus_check_configuration(GBytes *config, guint channels);
