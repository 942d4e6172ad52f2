// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What SDT and NIT (EN 300 468 §5.2.1, §5.2.3) say, entry by entry. Pure.
#pragma once

#include "pipelines/tables/section.h"
#include "pipelines/tables/text.h"

/** An entry of an SDT. */
typedef struct {
    guint16 service_id;          // (value)
    guint16 transport_stream_id; // (value)
    guint16 original_network_id; // (value)
    guint8 type;                 // (value) service_type, 0: no service descriptor
    guint8 running;              // (value) running_status
    gboolean free_ca;            // (value)
    char *name;                  // (owned) (nullable)
    char *provider;              // (owned) (nullable)
} TablesNamingService;

/** The place of a service in a NIT's list of channels. */
typedef struct {
    guint16 service_id;          // (value)
    guint16 transport_stream_id; // (value)
    guint16 original_network_id; // (value)
    guint16 channel;             // (value) logical channel number
    gboolean visible;            // (value)
} TablesNamingChannel;

/** @entry is good until return. */
typedef void (*TablesNamingServiceFunc)(const TablesNamingService *entry, gpointer data);

/** @channel is good until return. */
typedef void (*TablesNamingChannelFunc)(const TablesNamingChannel *channel, gpointer data);

/** Calls @func for every entry of an SDT that is whole. */
void tables_naming_read_sdt(const TablesSection *section, TablesTextCode fallback,
                            TablesNamingServiceFunc func, gpointer data);

/** Calls @func for every channel number of a NIT or BAT. Returns: (transfer full) (nullable): the
 * network's name. */
char *tables_naming_read_nit(const TablesSection *section, TablesTextCode fallback,
                             TablesNamingChannelFunc func, gpointer data);
