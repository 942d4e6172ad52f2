// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One request in libsoup's hands: it parses the head that was found good and decodes the body,
// through a stream that gives it exactly this request's bytes. It is paused at the head, again at
// the end of the body, and the stream is taken back only then, outside of its own calls: it never
// writes an answer, never sees a pipelined byte and never closes the socket. Belongs to the
// connection's thread.
#pragma once

#include "server/http/body.h"
#include "server/http/connection.h"

/** Returns: (transfer full): a SoupServer for the thread-default context, without listeners. */
SoupServer *http_lend_new_soup(void);

/** Lends the request whose head is at the front of the connection's input, and routes it. */
void http_lend_start(HttpConnection *connection, const HttpHead *head);

/** Lets the body come; see http_body_start(). */
void http_lend_take_body(HttpLend *lend, const HttpBodySink *sink, gpointer user_data,
                         GDestroyNotify free_data);
void http_lend_pause_body(HttpLend *lend);
void http_lend_resume_body(HttpLend *lend);
goffset http_lend_get_declared_bytes(HttpLend *lend);

/** Whether the request has a body that was not read to its end. */
gboolean http_lend_has_unread_body(HttpLend *lend);

/** The socket may be readable or writable. */
void http_lend_wake(HttpLend *lend);

/** One turn: hands what was gathered to the sink, its end, or its failure. May close the
 * connection. */
void http_lend_step(HttpLend *lend);

/** The deadline of a handler or of a body has passed. */
void http_lend_expire(HttpLend *lend);

/** Takes the stream back from libsoup. Never from within libsoup's calls. */
void http_lend_release(HttpLend *lend);

/** Releases, tells the sink when its body was cut short, and lets the exchange go. */
void http_lend_free(HttpLend *lend);
