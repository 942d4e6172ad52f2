// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of problems in two languages, and the table from error codes to HTTP.
#include "server/api/problem.h"

#include <string.h>

#include "catalog/error.h"
#include "server/access.h"

G_DEFINE_QUARK(api - problem - error - quark, api_problem_error)

typedef struct {
    const char *code;    // the stable word
    const char *thai;    // title
    const char *english; // title
} Row;

// Titles only: what went wrong and what to do, in one sentence.
static const Row rows[] = {
    {"malformed", "คำขอไม่ถูกรูปแบบ", "The request is malformed."},
    {"media-type", "ต้องส่งข้อมูลเป็น application/json", "Send the body as application/json."},
    {"unauthorized", "กรุณาเข้าสู่ระบบก่อน", "Sign in first."},
    {"wrong-password", "ชื่อหรือรหัสผ่านไม่ถูกต้อง", "The name or the password is wrong."},
    {"forbidden", "บัญชีของคุณไม่มีสิทธิ์ทำรายการนี้", "Your account may not do this."},
    {"csrf", "หน้านี้เปิดค้างไว้นานเกินไป กรุณาโหลดหน้าใหม่แล้วลองอีกครั้ง",
     "This page was open for too long. Reload it and try again."},
    {"not-found", "ไม่พบสิ่งที่ขอ", "There is nothing here."},
    {"method-not-allowed", "ที่อยู่นี้ไม่รับคำสั่งแบบนี้", "This address does not take that method."},
    {"conflict", "สถานะเปลี่ยนไปแล้ว กรุณาโหลดใหม่แล้วลองอีกครั้ง",
     "It is in another state by now. Load it again, then decide."},
    {"exists", "มีชื่อนี้อยู่แล้ว กรุณาใช้ชื่ออื่น", "That name is taken. Choose another."},
    {"last-administrator", "ต้องมีผู้ดูแลระบบที่ใช้งานได้อย่างน้อยหนึ่งคน",
     "At least one administrator must stay able to sign in."},
    {"precondition-failed", "มีผู้แก้ไขไปก่อนแล้ว กรุณาโหลดใหม่ ข้อความที่พิมพ์ไว้ยังอยู่บนหน้าจอ",
     "Somebody changed it meanwhile. Load it again; what you typed is still on your screen."},
    {"precondition-required", "ต้องบอกรุ่นที่กำลังแก้ไขด้วย If-Match",
     "Say which version you are changing with If-Match."},
    {"body-too-large", "ข้อมูลที่ส่งมายาวเกินไป", "The body is too long."},
    {"invalid", "ค่าบางช่องไม่ถูกต้อง", "A value is not acceptable."},
    {"too-many-tries", "ลองเข้าสู่ระบบหลายครั้งเกินไป กรุณารอสักครู่แล้วลองใหม่",
     "Too many attempts to sign in. Wait a little, then try again."},
    {"too-many-requests", "มีคำขอมากเกินไป กรุณารอสักครู่", "Too many requests. Wait a little."},
    {"busy", "ระบบกำลังทำงานหนัก กรุณาลองใหม่ในอีกสักครู่", "The server is busy. Try again in a moment."},
    {"setup-link", "ลิงก์ตั้งค่านี้ใช้ไม่ได้แล้ว ให้ดูลิงก์ใหม่ที่หน้าจอของเครื่องแม่ข่าย",
     "This set-up link is no longer good. The server prints a new one when it starts."},
    {"storage", "เครื่องแม่ข่ายเขียนข้อมูลไม่ได้ กรุณาแจ้งผู้ดูแลระบบ",
     "The server cannot write to its disk. Tell the administrator."},
    {"internal", "ระบบทำงานผิดพลาด กรุณาลองใหม่หรือแจ้งผู้ดูแลระบบ",
     "Something went wrong inside. Try again or tell the administrator."},
};

ServerSentencesLanguage
api_problem_choose_language(HttpExchange *exchange)
{
    const char *accepted = http_exchange_get_header(exchange, "Accept-Language");
    const ServerAccessAccount *account = http_exchange_get_account(exchange);
    if (accepted == NULL && account != NULL)
        return server_sentences_parse_language(account->language);
    return server_sentences_choose_language(accepted);
}

static const Row *
find_row(const char *code)
{
    for (guint i = 0; code != NULL && i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].code, code) == 0)
            return &rows[i];
    }
    return NULL;
}

// The row for a status whose code has none of its own, e.g. from the HTTP layer.
static const Row *
find_row_for_status(guint status)
{
    static const struct {
        guint status;
        const char *code;
    } words[] = {
        {400, "malformed"},
        {401, "unauthorized"},
        {403, "forbidden"},
        {404, "not-found"},
        {405, "method-not-allowed"},
        {409, "conflict"},
        {412, "precondition-failed"},
        {413, "body-too-large"},
        {415, "media-type"},
        {422, "invalid"},
        {428, "precondition-required"},
        {429, "too-many-requests"},
        {503, "busy"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].status == status)
            return find_row(words[i].code);
    }
    return find_row(status < 500 ? "malformed" : "internal");
}

void
api_problem_reply(HttpExchange *exchange, guint status, const char *code, const char *detail)
{
    const Row *row = find_row(code);
    if (row == NULL)
        row = find_row_for_status(status);
    gboolean thai = api_problem_choose_language(exchange) == SERVER_SENTENCES_THAI;
    const char *title = thai ? row->thai : row->english;
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", "about:blank");
    json_object_set_string_member(object, "title", title);
    json_object_set_int_member(object, "status", status);
    json_object_set_string_member(object, "detail", detail != NULL ? detail : title);
    json_object_set_string_member(object, "code", code != NULL ? code : row->code);
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_set_object(node, object);
    g_autofree char *text = json_to_string(node, FALSE);
    gsize length = strlen(text);
    g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&text), length);
    http_exchange_set_header(exchange, "Content-Language", thai ? "th" : "en");
    http_exchange_set_header(exchange, "Cache-Control", "no-store");
    http_exchange_reply_bytes(exchange, status, "application/problem+json", bytes);
}

void
api_problem_reply_later(HttpExchange *exchange, guint status, const char *code, guint after_s)
{
    g_autofree char *seconds = g_strdup_printf("%u", after_s);
    http_exchange_set_header(exchange, "Retry-After", seconds);
    api_problem_reply(exchange, status, code, NULL);
}

static void
reply_own(HttpExchange *exchange, const GError *error)
{
    switch ((ApiProblemError)error->code) {
    case API_PROBLEM_ERROR_MALFORMED:
        api_problem_reply(exchange, 400, "malformed", error->message);
        return;
    case API_PROBLEM_ERROR_UNAUTHORIZED:
        api_problem_reply(exchange, 401, "unauthorized", NULL);
        return;
    case API_PROBLEM_ERROR_FORBIDDEN:
        api_problem_reply(exchange, 403, "forbidden", NULL);
        return;
    case API_PROBLEM_ERROR_PRECONDITION:
        api_problem_reply(exchange, 412, "precondition-failed", NULL);
        return;
    case API_PROBLEM_ERROR_INVALID:
        api_problem_reply(exchange, 422, "invalid", error->message);
        return;
    case API_PROBLEM_ERROR_TOO_MANY:
        api_problem_reply_later(exchange, 429, "too-many-requests", 10);
        return;
    case API_PROBLEM_ERROR_BUSY:
        api_problem_reply_later(exchange, 503, "busy", 2);
        return;
    }
}

static void
reply_catalog(HttpExchange *exchange, const GError *error)
{
    switch ((CatalogError)error->code) {
    case CATALOG_ERROR_NOT_FOUND:
        api_problem_reply(exchange, 404, "not-found", NULL);
        return;
    case CATALOG_ERROR_CONFLICT:
        api_problem_reply(exchange, 409, "conflict", NULL);
        return;
    case CATALOG_ERROR_EXISTS:
        api_problem_reply(exchange, 409, "exists", NULL);
        return;
    case CATALOG_ERROR_INVALID:
        api_problem_reply(exchange, 422, "invalid", error->message);
        return;
    case CATALOG_ERROR_BUSY:
        api_problem_reply_later(exchange, 503, "busy", 2);
        return;
    case CATALOG_ERROR_IO:
        api_problem_reply_later(exchange, 503, "storage", 30);
        return;
    case CATALOG_ERROR_NEWER_SCHEMA:
    case CATALOG_ERROR_CORRUPT:
        break;
    }
    g_warning("catalogue: %s", error->message);
    api_problem_reply(exchange, 500, "internal", NULL);
}

void
api_problem_reply_error(HttpExchange *exchange, const GError *error)
{
    if (error->domain == API_PROBLEM_ERROR) {
        reply_own(exchange, error);
    } else if (error->domain == CATALOG_ERROR) {
        reply_catalog(exchange, error);
    } else {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            g_warning("%s: %s", http_exchange_get_path(exchange), error->message);
        api_problem_reply(exchange, 500, "internal", NULL);
    }
}
