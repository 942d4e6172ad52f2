// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The handler's view of a request. Header and cookie look-ups are lazy; answers are formatted here
// and sent by the delivery loop at its next turn.
#include "server/http/exchange.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "server/http/exchange_state.h"
#include "server/http/pack.h"
#include "server/http/ranges.h"

#define SMALLEST_PACKED 400 // bytes; a shorter text gains nothing

const char *
http_exchange_get_method(HttpExchange *exchange)
{
    return exchange->method;
}

gboolean
http_exchange_is_head(HttpExchange *exchange)
{
    return exchange->is_head;
}

const char *
http_exchange_get_path(HttpExchange *exchange)
{
    return exchange->path;
}

const char *
http_exchange_get_parameter(HttpExchange *exchange, const char *name)
{
    return exchange->parameters ? g_hash_table_lookup(exchange->parameters, name) : NULL;
}

const char *
http_exchange_get_query(HttpExchange *exchange, const char *name)
{
    if (!exchange->query_values)
        exchange->query_values = soup_form_decode(exchange->query);
    return g_hash_table_lookup(exchange->query_values, name);
}

const char *
http_exchange_get_header(HttpExchange *exchange, const char *name)
{
    return exchange->headers ? soup_message_headers_get_one(exchange->headers, name) : NULL;
}

static void
add_cookies(GHashTable *cookies, const char *line)
{
    g_auto(GStrv) pairs = g_strsplit(line, ";", 64);

    for (guint i = 0; pairs[i]; i++) {
        char *equals = strchr(pairs[i], '=');
        if (!equals)
            continue;
        *equals = '\0';
        g_hash_table_insert(cookies, g_strdup(g_strstrip(pairs[i])),
                            g_strdup(g_strstrip(equals + 1)));
    }
}

const char *
http_exchange_get_cookie(HttpExchange *exchange, const char *name)
{
    const char *line = http_exchange_get_header(exchange, "Cookie");

    if (!exchange->cookies) {
        exchange->cookies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        if (line)
            add_cookies(exchange->cookies, line);
    }
    return g_hash_table_lookup(exchange->cookies, name);
}

static char *
format_peer(int descriptor)
{
    struct sockaddr_storage peer = {0};
    socklen_t length = sizeof peer;
    char text[INET6_ADDRSTRLEN] = "";

    if (getpeername(descriptor, (struct sockaddr *)&peer, &length) < 0)
        return g_strdup("");
    if (peer.ss_family == AF_INET6) {
        const struct in6_addr *six = &((struct sockaddr_in6 *)&peer)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six))
            inet_ntop(AF_INET, six->s6_addr + 12, text, sizeof text);
        else
            inet_ntop(AF_INET6, six, text, sizeof text);
    } else {
        inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, text, sizeof text);
    }
    return g_strdup(text);
}

const char *
http_exchange_get_remote_address(HttpExchange *exchange)
{
    if (!exchange->remote_address)
        exchange->remote_address =
            exchange->connection ? format_peer(exchange->connection->descriptor) : g_strdup("");
    return exchange->remote_address;
}

gboolean
http_exchange_is_secure(HttpExchange *exchange)
{
    return exchange->connection && exchange->connection->tls;
}

GBytes *
http_exchange_get_body(HttpExchange *exchange)
{
    return exchange->body;
}

GCancellable *
http_exchange_get_cancellable(HttpExchange *exchange)
{
    return exchange->cancellable;
}

gpointer
http_exchange_get_app(HttpExchange *exchange)
{
    return exchange->app;
}

gpointer
http_exchange_get_account(HttpExchange *exchange)
{
    return exchange->account;
}

void
http_exchange_set_account(HttpExchange *exchange, gpointer account, GDestroyNotify free_account)
{
    if (exchange->account && exchange->free_account)
        exchange->free_account(exchange->account);
    exchange->account = account;
    exchange->free_account = free_account;
}

HttpExchange *
http_exchange_ref(HttpExchange *exchange)
{
    g_atomic_ref_count_inc(&exchange->refs);
    return exchange;
}

void
http_exchange_unref(HttpExchange *exchange)
{
    if (!g_atomic_ref_count_dec(&exchange->refs))
        return;
    http_exchange_set_account(exchange, NULL, NULL);
    if (exchange->free_visit)
        exchange->free_visit(exchange->visit);
    g_clear_pointer(&exchange->headers, soup_message_headers_unref);
    g_clear_pointer(&exchange->query_values, g_hash_table_unref);
    g_clear_pointer(&exchange->parameters, g_hash_table_unref);
    g_clear_pointer(&exchange->cookies, g_hash_table_unref);
    g_clear_pointer(&exchange->body, g_bytes_unref);
    g_object_unref(exchange->cancellable);
    g_ptr_array_unref(exchange->fields);
    g_free(exchange->path);
    g_free(exchange->query);
    g_free(exchange->remote_address);
    g_free(exchange);
}

void
http_exchange_append_header(HttpExchange *exchange, const char *name, const char *value)
{
    char *clean = g_strdup(value);

    for (char *c = clean; *c; c++) // a line break would begin another header
        if ((guchar)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    g_ptr_array_add(exchange->fields, g_strdup(name));
    g_ptr_array_add(exchange->fields, clean);
}

void
http_exchange_set_header(HttpExchange *exchange, const char *name, const char *value)
{
    for (guint i = 0; i + 1 < exchange->fields->len;)
        if (g_ascii_strcasecmp(exchange->fields->pdata[i], name) == 0)
            g_ptr_array_remove_range(exchange->fields, i, 2);
        else
            i += 2;
    http_exchange_append_header(exchange, name, value);
}

gboolean
http_exchange_has_reply(HttpExchange *exchange)
{
    return exchange->has_reply;
}

static const char *
find_field(HttpExchange *exchange, const char *name)
{
    for (guint i = 0; i + 1 < exchange->fields->len; i += 2)
        if (g_ascii_strcasecmp(exchange->fields->pdata[i], name) == 0)
            return exchange->fields->pdata[i + 1];
    return NULL;
}

static gboolean
is_not_modified(HttpExchange *exchange, guint status)
{
    const char *etag = find_field(exchange, "ETag");
    const char *tags = http_exchange_get_header(exchange, "If-None-Match");

    return status == 200 && etag && tags && strcmp(exchange->method, "GET") == 0 &&
           http_ranges_matches_tag(tags, strlen(tags), etag);
}

// Everything but files comes through here. @bytes is nullable.
static void
reply(HttpExchange *exchange, guint status, GBytes *bytes)
{
    gsize size = bytes ? g_bytes_get_size(bytes) : 0;
    g_autofree char *fields = NULL;
    HttpAnswer *answer;

    if (exchange->has_timed_out)
        return;
    g_return_if_fail(!exchange->has_reply);
    if (!exchange->connection) {
        http_exchange_state_send(exchange, NULL);
        return;
    }
    if (is_not_modified(exchange, status))
        status = 304;
    fields = http_exchange_state_format_fields(exchange);
    answer = http_answer_new(exchange->connection->loop, status, fields,
                             status == 204 || status == 304 ? -1 : (goffset)size,
                             http_exchange_state_closes(exchange), exchange->minor_version);
    if (size > 0 && !exchange->is_head && status != 304 && status != 204) {
        answer->bytes = g_bytes_ref(bytes);
        answer->left = size;
    }
    http_exchange_state_send(exchange, answer);
}

void
http_exchange_reply_empty(HttpExchange *exchange, guint status)
{
    reply(exchange, status, NULL);
}

void
http_exchange_reply_bytes(HttpExchange *exchange, guint status, const char *type, GBytes *bytes)
{
    g_autofree char *copy = g_strdup(type); // may be the value that is replaced

    http_exchange_set_header(exchange, "Content-Type", copy);
    http_exchange_set_header(exchange, "X-Content-Type-Options", "nosniff");
    reply(exchange, status, bytes);
}

/* Takes the text; gives it packed, with the fields that say so, to a client that takes gzip. */
static GBytes *
pack_text(HttpExchange *exchange, GBytes *text)
{
    http_exchange_set_header(exchange, "Vary", "Accept-Encoding");
    if (!http_pack_is_accepted(http_exchange_get_header(exchange, "Accept-Encoding"), "gzip"))
        return text;

    GBytes *packed = http_pack_compress(text);
    if (packed == NULL)
        return text;
    g_bytes_unref(text);
    http_exchange_set_header(exchange, "Content-Encoding", "gzip");
    return packed;
}

void
http_exchange_reply_json(HttpExchange *exchange, guint status, JsonNode *node)
{
    char *text = json_to_string(node, FALSE);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));

    json_node_unref(node);
    if (g_bytes_get_size(bytes) >= SMALLEST_PACKED)
        bytes = pack_text(exchange, g_steal_pointer(&bytes));
    if (!find_field(exchange, "Cache-Control"))
        http_exchange_set_header(exchange, "Cache-Control", "no-cache");
    http_exchange_reply_bytes(exchange, status,
                              find_field(exchange, "Content-Type")
                                  ? find_field(exchange, "Content-Type")
                                  : "application/json",
                              bytes);
}

void
http_exchange_reply_file(HttpExchange *exchange, int descriptor, goffset size_bytes,
                         const char *etag, const char *type, const char *cache_control)
{
    g_autoptr(HttpFile) file =
        http_file_new(descriptor, size_bytes, etag, type, cache_control, NULL);

    if (!exchange->has_timed_out)
        http_exchange_state_reply_file(exchange, file);
}

void
http_exchange_reply_problem(HttpExchange *exchange, guint status, const char *code,
                            const char *detail)
{
    if (!exchange->has_timed_out)
        http_router_get_problem(exchange->router)(exchange, status, code, detail);
}
