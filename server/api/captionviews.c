// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The members as ARCHITECTURE.md has them.
#include "server/api/captionviews.h"

#include "server/api/revision.h"

char *
api_captionviews_make_etag(const CatalogCaptions *captions)
{
    return api_revision_make_etag(captions->revision, captions->sha256);
}

JsonObject *
api_captionviews_render(const CatalogCaptions *captions)
{
    JsonObject *object = json_object_new();
    g_autofree char *url = g_strdup_printf("/lessons/%s/%s", captions->lesson_id, captions->file);
    g_autofree char *etag = api_captionviews_make_etag(captions);
    json_object_set_string_member(object, "language", captions->language);
    json_object_set_string_member(object, "state", catalog_captions_state_to_text(captions->state));
    json_object_set_string_member(object, "source",
                                  catalog_captions_source_to_text(captions->source));
    json_object_set_string_member(object, "url", url);
    json_object_set_int_member(object, "bytes", captions->bytes);
    json_object_set_string_member(object, "etag", etag);
    return object;
}

JsonArray *
api_captionviews_render_faults(GArray *list, ServerSentencesLanguage language)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < list->len; i++) {
        const CaptionsFaultsOne *one = &g_array_index(list, CaptionsFaultsOne, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "line", one->line);
        json_object_set_string_member(object, "code", captions_faults_get_code(one->kind));
        json_object_set_string_member(
            object, "message",
            captions_faults_get_sentence(one->kind, language == SERVER_SENTENCES_THAI));
        json_array_add_object_element(array, object);
    }
    return array;
}
