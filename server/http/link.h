// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The stream that is lent to libsoup for one request. It gives libsoup exactly the bytes its owner
// allows (the head already read, then the body) and never owns the socket: when libsoup is done or
// is let go, the socket is still the connection's. Belongs to one delivery thread.
#pragma once

#include <gio/gio.h>

#define HTTP_LINK_TYPE (http_link_get_type())
G_DECLARE_FINAL_TYPE(HttpLink, http_link, HTTP, LINK, GIOStream)

typedef struct {
    /** Returns: bytes read, 0 at the end, -1 when it would block, -2 when broken. */
    gssize (*read)(gpointer owner, void *buffer, gsize size);
    /** Returns: bytes written, -1 when it would block, -2 when broken. */
    gssize (*write)(gpointer owner, const void *buffer, gsize size);
} HttpLinkOwner;

/** Returns: (transfer full): a stream that calls @functions with @owner until it is cut. */
HttpLink *http_link_new(const HttpLinkOwner *functions, gpointer owner);

/** The owner is no longer called; what still reads or writes gets an error. */
void http_link_cut(HttpLink *link);

/** Whoever waits for the stream looks again. */
void http_link_wake(HttpLink *link);
