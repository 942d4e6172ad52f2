// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whoever may make lessons sees all bookings, so that nobody books twice; the lesson's rules say
// who may change one.
#include "server/api/bookingviews.h"

#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "server/api/broadcastviews.h"
#include "server/api/members.h"
#include "server/api/revision.h"
#include "server/recordsentences.h"

void
api_bookingviews_free(ApiBookingviews *view)
{
    if (view == NULL)
        return;
    catalog_booking_free(view->booking);
    g_clear_pointer(&view->gaps, g_array_unref);
    g_clear_pointer(&view->patches, g_ptr_array_unref);
    g_free(view->fills);
    g_free(view->slug);
    g_free(view);
}

gboolean
api_bookingviews_may_see(const ServerAccessAccount *account)
{
    return server_access_may(account, SERVER_ACCESS_UPLOAD);
}

gboolean
api_bookingviews_may_edit(const ServerAccessAccount *account, const CatalogBooking *booking)
{
    return server_access_may_lesson(account, SERVER_ACCESS_EDIT, booking->owner_id,
                                    booking->visibility);
}

ApiBookingviews *
api_bookingviews_read(CatalogDatabase *database, CatalogBooking *booking,
                      const ServerAccessAccount *account, GError **error)
{
    g_autoptr(ApiBookingviews) view = g_new0(ApiBookingviews, 1);
    view->booking = booking;
    view->gaps = catalog_recordings_list_gaps(database, booking->id, error);
    view->patches = catalog_patches_list(database, booking->id, error);
    if (view->gaps == NULL || view->patches == NULL ||
        !catalog_patches_find_wish(database, booking->id, &view->fills, error))
        return NULL;
    if (booking->channel != NULL) {
        g_autoptr(CatalogChannels) channel = catalog_channels_get(database, booking->channel, NULL);
        view->slug = g_strdup(channel != NULL ? channel->slug : NULL);
    }
    if (booking->lesson_id != NULL) {
        g_autoptr(CatalogLesson) lesson =
            catalog_lessonlist_get(database, booking->lesson_id, NULL);
        view->readable = lesson != NULL && server_access_may_see(account, lesson);
    }
    return g_steal_pointer(&view);
}

JsonArray *
api_bookingviews_render_gaps(const GArray *gaps)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < gaps->len; i++) {
        const CatalogGap *gap = &g_array_index(gaps, CatalogGap, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "from_ms", gap->from_ms);
        json_object_set_int_member(object, "to_ms", gap->to_ms);
        json_object_set_int_member(object, "media_ms", gap->media_ms);
        json_object_set_string_member(object, "cause", catalog_gap_cause_to_text(gap->cause));
        api_members_set_text(object, "patched_from",
                             catalog_gap_is_patched(gap) ? gap->patched_from : NULL);
        api_members_set_moment(object, "patched_ms", gap->patched_ms);
        json_array_add_object_element(array, object);
    }
    return array;
}

static void
set_event(JsonObject *object, const CatalogBooking *booking)
{
    if (booking->event_id == CATALOG_BOOKING_NO_EVENT || booking->service == NULL) {
        json_object_set_null_member(object, "event");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_string_member(member, "service", booking->service);
    json_object_set_int_member(member, "event_id", booking->event_id);
    json_object_set_int_member(member, "start_ms", booking->event_start_ms);
    json_object_set_object_member(object, "event", member);
}

static void
set_owner(JsonObject *object, const CatalogBooking *booking)
{
    if (booking->owner_id == NULL) {
        json_object_set_null_member(object, "owner");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_string_member(member, "id", booking->owner_id);
    api_members_set_text(member, "name", booking->owner_name);
    json_object_set_object_member(object, "owner", member);
}

static void
set_error(JsonObject *object, const char *code, const ApiViewsReader *reader)
{
    if (code == NULL) {
        json_object_set_null_member(object, "error");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_string_member(member, "code", code);
    json_object_set_string_member(member, "sentence",
                                  server_recordsentences_get(code, reader->language));
    json_object_set_object_member(object, "error", member);
}

/* Orders to fill its gaps, newest first. */
static JsonArray *
render_patches(const GPtrArray *patches, const ApiViewsReader *reader)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; i < patches->len; i++) {
        const CatalogPatches *patch = patches->pdata[i];
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "id", patch->id);
        json_object_set_string_member(object, "from", patch->repeat_id);
        json_object_set_string_member(object, "channel_name", patch->channel_name);
        json_object_set_int_member(object, "start_ms", patch->start_ms);
        json_object_set_string_member(object, "state", catalog_patches_state_to_text(patch->state));
        json_object_set_int_member(object, "permille", patch->permille);
        json_object_set_int_member(object, "filled", patch->filled);
        json_object_set_int_member(object, "filled_ms", patch->filled_ms);
        set_error(object, patch->error_code, reader);
        json_array_add_object_element(array, object);
    }
    return array;
}

static void
set_plan(JsonObject *object, const CatalogBooking *booking)
{
    json_object_set_int_member(object, "start_ms", booking->start_ms);
    json_object_set_int_member(object, "end_ms", booking->end_ms);
    json_object_set_int_member(object, "padding_before_s", booking->padding_before_s);
    json_object_set_int_member(object, "padding_after_s", booking->padding_after_s);
    json_object_set_string_member(object, "title", booking->title);
    json_object_set_string_member(object, "description", booking->description);
    json_object_set_string_member(object, "rights_holder", booking->rights_holder);
    json_object_set_string_member(object, "licence", booking->licence);
    api_members_set_moment(object, "keep_until_ms", booking->keep_until_ms);
    json_object_set_string_member(object, "visibility",
                                  catalog_lesson_visibility_to_text(booking->visibility));
}

JsonObject *
api_bookingviews_render(const ApiBookingviews *view, const ApiViewsReader *reader)
{
    const CatalogBooking *booking = view->booking;
    g_autofree char *etag = api_revision_make_etag(booking->revision, NULL);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", booking->id);
    api_members_set_text(object, "channel", booking->channel);
    json_object_set_string_member(object, "channel_name", booking->channel_name);
    api_members_set_text(object, "slug", view->slug);
    json_object_set_string_member(object, "state", catalog_booking_state_to_text(booking->state));
    set_event(object, booking);
    json_object_set_boolean_member(object, "follows", booking->follows);
    set_plan(object, booking);
    set_owner(object, booking);
    api_members_set_text(object, "rule_id", booking->rule_id);
    api_members_set_text(object, "lesson_id", booking->lesson_id);
    json_object_set_array_member(object, "gaps", api_bookingviews_render_gaps(view->gaps));
    json_object_set_array_member(object, "patches", render_patches(view->patches, reader));
    api_members_set_text(object, "fills", view->fills);
    set_error(object, booking->error_code, reader);
    json_object_set_int_member(object, "created_ms", booking->created_ms);
    json_object_set_boolean_member(object, "may_edit",
                                   api_bookingviews_may_edit(reader->account, booking));
    json_object_set_string_member(object, "etag", etag);
    return object;
}

/* A learner hears of lessons that can be watched, and of nobody's plans. */
static JsonObject *
render_mark(const ApiBookingviews *view, const ApiViewsReader *reader)
{
    const CatalogBooking *booking = view->booking;
    gboolean insider = api_bookingviews_may_see(reader->account);
    if (!insider && !view->readable)
        return NULL;
    g_autofree char *etag = api_revision_make_etag(booking->revision, NULL);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", booking->id);
    json_object_set_string_member(object, "state", catalog_booking_state_to_text(booking->state));
    api_members_set_text(object, "rule_id", insider ? booking->rule_id : NULL);
    api_members_set_text(object, "lesson_id", view->readable ? booking->lesson_id : NULL);
    json_object_set_boolean_member(object, "may_edit",
                                   api_bookingviews_may_edit(reader->account, booking));
    json_object_set_string_member(object, "etag", etag);
    return object;
}

JsonObject *
api_bookingviews_render_event(const CatalogGuide *event, const ApiBookingviews *view,
                              const ApiViewsReader *reader)
{
    JsonObject *object = api_broadcastviews_render_event(event);
    JsonObject *mark = view != NULL ? render_mark(view, reader) : NULL;
    if (mark != NULL)
        json_object_set_object_member(object, "booking", mark);
    else
        json_object_set_null_member(object, "booking");
    return object;
}
