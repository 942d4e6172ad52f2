// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads the stream, prints each programme once, says so when there is none.
#include "server/verbs/guide.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <sysexits.h>

#include "pipelines/tables/time.h"
#include "server/verbs/common.h"
#include "server/verbs/lines.h"
#include "server/verbs/receive.h"

#define SECONDS 60 // a schedule comes every ten to thirty

/* What is not said is empty, so that every line has every text. */
static void
set_texts(JsonObject *object, const TablesEventText *text)
{
    json_object_set_string_member(object, "title", text != NULL ? text->title : "");
    json_object_set_string_member(object, "summary", text != NULL ? text->summary : "");
    json_object_set_string_member(object, "description", text != NULL ? text->description : "");
    json_object_set_string_member(object, "language", text != NULL ? text->language : "");
}

static JsonArray *
render_languages(const TablesEvent *event)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < event->texts->len; i++) {
        JsonObject *object = json_object_new();
        set_texts(object, event->texts->pdata[i]);
        json_array_add_object_element(list, object);
    }
    return list;
}

static JsonArray *
render_ratings(const TablesEvent *event)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < event->ratings->len; i++) {
        const TablesEventRating *rating = &g_array_index(event->ratings, TablesEventRating, i);
        JsonObject *object = json_object_new();
        json_object_set_string_member(object, "country", rating->country);
        verbs_lines_set_number(object, "age", rating->age, 0);
        json_array_add_object_element(list, object);
    }
    return list;
}

static JsonArray *
render_components(const TablesEvent *event)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < event->components->len; i++) {
        const TablesEventComponent *component = event->components->pdata[i];
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "content", component->content);
        json_object_set_int_member(object, "type", component->type);
        json_object_set_int_member(object, "tag", component->tag);
        json_object_set_string_member(object, "language", component->language);
        json_object_set_string_member(object, "text", component->text);
        json_array_add_object_element(list, object);
    }
    return list;
}

static void
set_details(JsonObject *object, const TablesEvent *event)
{
    JsonArray *genres = json_array_new();
    for (guint i = 0; i < event->genres->len; i++)
        json_array_add_int_element(genres, g_array_index(event->genres, guint8, i));
    json_object_set_array_member(object, "content", genres);
    json_object_set_array_member(object, "ratings", render_ratings(event));
    json_object_set_array_member(object, "components", render_components(event));
    verbs_lines_set_text(object, "programme_crid", event->programme_crid);
    verbs_lines_set_text(object, "series_crid", event->series_crid);
    json_object_set_int_member(object, "running_status", event->running);
    json_object_set_boolean_member(object, "encrypted", event->free_ca);
    if (event->unknown_text)
        json_object_set_boolean_member(object, "unknown_text", TRUE);
    if (event->texts->len > 1)
        json_object_set_array_member(object, "languages", render_languages(event));
}

static void
print_json(const TablesGuideItem *item, const char *language)
{
    const TablesEvent *event = item->event;
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "service_id", item->service_id);
    json_object_set_int_member(object, "event_id", event->event_id);
    verbs_lines_set_number(object, "start_ms", event->start_ms, TABLES_TIME_UNDEFINED);
    verbs_lines_set_number(object, "duration_ms", event->duration_ms, TABLES_TIME_UNDEFINED);
    set_texts(object, tables_event_find_text(event, language));
    verbs_lines_set_text(object, "genre", tables_event_get_genre(event));
    set_details(object, event);
    json_object_set_boolean_member(object, "present_following", item->following);
    json_object_set_int_member(object, "transport_stream_id", item->transport_stream_id);
    json_object_set_int_member(object, "original_network_id", item->original_network_id);
    json_object_set_boolean_member(object, "other_multiplex", item->elsewhere);
    verbs_lines_print(object);
}

static void
print_text(const TablesGuideItem *item, const char *language)
{
    const TablesEvent *event = item->event;
    const TablesEventText *text = tables_event_find_text(event, language);
    g_autofree char *start = event->start_ms != TABLES_TIME_UNDEFINED
                                 ? verbs_lines_format_time(event->start_ms)
                                 : g_strdup(verbs_common_say("ไม่ระบุเวลา", "no time"));
    gint64 minutes = event->duration_ms != TABLES_TIME_UNDEFINED ? event->duration_ms / 60000 : 0;
    printf("%5u  %-16s  %4" G_GINT64_FORMAT "′  %s\n", item->service_id, start, minutes,
           text != NULL && text->title[0] != '\0' ? text->title : "-");
    if (text == NULL || text->summary[0] == '\0')
        return;
    g_autofree char *summary = g_strdelimit(g_strdup(text->summary), "\n", ' ');
    printf("                                %s\n", summary);
}

int
verbs_guide_run(int argc, char **argv)
{
    g_auto(VerbsReceiveOptions) options = {0};
    guint printed = 0;
    int exit_code = verbs_receive_parse(
        &options, &argc, &argv,
        verbs_common_say(
            "แสดงผังรายการที่มากับสัญญาณ รายการละหนึ่งบรรทัด",
            "Prints the guide that a transport stream carries, one line a programme."));
    if (exit_code != EX_OK)
        return exit_code;
    VerbsReceiveOrder order = {.options = &options, .seconds = SECONDS};
    g_autoptr(TablesDemux) demux = verbs_receive_run(&order, &exit_code);
    if (demux == NULL)
        return exit_code;
    g_autoptr(GArray) items = tables_guide_list(tables_demux_get_guide(demux));
    for (guint i = 0; i < items->len; i++) {
        const TablesGuideItem *item = &g_array_index(items, TablesGuideItem, i);
        printed++;
        if (options.text)
            print_text(item, options.language);
        else
            print_json(item, options.language);
    }
    if (printed > 0)
        return EX_OK;
    return verbs_common_complain(EX_DATAERR, "ไม่มีผังรายการในสัญญาณนี้ ลองเพิ่ม --seconds",
                                 "there is no guide in this stream; try more --seconds");
}
