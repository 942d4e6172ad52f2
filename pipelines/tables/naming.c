// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Loops in loops of descriptors. Called by multiplex.c, which keeps what it wants.
#include "pipelines/tables/naming.h"

#include "pipelines/tables/descriptor.h"

#define NORDIG 0x29 // private_data_specifier of those whose channel numbers have 14 bits

static char *
take_text(TablesBytes *bytes, TablesTextCode fallback)
{
    TablesBytes part;
    if (!tables_bytes_take_sized(bytes, 1, 8, &part))
        return NULL;
    g_autofree char *text =
        tables_text_decode(part.at, tables_bytes_count_left(&part), fallback, NULL);
    return g_strdup(g_strstrip(text));
}

static void
take_service_descriptor(TablesNamingService *entry, TablesBytes body, TablesTextCode fallback)
{
    guint32 type = 0;
    if (entry->name != NULL || !tables_bytes_take_integer(&body, 1, &type))
        return;
    entry->type = (guint8)type;
    entry->provider = take_text(&body, fallback);
    entry->name = take_text(&body, fallback);
}

static gboolean
take_sdt_entry(TablesBytes *body, TablesNamingService *entry, TablesTextCode fallback)
{
    guint32 service_id = 0, flags = 0;
    TablesBytes rest;
    if (!tables_bytes_take_integer(body, 2, &service_id) ||
        !tables_bytes_take_integer(body, 1, &flags) || tables_bytes_count_left(body) < 2)
        return FALSE;
    flags = *body->at;
    if (!tables_bytes_take_sized(body, 2, 12, &rest))
        return FALSE;
    entry->service_id = (guint16)service_id;
    entry->running = (guint8)(flags >> 5);
    entry->free_ca = (flags & 0x10) != 0;
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&rest, &descriptor))
        if (descriptor.tag == TABLES_DESCRIPTOR_SERVICE)
            take_service_descriptor(entry, descriptor.body, fallback);
    return TRUE;
}

void
tables_naming_read_sdt(const TablesSection *section, TablesTextCode fallback,
                       TablesNamingServiceFunc func, gpointer data)
{
    TablesBytes body = section->body;
    guint32 network = 0, reserved = 0;
    if (!tables_bytes_take_integer(&body, 2, &network) ||
        !tables_bytes_take_integer(&body, 1, &reserved))
        return;
    for (gboolean more = TRUE; more;) {
        TablesNamingService entry = {
            .transport_stream_id = section->extension,
            .original_network_id = (guint16)network,
        };
        more = take_sdt_entry(&body, &entry, fallback);
        if (more)
            func(&entry, data);
        g_free(entry.name);
        g_free(entry.provider);
    }
}

/* The logical channel descriptor of EACEM and NorDig: four bytes a service. */
static void
read_channels(TablesBytes body, gboolean nordig, TablesNamingChannel *channel,
              TablesNamingChannelFunc func, gpointer data)
{
    guint32 service_id = 0, number = 0;
    while (tables_bytes_take_integer(&body, 2, &service_id) &&
           tables_bytes_take_integer(&body, 2, &number)) {
        channel->service_id = (guint16)service_id;
        channel->visible = (number & 0x8000) != 0;
        channel->channel = number & (nordig ? 0x3FFF : 0x03FF);
        if (channel->channel > 0)
            func(channel, data);
    }
}

static gboolean
take_transport(TablesBytes *loop, TablesNamingChannelFunc func, gpointer data)
{
    guint32 transport = 0, network = 0, specifier = 0;
    TablesBytes descriptors;
    if (!tables_bytes_take_integer(loop, 2, &transport) ||
        !tables_bytes_take_integer(loop, 2, &network) ||
        !tables_bytes_take_sized(loop, 2, 12, &descriptors))
        return FALSE;
    TablesNamingChannel channel = {
        .transport_stream_id = (guint16)transport,
        .original_network_id = (guint16)network,
    };
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&descriptors, &descriptor)) {
        if (descriptor.tag == TABLES_DESCRIPTOR_PRIVATE_DATA)
            tables_bytes_take_integer(&descriptor.body, 4, &specifier);
        else if (descriptor.tag == TABLES_DESCRIPTOR_CHANNEL_NUMBER)
            read_channels(descriptor.body, specifier == NORDIG, &channel, func, data);
    }
    return TRUE;
}

char *
tables_naming_read_nit(const TablesSection *section, TablesTextCode fallback,
                       TablesNamingChannelFunc func, gpointer data)
{
    TablesBytes body = section->body, descriptors, transports;
    char *name = NULL;
    if (!tables_bytes_take_sized(&body, 2, 12, &descriptors))
        return NULL;
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&descriptors, &descriptor)) {
        if (descriptor.tag != TABLES_DESCRIPTOR_NETWORK_NAME || name != NULL)
            continue;
        g_autofree char *text = tables_text_decode(
            descriptor.body.at, tables_bytes_count_left(&descriptor.body), fallback, NULL);
        name = g_strdup(g_strstrip(text));
    }
    if (tables_bytes_take_sized(&body, 2, 12, &transports))
        while (take_transport(&transports, func, data))
            continue;
    return name;
}
