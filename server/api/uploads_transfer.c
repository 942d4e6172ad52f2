// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// In execution order: open the append (nothing is read from the peer before) -> body starts ->
// chunks are pushed, the body pauses while the buffer is full -> end, cut, or told to stop -> close
// -> answer.
#include "server/api/uploads_transfer.h"

#include "server/access.h"
#include "server/api/problem.h"
#include "server/api/uploads_headers.h"
#include "server/api/uploads_problem.h"
#include "server/app.h"
#include "server/flows/receive_append.h"
#include "server/http/body.h"

#include <string.h>

#define BODY_TYPE "application/offset+octet-stream"

typedef struct {
    HttpExchange *exchange;     // (owned)
    FlowsReceiveAppend *append; // (owned) (nullable): while it is open
    gboolean created;           // a POST: the answer is 201
    gboolean cut;               // the peer left: no answer
} Transfer;

static void
clear_transfer(Transfer *transfer)
{
    http_exchange_unref(transfer->exchange);
}

static void
unref_transfer(gpointer transfer)
{
    g_rc_box_release_full(transfer, (GDestroyNotify)clear_transfer);
}

FlowsReceiveWho
api_uploads_transfer_get_who(HttpExchange *exchange)
{
    const ServerAccessAccount *account = http_exchange_get_account(exchange);
    FlowsReceiveWho who = {NULL, FALSE};
    if (account != NULL) {
        who.account_id = account->id;
        who.sees_all = server_access_may(account, SERVER_ACCESS_ADMINISTER);
    }
    return who;
}

void
api_uploads_transfer_set_headers(HttpExchange *exchange, const CatalogUpload *upload)
{
    gboolean finished = upload->state == CATALOG_UPLOAD_STATE_FINISHED;
    g_autofree char *offset = g_strdup_printf("%" G_GINT64_FORMAT, upload->offset_bytes);
    g_autofree char *expires = api_uploads_headers_format_date(upload->expires_ms);
    if (finished || upload->kind != CATALOG_UPLOAD_KIND_FINAL)
        http_exchange_set_header(exchange, "Upload-Offset", offset);
    if (!finished)
        http_exchange_set_header(exchange, "Upload-Expires", expires);
    if (upload->lesson_id != NULL)
        http_exchange_set_header(exchange, "Daorian-Lesson", upload->lesson_id);
}

static void
set_created_headers(HttpExchange *exchange, const CatalogUpload *upload)
{
    ServerApp *app = http_exchange_get_app(exchange);
    const char *public_url = server_app_get_config(app)->public_url;
    g_autofree char *location =
        g_strconcat(public_url != NULL ? public_url : "", "/api/v1/uploads/", upload->id, NULL);
    http_exchange_set_header(exchange, "Location", location);
    api_uploads_transfer_set_headers(exchange, upload);
}

void
api_uploads_transfer_reply_created(HttpExchange *exchange, const CatalogUpload *upload)
{
    set_created_headers(exchange, upload);
    http_exchange_reply_empty(exchange, 201);
}

gboolean
api_uploads_transfer_check_head(HttpExchange *exchange)
{
    ApiUploadsChecksum checksum = {0};
    const char *type = http_exchange_get_header(exchange, "Content-Type");
    const char *sum = http_exchange_get_header(exchange, "Upload-Checksum");
    if (type == NULL || g_ascii_strcasecmp(type, BODY_TYPE) != 0) {
        api_problem_reply(exchange, 415, "upload-media-type", NULL);
        return FALSE;
    }
    if (sum != NULL && !api_uploads_headers_parse_checksum(sum, &checksum)) {
        api_uploads_problem_reply_header(exchange, "Upload-Checksum");
        return FALSE;
    }
    return TRUE;
}

static void
render_status(Transfer *transfer, const FlowsReceiveStatus *status)
{
    if (transfer->cut)
        return;
    if (transfer->created && status->upload != NULL)
        set_created_headers(transfer->exchange, status->upload);
    else if (status->upload != NULL)
        api_uploads_transfer_set_headers(transfer->exchange, status->upload);
    if (status->outcome == FLOWS_RECEIVE_DONE)
        http_exchange_reply_empty(transfer->exchange, transfer->created ? 201 : 204);
    else
        api_uploads_problem_reply(transfer->exchange, status);
}

static void
on_append_closed(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(FlowsReceiveStatus) status = flows_receive_append_close_finish(result);
    render_status(data, status);
    unref_transfer(data);
}

static void
close_append(Transfer *transfer, gboolean whole)
{
    FlowsReceiveAppend *append = g_steal_pointer(&transfer->append);
    if (append != NULL)
        flows_receive_append_close_async(append, whole, on_append_closed,
                                         g_rc_box_acquire(transfer));
}

static void
on_append_room(gpointer data)
{
    http_body_resume(((Transfer *)data)->exchange);
}

/* The answer is given when the bytes that did come are on disk. */
static void
on_append_stop(gpointer data)
{
    Transfer *transfer = data;
    http_body_pause(transfer->exchange);
    close_append(transfer, FALSE);
}

static void
on_body_chunk(HttpExchange *exchange, GBytes *chunk, gpointer data)
{
    Transfer *transfer = data;
    if (transfer->append != NULL && !flows_receive_append_push(transfer->append, chunk))
        http_body_pause(exchange);
}

static void
on_body_end(HttpExchange *exchange, gpointer data)
{
    close_append(data, TRUE);
}

static void
on_body_abort(HttpExchange *exchange, gpointer data)
{
    Transfer *transfer = data;
    transfer->cut = TRUE;
    close_append(transfer, FALSE);
}

static void
on_append_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    static const HttpBodySink sink = {on_body_chunk, on_body_end, on_body_abort};
    static const FlowsReceiveAppendListener listener = {on_append_room, on_append_stop};
    Transfer *transfer = data;
    g_autoptr(FlowsReceiveStatus) refusal = NULL;
    transfer->append = flows_receive_append_open_finish(result, &refusal);
    if (transfer->append == NULL) {
        render_status(transfer, refusal);
        unref_transfer(transfer);
        return;
    }
    http_body_start(transfer->exchange, &sink, transfer, unref_transfer);
    if (transfer->append != NULL)
        flows_receive_append_listen(transfer->append, &listener, transfer);
}

/* The head was checked: a checksum that is there parses. */
static void
open_append(HttpExchange *exchange, FlowsReceiveAppendRequest *request, gboolean created)
{
    ApiUploadsChecksum checksum = {0};
    const char *sum = http_exchange_get_header(exchange, "Upload-Checksum");
    request->checked = sum != NULL && api_uploads_headers_parse_checksum(sum, &checksum);
    request->algorithm = checksum.algorithm;
    memcpy(request->checksum, checksum.sum, sizeof checksum.sum);
    request->who = api_uploads_transfer_get_who(exchange);
    request->declared_bytes = http_body_get_declared_bytes(exchange);
    Transfer *transfer = g_rc_box_new0(Transfer);
    transfer->exchange = http_exchange_ref(exchange);
    transfer->created = created;
    flows_receive_append_open_async(server_app_get_receive(http_exchange_get_app(exchange)),
                                    request, on_append_opened, transfer);
}

void
api_uploads_transfer_start(HttpExchange *exchange, const char *upload_id)
{
    FlowsReceiveAppendRequest request = {.upload_id = upload_id, .length_bytes = -1};
    const char *offset = http_exchange_get_header(exchange, "Upload-Offset");
    const char *length = http_exchange_get_header(exchange, "Upload-Length");
    if (offset == NULL || !api_uploads_headers_parse_size(offset, &request.offset_bytes))
        api_uploads_problem_reply_header(exchange, "Upload-Offset");
    else if (length != NULL && !api_uploads_headers_parse_size(length, &request.length_bytes))
        api_uploads_problem_reply_header(exchange, "Upload-Length");
    else
        open_append(exchange, &request, FALSE);
}

void
api_uploads_transfer_start_created(HttpExchange *exchange, const CatalogUpload *upload)
{
    FlowsReceiveAppendRequest request = {.upload_id = upload->id, .length_bytes = -1};
    open_append(exchange, &request, TRUE);
}
