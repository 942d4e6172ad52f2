// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What was never measured or said is null.
#include "server/api/broadcastviews.h"

#include <math.h>
#include <string.h>

#include "server/api/members.h"
#include "server/api/revision.h"
#include "server/flows/tuners.h"
#include "server/intakesentences.h"

/* The tag of a row: nothing but an edit by a person changes it. */
static void
set_etag(JsonObject *object, const char *id, gint64 revision)
{
    g_autofree char *text = g_strdup_printf("%s %" G_GINT64_FORMAT, id, revision);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    g_autofree char *etag = api_revision_make_etag(revision, hash);
    json_object_set_string_member(object, "etag", etag);
}

static void
set_number(JsonObject *object, const char *name, gint64 value, gint64 nothing)
{
    if (value != nothing)
        json_object_set_int_member(object, name, value);
    else
        json_object_set_null_member(object, name);
}

static void
set_figure(JsonObject *object, const char *name, double value)
{
    if (isnan(value))
        json_object_set_null_member(object, name);
    else
        json_object_set_double_member(object, name, value);
}

static void
set_health(JsonObject *object, const ChildIntakeHealth *health)
{
    json_object_set_int_member(object, "packets", health->packets);
    json_object_set_int_member(object, "bits_per_second", health->bits_per_second);
    json_object_set_int_member(object, "cc_errors", health->cc_errors);
    json_object_set_int_member(object, "tei_packets", health->tei_packets);
    json_object_set_int_member(object, "sync_losses", health->sync_losses);
    json_object_set_int_member(object, "broken_sections", health->broken_sections);
    json_object_set_int_member(object, "dropped_packets", health->dropped_packets);
    json_object_set_boolean_member(object, "locked", health->locked);
    set_number(object, "level", health->level, CHILD_FIELDS_NOTHING);
    set_number(object, "quality", health->quality, CHILD_FIELDS_NOTHING);
    set_figure(object, "cn_db", health->cn_db);
    set_figure(object, "ber", health->ber);
}

static JsonObject *
render_status(const FlowsIntakeStatus *status, ServerSentencesLanguage language)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "state", flows_intake_status_get_word(status->state));
    api_members_set_text(object, "code", status->code);
    api_members_set_text(object, "sentence",
                         status->code != NULL ? server_intakesentences_get(status->code, language)
                                              : NULL);
    api_members_set_text(object, "detail", status->detail);
    json_object_set_boolean_member(object, "scanning", status->scanning);
    json_object_set_boolean_member(object, "refreshing", status->refreshing);
    json_object_set_int_member(object, "subscribers", status->subscribers);
    api_members_set_moment(object, "since_ms", status->since_ms);
    api_members_set_moment(object, "retry_ms", status->retry_ms);
    json_object_set_int_member(object, "services", status->services);
    json_object_set_int_member(object, "events", status->events);
    set_number(object, "clock_offset_ms", status->clock_offset_ms, CHILD_FIELDS_NOTHING);
    set_health(object, &status->health);
    return object;
}

JsonObject *
api_broadcastviews_render_multiplex(const CatalogMultiplexes *multiplex,
                                    const FlowsIntakeStatus *status,
                                    ServerSentencesLanguage language)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", multiplex->id);
    json_object_set_string_member(object, "uri", multiplex->uri);
    json_object_set_string_member(object, "name", multiplex->name);
    json_object_set_string_member(object, "text_default", multiplex->text_default);
    json_object_set_int_member(object, "tuners", multiplex->tuners);
    json_object_set_boolean_member(object, "has_tuners", flows_tuners_has_group(multiplex->uri));
    json_object_set_string_member(object, "network", multiplex->network);
    set_number(object, "transport_stream_id", multiplex->transport_stream_id, -1);
    set_number(object, "original_network_id", multiplex->original_network_id, -1);
    api_members_set_moment(object, "scanned_ms", multiplex->scanned_ms);
    json_object_set_object_member(object, "status", render_status(status, language));
    set_etag(object, multiplex->id, multiplex->revision);
    return object;
}

gboolean
api_broadcastviews_is_shown(const CatalogServices *service)
{
    if (service->shown != CATALOG_SERVICES_NOTHING)
        return service->shown != 0;
    return !service->encrypted &&
           (strcmp(service->kind, "tv") == 0 || strcmp(service->kind, "radio") == 0);
}

static JsonArray *
parse_streams(const char *text)
{
    g_autoptr(JsonNode) node = json_from_string(text, NULL);
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return json_array_new();
    return json_node_dup_array(node);
}

/* What files said of it. */
static void
set_imported(JsonObject *object, const CatalogServices *service)
{
    if (service->imported == 0) {
        json_object_set_null_member(object, "imported");
        return;
    }
    JsonObject *member = json_object_new();
    json_object_set_int_member(member, "programmes", service->imported);
    json_object_set_int_member(member, "from_ms", service->imported_from_ms);
    json_object_set_int_member(member, "until_ms", service->imported_until_ms);
    json_object_set_object_member(object, "imported", member);
}

JsonObject *
api_broadcastviews_render_service(const CatalogServices *service)
{
    JsonObject *object = json_object_new();
    json_object_set_string_member(object, "id", service->id);
    json_object_set_string_member(object, "multiplex_id", service->multiplex_id);
    json_object_set_int_member(object, "service_id", service->service_id);
    json_object_set_string_member(object, "name", service->name);
    json_object_set_string_member(object, "provider", service->provider);
    json_object_set_string_member(object, "kind", service->kind);
    json_object_set_boolean_member(object, "encrypted", service->encrypted);
    set_number(object, "channel", service->channel, -1);
    json_object_set_boolean_member(object, "present", service->present);
    json_object_set_array_member(object, "streams", parse_streams(service->streams));
    api_members_set_text(object, "own_name", service->own_name);
    set_number(object, "own_channel", service->own_channel, CATALOG_SERVICES_NOTHING);
    if (service->shown != CATALOG_SERVICES_NOTHING)
        json_object_set_boolean_member(object, "own_shown", service->shown != 0);
    else
        json_object_set_null_member(object, "own_shown");
    json_object_set_boolean_member(object, "shown", api_broadcastviews_is_shown(service));
    api_members_set_text(object, "guide_channel", service->guide_channel);
    json_object_set_string_member(object, "guide_first",
                                  service->file_first ? "file" : "broadcast");
    set_imported(object, service);
    api_members_set_moment(object, "seen_ms", service->seen_ms);
    set_etag(object, service->id, service->revision);
    return object;
}

JsonObject *
api_broadcastviews_render_event(const CatalogGuide *event)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "event_id", event->event_id);
    set_number(object, "start_ms", event->start_ms, CATALOG_GUIDE_NO_TIME);
    set_number(object, "duration_ms", event->duration_ms, CATALOG_GUIDE_NO_TIME);
    json_object_set_string_member(object, "title", event->title);
    json_object_set_string_member(object, "summary", event->summary);
    json_object_set_string_member(object, "description", event->description);
    json_object_set_string_member(object, "language", event->language);
    api_members_set_text(object, "genre", event->genre);
    json_object_set_int_member(object, "age", event->age);
    api_members_set_text(object, "programme_crid", event->programme_crid);
    api_members_set_text(object, "series_crid", event->series_crid);
    json_object_set_string_member(
        object, "source", event->event_id > CATALOG_GUIDE_BROADCAST_MAX ? "file" : "broadcast");
    return object;
}
