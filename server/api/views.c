// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// JSON of the values, in the order in which ARCHITECTURE.md lists their members.
#include "server/api/views.h"

#include <string.h>

#include "server/api/members.h"
#include "server/api/revision.h"

JsonNode *
api_views_wrap(JsonObject *object)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    return node;
}

char *
api_views_make_etag(const CatalogLesson *lesson, JsonObject *rendered)
{
    if (json_object_has_member(rendered, "etag"))
        return g_strdup(json_object_get_string_member(rendered, "etag"));
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), rendered);
    g_autofree char *text = json_to_string(node, FALSE);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    return api_revision_make_etag(lesson->revision, hash);
}

JsonObject *
api_views_render_job(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogJob *job = item;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", job->id);
    json_object_set_string_member(object, "lesson_id", job->lesson_id);
    api_members_set_text(object, "lesson_title", job->lesson_title);
    json_object_set_string_member(object, "kind", catalog_job_kind_to_text(job->kind));
    json_object_set_string_member(object, "state", catalog_job_state_to_text(job->state));
    json_object_set_int_member(object, "permille", job->permille);
    api_members_set_text(object, "stage", job->stage);
    json_object_set_int_member(object, "attempts", job->attempts);
    json_object_set_int_member(object, "priority", job->priority);
    api_members_set_text(object, "error_code", job->error_code);
    api_members_set_text(
        object, "error",
        job->error_code != NULL ? server_sentences_get(job->error_code, reader->language) : NULL);
    api_members_set_text(object, "error_detail", job->error_detail);
    api_members_set_moment(object, "not_before_ms", job->not_before_ms);
    json_object_set_int_member(object, "created_ms", job->created_ms);
    json_object_set_int_member(object, "updated_ms", job->updated_ms);
    return object;
}

JsonObject *
api_views_render_account(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogAccount *account = item;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", account->id);
    json_object_set_string_member(object, "name", account->name);
    json_object_set_string_member(object, "display_name", account->display_name);
    json_object_set_string_member(object, "role", catalog_account_role_to_text(account->role));
    json_object_set_string_member(object, "language", account->language);
    json_object_set_boolean_member(object, "disabled", account->disabled);
    json_object_set_int_member(object, "created_ms", account->created_ms);
    api_members_set_moment(object, "last_seen_ms", account->last_seen_ms);
    return object;
}

JsonObject *
api_views_render_token(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogTokensEntry *entry = item;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", entry->id);
    json_object_set_string_member(object, "label", entry->label);
    json_object_set_int_member(object, "created_ms", entry->created_ms);
    api_members_set_moment(object, "last_used_ms", entry->last_used_ms);
    return object;
}

JsonObject *
api_views_render_upload(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogUpload *upload = item;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", upload->id);
    api_members_set_text(object, "lesson_id", upload->lesson_id);
    api_members_set_text(object, "filename", upload->filename);
    json_object_set_int_member(object, "offset_bytes", upload->offset_bytes);
    api_members_set_length(object, "length_bytes", upload->length_bytes);
    json_object_set_int_member(object, "expires_ms", upload->expires_ms);
    return object;
}

JsonObject *
api_views_render_audit(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogAuditEntry *entry = item;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", entry->id);
    json_object_set_int_member(object, "when_ms", entry->when_ms);
    api_members_set_text(object, "account_id", entry->account_id);
    api_members_set_text(object, "account_name", entry->account_name);
    json_object_set_string_member(object, "action", entry->action);
    json_object_set_string_member(object, "subject", entry->subject);
    JsonNode *detail = json_from_string(entry->detail != NULL ? entry->detail : "{}", NULL);
    if (detail != NULL && JSON_NODE_HOLDS_OBJECT(detail))
        json_object_set_member(object, "detail", g_steal_pointer(&detail));
    else
        json_object_set_object_member(object, "detail", json_object_new());
    g_clear_pointer(&detail, json_node_unref);
    return object;
}

JsonNode *
api_views_render_list(GPtrArray *items, const char *next_cursor, ApiViewsRender render,
                      const ApiViewsReader *reader)
{
    JsonArray *array = json_array_sized_new(items->len);
    for (guint i = 0; i < items->len; i++)
        json_array_add_object_element(array, render(items->pdata[i], reader));
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "items", array);
    api_members_set_text(object, "next_cursor", next_cursor);
    return api_views_wrap(object);
}
