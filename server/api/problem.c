// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The table of problems in two languages, and the table from error codes to HTTP.
#include "server/api/problem.h"

#include <string.h>

#include "catalog/error.h"
#include "server/access.h"

G_DEFINE_QUARK(api - problem - error - quark, api_problem_error)

gboolean
api_problem_refuse(GError **error, ApiProblemError code, const char *why)
{
    g_set_error_literal(error, API_PROBLEM_ERROR, code, why);
    return FALSE;
}

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
    {"no-picture", "ยังไม่ได้ภาพของช่องนี้ อาจไม่มีสัญญาณ เข้ารหัส หรือมีแต่เสียง",
     "There is no picture of this: no signal, scrambled, or sound alone."},
    {"method-not-allowed", "ที่อยู่นี้ไม่รับคำสั่งแบบนี้", "This address does not take that method."},
    {"conflict", "สถานะเปลี่ยนไปแล้ว กรุณาโหลดใหม่แล้วลองอีกครั้ง",
     "It is in another state by now. Load it again, then decide."},
    {"no-original",
     "บทเรียนนี้ไม่มีไฟล์ต้นฉบับ (บันทึกจากรายการสด หรือพ้นกำหนดเก็บแล้ว) จึงแปลงใหม่ไม่ได้ ไฟล์ที่มีอยู่ยังดูได้ตามเดิม",
     "There is no original of this lesson (it was recorded from the air, or kept long enough), so "
     "it "
     "cannot be encoded anew. What there is stays as it is."},
    {"exists", "มีชื่อหรือที่อยู่นี้อยู่แล้ว กรุณาใช้อย่างอื่น",
     "That name or address is there already. Choose another."},
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
    {"language", "รหัสภาษาไม่ถูกต้อง เช่น th หรือ en", "The language is not a tag such as th or en."},
    {"captions-invalid", "ไฟล์คำบรรยายมีข้อผิดพลาด แก้ตามรายการแล้วส่งใหม่ ของเดิมยังอยู่",
     "The caption file has faults. Correct what is listed and send it again; nothing was changed."},
    {"captions-exist", "มีคำบรรยายที่คนเขียนหรืออนุมัติแล้ว ลบก่อนจึงจะให้เครื่องถอดเสียงใหม่ได้",
     "There are captions that a person wrote or approved. Delete them to have a machine draft."},
    {"no-recogniser", "ผู้ดูแลระบบยังไม่ได้ติดตั้งโปรแกรมถอดเสียง",
     "The administrator has not installed a speech recogniser."},
    {"setup-link", "ลิงก์ตั้งค่านี้ใช้ไม่ได้แล้ว ให้ดูลิงก์ใหม่ที่หน้าจอของเครื่องแม่ข่าย",
     "This set-up link is no longer good. The server prints a new one when it starts."},
    {"storage", "เครื่องแม่ข่ายเขียนข้อมูลไม่ได้ กรุณาแจ้งผู้ดูแลระบบ",
     "The server cannot write to its disk. Tell the administrator."},
    {"tus-version", "โปรแกรมอัปโหลดใช้โปรโตคอลคนละรุ่น ระบบนี้รองรับ tus 1.0.0",
     "The upload program speaks another version: this server speaks tus 1.0.0."},
    {"upload-media-type", "ต้องส่งเนื้อไฟล์เป็น application/offset+octet-stream",
     "Send the bytes as application/offset+octet-stream."},
    {"upload-header", "คำขออัปโหลดไม่ถูกรูปแบบ", "The upload request is malformed."},
    {"upload-metadata", "ข้อมูลประกอบการอัปโหลดไม่ถูกรูปแบบ", "Upload-Metadata is malformed."},
    {"upload-not-text", "ข้อความที่ส่งมาไม่ใช่ข้อความ UTF-8", "A text is not valid UTF-8."},
    {"upload-filename", "ชื่อไฟล์ยาวเกินไป", "The file name is too long."},
    {"upload-title", "ชื่อบทเรียนยาวเกินไป โปรดย่อให้สั้นลง", "The title is too long. Shorten it."},
    {"upload-description", "คำอธิบายยาวเกินไป โปรดย่อให้สั้นลง",
     "The description is too long. Shorten it."},
    {"upload-language", "รหัสภาษาไม่ถูกต้อง เช่น th หรือ en",
     "The language is not a tag such as th or en."},
    {"upload-text", "ชื่อหรือคำอธิบายใช้ไม่ได้ โปรดแก้ไขแล้วลองใหม่",
     "The title or the description cannot be kept. Change it and try again."},
    {"upload-gone", "การอัปโหลดนี้ถูกยกเลิกหรือค้างนานเกินกำหนดแล้ว โปรดเริ่มอัปโหลดใหม่",
     "This upload was cancelled or left unfinished for too long. Start it again."},
    {"upload-finished", "ไฟล์นี้ได้รับครบแล้ว หากไม่ต้องการให้ถอนบทเรียนแทน",
     "This file has arrived in full. To take it back, withdraw the lesson."},
    {"upload-offset", "ตำแหน่งที่ส่งต่อไม่ตรงกับที่ระบบได้รับ โปรดถามตำแหน่งแล้วส่งต่อ",
     "The server has received up to another place. Ask where, then go on from there."},
    {"upload-beyond-length", "ส่งข้อมูลมาเกินขนาดไฟล์ที่แจ้งไว้ โปรดเลือกไฟล์แล้วอัปโหลดใหม่",
     "More was sent than the file's declared size. Choose the file again and upload it anew."},
    {"upload-length", "ขนาดไฟล์ไม่ตรงกับที่แจ้งไว้ก่อน โปรดเลือกไฟล์เดิมแล้วลองใหม่",
     "The size is not the one declared before. Choose the same file and try again."},
    {"upload-too-large", "ไฟล์นี้ใหญ่เกินที่ระบบรับได้ โปรดตัดหรือส่งออกให้เล็กลงแล้วอัปโหลดใหม่",
     "This file is too large. Cut it or export it smaller, then upload it again."},
    {"upload-account-full", "พื้นที่ของคุณไม่พอสำหรับไฟล์นี้ โปรดลบบทเรียนที่ไม่ใช้หรือแจ้งผู้ดูแลระบบ",
     "Your space is not enough for this file. Remove lessons that you do not need, or ask the "
     "administrator."},
    {"upload-no-room", "เครื่องแม่ข่ายมีพื้นที่ไม่พอสำหรับไฟล์นี้ โปรดแจ้งผู้ดูแลระบบให้เพิ่มพื้นที่",
     "The server has no room for this file. Ask the administrator to make some."},
    {"upload-disk-full", "พื้นที่ของเครื่องแม่ข่ายเต็มกลางคัน ส่วนที่ส่งแล้วยังอยู่ แจ้งผู้ดูแลระบบให้เพิ่มพื้นที่แล้วกดส่งต่อ",
     "The server's disk is full. What was sent is kept: ask the administrator to make room, then "
     "resume."},
    {"upload-locked", "มีการส่งไฟล์นี้จากอีกที่หนึ่งอยู่ โปรดรอสักครู่แล้วลองใหม่",
     "This upload is in use by another connection. Try again in a moment."},
    {"upload-checksum", "ข้อมูลที่ได้รับเสียหายระหว่างทาง โปรดส่งส่วนนี้อีกครั้ง",
     "These bytes were damaged on the way. Send them again."},
    {"upload-final", "ไฟล์ที่รวมจากหลายส่วนรับข้อมูลเพิ่มไม่ได้",
     "An upload made of parts takes no bytes of its own."},
    {"upload-part-unknown", "ไม่พบบางส่วนของไฟล์ที่จะรวม โปรดอัปโหลดใหม่",
     "A part of this upload is not here. Upload the file again."},
    {"upload-part-unfinished", "บางส่วนของไฟล์ยังส่งไม่ครบ โปรดส่งให้ครบก่อนรวม",
     "A part of this upload is not complete. Finish it first."},
    {"tuners", "ตัวรับสัญญาณไม่พอสำหรับรายการที่ออกอากาศพร้อมกัน เลือกรอบอื่น หรือยกเลิกรายการที่ชนกัน",
     "There are not enough tuners for what is on at the same time. Take another showing, or give "
     "up one "
     "that is in the way."},
    {"channel-starting", "ช่องนี้กำลังเริ่ม โปรดลองใหม่ในอีกไม่กี่วินาที",
     "The channel is starting. Ask again in some seconds."},
    {"multiplex-address", "ที่อยู่นี้เขียนไม่ถูกต้อง ดูตัวอย่างแล้วแก้ไข เช่น udp://239.1.1.1:5004",
     "This address is not written right. Compare it with the examples, as udp://239.1.1.1:5004."},
    {"multiplex-srt",
     "ที่อยู่ SRT เขียนเช่น srt://192.0.2.7:9000?passphrase=… หรือ srt://:9000?mode=listener รหัสผ่าน "
     "(passphrase) ยาว 10 ถึง "
     "79 ตัวอักษร",
     "An SRT address is written srt://192.0.2.7:9000?passphrase=… or srt://:9000?mode=listener. A "
     "passphrase has 10 to 79 characters."},
    {"multiplex-path", "ที่อยู่ไฟล์ต้องขึ้นต้นด้วย / เช่น file:/srv/video/demo.ts",
     "The path of a file begins with /, as file:/srv/video/demo.ts."},
    {"not-xmltv",
     "ไฟล์นี้ไม่ใช่ผังรายการ XMLTV ที่อ่านได้ หรือไม่มีรายการอยู่ข้างใน โปรดขอไฟล์ใหม่จากผู้จัดทำแล้วลองอีกครั้ง",
     "This file is no XMLTV guide that can be read, or has no programmes in it. Get it anew from "
     "whoever makes it, then try again."},
    {"guide-too-large",
     "ผังรายการนี้ใหญ่เกินไปเมื่อคลายการบีบอัดแล้ว (เกิน 64 MiB) โปรดขอไฟล์ที่มีช่องหรือจำนวนวันน้อยลง",
     "This guide is too large once it is unpacked (more than 64 MiB). Get one with fewer channels "
     "or days."},
    {"guide-media-type", "ต้องส่งผังรายการเป็นไฟล์ XML หรือ gzip (application/xml หรือ application/gzip)",
     "Send the guide as XML or gzip (application/xml or application/gzip)."},
    {"multiplex-text", "ไม่รู้จักรหัสอักษรนี้ ใช้ tis-620, cp874, iso-6937, utf-8 หรือเว้นว่าง",
     "This character set is not known. Use tis-620, cp874, iso-6937, utf-8, or none."},
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

/* @object: (transfer none): the further members so far. */
static void
reply_object(HttpExchange *exchange, guint status, const char *code, const char *detail,
             JsonObject *object)
{
    const Row *row = find_row(code);
    if (row == NULL)
        row = find_row_for_status(status);
    gboolean thai = api_problem_choose_language(exchange) == SERVER_SENTENCES_THAI;
    const char *title = thai ? row->thai : row->english;
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
api_problem_reply(HttpExchange *exchange, guint status, const char *code, const char *detail)
{
    g_autoptr(JsonObject) object = json_object_new();
    reply_object(exchange, status, code, detail, object);
}

void
api_problem_reply_with(HttpExchange *exchange, guint status, const char *code, JsonObject *more)
{
    g_autoptr(JsonObject) object = more;
    reply_object(exchange, status, code, NULL, object);
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
    case API_PROBLEM_ERROR_NO_ORIGINAL:
        api_problem_reply(exchange, 409, "no-original", NULL);
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
