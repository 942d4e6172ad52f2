// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Decides by the head alone; the look-up is one hash table under one lock.
#include "server/http/fast.h"

static gboolean
is_plain_get(const HttpHead *head)
{
    return head->method.length == 3 && head->method.text[0] == 'G' && head->query.length == 0 &&
           head->content_length <= 0 && !head->is_chunked && !head->expects_continue;
}

static void
borrow(const HttpHeadText *value, const char **text, gsize *length)
{
    *text = value ? value->text : NULL;
    *length = value ? value->length : 0;
}

HttpAnswer *
http_fast_answer(HttpConnection *connection, const HttpHead *head)
{
    HttpLoopShared *shared = http_loop_get_shared(connection->loop);
    g_autoptr(HttpFile) file = NULL;
    HttpAnswerRequest request = {0};

    if (shared->config.no_fast_parser || !shared->bundles || !is_plain_get(head))
        return NULL;
    file = http_bundles_find_public(shared->bundles, head->path.text, head->path.length);
    if (!file)
        return NULL;
    request.minor_version = head->minor_version;
    request.closes = !head->keeps_alive || http_loop_is_stopping(connection->loop);
    borrow(http_head_find(head, "Range"), &request.range, &request.range_length);
    borrow(http_head_find(head, "If-Range"), &request.if_range, &request.if_range_length);
    borrow(http_head_find(head, "If-None-Match"), &request.if_none_match,
           &request.if_none_match_length);
    return http_answer_new_file(connection->loop, file, &request, "");
}
