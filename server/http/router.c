// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table walk, CORS, the access check and buffered bodies.
#include "server/http/router.h"

#include <string.h>

#include "server/http/body.h"
#include "server/http/exchange_state.h"

#define BODY_LIMIT_BYTES 65536
#define SEGMENTS_MAX 16
#define CORS_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
#define CORS_REQUEST_HEADERS                                                                       \
    "Accept-Language, Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range, "     \
    "Tus-Resumable, Upload-Checksum, Upload-Concat, Upload-Defer-Length, Upload-Length, "          \
    "Upload-Metadata, Upload-Offset, X-CSRF-Token, X-HTTP-Method-Override, X-Request-ID, "         \
    "X-Requested-With"
#define CORS_ANSWER_HEADERS                                                                        \
    "Accept-Ranges, Content-Length, Content-Range, Daorian-Lesson, Date, ETag, Location, "         \
    "Retry-After, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, Tus-Resumable, "            \
    "Tus-Version, Upload-Checksum, Upload-Concat, Upload-Defer-Length, Upload-Expires, "           \
    "Upload-Length, Upload-Metadata, Upload-Offset"

typedef struct {
    const HttpRouterRoute *route; // static
    char **segments;              // (owned): of its path
    guint n_segments;             //
    guint n_fixed;                // segments that are no {name}
} Row;

struct _HttpRouter {
    GArray *rows;                  // (owned) (element-type Row)
    HttpRouterAuthorise authorise; // (nullable)
    HttpRouterProblem problem;     //
};

static void
clear_row(gpointer data)
{
    g_strfreev(((Row *)data)->segments);
}

HttpRouter *
http_router_new(const HttpRouterRoute *routes, gsize n_routes, HttpRouterAuthorise authorise,
                HttpRouterProblem problem)
{
    HttpRouter *router = g_new0(HttpRouter, 1);

    router->authorise = authorise;
    router->problem = problem ? problem : http_router_reply_plain_problem;
    router->rows = g_array_sized_new(FALSE, TRUE, sizeof(Row), n_routes);
    g_array_set_clear_func(router->rows, clear_row);
    for (gsize i = 0; i < n_routes; i++) {
        Row row = {.route = &routes[i], .segments = g_strsplit(routes[i].path + 1, "/", -1)};
        row.n_segments = g_strv_length(row.segments);
        for (guint s = 0; s < row.n_segments; s++)
            row.n_fixed += row.segments[s][0] != '{';
        g_array_append_val(router->rows, row);
    }
    return router;
}

void
http_router_free(HttpRouter *router)
{
    g_array_unref(router->rows);
    g_free(router);
}

static gboolean
is_variable(const char *segment)
{
    return segment[0] == '{';
}

static gboolean
row_matches(const Row *row, char **segments, guint n_segments)
{
    if (row->n_segments != n_segments)
        return FALSE;
    for (guint i = 0; i < n_segments; i++)
        if (is_variable(row->segments[i]) ? !*segments[i]
                                          : strcmp(row->segments[i], segments[i]) != 0)
            return FALSE;
    return TRUE;
}

// The row with the most fixed segments decides what the path is; all methods of the same template
// belong to it.
static const Row *
find_best(HttpRouter *router, char **segments, guint n_segments)
{
    const Row *best = NULL;

    for (guint i = 0; i < router->rows->len; i++) {
        const Row *row = &g_array_index(router->rows, Row, i);
        if (row_matches(row, segments, n_segments) && (!best || row->n_fixed > best->n_fixed))
            best = row;
    }
    return best;
}

static const HttpRouterRoute *
find_method(HttpRouter *router, const Row *best, const char *method)
{
    for (guint i = 0; i < router->rows->len; i++) {
        const Row *row = &g_array_index(router->rows, Row, i);
        if (strcmp(row->route->path, best->route->path) == 0 &&
            strcmp(row->route->method, method) == 0)
            return row->route;
    }
    return NULL;
}

static char *
list_methods(HttpRouter *router, const Row *best)
{
    GString *list = g_string_new("OPTIONS");

    for (guint i = 0; i < router->rows->len; i++) {
        const Row *row = &g_array_index(router->rows, Row, i);
        if (strcmp(row->route->path, best->route->path) != 0 ||
            strcmp(row->route->method, "OPTIONS") == 0)
            continue;
        g_string_append_printf(list, ", %s", row->route->method);
        if (strcmp(row->route->method, "GET") == 0)
            g_string_append(list, ", HEAD");
    }
    return g_string_free(list, FALSE);
}

static void
set_parameters(HttpExchange *exchange, const Row *row, char **segments)
{
    exchange->parameters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < row->n_segments; i++)
        if (is_variable(row->segments[i])) {
            gsize n = strlen(row->segments[i]);
            g_hash_table_insert(exchange->parameters, g_strndup(row->segments[i] + 1, n - 2),
                                g_strdup(segments[i]));
        }
}

static void
set_cors(HttpExchange *exchange)
{
    http_exchange_set_header(exchange, "Access-Control-Allow-Origin", "*");
    http_exchange_set_header(exchange, "Access-Control-Expose-Headers", CORS_ANSWER_HEADERS);
    http_exchange_set_header(exchange, "Cross-Origin-Resource-Policy", "cross-origin");
}

static void
answer_preflight(HttpExchange *exchange)
{
    http_exchange_set_header(exchange, "Access-Control-Allow-Methods", CORS_METHODS);
    http_exchange_set_header(exchange, "Access-Control-Allow-Headers", CORS_REQUEST_HEADERS);
    http_exchange_set_header(exchange, "Access-Control-Max-Age", "86400");
    http_exchange_reply_empty(exchange, 204);
}

static gboolean
row_has_cors(HttpRouter *router, const Row *best)
{
    for (guint i = 0; i < router->rows->len; i++) {
        const Row *row = &g_array_index(router->rows, Row, i);
        if (strcmp(row->route->path, best->route->path) == 0 &&
            (row->route->flags & HTTP_ROUTER_CORS))
            return TRUE;
    }
    return FALSE;
}

static void
answer_without_route(HttpExchange *exchange, const Row *best)
{
    g_autofree char *methods = list_methods(exchange->router, best);

    http_exchange_set_header(exchange, "Allow", methods);
    if (strcmp(exchange->method, "OPTIONS") == 0)
        http_exchange_reply_empty(exchange, 204);
    else
        http_exchange_reply_problem(exchange, 405, "method-not-allowed",
                                    "This address does not know this method.");
}

static void
apply_override(HttpExchange *exchange, const Row *best)
{
    const char *wanted = http_exchange_get_header(exchange, "X-HTTP-Method-Override");
    const HttpRouterRoute *route;

    if (!wanted || strcmp(exchange->method, "POST") != 0)
        return;
    route = find_method(exchange->router, best, wanted);
    if (route && (route->flags & HTTP_ROUTER_METHOD_OVERRIDE))
        exchange->method = route->method;
}

static void
check_access(HttpExchange *exchange)
{
    HttpRouterAuthorise authorise = exchange->router->authorise;

    exchange->proceed = exchange->route->handler;
    if (authorise && !(exchange->route->flags & HTTP_ROUTER_AUTHORISE_LATE))
        authorise(exchange, exchange->route->access);
    else
        http_router_proceed(exchange);
}

static void
route_segments(HttpExchange *exchange, char **segments)
{
    const Row *best = find_best(exchange->router, segments, g_strv_length(segments));
    gboolean is_preflight = strcmp(exchange->method, "OPTIONS") == 0 &&
                            http_exchange_get_header(exchange, "Access-Control-Request-Method");

    if (!best) {
        http_exchange_reply_problem(exchange, 404, "not-found",
                                    "There is nothing at this address.");
        return;
    }
    if (row_has_cors(exchange->router, best)) {
        set_cors(exchange);
        if (is_preflight) {
            answer_preflight(exchange);
            return;
        }
    }
    apply_override(exchange, best);
    exchange->route = find_method(exchange->router, best, exchange->method);
    if (!exchange->route) {
        answer_without_route(exchange, best);
        return;
    }
    set_parameters(exchange, best, segments);
    check_access(exchange);
}

void
http_router_route(HttpExchange *exchange)
{
    g_auto(GStrv) segments = NULL;

    if (strcmp(exchange->path, "*") == 0) {
        http_exchange_set_header(exchange, "Allow", CORS_METHODS);
        http_exchange_reply_empty(exchange, 204);
        return;
    }
    segments = g_strsplit(exchange->path + 1, "/", SEGMENTS_MAX);
    for (guint i = 0; segments[i]; i++) {
        char *decoded = g_uri_unescape_string(segments[i], NULL);
        if (!decoded || !g_utf8_validate(decoded, -1, NULL) || strcmp(decoded, "..") == 0) {
            g_free(decoded);
            http_exchange_reply_problem(exchange, 400, "bad-request",
                                        "The address of the request is malformed.");
            return;
        }
        g_free(segments[i]);
        segments[i] = decoded;
    }
    route_segments(exchange, segments);
}

static void
on_body_chunk(HttpExchange *exchange, GBytes *chunk, gpointer user_data)
{
    GByteArray *body = user_data;
    gsize limit = exchange->route->body_limit_bytes;

    if (body->len + g_bytes_get_size(chunk) > (limit ? limit : BODY_LIMIT_BYTES)) {
        http_exchange_reply_problem(exchange, 413, "body-too-large", "The body is too large.");
        return;
    }
    g_byte_array_append(body, g_bytes_get_data(chunk, NULL), g_bytes_get_size(chunk));
}

static void
on_body_end(HttpExchange *exchange, gpointer user_data)
{
    GByteArray *body = user_data;

    exchange->body = g_bytes_new(body->data, body->len);
    exchange->proceed(exchange);
}

static void
on_body_abort(HttpExchange *exchange, gpointer user_data)
{
}

static const HttpBodySink buffer_sink = {on_body_chunk, on_body_end, on_body_abort};

void
http_router_proceed(HttpExchange *exchange)
{
    const HttpRouterRoute *route = exchange->route;
    goffset declared = http_body_get_declared_bytes(exchange);
    goffset limit = route->body_limit_bytes ? (goffset)route->body_limit_bytes : BODY_LIMIT_BYTES;

    if (exchange->has_reply || !exchange->connection)
        return;
    if (exchange->body || route->body == HTTP_ROUTER_BODY_STREAMED) {
        exchange->proceed(exchange);
        return;
    }
    if ((route->body == HTTP_ROUTER_BODY_NONE && declared != 0) || declared > limit) {
        http_exchange_reply_problem(exchange, 413, "body-too-large", "The body is too large.");
        return;
    }
    if (route->body == HTTP_ROUTER_BODY_NONE)
        exchange->proceed(exchange);
    else
        http_body_start(exchange, &buffer_sink, g_byte_array_new(),
                        (GDestroyNotify)g_byte_array_unref);
}

void
http_router_authorise(HttpExchange *exchange, HttpRouterHandler proceed)
{
    exchange->proceed = proceed;
    if (exchange->router->authorise)
        exchange->router->authorise(exchange, exchange->route->access);
    else
        http_router_proceed(exchange);
}

void
http_router_reply_plain_problem(HttpExchange *exchange, guint status, const char *code,
                                const char *detail)
{
    JsonObject *object = json_object_new();
    JsonNode *node = json_node_init_object(json_node_alloc(), object);

    json_object_set_string_member(object, "type", "about:blank");
    json_object_set_string_member(object, "title", soup_status_get_phrase(status));
    json_object_set_int_member(object, "status", status);
    json_object_set_string_member(object, "code", code);
    if (detail)
        json_object_set_string_member(object, "detail", detail);
    json_object_unref(object);
    http_exchange_set_header(exchange, "Content-Type", "application/problem+json");
    http_exchange_set_header(exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(exchange, status, node);
}

HttpRouterProblem
http_router_get_problem(HttpRouter *router)
{
    return router->problem;
}
