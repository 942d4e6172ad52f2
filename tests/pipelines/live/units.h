// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Coded sound as transport streams carry it (ISO/IEC 14496-3): AAC-LC, 48 kHz, two channels.
#pragma once

#include <glib.h>

/** Appends a frame behind its head (§1.A.2.2). */
void units_put_adts(GByteArray *unit, const guint8 *data, guint bytes);

/** Appends a frame as an AudioSyncStream with its configuration (§1.7). */
void units_put_latm(GByteArray *unit, const guint8 *data, guint bytes);
