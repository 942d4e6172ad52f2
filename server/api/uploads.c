// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// tus 1.0.0 over flows/receive: options, creation, look, termination, list. The bytes of a PATCH or
// of a POST are uploads_transfer.c.
#include "server/api/uploads.h"

#include "catalog/ids.h"
#include "catalog/uploads.h"
#include "server/api/call.h"
#include "server/api/problem.h"
#include "server/api/uploads_headers.h"
#include "server/api/uploads_metadata.h"
#include "server/api/uploads_problem.h"
#include "server/api/uploads_transfer.h"
#include "server/api/views.h"
#include "server/flows/receive.h"
#include "server/http/body.h"

#define EXTENSIONS                                                                                 \
    "creation,creation-with-upload,creation-defer-length,checksum,concatenation,termination,"      \
    "expiration"

/* What every tus answer carries, errors too. */
static void
set_common_headers(HttpExchange *exchange)
{
    http_exchange_set_header(exchange, "Tus-Resumable", API_UPLOADS_HEADERS_VERSION);
    http_exchange_set_header(exchange, "Cache-Control", "no-store");
}

/* FALSE when the client speaks another version and was told so. */
static gboolean
check_version(HttpExchange *exchange)
{
    set_common_headers(exchange);
    const char *version = http_exchange_get_header(exchange, "Tus-Resumable");
    if (g_strcmp0(version, API_UPLOADS_HEADERS_VERSION) == 0)
        return TRUE;
    http_exchange_set_header(exchange, "Tus-Version", API_UPLOADS_HEADERS_VERSION);
    api_problem_reply(exchange, 412, "tus-version", NULL);
    return FALSE;
}

void
api_uploads_options(HttpExchange *exchange)
{
    ServerApp *app = http_exchange_get_app(exchange);
    g_autofree char *most =
        g_strdup_printf("%" G_GINT64_FORMAT, server_app_get_config(app)->upload_limit_bytes);
    set_common_headers(exchange);
    http_exchange_set_header(exchange, "Tus-Version", API_UPLOADS_HEADERS_VERSION);
    http_exchange_set_header(exchange, "Tus-Extension", EXTENSIONS);
    http_exchange_set_header(exchange, "Tus-Max-Size", most);
    http_exchange_set_header(exchange, "Tus-Checksum-Algorithm", FLOWS_RECEIVE_DIGEST_NAMES);
    http_exchange_reply_empty(exchange, 204);
}

/* ---- List ---- */

static gboolean
read_list(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(GPtrArray) open =
        catalog_uploads_list_receiving(database, call->stamp.account_id, error);
    if (open == NULL)
        return FALSE;
    GPtrArray *shown = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_upload_free);
    for (guint i = 0; i < open->len; i++) {
        const CatalogUpload *upload = g_ptr_array_index(open, i);
        if (upload->kind != CATALOG_UPLOAD_KIND_PARTIAL)
            g_ptr_array_add(shown, catalog_upload_copy(upload));
    }
    api_call_set_result(call, shown, (GDestroyNotify)g_ptr_array_unref);
    return TRUE;
}

static void
render_list(ApiCall *call)
{
    ApiViewsReader reader = {call->account, api_problem_choose_language(call->exchange)};
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(
        call->exchange, 200,
        api_views_render_list(call->result, NULL, api_views_render_upload, &reader));
}

void
api_uploads_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_list, render_list);
}

/* ---- Creation ---- */

/* FALSE when Upload-Length and Upload-Defer-Length do not say exactly one thing. */
static gboolean
read_length(HttpExchange *exchange, CatalogUploadKind kind, gint64 *length_bytes)
{
    const char *length = http_exchange_get_header(exchange, "Upload-Length");
    const char *deferred = http_exchange_get_header(exchange, "Upload-Defer-Length");
    *length_bytes = -1;
    if (kind == CATALOG_UPLOAD_KIND_FINAL)
        return TRUE;
    if (length != NULL)
        return deferred == NULL && api_uploads_headers_parse_size(length, length_bytes);
    return g_strcmp0(deferred, "1") == 0;
}

static void
on_receive_created(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(HttpExchange) exchange = data;
    g_autoptr(FlowsReceiveStatus) status = flows_receive_create_finish(result);
    gboolean takes_bytes = status->outcome == FLOWS_RECEIVE_DONE &&
                           status->upload->state == CATALOG_UPLOAD_STATE_RECEIVING &&
                           status->upload->kind != CATALOG_UPLOAD_KIND_FINAL;
    if (status->outcome != FLOWS_RECEIVE_DONE)
        api_uploads_problem_reply(exchange, status);
    else if (takes_bytes && http_body_get_declared_bytes(exchange) != 0)
        api_uploads_transfer_start_created(exchange, status->upload);
    else
        api_uploads_transfer_reply_created(exchange, status->upload);
}

/* What can be seen to be wrong with the body before anything is created. */
static gboolean
check_first_bytes(HttpExchange *exchange, const FlowsReceiveDeclaration *declaration)
{
    goffset declared_bytes = http_body_get_declared_bytes(exchange);
    if (declared_bytes == 0)
        return TRUE;
    if (!api_uploads_transfer_check_head(exchange))
        return FALSE;
    if (declaration->kind == CATALOG_UPLOAD_KIND_FINAL ||
        (declaration->length_bytes >= 0 && declared_bytes > declaration->length_bytes)) {
        FlowsReceiveStatus status = {declaration->kind == CATALOG_UPLOAD_KIND_FINAL
                                         ? FLOWS_RECEIVE_FINAL
                                         : FLOWS_RECEIVE_BEYOND_LENGTH,
                                     NULL, 0};
        api_uploads_problem_reply(exchange, &status);
        return FALSE;
    }
    return TRUE;
}

static void
create_upload(HttpExchange *exchange, FlowsReceiveDeclaration *declaration)
{
    FlowsReceiveMetadataVerdict verdict = FLOWS_RECEIVE_METADATA_FINE;
    declaration->raw_metadata = http_exchange_get_header(exchange, "Upload-Metadata");
    g_autoptr(FlowsReceiveMetadata) metadata =
        api_uploads_metadata_parse(declaration->raw_metadata, &verdict);
    if (metadata == NULL) {
        api_uploads_problem_reply_metadata(exchange, verdict);
        return;
    }
    declaration->metadata = metadata;
    declaration->who = api_uploads_transfer_get_who(exchange);
    flows_receive_create_async(server_app_get_receive(http_exchange_get_app(exchange)), declaration,
                               on_receive_created, http_exchange_ref(exchange));
}

void
api_uploads_create(HttpExchange *exchange)
{
    FlowsReceiveDeclaration declaration = {0};
    g_auto(GStrv) parts = NULL;
    if (!check_version(exchange))
        return;
    if (!api_uploads_headers_parse_concat(http_exchange_get_header(exchange, "Upload-Concat"),
                                          &declaration.kind, &parts)) {
        api_uploads_problem_reply_header(exchange, "Upload-Concat");
        return;
    }
    if (!read_length(exchange, declaration.kind, &declaration.length_bytes)) {
        api_uploads_problem_reply_header(exchange, "Upload-Length");
        return;
    }
    declaration.parts = (const char *const *)parts;
    if (check_first_bytes(exchange, &declaration))
        create_upload(exchange, &declaration);
}

/* ---- One upload ---- */

/* Returns: (transfer none) (nullable): the path's id; NULL when it is none and was answered. */
static const char *
read_id(HttpExchange *exchange)
{
    const char *id = http_exchange_get_parameter(exchange, "id");
    if (catalog_ids_is_valid(id))
        return id;
    api_problem_reply(exchange, 404, "not-found", NULL);
    return NULL;
}

static void
set_look_headers(HttpExchange *exchange, const CatalogUpload *upload)
{
    g_autofree char *length = g_strdup_printf("%" G_GINT64_FORMAT, upload->length_bytes);
    g_autofree char *concat = api_uploads_headers_format_concat(upload);
    if (upload->length_bytes >= 0)
        http_exchange_set_header(exchange, "Upload-Length", length);
    else
        http_exchange_set_header(exchange, "Upload-Defer-Length", "1");
    if (*upload->metadata != '\0')
        http_exchange_set_header(exchange, "Upload-Metadata", upload->metadata);
    if (concat != NULL)
        http_exchange_set_header(exchange, "Upload-Concat", concat);
}

static void
on_receive_looked(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(HttpExchange) exchange = data;
    g_autoptr(FlowsReceiveStatus) status = flows_receive_look_finish(result);
    if (status->outcome != FLOWS_RECEIVE_DONE) {
        api_uploads_problem_reply(exchange, status);
        return;
    }
    set_look_headers(exchange, status->upload);
    api_uploads_transfer_set_headers(exchange, status->upload);
    http_exchange_reply_empty(exchange, 200);
}

void
api_uploads_look(HttpExchange *exchange)
{
    const char *id = check_version(exchange) ? read_id(exchange) : NULL;
    FlowsReceiveWho who = api_uploads_transfer_get_who(exchange);
    if (id != NULL)
        flows_receive_look_async(server_app_get_receive(http_exchange_get_app(exchange)), id, &who,
                                 on_receive_looked, http_exchange_ref(exchange));
}

void
api_uploads_append(HttpExchange *exchange)
{
    const char *id = check_version(exchange) ? read_id(exchange) : NULL;
    if (id != NULL && api_uploads_transfer_check_head(exchange))
        api_uploads_transfer_start(exchange, id);
}

static void
on_receive_terminated(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(HttpExchange) exchange = data;
    g_autoptr(FlowsReceiveStatus) status = flows_receive_terminate_finish(result);
    if (status->outcome == FLOWS_RECEIVE_DONE)
        http_exchange_reply_empty(exchange, 204);
    else
        api_uploads_problem_reply(exchange, status);
}

void
api_uploads_terminate(HttpExchange *exchange)
{
    const char *id = check_version(exchange) ? read_id(exchange) : NULL;
    FlowsReceiveWho who = api_uploads_transfer_get_who(exchange);
    if (id != NULL)
        flows_receive_terminate_async(server_app_get_receive(http_exchange_get_app(exchange)), id,
                                      &who, on_receive_terminated, http_exchange_ref(exchange));
}
