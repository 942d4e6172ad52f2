// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Heads are put together by appending, because every answer of the fast path comes through here.
// Sending is one loop: head and small bodies in one system call, files by sendfile, at most a
// turn's worth.
#include "server/http/answer.h"

#include <string.h>

#include "server/http/connection.h"
#include "server/http/ranges.h"
#include "server/http/transport.h"

#define TURN_BYTES (256 * 1024)
#define PROBLEM_FIELDS                                                                             \
    "Content-Type: application/problem+json\r\nCache-Control: no-store\r\n"                        \
    "X-Content-Type-Options: nosniff\r\n"

static void
append_number(GString *text, guint64 number)
{
    char digits[20];
    guint n = 0;

    do {
        digits[sizeof digits - ++n] = '0' + number % 10;
        number /= 10;
    } while (number);
    g_string_append_len(text, digits + sizeof digits - n, n);
}

HttpAnswer *
http_answer_new(HttpLoop *loop, guint status, const char *fields, goffset body_bytes,
                gboolean closes, guint minor_version)
{
    HttpAnswer *answer = g_new0(HttpAnswer, 1);

    answer->closes = closes;
    answer->head = g_string_sized_new(512);
    g_string_append(answer->head, "HTTP/1.1 ");
    append_number(answer->head, status);
    g_string_append_c(answer->head, ' ');
    g_string_append(answer->head, soup_status_get_phrase(status));
    g_string_append(answer->head, "\r\nDate: ");
    g_string_append(answer->head, http_loop_get_date(loop));
    g_string_append(answer->head, "\r\n");
    if (closes)
        g_string_append(answer->head, "Connection: close\r\n");
    else if (minor_version == 0)
        g_string_append(answer->head, "Connection: keep-alive\r\n");
    g_string_append(answer->head, fields);
    if (body_bytes >= 0) {
        g_string_append(answer->head, "Content-Length: ");
        append_number(answer->head, body_bytes);
        g_string_append(answer->head, "\r\n");
    }
    g_string_append(answer->head, "\r\n");
    return answer;
}

static void
attach_part(HttpAnswer *answer, HttpFile *file, goffset first, goffset length)
{
    answer->offset = first;
    answer->left = length;
    if (file->contents)
        answer->bytes = g_bytes_ref(file->contents);
    else
        answer->file = http_file_ref(file);
}

static HttpAnswer *
new_unsatisfiable(HttpLoop *loop, HttpFile *file, const HttpAnswerRequest *request,
                  const char *extra_fields)
{
    static const char body[] = "{\"type\":\"about:blank\",\"title\":\"Range Not Satisfiable\","
                               "\"status\":416,\"code\":\"range-not-satisfiable\"}";
    g_autofree char *fields =
        g_strdup_printf(PROBLEM_FIELDS "Content-Range: bytes */%" G_GINT64_FORMAT "\r\n%s",
                        (gint64)file->size_bytes, extra_fields);
    HttpAnswer *answer =
        http_answer_new(loop, 416, fields, strlen(body), request->closes, request->minor_version);

    answer->bytes = g_bytes_new_static(body, strlen(body));
    answer->left = strlen(body);
    return answer;
}

HttpAnswer *
http_answer_new_file(HttpLoop *loop, HttpFile *file, const HttpAnswerRequest *request,
                     const char *extra_fields)
{
    HttpRangesAnswer kind = HTTP_RANGES_WHOLE;
    gint64 first = 0, last = file->size_bytes - 1;
    g_autofree char *fields = NULL;
    HttpAnswer *answer;

    if (request->if_none_match &&
        http_ranges_matches_tag(request->if_none_match, request->if_none_match_length,
                                file->etag)) {
        fields = g_strconcat(file->fields, extra_fields, NULL);
        return http_answer_new(loop, 304, fields, -1, request->closes, request->minor_version);
    }
    if (request->range && !request->is_head &&
        (!request->if_range ||
         http_ranges_may_part(request->if_range, request->if_range_length, file->etag)))
        kind = http_ranges_parse(request->range, request->range_length, file->size_bytes, &first,
                                 &last);
    if (kind == HTTP_RANGES_UNSATISFIABLE)
        return new_unsatisfiable(loop, file, request, extra_fields);
    if (kind == HTTP_RANGES_PART)
        fields = g_strdup_printf("%s%sContent-Range: bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                                 "/%" G_GINT64_FORMAT "\r\n",
                                 file->fields, extra_fields, first, last, (gint64)file->size_bytes);
    else if (*extra_fields)
        fields = g_strconcat(file->fields, extra_fields, NULL);
    answer =
        http_answer_new(loop, kind == HTTP_RANGES_PART ? 206 : 200, fields ? fields : file->fields,
                        last - first + 1, request->closes, request->minor_version);
    if (!request->is_head && last >= first)
        attach_part(answer, file, first, last - first + 1);
    return answer;
}

HttpAnswer *
http_answer_new_problem(HttpLoop *loop, guint status, const char *detail)
{
    g_autofree char *code = g_ascii_strdown(soup_status_get_phrase(status), -1);
    g_autofree char *body = NULL;
    HttpAnswer *answer;

    g_strdelimit(code, " ", '-');
    body = g_strdup_printf("{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%u,"
                           "\"detail\":\"%s\",\"code\":\"%s\"}",
                           soup_status_get_phrase(status), status, detail, code);
    answer = http_answer_new(loop, status, PROBLEM_FIELDS, strlen(body), TRUE, 1);
    answer->left = strlen(body);
    answer->bytes = g_bytes_new_take(g_steal_pointer(&body), answer->left);
    return answer;
}

// The head, and the body as far as it lies in memory, in one call.
static gssize
send_memory(HttpAnswer *answer, HttpConnection *connection)
{
    struct iovec parts[2];
    guint n_parts = 0;
    gsize head_left = answer->head->len - answer->head_sent;
    gssize n;

    if (head_left > 0)
        parts[n_parts++] = (struct iovec){answer->head->str + answer->head_sent, head_left};
    if (answer->bytes && answer->left > 0) {
        const char *data = g_bytes_get_data(answer->bytes, NULL);
        parts[n_parts++] = (struct iovec){(char *)data + answer->offset, answer->left};
    }
    n = http_transport_write(connection, parts, n_parts, answer->file && answer->left > 0);
    if (n > 0) {
        gsize of_head = MIN((gsize)n, head_left);
        answer->head_sent += of_head;
        answer->offset += n - of_head;
        answer->left -= n - of_head;
    }
    return n;
}

static gssize
send_file(HttpAnswer *answer, HttpConnection *connection, gsize allowed)
{
    gssize n = http_transport_send_file(connection, answer->file->descriptor, &answer->offset,
                                        MIN((gsize)answer->left, allowed));

    if (n > 0) {
        answer->left -= n;
        __atomic_fetch_add(&http_loop_get_shared(connection->loop)->bytes_sent, n,
                           __ATOMIC_RELAXED);
    }
    return n;
}

static gboolean
has_memory(HttpAnswer *answer)
{
    return answer->head_sent < answer->head->len || (answer->bytes && answer->left > 0);
}

// Fetches waiting events into the head's buffer. FALSE when there are none.
static gboolean
refill(HttpAnswer *answer, HttpAnswerProgress *progress)
{
    gboolean has_ended;

    if (!answer->sse) {
        *progress = HTTP_ANSWER_SENT;
        return FALSE;
    }
    g_string_truncate(answer->head, 0);
    answer->head_sent = 0;
    has_ended = http_sse_take(answer->sse, answer->head);
    *progress = has_ended ? HTTP_ANSWER_SENT : HTTP_ANSWER_QUIET;
    return answer->head->len > 0;
}

HttpAnswerProgress
http_answer_send(HttpAnswer *answer, HttpConnection *connection, gboolean *has_moved)
{
    HttpAnswerProgress progress;
    gsize sent = 0;

    while (sent < TURN_BYTES) {
        gssize n;
        if (has_memory(answer))
            n = send_memory(answer, connection);
        else if (answer->left > 0)
            n = send_file(answer, connection, TURN_BYTES - sent);
        else if (refill(answer, &progress))
            continue;
        else
            return progress;
        if (n < 0)
            return n == HTTP_TRANSPORT_AGAIN ? HTTP_ANSWER_BLOCKED : HTTP_ANSWER_BROKEN;
        *has_moved = TRUE;
        sent += n;
    }
    return HTTP_ANSWER_TURN;
}

gboolean
http_answer_is_quiet(HttpAnswer *answer)
{
    return answer->sse && !has_memory(answer);
}

void
http_answer_free(HttpAnswer *answer)
{
    if (answer->sse)
        http_sse_detach(answer->sse);
    g_string_free(answer->head, TRUE);
    g_clear_pointer(&answer->bytes, g_bytes_unref);
    g_clear_pointer(&answer->file, http_file_unref);
    g_clear_pointer(&answer->sse, http_sse_unref);
    g_free(answer);
}
