// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One answer on its way out: a head, then bytes, a part of a file, or a stream of events. Built by
// the exchange, the fast parser or the refusal of a bad head; sent in fair turns.
#pragma once

#include "server/http/file.h"
#include "server/http/loop.h"
#include "server/http/sse.h"

typedef struct {
    GString *head;    // (owned): status line and fields, or waiting events
    gsize head_sent;  //
    GBytes *bytes;    // (owned) (nullable): body, from offset on
    HttpFile *file;   // (owned) (nullable): body, when it has no bytes
    goffset offset;   // of the body in bytes or file
    goffset left;     // bytes of the body still to send
    HttpSse *sse;     // (owned) (nullable): where further bytes come from
    int queued_bytes; // in the kernel when it last stalled; 0: it has not
    gboolean closes;  // the connection ends with it
} HttpAnswer;

typedef enum {
    HTTP_ANSWER_SENT,    // wholly
    HTTP_ANSWER_BLOCKED, // the peer takes no more now
    HTTP_ANSWER_TURN,    // its turn is used up
    HTTP_ANSWER_BROKEN,  // the peer is gone
    HTTP_ANSWER_QUIET,   // an event stream with nothing to say
} HttpAnswerProgress;

/**
 * http_answer_new:
 * @status: of HTTP
 * @fields: header lines, each with CR LF; not Content-Length, Date or Connection
 * @body_bytes: value of Content-Length, or -1 to write none
 *
 * Returns: (transfer full): an answer with a head and no body yet.
 */
HttpAnswer *http_answer_new(HttpLoop *loop, guint status, const char *fields, goffset body_bytes,
                            gboolean closes, guint minor_version);

/**
 * http_answer_new_file:
 * @range @if_range @if_none_match: (nullable): values of the request's headers
 *
 * Returns: (transfer full): 200, 206, 304 or 416 with the right part of @file (RFC 9110 §13, §14).
 */
typedef struct {
    const char *range, *if_range, *if_none_match;              // (nullable), not terminated
    gsize range_length, if_range_length, if_none_match_length; //
    gboolean is_head;                                          //
    gboolean closes;                                           //
    guint minor_version;                                       //
} HttpAnswerRequest;

HttpAnswer *http_answer_new_file(HttpLoop *loop, HttpFile *file, const HttpAnswerRequest *request,
                                 const char *extra_fields);

/** Returns: (transfer full): a problem+json answer in plain English, for errors before any handler.
 */
HttpAnswer *http_answer_new_problem(HttpLoop *loop, guint status, const char *detail);

/** Sends what the peer takes, within one turn. */
HttpAnswerProgress http_answer_send(HttpAnswer *answer, HttpConnection *connection,
                                    gboolean *has_moved);

/** Whether it is an event stream that waits for something to say. */
gboolean http_answer_is_quiet(HttpAnswer *answer);

void http_answer_free(HttpAnswer *answer);
