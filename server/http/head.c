// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Line by line from the first byte: request line, fields, then what the fields say together.
// Everything not plainly allowed by RFC 9112 §2–§6 is refused; nothing is repaired.
#include "server/http/head.h"

#include <string.h>

#define FIELD_VALUE_MAX 8192
#define LENGTH_DIGITS_MAX 18

static gboolean
refuse(HttpHeadRefusal *refusal, guint status, const char *detail)
{
    refusal->status = status;
    refusal->detail = detail;
    return FALSE;
}

static gboolean
is_token_char(guchar c)
{
    return g_ascii_isalnum(c) || (c && strchr("!#$%&'*+-.^_`|~", c));
}

gboolean
http_head_equals(const HttpHeadText *text, const char *word)
{
    return strlen(word) == text->length && g_ascii_strncasecmp(text->text, word, text->length) == 0;
}

const HttpHeadText *
http_head_find(const HttpHead *head, const char *name)
{
    for (guint i = 0; i < head->n_fields; i++)
        if (http_head_equals(&head->fields[i].name, name))
            return &head->fields[i].value;
    return NULL;
}

static gboolean
check_escapes(const HttpHeadText *text)
{
    for (gsize i = 0; i < text->length; i++) {
        guchar c = text->text[i];
        if (c <= 0x20 || c >= 0x7f || c == '#' || c == '\\')
            return FALSE;
        if (c != '%')
            continue;
        if (i + 2 >= text->length || !g_ascii_isxdigit(text->text[i + 1]) ||
            !g_ascii_isxdigit(text->text[i + 2]) || strncmp(text->text + i, "%00", 3) == 0)
            return FALSE;
    }
    return TRUE;
}

// RFC 9112 §3.2: origin form, absolute form, and the asterisk for OPTIONS.
static gboolean
parse_target(HttpHeadText target, HttpHead *head, HttpHeadRefusal *refusal)
{
    static const char *const schemes[] = {"http://", "https://"};
    const char *question;

    if (target.length > HTTP_HEAD_TARGET_MAX)
        return refuse(refusal, 414, "The address of the request is too long.");
    if (!check_escapes(&target))
        return refuse(refusal, 400, "The address of the request is malformed.");
    for (guint i = 0; i < G_N_ELEMENTS(schemes); i++) {
        gsize n = strlen(schemes[i]);
        if (target.length > n && g_ascii_strncasecmp(target.text, schemes[i], n) == 0) {
            const char *slash = memchr(target.text + n, '/', target.length - n);
            if (!slash || slash == target.text + n)
                return refuse(refusal, 400, "The address of the request has no path.");
            target.length -= slash - target.text;
            target.text = slash;
        }
    }
    if (target.text[0] != '/' && !(target.length == 1 && target.text[0] == '*' &&
                                   http_head_equals(&head->method, "OPTIONS")))
        return refuse(refusal, 400, "The address of the request has no path.");
    question = memchr(target.text, '?', target.length);
    head->path = target;
    head->query = (HttpHeadText){target.text + target.length, 0};
    if (question) {
        head->path.length = question - target.text;
        head->query = (HttpHeadText){question + 1, target.length - head->path.length - 1};
    }
    return TRUE;
}

static gboolean
parse_version(const char *text, gsize length, HttpHead *head, HttpHeadRefusal *refusal)
{
    if (length != 8 || memcmp(text, "HTTP/", 5) != 0 || text[6] != '.' ||
        !g_ascii_isdigit(text[5]) || !g_ascii_isdigit(text[7]))
        return refuse(refusal, 400, "The request line is malformed.");
    if (text[5] != '1' || (text[7] != '0' && text[7] != '1'))
        return refuse(refusal, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    head->minor_version = text[7] - '0';
    return TRUE;
}

// The methods any route may have; a short list, so that each can be a constant further on.
static gboolean
is_known_method(const HttpHeadText *method)
{
    static const char *const known[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (http_head_equals(method, known[i]))
            return TRUE;
    return FALSE;
}

static gboolean
parse_request_line(const char *line, gsize length, HttpHead *head, HttpHeadRefusal *refusal)
{
    const char *first = memchr(line, ' ', length);
    const char *second = first ? memchr(first + 1, ' ', length - (first + 1 - line)) : NULL;

    if (!second || first == line || second == first + 1)
        return refuse(refusal, 400, "The request line is malformed.");
    head->method = (HttpHeadText){line, first - line};
    for (gsize i = 0; i < head->method.length; i++)
        if (!g_ascii_isupper(line[i]))
            return refuse(refusal, 400, "The method is malformed.");
    if (!parse_version(second + 1, length - (second + 1 - line), head, refusal))
        return FALSE;
    if (!is_known_method(&head->method))
        return refuse(refusal, 501, "This method is not offered.");
    return parse_target((HttpHeadText){first + 1, second - first - 1}, head, refusal);
}

static gboolean
parse_field(const char *line, gsize length, HttpHead *head, HttpHeadRefusal *refusal)
{
    HttpHeadField *field = &head->fields[head->n_fields];
    const char *colon = memchr(line, ':', length);

    if (line[0] == ' ' || line[0] == '\t')
        return refuse(refusal, 400, "Folded header lines are refused.");
    if (!colon || colon == line)
        return refuse(refusal, 400, "A header line is malformed.");
    if (head->n_fields == HTTP_HEAD_FIELDS_MAX)
        return refuse(refusal, 431, "The request has too many header lines.");
    field->name = (HttpHeadText){line, colon - line};
    for (const char *c = line; c < colon; c++)
        if (!is_token_char(*c))
            return refuse(refusal, 400, "The name of a header is malformed.");
    field->value = (HttpHeadText){colon + 1, length - (colon + 1 - line)};
    while (field->value.length && strchr(" \t", field->value.text[0])) {
        field->value.text++;
        field->value.length--;
    }
    while (field->value.length && strchr(" \t", field->value.text[field->value.length - 1]))
        field->value.length--;
    if (field->value.length > FIELD_VALUE_MAX)
        return refuse(refusal, 431, "A header is too long.");
    for (gsize i = 0; i < field->value.length; i++) {
        guchar c = field->value.text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return refuse(refusal, 400, "A header has a forbidden character.");
    }
    head->n_fields++;
    return TRUE;
}

static gboolean
apply_content_length(const HttpHeadText *value, HttpHead *head, HttpHeadRefusal *refusal)
{
    gint64 length = 0;

    if (head->content_length >= 0)
        return refuse(refusal, 400, "Content-Length is given twice.");
    if (value->length == 0)
        return refuse(refusal, 400, "Content-Length is malformed.");
    for (gsize i = 0; i < value->length; i++) {
        if (!g_ascii_isdigit(value->text[i]))
            return refuse(refusal, 400, "Content-Length is malformed.");
        if (i == LENGTH_DIGITS_MAX)
            return refuse(refusal, 413, "The body is too large.");
        length = length * 10 + (value->text[i] - '0');
    }
    head->content_length = length;
    return TRUE;
}

static gboolean
apply_host(const HttpHeadText *value, guint *n_hosts, HttpHeadRefusal *refusal)
{
    if (++*n_hosts > 1)
        return refuse(refusal, 400, "Host is given twice.");
    if (value->length == 0 || value->length > 255)
        return refuse(refusal, 400, "Host is malformed.");
    for (gsize i = 0; i < value->length; i++)
        if (!g_ascii_isalnum(value->text[i]) && !strchr(".-_:[]", value->text[i]))
            return refuse(refusal, 400, "Host is malformed.");
    return TRUE;
}

static void
apply_connection(const HttpHeadText *value, HttpHead *head)
{
    const char *at = value->text, *end = value->text + value->length;

    while (at < end) {
        const char *comma = memchr(at, ',', end - at);
        HttpHeadText word = {at, (comma ? comma : end) - at};
        while (word.length && strchr(" \t", word.text[0])) {
            word.text++;
            word.length--;
        }
        while (word.length && strchr(" \t", word.text[word.length - 1]))
            word.length--;
        if (http_head_equals(&word, "close"))
            head->keeps_alive = FALSE;
        else if (http_head_equals(&word, "keep-alive") && head->minor_version == 0)
            head->keeps_alive = TRUE;
        at = comma ? comma + 1 : end;
    }
}

static gboolean
apply_field(const HttpHeadField *field, HttpHead *head, guint *n_hosts, HttpHeadRefusal *refusal)
{
    if (http_head_equals(&field->name, "Content-Length"))
        return apply_content_length(&field->value, head, refusal);
    if (http_head_equals(&field->name, "Host"))
        return apply_host(&field->value, n_hosts, refusal);
    if (http_head_equals(&field->name, "Connection"))
        apply_connection(&field->value, head);
    if (http_head_equals(&field->name, "Transfer-Encoding")) {
        if (head->is_chunked || head->minor_version == 0)
            return refuse(refusal, 400, "Transfer-Encoding is malformed.");
        if (!http_head_equals(&field->value, "chunked"))
            return refuse(refusal, 501, "Only the transfer encoding chunked is understood.");
        head->is_chunked = TRUE;
    }
    if (http_head_equals(&field->name, "Expect") && head->minor_version == 1) {
        if (!http_head_equals(&field->value, "100-continue"))
            return refuse(refusal, 417, "Only the expectation 100-continue is understood.");
        head->expects_continue = TRUE;
    }
    return TRUE;
}

// What the fields say together; called once the empty line is reached.
static gboolean
conclude(HttpHead *head, HttpHeadRefusal *refusal)
{
    guint n_hosts = 0;

    head->content_length = -1;
    head->keeps_alive = head->minor_version == 1;
    for (guint i = 0; i < head->n_fields; i++)
        if (!apply_field(&head->fields[i], head, &n_hosts, refusal))
            return FALSE;
    if (head->minor_version == 1 && n_hosts == 0)
        return refuse(refusal, 400, "Host is missing.");
    if (head->is_chunked && head->content_length >= 0)
        return refuse(refusal, 400, "Content-Length and Transfer-Encoding exclude each other.");
    return TRUE;
}

// Finds the next line; a line feed without its carriage return, and the reverse, are refused.
static HttpHeadState
next_line(const char *bytes, gsize length, gsize at, gsize *line_length, HttpHeadRefusal *refusal)
{
    const char *feed = memchr(bytes + at, '\n', length - at);
    gsize end = feed ? (gsize)(feed - bytes) : length;
    const char *cr = memchr(bytes + at, '\r', end - at);

    if (memchr(bytes + at, '\0', end - at)) {
        refuse(refusal, 400, "The head has a zero byte.");
        return HTTP_HEAD_REFUSED;
    }
    if ((cr && (gsize)(cr - bytes) + 1 < end) || (feed && !cr)) {
        refuse(refusal, 400, "A line does not end in carriage return and line feed.");
        return HTTP_HEAD_REFUSED;
    }
    *line_length = end - at - 1;
    return feed ? HTTP_HEAD_WHOLE : HTTP_HEAD_INCOMPLETE;
}

HttpHeadState
http_head_parse(const char *bytes, gsize length, gsize limit_bytes, HttpHead *head,
                HttpHeadRefusal *refusal)
{
    gsize at = 0, line_length = 0;
    gboolean has_request_line = FALSE;

    head->n_fields = 0;
    head->is_chunked = head->expects_continue = FALSE;
    head->start = 0;
    while (at < length) {
        HttpHeadState state = next_line(bytes, length, at, &line_length, refusal);
        const char *line = bytes + at;
        if (state == HTTP_HEAD_INCOMPLETE)
            break;
        if (state == HTTP_HEAD_REFUSED)
            return state;
        at += line_length + 2;
        if (at > limit_bytes)
            break;
        if (!has_request_line && line_length == 0 && head->start == 0) {
            head->start = at;
            continue;
        }
        if (!has_request_line) {
            if (!parse_request_line(line, line_length, head, refusal))
                return HTTP_HEAD_REFUSED;
            has_request_line = TRUE;
            continue;
        }
        if (line_length == 0) {
            head->end = at;
            return conclude(head, refusal) ? HTTP_HEAD_WHOLE : HTTP_HEAD_REFUSED;
        }
        if (!parse_field(line, line_length, head, refusal))
            return HTTP_HEAD_REFUSED;
    }
    if (length > limit_bytes || at > limit_bytes) {
        refuse(refusal, has_request_line ? 431 : 414, "The head of the request is too long.");
        return HTTP_HEAD_REFUSED;
    }
    return HTTP_HEAD_INCOMPLETE;
}
