// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Small changes are one transaction; a whole file goes through server/flows/captions_save.c.
#include "server/api/captions.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/error.h"
#include "catalog/joblist.h"
#include "catalog/lessonlist.h"
#include "catalog/orders.h"
#include "pipelines/captions/language.h"
#include "server/api/captionviews.h"
#include "server/api/lessons.h"
#include "server/api/problem.h"
#include "server/api/revision.h"
#include "server/api/views.h"
#include "server/flows/captions.h"

#define NO_REVISION 0

// What every request here is about; the call's extra.
typedef struct {
    char *language;          // (owned) canonical
    gboolean draft;          // the text is not finished yet
    gboolean occupied;       // a person answers for what there is
    FlowsCaptionsSave *save; // (owned) (nullable) a file on its way
} Wanted;

// A lesson's captions and the latest job of the recogniser.
typedef struct {
    CatalogLesson *lesson; // (owned)
    CatalogJob *job;       // (owned) (nullable)
} Listing;

static void
free_wanted(gpointer data)
{
    Wanted *wanted = data;
    g_clear_pointer(&wanted->save, flows_captions_save_free);
    g_free(wanted->language);
    g_free(wanted);
}

static void
free_listing(gpointer data)
{
    Listing *listing = data;
    g_clear_pointer(&listing->lesson, catalog_lesson_free);
    g_clear_pointer(&listing->job, catalog_job_free);
    g_free(listing);
}

/* Returns: (transfer full) (nullable): the call with its Wanted, or NULL when it is answered. */
static ApiCall *
begin(HttpExchange *exchange, gboolean with_text)
{
    const char *language = http_exchange_get_parameter(exchange, "language");
    g_autoptr(ApiCall) call = with_text ? api_call_new_plain(exchange) : api_call_new(exchange);
    if (call == NULL)
        return NULL;
    if (!captions_language_is_canonical(language)) {
        api_problem_reply(exchange, 422, "language", NULL);
        return NULL;
    }
    Wanted *wanted = g_new0(Wanted, 1);
    wanted->language = g_strdup(language);
    call->extra = wanted;
    call->free_extra = free_wanted;
    if (!api_revision_read_match(call))
        return NULL;
    return g_steal_pointer(&call);
}

static gboolean
read_listing(CatalogDatabase *database, ApiCall *call, GError **error)
{
    static const CatalogJobKind kind = CATALOG_JOB_KIND_CAPTIONS;
    Listing *listing = g_new0(Listing, 1);
    api_call_set_result(call, listing, free_listing);
    listing->lesson = api_lessons_read_editable(database, call, error);
    if (listing->lesson == NULL)
        return FALSE;
    g_autoptr(GError) missing = NULL;
    listing->job = catalog_joblist_get_latest(database, call->id, &kind, &missing);
    if (listing->job != NULL || g_error_matches(missing, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&missing));
    return FALSE;
}

static JsonObject *
render_job(const CatalogJob *job, ServerSentencesLanguage language)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "language", job->argument);
    json_object_set_string_member(object, "state", catalog_job_state_to_text(job->state));
    if (job->error_code != NULL && job->state == CATALOG_JOB_STATE_FAILED)
        json_object_set_string_member(object, "error",
                                      server_sentences_get(job->error_code, language));
    else
        json_object_set_null_member(object, "error");
    return object;
}

static void
render_listing(ApiCall *call)
{
    const Listing *listing = call->result;
    JsonArray *items = json_array_new();
    for (guint i = 0; i < listing->lesson->captions->len; i++)
        json_array_add_object_element(items,
                                      api_captionviews_render(listing->lesson->captions->pdata[i]));
    JsonObject *object = json_object_new();
    json_object_set_array_member(object, "items", items);
    json_object_set_boolean_member(
        object, "recogniser", flows_captions_has_recogniser(server_app_get_captions(call->app)));
    if (listing->job != NULL)
        json_object_set_object_member(
            object, "job", render_job(listing->job, api_problem_choose_language(call->exchange)));
    else
        json_object_set_null_member(object, "job");
    http_exchange_set_header(call->exchange, "Cache-Control", "no-store");
    http_exchange_reply_json(call->exchange, 200, api_views_wrap(object));
}

void
api_captions_list(HttpExchange *exchange)
{
    ApiCall *call = api_call_new(exchange);
    if (call != NULL)
        api_call_read(call, read_listing, render_listing);
}

static gboolean
read_captions(CatalogDatabase *database, ApiCall *call, GError **error)
{
    const Wanted *wanted = call->extra;
    g_autoptr(CatalogLesson) lesson = api_lessons_read_visible(database, call, error);
    if (lesson == NULL)
        return FALSE;
    api_call_set_result(call, catalog_captions_get(database, call->id, wanted->language, error),
                        (GDestroyNotify)catalog_captions_free);
    return call->result != NULL;
}

static void
render_text(ApiCall *call)
{
    const CatalogCaptions *captions = call->result;
    ServerStorage *storage = server_app_get_storage(call->app);
    g_autofree char *path =
        server_storage_build_bundle_file_path(storage, captions->lesson_id, captions->file);
    g_autofree char *etag = api_captionviews_make_etag(captions);
    int descriptor = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    struct stat status = {0};
    if (descriptor >= 0 && fstat(descriptor, &status) == 0) {
        http_exchange_reply_file(call->exchange, descriptor, status.st_size, etag,
                                 "text/vtt; charset=utf-8", "no-cache");
        return;
    }
    if (descriptor >= 0)
        close(descriptor);
    g_warning("captions %s of lesson %s are not on the disk", captions->file, captions->lesson_id);
    api_problem_reply(call->exchange, 500, "internal", NULL);
}

void
api_captions_get(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange, FALSE);
    if (call != NULL)
        api_call_read(call, read_captions, render_text);
}

static void
reply_invalid(ApiCall *call, const CaptionsFaults *faults)
{
    ServerSentencesLanguage language = api_problem_choose_language(call->exchange);
    JsonObject *more = json_object_new();
    json_object_set_array_member(more, "errors",
                                 api_captionviews_render_faults(faults->errors, language));
    json_object_set_int_member(more, "more_errors", faults->more_errors);
    api_problem_reply_with(call->exchange, 422, "captions-invalid", more);
}

static void
reply_saved(ApiCall *call, const FlowsCaptionsSave *save)
{
    ServerSentencesLanguage language = api_problem_choose_language(call->exchange);
    JsonObject *object = api_captionviews_render(save->saved);
    json_object_set_array_member(object, "warnings",
                                 api_captionviews_render_faults(save->faults->warnings, language));
    json_object_set_int_member(object, "more_warnings", save->faults->more_warnings);
    http_exchange_set_header(call->exchange, "ETag", json_object_get_string_member(object, "etag"));
    http_exchange_reply_json(call->exchange, save->saved->revision == 1 ? 201 : 200,
                             api_views_wrap(object));
}

/* What the catalogue says now goes into the bundle and to whoever watches. */
static void
note_changed(ApiCall *call)
{
    flows_encode_describe(server_app_get_encode(call->app), call->id);
    server_app_note_lesson(call->app, call->id);
}

static void
on_captions_saved(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(ApiCall) call = user_data;
    const Wanted *wanted = call->extra;
    g_autoptr(GError) error = NULL;
    if (flows_captions_save_run_finish(result, &error)) {
        note_changed(call);
        reply_saved(call, wanted->save);
    } else if (wanted->save->faults->errors->len > 0) {
        reply_invalid(call, wanted->save->faults);
    } else if (g_error_matches(error, CATALOG_ERROR, CATALOG_ERROR_CONFLICT)) {
        api_problem_reply(call->exchange, 412, "precondition-failed", NULL);
    } else {
        api_problem_reply_error(call->exchange, error);
    }
}

static gboolean
read_editable(CatalogDatabase *database, ApiCall *call, GError **error)
{
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    return lesson != NULL;
}

static void
save_text(ApiCall *read)
{
    ApiCall *call = api_call_take_over(read);
    Wanted *wanted = call->extra;
    GBytes *body = http_exchange_get_body(call->exchange);
    g_autoptr(GBytes) bytes = body != NULL ? g_bytes_ref(body) : g_bytes_new(NULL, 0);
    wanted->save = flows_captions_save_new(call->id, wanted->language, bytes);
    wanted->save->revision = call->revision;
    wanted->save->draft = wanted->draft;
    wanted->save->account_id = g_strdup(call->account->id);
    wanted->save->now_ms = call->stamp.now_ms;
    flows_captions_save_run_async(wanted->save,
                                  flows_captions_get_places(server_app_get_captions(call->app)),
                                  on_captions_saved, call);
}

void
api_captions_put(HttpExchange *exchange)
{
    const char *if_none = http_exchange_get_header(exchange, "If-None-Match");
    const char *state = http_exchange_get_query(exchange, "state");
    gboolean fresh = g_strcmp0(if_none, "*") == 0;
    g_autoptr(ApiCall) call = begin(exchange, TRUE);
    if (call == NULL)
        return;
    Wanted *wanted = call->extra;
    wanted->draft = g_strcmp0(state, "draft") == 0;
    if (fresh)
        call->revision = NO_REVISION;
    if (state != NULL && !wanted->draft && strcmp(state, "approved") != 0)
        api_problem_reply(exchange, 422, "invalid", "state is not draft or approved");
    else if (!fresh && http_exchange_get_header(exchange, "If-Match") == NULL)
        api_problem_reply(exchange, 428, "precondition-required", NULL);
    else
        api_call_read(g_steal_pointer(&call), read_editable, save_text);
}

typedef gboolean (*Change)(CatalogDatabase *database, const CatalogCaptionsKey *key,
                           const CatalogAuditStamp *by, GError **error);

/* Somebody may edit; the change with the revision guarded; the lesson as it is now. */
static gboolean
write_change(CatalogDatabase *database, ApiCall *call, Change change, GError **error)
{
    const Wanted *wanted = call->extra;
    const CatalogCaptionsKey key = {call->id, wanted->language, call->revision};
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL)
        return FALSE;
    if (change(database, &key, &call->stamp, &local)) {
        api_call_set_result(call, catalog_lessonlist_get(database, call->id, error),
                            (GDestroyNotify)catalog_lesson_free);
        return call->result != NULL;
    }
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_CONFLICT))
        g_set_error_literal(error, API_PROBLEM_ERROR, API_PROBLEM_ERROR_PRECONDITION,
                            "changed meanwhile");
    else
        g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean
remove_captions(CatalogDatabase *database, const CatalogCaptionsKey *key,
                const CatalogAuditStamp *by, GError **error)
{
    return catalog_captions_delete(database, key, FLOWS_CAPTIONS_SAVE_GRACE_MS, by, error);
}

static gboolean
write_removal(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return write_change(database, call, remove_captions, error);
}

static gboolean
write_approval(CatalogDatabase *database, ApiCall *call, GError **error)
{
    return write_change(database, call, catalog_captions_approve, error);
}

static void
render_changed(ApiCall *call)
{
    note_changed(call);
    api_lessons_render(call);
}

void
api_captions_remove(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange, FALSE);
    if (call != NULL)
        api_call_write(call, write_removal, render_changed);
}

void
api_captions_approve(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange, FALSE);
    if (call != NULL)
        api_call_write(call, write_approval, render_changed);
}

/* The recogniser never takes the place of what a person wrote or approved. */
static gboolean
write_order(CatalogDatabase *database, ApiCall *call, GError **error)
{
    Wanted *wanted = call->extra;
    g_autoptr(CatalogLesson) lesson = api_lessons_read_editable(database, call, error);
    if (lesson == NULL)
        return FALSE;
    for (guint i = 0; i < lesson->captions->len; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        gboolean machine = captions->state == CATALOG_CAPTIONS_STATE_DRAFT &&
                           captions->source != CATALOG_CAPTIONS_SOURCE_UPLOAD;
        if (strcmp(captions->language, wanted->language) == 0 && !machine)
            wanted->occupied = TRUE;
    }
    if (wanted->occupied)
        return TRUE;
    const CatalogOrdersItem order = {CATALOG_JOB_KIND_CAPTIONS, call->id, wanted->language, 0};
    g_autofree char *id = catalog_orders_place(database, &order, &call->stamp, error);
    return id != NULL && read_listing(database, call, error);
}

static void
render_ordered(ApiCall *call)
{
    const Wanted *wanted = call->extra;
    const Listing *listing = call->result;
    if (wanted->occupied) {
        api_problem_reply(call->exchange, 409, "captions-exist", NULL);
        return;
    }
    flows_captions_wake(server_app_get_captions(call->app));
    JsonObject *object = render_job(listing->job, api_problem_choose_language(call->exchange));
    http_exchange_reply_json(call->exchange, 202, api_views_wrap(object));
}

void
api_captions_recognise(HttpExchange *exchange)
{
    ApiCall *call = begin(exchange, FALSE);
    if (call == NULL)
        return;
    if (flows_captions_has_recogniser(server_app_get_captions(call->app))) {
        api_call_write(call, write_order, render_ordered);
        return;
    }
    api_problem_reply(exchange, 409, "no-recogniser", NULL);
    api_call_free(call);
}
