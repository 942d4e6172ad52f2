// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Kept by multiplex.c; a PMT is read wholly before anything of the old one goes.
#include "pipelines/tables/service.h"

#include "pipelines/tables/descriptor.h"
#include "pipelines/tables/packet.h"

TablesService *
tables_service_new(guint16 service_id)
{
    TablesService *service = g_new0(TablesService, 1);
    service->service_id = service_id;
    service->name = g_strdup("");
    service->provider = g_strdup("");
    service->pcr_pid = TABLES_PACKET_NULL_PID;
    service->pmt_version = -1;
    service->channel = -1;
    service->streams = g_array_new(FALSE, FALSE, sizeof(TablesStream));
    service->ca_systems = g_array_new(FALSE, FALSE, sizeof(guint16));
    return service;
}

void
tables_service_free(TablesService *service)
{
    g_free(service->name);
    g_free(service->provider);
    g_array_unref(service->streams);
    g_array_unref(service->ca_systems);
    g_free(service);
}

void
tables_service_forget_pmt(TablesService *service)
{
    service->in_pmt = FALSE;
    service->has_ca = FALSE;
    service->scrambled = FALSE;
    service->pmt_version = -1;
    service->pmt_sum = 0;
    service->pcr_pid = TABLES_PACKET_NULL_PID;
    g_array_set_size(service->streams, 0);
    g_array_set_size(service->ca_systems, 0);
}

static gboolean
take_programme(TablesBytes *body, guint16 *pcr_pid, GArray *ca_systems)
{
    guint32 pcr = 0;
    TablesBytes descriptors;
    if (!tables_bytes_take_integer(body, 2, &pcr) ||
        !tables_bytes_take_sized(body, 2, 12, &descriptors))
        return FALSE;
    *pcr_pid = pcr & TABLES_PACKET_NULL_PID;
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&descriptors, &descriptor))
        if (descriptor.tag == TABLES_DESCRIPTOR_CA)
            tables_stream_add_ca(descriptor.body, ca_systems);
    return TRUE;
}

gboolean
tables_service_apply_pmt(TablesService *service, const TablesSection *section)
{
    if (service->in_pmt && service->pmt_sum == section->sum)
        return TRUE;
    TablesBytes body = section->body;
    guint16 pcr_pid = 0;
    g_autoptr(GArray) streams = g_array_new(FALSE, FALSE, sizeof(TablesStream));
    g_autoptr(GArray) ca_systems = g_array_new(FALSE, FALSE, sizeof(guint16));
    if (!take_programme(&body, &pcr_pid, ca_systems))
        return FALSE;
    TablesStream stream;
    while (streams->len < TABLES_SERVICE_STREAMS_MAX &&
           tables_stream_take(&body, &stream, ca_systems))
        g_array_append_val(streams, stream);
    service->pmt_changes += service->in_pmt;
    tables_service_forget_pmt(service);
    service->in_pmt = TRUE;
    service->pcr_pid = pcr_pid;
    service->pmt_version = section->version;
    service->pmt_sum = section->sum;
    service->has_ca = ca_systems->len > 0;
    g_array_unref(service->streams);
    g_array_unref(service->ca_systems);
    service->streams = g_steal_pointer(&streams);
    service->ca_systems = g_steal_pointer(&ca_systems);
    return TRUE;
}

static TablesServiceKind
judge_streams(const TablesService *service)
{
    TablesServiceKind kind = TABLES_SERVICE_UNKNOWN;
    for (guint i = 0; i < service->streams->len; i++) {
        switch (g_array_index(service->streams, TablesStream, i).kind) {
        case TABLES_STREAM_VIDEO:
            return TABLES_SERVICE_TELEVISION;
        case TABLES_STREAM_AUDIO:
            kind = TABLES_SERVICE_RADIO;
            break;
        case TABLES_STREAM_SUBTITLES:
        case TABLES_STREAM_TELETEXT:
        case TABLES_STREAM_DATA:
            kind = MIN(kind, TABLES_SERVICE_DATA);
            break;
        }
    }
    return kind;
}

/* EN 300 468 table 89: service_type. */
TablesServiceKind
tables_service_get_kind(const TablesService *service)
{
    switch (service->type) {
    case 0x01: // SD, MPEG-2
    case 0x04: // NVOD reference
    case 0x05: // NVOD time-shifted
    case 0x11: // HD, MPEG-2
    case 0x16: // SD, H.264
    case 0x19: // HD, H.264
    case 0x1C: // stereoscopic
    case 0x1F: // HEVC
    case 0x20: // HEVC, UHD
        return TABLES_SERVICE_TELEVISION;
    case 0x02:
    case 0x07: // FM
    case 0x0A: // advanced codec
        return TABLES_SERVICE_RADIO;
    case 0x03: // teletext
    case 0x0C: // data broadcast
    case 0x10: // MHP
        return TABLES_SERVICE_DATA;
    default:
        return judge_streams(service);
    }
}

const char *
tables_service_get_word(TablesServiceKind kind)
{
    switch (kind) {
    case TABLES_SERVICE_TELEVISION:
        return "tv";
    case TABLES_SERVICE_RADIO:
        return "radio";
    case TABLES_SERVICE_DATA:
        return "data";
    case TABLES_SERVICE_UNKNOWN:
        break;
    }
    return "unknown";
}

gboolean
tables_service_is_encrypted(const TablesService *service)
{
    return service->scrambled || service->has_ca || service->free_ca;
}
