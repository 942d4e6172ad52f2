// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The check sum of sections (ISO/IEC 13818-1 Annex A, EN 300 468 Annex C). Pure.
#pragma once

#include <glib.h>

/** Returns: CRC-32/MPEG-2 of @length bytes; 0 over a section together with its own check sum. */
guint32 tables_crc_compute(const guint8 *bytes, gsize length);
