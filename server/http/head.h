// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads a request head strictly (RFC 9112), so that nothing doubtful reaches a handler or the next
// program behind us: what two programs could understand differently is refused. A pure function
// over borrowed bytes, called by connections for every request.
#pragma once

#include <glib.h>

#define HTTP_HEAD_FIELDS_MAX 64
#define HTTP_HEAD_TARGET_MAX 4096

typedef struct {
    const char *text; // borrowed, not terminated
    gsize length;     //
} HttpHeadText;

typedef struct {
    HttpHeadText name;  //
    HttpHeadText value; // without surrounding blanks
} HttpHeadField;

typedef struct {
    gsize start;                                // bytes of empty line before the request line
    gsize end;                                  // first byte behind the head
    HttpHeadText method;                        //
    HttpHeadText path;                          // of the target, percent-encoded, "*" for OPTIONS *
    HttpHeadText query;                         // without its question mark, may be empty
    guint minor_version;                        // 0 or 1
    gint64 content_length;                      // -1 when absent
    gboolean is_chunked;                        //
    gboolean keeps_alive;                       //
    gboolean expects_continue;                  //
    guint n_fields;                             //
    HttpHeadField fields[HTTP_HEAD_FIELDS_MAX]; // the first n_fields
} HttpHead;

typedef enum {
    HTTP_HEAD_INCOMPLETE,
    HTTP_HEAD_WHOLE,
    HTTP_HEAD_REFUSED,
} HttpHeadState;

typedef struct {
    guint status;       // 400, 413, 414, 417, 431, 501 or 505
    const char *detail; // static English sentence
} HttpHeadRefusal;

/**
 * http_head_parse:
 * @bytes: what came so far
 * @limit_bytes: a longer head is refused with 431
 * @head: (out caller-allocates): valid when whole, as long as @bytes
 * @refusal: (out caller-allocates): valid when refused
 */
HttpHeadState http_head_parse(const char *bytes, gsize length, gsize limit_bytes, HttpHead *head,
                              HttpHeadRefusal *refusal);

/** Returns: (nullable): the value of the first field named @name, case aside. */
const HttpHeadText *http_head_find(const HttpHead *head, const char *name);

/** Whether @text is @word, case aside. */
gboolean http_head_equals(const HttpHeadText *text, const char *word);
