// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The socket under a connection, plain or TLS: reads and writes that never block. Results are
// bytes, 0 at the end of input, or one of the two negatives. Used by connection.c, answer.c and
// lend.c only.
#pragma once

#include <sys/uio.h>

#include "server/http/loop.h"

#define HTTP_TRANSPORT_AGAIN (-1)
#define HTTP_TRANSPORT_BROKEN (-2)

gssize http_transport_read(HttpConnection *connection, void *buffer, gsize size);

/** Reads away what the peer still sends, below TLS. */
gssize http_transport_discard(HttpConnection *connection);

/** @is_more: more follows at once, so the kernel may wait for it before it sends. */
gssize http_transport_write(HttpConnection *connection, const struct iovec *parts, guint n_parts,
                            gboolean is_more);

/** Sends from a file; @offset moves on. */
gssize http_transport_send_file(HttpConnection *connection, int descriptor, goffset *offset,
                                gsize size);

/** Begins TLS on a just accepted connection; @connection is stepped when it is done, closed when it
 * failed. */
gboolean http_transport_start_tls(HttpConnection *connection);

void http_transport_close(HttpConnection *connection);
