// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Foreign bytes that are read from the front and can never be read beyond their end. Big-endian, as
// all of MPEG and DVB is. Pure; owns nothing.
#pragma once

#include <glib.h>

typedef struct {
    const guint8 *at;  // (unowned) the next byte
    const guint8 *end; // (unowned) behind the last
} TablesBytes;

/** Returns: a view of @length bytes. */
TablesBytes tables_bytes_new(const guint8 *bytes, gsize length);

gsize tables_bytes_count_left(const TablesBytes *bytes);

/** Takes an integer of @width (1 to 4) bytes. Returns: FALSE with nothing taken when there are
 * fewer. */
gboolean tables_bytes_take_integer(TablesBytes *bytes, guint width, guint32 *value);

/** Takes @length bytes as a view of their own. Returns: FALSE with nothing taken when there are
 * fewer. */
gboolean tables_bytes_take_part(TablesBytes *bytes, gsize length, TablesBytes *part);

/** Takes a part that its length of @width bytes (1 or 2, of which the low @bits count) precedes.
 * Returns: FALSE when the part is not whole; @bytes is then spent. */
gboolean tables_bytes_take_sized(TablesBytes *bytes, guint width, guint bits, TablesBytes *part);
