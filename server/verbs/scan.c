// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads the stream, prints its services, says so when there are none.
#include "server/verbs/scan.h"

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <sysexits.h>

#include "server/verbs/common.h"
#include "server/verbs/lines.h"
#include "server/verbs/receive.h"

#define SECONDS 15 // a NIT comes every ten

static JsonArray *
render_streams(const TablesService *service)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "pid", stream->pid);
        json_object_set_string_member(object, "kind", tables_stream_get_word(stream->kind));
        json_object_set_string_member(object, "codec", stream->codec);
        json_object_set_int_member(object, "stream_type", stream->type);
        verbs_lines_set_text(object, "language", stream->language);
        if (stream->page > 0)
            json_object_set_int_member(object, "page", stream->page);
        json_array_add_object_element(list, object);
    }
    return list;
}

static JsonArray *
render_ca_systems(const TablesService *service)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; i < service->ca_systems->len; i++)
        json_array_add_int_element(list, g_array_index(service->ca_systems, guint16, i));
    return list;
}

static void
print_json(const TablesService *service, TablesMultiplex *multiplex)
{
    JsonObject *object = json_object_new();
    json_object_set_int_member(object, "service_id", service->service_id);
    json_object_set_string_member(object, "name", service->name);
    json_object_set_string_member(object, "type",
                                  tables_service_get_word(tables_service_get_kind(service)));
    json_object_set_boolean_member(object, "encrypted", tables_service_is_encrypted(service));
    json_object_set_array_member(object, "streams", render_streams(service));
    json_object_set_string_member(object, "provider", service->provider);
    verbs_lines_set_number(object, "lcn", service->channel, -1);
    json_object_set_boolean_member(object, "hidden", service->hidden);
    json_object_set_boolean_member(object, "scrambled", service->scrambled);
    json_object_set_array_member(object, "ca_systems", render_ca_systems(service));
    json_object_set_int_member(object, "service_type", service->type);
    json_object_set_boolean_member(object, "on_air", service->in_pat);
    verbs_lines_set_number(object, "pmt_pid", service->in_pat ? service->pmt_pid : -1, -1);
    verbs_lines_set_number(object, "pcr_pid", service->in_pmt ? service->pcr_pid : -1, -1);
    json_object_set_int_member(object, "transport_stream_id", service->transport_stream_id);
    verbs_lines_set_number(object, "original_network_id",
                           service->in_sdt ? service->original_network_id : -1, -1);
    json_object_set_boolean_member(object, "other_multiplex", service->elsewhere);
    if (!service->elsewhere)
        verbs_lines_set_text(object, "network", tables_multiplex_get_network(multiplex));
    verbs_lines_print(object);
}

static void
print_text(const TablesService *service)
{
    g_autoptr(GString) streams = g_string_new(NULL);
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        g_string_append_printf(streams, "%s%s", i > 0 ? " " : "", stream->codec);
        if (stream->language[0] != '\0')
            g_string_append_printf(streams, "(%s)", stream->language);
    }
    g_autofree char *channel =
        service->channel > 0 ? g_strdup_printf("%d", service->channel) : g_strdup("-");
    printf("%5u  %4s  %-28s  %-7s  %s  %s\n", service->service_id, channel,
           service->name[0] != '\0' ? service->name : "-",
           tables_service_get_word(tables_service_get_kind(service)),
           tables_service_is_encrypted(service) ? verbs_common_say("เข้ารหัส", "encrypted")
                                                : verbs_common_say("ไม่เข้ารหัส", "clear"),
           streams->str);
}

static gboolean
is_enough(TablesDemux *demux)
{
    guint needed = TABLES_DEMUX_PAT | TABLES_DEMUX_PMT | TABLES_DEMUX_SDT | TABLES_DEMUX_NIT;
    return (tables_demux_get_missing(demux) & needed) == 0;
}

int
verbs_scan_run(int argc, char **argv)
{
    g_auto(VerbsReceiveOptions) options = {0};
    int exit_code = verbs_receive_parse(
        &options, &argc, &argv,
        verbs_common_say("แสดงช่องทั้งหมดในสัญญาณ ช่องละหนึ่งบรรทัด",
                         "Prints the services of a transport stream, one line each."));
    if (exit_code != EX_OK)
        return exit_code;
    VerbsReceiveOrder order = {.options = &options, .seconds = SECONDS, .is_enough = is_enough};
    g_autoptr(TablesDemux) demux = verbs_receive_run(&order, &exit_code);
    if (demux == NULL)
        return exit_code;
    g_autoptr(GPtrArray) services = tables_demux_list_services(demux, options.all);
    for (guint i = 0; i < services->len; i++) {
        if (options.text)
            print_text(services->pdata[i]);
        else
            print_json(services->pdata[i], tables_demux_get_multiplex(demux));
    }
    if (services->len > 0)
        return EX_OK;
    return verbs_common_complain(
        EX_DATAERR, "ไม่พบช่องใดในสัญญาณนี้ (ไม่มีตาราง PAT และ SDT ที่ถูกต้อง) ลองเพิ่ม --seconds",
        "there is no service in this stream (no good PAT or SDT came); try "
        "more --seconds");
}
