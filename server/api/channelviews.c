// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Learners see what they can watch; settings and reasons in detail are for administrators.
#include "server/api/channelviews.h"

#include "catalog/services.h"
#include "server/api/members.h"
#include "server/api/revision.h"
#include "server/flows/live.h"
#include "server/livesentences.h"

#define AHEAD_MS (G_GINT64_CONSTANT(24) * 3600 * 1000)

void
api_channelviews_free(ApiChannelviews *view)
{
    catalog_channels_free(view->channel);
    g_free(view->service_name);
    g_clear_pointer(&view->now, catalog_guide_free);
    g_clear_pointer(&view->next, catalog_guide_free);
    g_free(view);
}

gboolean
api_channelviews_may_see(const ServerAccessAccount *account, const CatalogChannels *channel)
{
    return channel->enabled || server_access_may(account, SERVER_ACCESS_ADMINISTER);
}

/* Takes the programme on now and the one after it out of @events. */
static void
choose_events(ApiChannelviews *view, GPtrArray *events, gint64 now_ms)
{
    guint i = 0;
    while (i < events->len) {
        const CatalogGuide *event = events->pdata[i];
        gboolean running = event->start_ms <= now_ms;
        CatalogGuide **place = running ? &view->now : &view->next;
        if (event->start_ms == CATALOG_GUIDE_NO_TIME || *place != NULL)
            i++;
        else
            *place = g_ptr_array_steal_index(events, i);
    }
}

ApiChannelviews *
api_channelviews_read(CatalogDatabase *database, CatalogChannels *channel, gint64 now_ms,
                      GError **error)
{
    g_autoptr(ApiChannelviews) view = g_new0(ApiChannelviews, 1);
    view->channel = channel;
    if (channel->service == NULL)
        return g_steal_pointer(&view);
    g_autoptr(CatalogServices) service = catalog_services_get(database, channel->service, error);
    g_autoptr(GPtrArray) events =
        service != NULL
            ? catalog_guide_list(database, channel->service, now_ms, now_ms + AHEAD_MS, error)
            : NULL;
    if (events == NULL)
        return NULL;
    view->service_name = g_strdup(service->own_name != NULL ? service->own_name : service->name);
    choose_events(view, events, now_ms);
    return g_steal_pointer(&view);
}

static void
set_event(JsonObject *object, const char *name, const CatalogGuide *event)
{
    if (event == NULL) {
        json_object_set_null_member(object, name);
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_int_member(member, "event_id", event->event_id);
    json_object_set_int_member(member, "start_ms", event->start_ms);
    if (event->duration_ms == CATALOG_GUIDE_NO_TIME)
        json_object_set_null_member(member, "duration_ms");
    else
        json_object_set_int_member(member, "duration_ms", event->duration_ms);
    json_object_set_string_member(member, "title", event->title);
    json_object_set_string_member(member, "summary", event->summary);
    json_object_set_object_member(object, name, member);
}

static void
set_rungs(JsonObject *object, const char *slug, FlowsWindow *window)
{
    JsonArray *array = json_array_new();
    g_autoptr(GPtrArray) rungs = window != NULL ? flows_window_get_rungs(window) : NULL;
    for (guint i = 0; rungs != NULL && i < rungs->len; i++) {
        const FlowsWindowRung *rung = rungs->pdata[i];
        g_autofree char *url = g_strdup_printf("/channels/%s/%s.m3u8", slug, rung->name);
        JsonObject *member = json_object_new();
        json_object_set_string_member(member, "name", rung->name);
        json_object_set_string_member(member, "url", url);
        json_object_set_int_member(member, "bandwidth_bps", (gint64)rung->peak_bps);
        json_object_set_int_member(member, "average_bandwidth_bps", (gint64)rung->average_bps);
        json_object_set_int_member(member, "width", rung->width);
        json_object_set_int_member(member, "height", rung->height);
        json_array_add_object_element(array, member);
    }
    json_object_set_array_member(object, "rungs", array);
}

static void
set_tracks(JsonObject *object, const char *slug, FlowsWindow *window)
{
    JsonArray *array = json_array_new();
    g_autoptr(GPtrArray) tracks = window != NULL ? flows_window_get_tracks(window) : NULL;
    g_autofree char *scrub = g_strdup_printf("/channels/%s/scrub.webp", slug);
    gboolean pictured = FALSE;
    for (guint i = 0; tracks != NULL && i < tracks->len; i++) {
        const FlowsWindowTrack *track = tracks->pdata[i];
        pictured = pictured || track->track.kind == CHILD_LIVE_TRACK_SCRUB;
        if (track->track.kind == CHILD_LIVE_TRACK_SCRUB)
            continue;
        gboolean captions = track->track.kind == CHILD_LIVE_TRACK_CAPTIONS;
        g_autofree char *url = g_strdup_printf("/channels/%s/%s.m3u8", slug, track->name);
        JsonObject *member = json_object_new();
        json_object_set_string_member(member, "name", track->name);
        json_object_set_string_member(member, "kind", captions ? "captions" : "sound");
        json_object_set_string_member(member, "language", track->track.language);
        json_object_set_string_member(member, "purpose",
                                      child_live_track_get_word(track->track.purpose));
        json_object_set_int_member(member, "number", track->track.number);
        json_object_set_string_member(member, "url", url);
        json_array_add_object_element(array, member);
    }
    json_object_set_array_member(object, "tracks", array);
    api_members_set_text(object, "scrub", pictured ? scrub : NULL);
    g_autofree char *language = window != NULL ? flows_window_get_language(window) : NULL;
    api_members_set_text(object, "sound_language",
                         language != NULL && *language != '\0' ? language : NULL);
}

static void
set_window(JsonObject *object, const FlowsWindowFigures *figures)
{
    if (figures->duration_ms == 0) {
        json_object_set_null_member(object, "window");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_int_member(member, "first_ms", figures->first_wall_ms);
    json_object_set_int_member(member, "last_ms", figures->last_wall_ms);
    json_object_set_int_member(member, "duration_ms", (gint64)figures->duration_ms);
    json_object_set_object_member(object, "window", member);
}

static JsonArray *
list_names(char **names)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; names != NULL && names[i] != NULL; i++)
        json_array_add_string_element(array, names[i]);
    return array;
}

static void
set_unless_empty(JsonObject *object, const char *name, const char *text)
{
    api_members_set_text(object, name, text != NULL && *text != '\0' ? text : NULL);
}

static void
set_settings(JsonObject *object, const ApiChannelviews *view, const FlowsLiveStatus *status)
{
    const CatalogChannels *channel = view->channel;
    JsonObject *member = json_object_new();
    api_members_set_text(member, "service", channel->service);
    api_members_set_text(member, "service_name", view->service_name);
    json_object_set_boolean_member(member, "enabled", channel->enabled);
    json_object_set_array_member(member, "rungs", list_names(channel->rungs));
    json_object_set_int_member(member, "window_hours", channel->window_hours);
    json_object_set_int_member(member, "window_bytes", channel->window_bytes);
    set_unless_empty(member, "burn_subtitles", channel->burn_subtitles);
    set_unless_empty(member, "burn_rung", channel->burn_rung);
    json_object_set_int_member(member, "rest_minutes", channel->rest_minutes);
    json_object_set_int_member(member, "used_bytes", (gint64)status->figures.bytes);
    api_members_set_text(member, "detail", status->detail);
    json_object_set_int_member(member, "retry_ms", status->retry_ms);
    json_object_set_int_member(member, "restarts", status->restarts);
    json_object_set_int_member(member, "speed_permille", status->speed_permille);
    json_object_set_array_member(member, "dropped_rungs", list_names(status->dropped_rungs));
    json_object_set_int_member(member, "cc_errors", (gint64)status->cc_errors);
    json_object_set_object_member(object, "settings", member);
}

JsonObject *
api_channelviews_render(ServerApp *app, const ApiChannelviews *view, const ApiViewsReader *reader)
{
    const CatalogChannels *channel = view->channel;
    FlowsLive *live = server_app_get_live(app);
    g_autoptr(FlowsLiveStatus) status = flows_live_get_status(live, channel->id);
    g_autoptr(FlowsWindow) window = flows_live_find_window(live, channel->slug);
    g_autofree char *playlist = g_strdup_printf("/channels/%s/index.m3u8", channel->slug);
    g_autofree char *etag = api_revision_make_etag(channel->revision, NULL);
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", channel->id);
    json_object_set_string_member(object, "slug", channel->slug);
    json_object_set_string_member(object, "name", channel->name);
    json_object_set_string_member(object, "state", flows_live_state_get_word(status->state));
    api_members_set_text(object, "code", status->code);
    api_members_set_text(object, "sentence",
                         server_livesentences_get(status->code, reader->language));
    json_object_set_int_member(object, "since_ms", status->since_ms);
    api_members_set_text(object, "playlist", status->figures.duration_ms > 0 ? playlist : NULL);
    set_rungs(object, channel->slug, window);
    set_tracks(object, channel->slug, window);
    set_window(object, &status->figures);
    set_event(object, "now", view->now);
    set_event(object, "next", view->next);
    json_object_set_string_member(object, "etag", etag);
    if (server_access_may(reader->account, SERVER_ACCESS_ADMINISTER))
        set_settings(object, view, status);
    else
        json_object_set_null_member(object, "settings");
    return object;
}
