// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A loop of descriptors (EN 300 468 §6.1), one after another. Pure.
#pragma once

#include "pipelines/tables/bytes.h"

typedef enum {
    TABLES_DESCRIPTOR_REGISTRATION = 0x05,
    TABLES_DESCRIPTOR_CA = 0x09,
    TABLES_DESCRIPTOR_LANGUAGE = 0x0A,
    TABLES_DESCRIPTOR_NETWORK_NAME = 0x40,
    TABLES_DESCRIPTOR_SERVICE_LIST = 0x41,
    TABLES_DESCRIPTOR_SATELLITE = 0x43,
    TABLES_DESCRIPTOR_CABLE = 0x44,
    TABLES_DESCRIPTOR_SERVICE = 0x48,
    TABLES_DESCRIPTOR_SHORT_EVENT = 0x4D,
    TABLES_DESCRIPTOR_EXTENDED_EVENT = 0x4E,
    TABLES_DESCRIPTOR_COMPONENT = 0x50,
    TABLES_DESCRIPTOR_STREAM_IDENTIFIER = 0x52,
    TABLES_DESCRIPTOR_CONTENT = 0x54,
    TABLES_DESCRIPTOR_PARENTAL_RATING = 0x55,
    TABLES_DESCRIPTOR_TELETEXT = 0x56,
    TABLES_DESCRIPTOR_LOCAL_TIME_OFFSET = 0x58,
    TABLES_DESCRIPTOR_SUBTITLING = 0x59,
    TABLES_DESCRIPTOR_TERRESTRIAL = 0x5A,
    TABLES_DESCRIPTOR_PRIVATE_DATA = 0x5F,
    TABLES_DESCRIPTOR_AC3 = 0x6A,
    TABLES_DESCRIPTOR_CONTENT_IDENTIFIER = 0x76,
    TABLES_DESCRIPTOR_EAC3 = 0x7A,
    TABLES_DESCRIPTOR_DTS = 0x7B,
    TABLES_DESCRIPTOR_AAC = 0x7C,
    TABLES_DESCRIPTOR_EXTENSION = 0x7F,
    TABLES_DESCRIPTOR_CHANNEL_NUMBER = 0x83,
} TablesDescriptorTag;

typedef struct {
    guint8 tag;       // (value) a TablesDescriptorTag or another
    TablesBytes body; // (unowned)
} TablesDescriptor;

/** Takes the next one out of @loop. Returns: FALSE at the end, or when the rest is cut off. */
gboolean tables_descriptor_take(TablesBytes *loop, TablesDescriptor *descriptor);

/** Takes a language or country of three bytes into @code, which holds four: lower case letters, or
 * nothing when it is no such code. Returns: FALSE when there are fewer bytes. */
gboolean tables_descriptor_take_code(TablesBytes *bytes, char *code);
