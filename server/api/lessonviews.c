// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A lesson as JSON, in the order in which ARCHITECTURE.md lists its members.
#include "server/api/lessonviews.h"

#include "pipelines/encode/rungs.h"
#include "server/api/bookingviews.h"
#include "server/api/captionviews.h"
#include "server/api/members.h"
#include "server/flows/publish.h"
#include "server/flows/sounds.h"

static JsonObject *
render_sentence(const char *code, const ApiViewsReader *reader)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "code", code);
    json_object_set_string_member(object, "sentence", server_sentences_get(code, reader->language));
    return object;
}

static void
set_sentence(JsonObject *object, const char *name, const char *code, const ApiViewsReader *reader)
{
    if (code != NULL)
        json_object_set_object_member(object, name, render_sentence(code, reader));
    else
        json_object_set_null_member(object, name);
}

static void
set_url(JsonObject *object, const char *name, const CatalogLesson *lesson, const char *file)
{
    g_autofree char *url = g_strdup_printf("/lessons/%s/%s", lesson->id, file);
    api_members_set_text(object, name, file != NULL ? url : NULL);
}

/* One that failed has no codecs: its name says what it would have been. */
static const char *
get_family(const CatalogRung *rung)
{
    EncodeRungsId id = ENCODE_RUNGS_SMALL;
    if (!encode_rungs_parse(rung->name, &id))
        return "avc";
    switch (encode_rungs_get(id)->family) {
    case ENCODE_RUNGS_SOUND:
        return "sound";
    case ENCODE_RUNGS_STILL:
        return "slides";
    case ENCODE_RUNGS_AV1:
        return "av1";
    case ENCODE_RUNGS_AVC:
        return "avc";
    }
    return "avc";
}

static JsonObject *
render_rung(const CatalogLesson *lesson, const CatalogRung *rung, const ApiViewsReader *reader)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "name", rung->name);
    json_object_set_int_member(object, "bytes", rung->bytes);
    json_object_set_int_member(object, "bandwidth_bps", rung->bandwidth_bps);
    json_object_set_string_member(object, "codecs", rung->codecs != NULL ? rung->codecs : "");
    json_object_set_int_member(object, "width", rung->width);
    json_object_set_int_member(object, "height", rung->height);
    json_object_set_string_member(object, "family", get_family(rung));
    api_members_set_measure(object, "ssim", rung->ssim);
    api_members_set_count(object, "stills", rung->stills);
    gboolean segmented = rung->file != NULL && g_str_has_suffix(rung->file, ".mp4");
    g_autofree char *name =
        segmented ? g_strconcat(rung->name, ".m3u8", NULL) : g_strdup(rung->file);
    set_url(object, "url", lesson, rung->file != NULL ? name : NULL);
    set_url(object, "file_url", lesson, segmented ? rung->file : NULL);
    set_sentence(object, "error", rung->error_code, reader);
    return object;
}

static void
set_rungs(JsonObject *object, const CatalogLesson *lesson, const ApiViewsReader *reader)
{
    JsonArray *rungs = json_array_new();
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (!flows_sounds_is_one(rung))
            json_array_add_object_element(rungs, render_rung(lesson, rung, reader));
    }
    json_object_set_array_member(object, "rungs", rungs);
}

/* Other sounds than the one that rungs have. */
static void
set_sounds(JsonObject *object, const CatalogLesson *lesson)
{
    g_autoptr(GPtrArray) rungs = flows_sounds_list(lesson);
    JsonArray *sounds = json_array_new();
    for (guint i = 0; i < rungs->len; i++) {
        const CatalogRung *rung = rungs->pdata[i];
        g_autofree char *language = flows_sounds_dup_language(rung);
        g_autofree char *playlist = g_strconcat(rung->name, ".m3u8", NULL);
        JsonObject *sound = json_object_new();
        json_object_set_string_member(sound, "name", rung->name);
        json_object_set_string_member(sound, "language", language);
        json_object_set_string_member(sound, "purpose", flows_sounds_get_purpose(rung));
        json_object_set_int_member(sound, "bytes", rung->bytes);
        json_object_set_int_member(sound, "bandwidth_bps", rung->bandwidth_bps);
        json_object_set_string_member(sound, "codecs", rung->codecs);
        set_url(sound, "url", lesson, playlist);
        set_url(sound, "file_url", lesson, rung->file);
        json_array_add_object_element(sounds, sound);
    }
    json_object_set_array_member(object, "sounds", sounds);
}

static const CatalogAsset *
find_asset(const CatalogLesson *lesson, CatalogAssetKind kind)
{
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        if (asset->kind == kind)
            return asset;
    }
    return NULL;
}

static void
set_slides(JsonObject *object, const CatalogLesson *lesson)
{
    const CatalogRung *slides = NULL;
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->stills > 0 && rung->file != NULL)
            slides = rung;
    }
    if (slides == NULL) {
        json_object_set_null_member(object, "slides");
        return;
    }
    const CatalogAsset *pdf = find_asset(lesson, CATALOG_ASSET_KIND_SLIDES_PDF);
    JsonObject *described = json_object_new();
    json_object_set_int_member(described, "count", slides->stills);
    set_url(described, "vtt", lesson, slides->file);
    set_url(described, "pdf", lesson, pdf != NULL ? pdf->file : NULL);
    if (pdf != NULL)
        json_object_set_int_member(described, "pdf_bytes", pdf->bytes);
    else
        json_object_set_null_member(described, "pdf_bytes");
    json_object_set_object_member(object, "slides", described);
}

static void
set_area(JsonObject *object, const char *name, const CatalogArea *area)
{
    if (area->width == 0) {
        json_object_set_null_member(object, name);
        return;
    }
    JsonObject *described = json_object_new();
    json_object_set_int_member(described, "x", area->x);
    json_object_set_int_member(described, "y", area->y);
    json_object_set_int_member(described, "width", area->width);
    json_object_set_int_member(described, "height", area->height);
    json_object_set_object_member(object, name, described);
}

/* What is beside the rungs; captions that nobody has approved are shown too, and say so. */
static void
set_extras(JsonObject *object, const CatalogLesson *lesson)
{
    const CatalogAsset *storyboard = find_asset(lesson, CATALOG_ASSET_KIND_STORYBOARD);
    const CatalogAsset *waveform = find_asset(lesson, CATALOG_ASSET_KIND_WAVEFORM);
    JsonArray *captions = json_array_new();
    for (guint i = 0; i < lesson->captions->len; i++)
        json_array_add_object_element(captions,
                                      api_captionviews_render(lesson->captions->pdata[i]));
    json_object_set_array_member(object, "captions", captions);
    set_slides(object, lesson);
    set_url(object, "storyboard", lesson, storyboard != NULL ? FLOWS_PUBLISH_STORYBOARD : NULL);
    set_url(object, "waveform", lesson, waveform != NULL ? waveform->file : NULL);
    set_area(object, "interpreter", &lesson->interpreter);
    set_area(object, "inset", &lesson->inset);
    json_object_set_boolean_member(object, "refining", lesson->refining);
    json_object_set_array_member(object, "gaps", api_bookingviews_render_gaps(lesson->gaps));
}

static void
set_owner(JsonObject *object, const CatalogLesson *lesson)
{
    if (lesson->owner_id == NULL) {
        json_object_set_null_member(object, "owner");
        return;
    }
    JsonObject *owner = json_object_new();
    json_object_set_string_member(owner, "id", lesson->owner_id);
    json_object_set_string_member(owner, "name",
                                  lesson->owner_name != NULL ? lesson->owner_name : "");
    json_object_set_object_member(object, "owner", owner);
}

static void
set_job(JsonObject *object, const CatalogJob *running)
{
    if (running == NULL) {
        json_object_set_null_member(object, "job");
        return;
    }
    JsonObject *job = json_object_new();
    json_object_set_string_member(job, "kind", catalog_job_kind_to_text(running->kind));
    json_object_set_int_member(job, "permille", running->permille);
    api_members_set_text(job, "stage", running->stage);
    json_object_set_string_member(job, "state", catalog_job_state_to_text(running->state));
    json_object_set_object_member(object, "job", job);
}

// How the work goes and what went wrong: only an editor is told, others get the same members empty.
static void
set_work(JsonObject *object, const CatalogLesson *lesson, gboolean may_edit,
         const ApiViewsReader *reader)
{
    set_job(object, may_edit ? lesson->job : NULL);
    set_sentence(object, "error", may_edit ? lesson->error_code : NULL, reader);
    JsonArray *warnings = json_array_new();
    for (guint i = 0; may_edit && lesson->warnings[i] != NULL; i++)
        json_array_add_object_element(warnings, render_sentence(lesson->warnings[i], reader));
    json_object_set_array_member(object, "warnings", warnings);
    gboolean receiving = lesson->state == CATALOG_LESSON_STATE_RECEIVING;
    gint64 received_bytes = receiving ? lesson->received_bytes : lesson->original_bytes;
    gint64 length_bytes = receiving ? lesson->length_bytes : lesson->original_bytes;
    json_object_set_int_member(object, "received_bytes", may_edit ? received_bytes : 0);
    if (may_edit && length_bytes >= 0)
        json_object_set_int_member(object, "length_bytes", length_bytes);
    else
        json_object_set_null_member(object, "length_bytes");
    api_members_set_text(object, "filename", may_edit ? lesson->filename : NULL);
    api_members_set_text(object, "upload_id", may_edit ? lesson->upload_id : NULL);
}

static void
set_reserved(JsonObject *object, const CatalogLesson *lesson)
{
    api_members_set_text(object, "subject", lesson->subject);
    api_members_set_text(object, "grade", lesson->grade);
    api_members_set_text(object, "course", lesson->course);
    api_members_set_text(object, "area", lesson->area);
    api_members_set_text(object, "centre", lesson->centre);
    api_members_set_text(object, "rights_holder", lesson->rights_holder);
    api_members_set_text(object, "licence", lesson->licence);
    api_members_set_moment(object, "keep_until_ms", lesson->keep_until_ms);
}

JsonObject *
api_lessonviews_render(gconstpointer item, const ApiViewsReader *reader)
{
    const CatalogLesson *lesson = item;
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", lesson->id);
    json_object_set_string_member(object, "title", lesson->title);
    json_object_set_string_member(object, "description", lesson->description);
    json_object_set_string_member(object, "language", lesson->language);
    json_object_set_string_member(object, "state", catalog_lesson_state_to_text(lesson->state));
    json_object_set_boolean_member(object, "complete", lesson->complete);
    json_object_set_string_member(object, "visibility",
                                  catalog_lesson_visibility_to_text(lesson->visibility));
    json_object_set_int_member(object, "duration_ms", lesson->duration_ms);
    json_object_set_int_member(object, "created_ms", lesson->created_ms);
    api_members_set_moment(object, "published_ms", lesson->published_ms);
    set_owner(object, lesson);
    set_url(object, "poster", lesson, lesson->poster_file);
    set_rungs(object, lesson, reader);
    set_sounds(object, lesson);
    set_extras(object, lesson);
    gboolean may_edit = server_access_may_lesson(reader->account, SERVER_ACCESS_EDIT,
                                                 lesson->owner_id, lesson->visibility);
    set_work(object, lesson, may_edit, reader);
    json_object_set_boolean_member(object, "may_edit", may_edit);
    set_reserved(object, lesson);
    g_autofree char *etag = api_views_make_etag(lesson, object);
    json_object_set_string_member(object, "etag", etag);
    return object;
}
