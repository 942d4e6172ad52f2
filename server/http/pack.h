// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packing of answers (RFC 9110 §8.4.1): whether a client takes a coding, and the packing with gzip
// of small texts that are made for each request. Used by exchange.c and by the pages, whose files
// are packed when they are built. Pure, any thread.
#pragma once

#include <glib.h>

/** http_pack_is_accepted: whether an Accept-Encoding field (nullable) names a coding without q=0.
 */
gboolean http_pack_is_accepted(const char *accept_encoding, const char *coding);

/**
 * http_pack_compress:
 * @bytes: (transfer none): what to pack
 *
 * Returns: (transfer full) (nullable): gzip of it, or NULL when that is not smaller.
 */
GBytes *http_pack_compress(GBytes *bytes);
