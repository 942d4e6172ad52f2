// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Request heads from the network, and the chunked framing behind them: what is whole lies within
// the input, keeps the promises of the parser, and reads the same when it arrives in two pieces.
#include "server/http/head.h"

#include <string.h>

#include "server/http/chunks.h"

#define LIMIT 16384

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check_text(const HttpHeadText *text, const guint8 *data, size_t size)
{
    g_assert_true(text->text >= (const char *)data);
    g_assert_true(text->text + text->length <= (const char *)data + size);
    g_assert_null(memchr(text->text, '\n', text->length));
    g_assert_null(memchr(text->text, '\0', text->length));
}

static void
check_whole(const HttpHead *head, const guint8 *data, size_t size)
{
    g_assert_cmpuint(head->end, <=, MIN(size, LIMIT));
    g_assert_cmpuint(head->n_fields, <=, HTTP_HEAD_FIELDS_MAX);
    g_assert_cmpuint(head->method.length, <=, strlen("OPTIONS"));
    g_assert_false(head->is_chunked && head->content_length >= 0);
    g_assert_true(head->path.text[0] == '/' || head->path.text[0] == '*');
    check_text(&head->method, data, size);
    check_text(&head->path, data, size);
    check_text(&head->query, data, size);
    for (guint i = 0; i < head->n_fields; i++) {
        check_text(&head->fields[i].name, data, size);
        check_text(&head->fields[i].value, data, size);
    }
}

static void
check_prefix(const guint8 *data, size_t end)
{
    HttpHead head;
    HttpHeadRefusal refusal;

    for (gsize cut = 1; cut < end; cut += 1 + cut / 8)
        g_assert_cmpint(http_head_parse((const char *)data, cut, LIMIT, &head, &refusal), ==,
                        HTTP_HEAD_INCOMPLETE);
}

static void
check_chunks(const guint8 *data, size_t size)
{
    HttpChunks whole, parts;
    gsize half = size / 2;
    gsize used, used_parts;

    http_chunks_init(&whole);
    http_chunks_init(&parts);
    used = http_chunks_scan(&whole, (const char *)data, size);
    used_parts = http_chunks_scan(&parts, (const char *)data, half);
    used_parts += http_chunks_scan(&parts, (const char *)data + half, size - half);
    g_assert_cmpuint(used, <=, size);
    g_assert_cmpuint(used, ==, used_parts);
    g_assert_cmpint(whole.state, ==, parts.state);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    HttpHead head;
    HttpHeadRefusal refusal = {0};

    switch (http_head_parse((const char *)data, size, LIMIT, &head, &refusal)) {
    case HTTP_HEAD_WHOLE:
        check_whole(&head, data, size);
        check_prefix(data, head.end);
        check_chunks(data + head.end, size - head.end);
        break;
    case HTTP_HEAD_REFUSED:
        g_assert_cmpuint(refusal.status, >=, 400);
        g_assert_nonnull(refusal.detail);
        break;
    case HTTP_HEAD_INCOMPLETE:
        g_assert_cmpuint(size, <=, LIMIT);
        break;
    }
    check_chunks(data, size);
    return 0;
}
