// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The stream_type says what it is; private data (0x06) and user types are known by their
// descriptors.
#include "pipelines/tables/stream.h"

#include <string.h>

#include "pipelines/tables/descriptor.h"

#define CA_SYSTEMS_MAX 16
#define PID_MASK 0x1FFF
#define FOURCC(a, b, c, d)                                                                         \
    ((guint32)(a) << 24 | (guint32)(b) << 16 | (guint32)(c) << 8 | (guint32)(d))

typedef struct {
    guint32 key;           // stream_type, descriptor tag or format_identifier
    TablesStreamKind kind; // what it is
    const char *codec;     // its word
} Row;

static const Row types[] = {
    {0x01, TABLES_STREAM_VIDEO, "mpeg1video"}, {0x02, TABLES_STREAM_VIDEO, "mpeg2video"},
    {0x03, TABLES_STREAM_AUDIO, "mp2"},        {0x04, TABLES_STREAM_AUDIO, "mp2"},
    {0x05, TABLES_STREAM_DATA, "sections"},    {0x06, TABLES_STREAM_DATA, "private"},
    {0x0B, TABLES_STREAM_DATA, "dsmcc"},       {0x0D, TABLES_STREAM_DATA, "dsmcc"},
    {0x0F, TABLES_STREAM_AUDIO, "aac"},        {0x10, TABLES_STREAM_VIDEO, "mpeg4"},
    {0x11, TABLES_STREAM_AUDIO, "aac-latm"},   {0x1B, TABLES_STREAM_VIDEO, "h264"},
    {0x24, TABLES_STREAM_VIDEO, "hevc"},       {0x33, TABLES_STREAM_VIDEO, "vvc"},
    {0x42, TABLES_STREAM_VIDEO, "cavs"},       {0x81, TABLES_STREAM_AUDIO, "ac3"},
    {0x86, TABLES_STREAM_DATA, "scte35"},      {0x87, TABLES_STREAM_AUDIO, "eac3"},
    {0xD2, TABLES_STREAM_VIDEO, "avs2"},
};

static const Row tags[] = {
    {TABLES_DESCRIPTOR_TELETEXT, TABLES_STREAM_TELETEXT, "teletext"},
    {TABLES_DESCRIPTOR_SUBTITLING, TABLES_STREAM_SUBTITLES, "dvbsub"},
    {TABLES_DESCRIPTOR_AC3, TABLES_STREAM_AUDIO, "ac3"},
    {TABLES_DESCRIPTOR_EAC3, TABLES_STREAM_AUDIO, "eac3"},
    {TABLES_DESCRIPTOR_DTS, TABLES_STREAM_AUDIO, "dts"},
    {TABLES_DESCRIPTOR_AAC, TABLES_STREAM_AUDIO, "aac"},
};

static const Row formats[] = {
    {FOURCC('A', 'C', '-', '3'), TABLES_STREAM_AUDIO, "ac3"},
    {FOURCC('E', 'A', 'C', '3'), TABLES_STREAM_AUDIO, "eac3"},
    {FOURCC('D', 'T', 'S', '1'), TABLES_STREAM_AUDIO, "dts"},
    {FOURCC('D', 'T', 'S', '2'), TABLES_STREAM_AUDIO, "dts"},
    {FOURCC('H', 'E', 'V', 'C'), TABLES_STREAM_VIDEO, "hevc"},
    {FOURCC('O', 'p', 'u', 's'), TABLES_STREAM_AUDIO, "opus"},
    {FOURCC('A', 'V', '0', '1'), TABLES_STREAM_VIDEO, "av1"},
    {FOURCC('B', 'S', 'S', 'D'), TABLES_STREAM_AUDIO, "s302m"},
};

static const Row *
find_row(const Row *rows, guint count, guint32 key)
{
    for (guint i = 0; i < count; i++)
        if (rows[i].key == key)
            return &rows[i];
    return NULL;
}

/* A known stream_type is not argued with. */
static void
become(TablesStream *stream, const Row *row)
{
    if (row == NULL || (stream->kind != TABLES_STREAM_DATA && stream->type != 0x06))
        return;
    if (stream->type != 0x06 && stream->type < 0x80)
        return;
    stream->kind = row->kind;
    stream->codec = row->codec;
}

/* The first language of a sound track counts. */
static void
take_language(TablesStream *stream, TablesBytes body)
{
    char language[4];
    guint32 purpose = 0;
    if (stream->language[0] != '\0' || !tables_descriptor_take_code(&body, language))
        return;
    memcpy(stream->language, language, sizeof language);
    if (tables_bytes_take_integer(&body, 1, &purpose))
        stream->purpose = (guint8)purpose;
}

/* Returns: (nullable): NULL when there are enough. */
static TablesStreamPage *
add_page(TablesStream *stream, const char *language, guint8 purpose, guint16 page)
{
    if (stream->page_count == TABLES_STREAM_PAGES_MAX)
        return NULL;
    TablesStreamPage *added = &stream->pages[stream->page_count++];
    *added = (TablesStreamPage){.purpose = purpose, .page = page, .ancillary = page};
    memcpy(added->language, language, sizeof added->language);
    return added;
}

/* EN 300 468 §6.2.43: of several pages the first counts, but subtitles come before all others. */
static void
take_teletext(TablesStream *stream, TablesBytes body)
{
    char language[4];
    guint32 value = 0;
    while (tables_descriptor_take_code(&body, language) &&
           tables_bytes_take_integer(&body, 2, &value)) {
        guint8 purpose = (guint8)(value >> 11);
        gboolean subtitles = purpose == TABLES_STREAM_PAGE_SUBTITLES ||
                             purpose == TABLES_STREAM_PAGE_HARD_OF_HEARING;
        gboolean better = subtitles && stream->purpose != TABLES_STREAM_PAGE_SUBTITLES &&
                          stream->purpose != TABLES_STREAM_PAGE_HARD_OF_HEARING;
        guint magazine = (value >> 8 & 7) == 0 ? 8 : value >> 8 & 7;
        guint page = magazine * 100 + (value >> 4 & 0x0F) * 10 + (value & 0x0F);
        if (subtitles)
            add_page(stream, language, purpose, (guint16)page);
        if (stream->page != 0 && !better)
            continue;
        memcpy(stream->language, language, sizeof language);
        stream->purpose = purpose;
        stream->page = (guint16)page;
    }
}

/* §6.2.41 */
static void
take_subtitling(TablesStream *stream, TablesBytes body)
{
    guint32 type = 0, page = 0, ancillary = 0;
    char language[4];
    while (tables_descriptor_take_code(&body, language) &&
           tables_bytes_take_integer(&body, 1, &type) &&
           tables_bytes_take_integer(&body, 2, &page)) {
        TablesStreamPage *added = add_page(stream, language, (guint8)type, (guint16)page);
        if (stream->page == 0) {
            memcpy(stream->language, language, sizeof language);
            stream->purpose = (guint8)type;
            stream->page = (guint16)page;
        }
        if (!tables_bytes_take_integer(&body, 2, &ancillary))
            return;
        if (added != NULL)
            added->ancillary = (guint16)ancillary;
    }
}

gboolean
tables_stream_add_ca(TablesBytes body, GArray *ca_systems)
{
    guint32 value = 0;
    if (!tables_bytes_take_integer(&body, 2, &value))
        return FALSE;
    guint16 system = (guint16)value;
    for (guint i = 0; i < ca_systems->len; i++)
        if (g_array_index(ca_systems, guint16, i) == system)
            return TRUE;
    if (ca_systems->len < CA_SYSTEMS_MAX)
        g_array_append_val(ca_systems, system);
    return TRUE;
}

static void
apply(TablesStream *stream, const TablesDescriptor *descriptor, GArray *ca_systems)
{
    TablesBytes body = descriptor->body;
    guint32 value = 0;
    become(stream, find_row(tags, G_N_ELEMENTS(tags), descriptor->tag));
    switch (descriptor->tag) {
    case TABLES_DESCRIPTOR_REGISTRATION:
        if (tables_bytes_take_integer(&body, 4, &value))
            become(stream, find_row(formats, G_N_ELEMENTS(formats), value));
        break;
    case TABLES_DESCRIPTOR_CA:
        stream->encrypted |= tables_stream_add_ca(body, ca_systems);
        break;
    case TABLES_DESCRIPTOR_STREAM_IDENTIFIER:
        if (tables_bytes_take_integer(&body, 1, &value))
            stream->tag = (int)value;
        break;
    case TABLES_DESCRIPTOR_LANGUAGE:
        take_language(stream, body);
        break;
    case TABLES_DESCRIPTOR_TELETEXT:
        take_teletext(stream, body);
        break;
    case TABLES_DESCRIPTOR_SUBTITLING:
        take_subtitling(stream, body);
        break;
    default:
        break;
    }
}

gboolean
tables_stream_take(TablesBytes *loop, TablesStream *stream, GArray *ca_systems)
{
    guint32 type = 0, pid = 0;
    TablesBytes descriptors;
    if (!tables_bytes_take_integer(loop, 1, &type) || !tables_bytes_take_integer(loop, 2, &pid) ||
        !tables_bytes_take_sized(loop, 2, 12, &descriptors))
        return FALSE;
    const Row *row = find_row(types, G_N_ELEMENTS(types), type);
    *stream = (TablesStream){
        .pid = pid & PID_MASK,
        .type = (guint8)type,
        .kind = row != NULL ? row->kind : TABLES_STREAM_DATA,
        .codec = row != NULL ? row->codec : "unknown",
        .tag = -1,
    };
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&descriptors, &descriptor))
        apply(stream, &descriptor, ca_systems);
    return TRUE;
}

const char *
tables_stream_get_word(TablesStreamKind kind)
{
    switch (kind) {
    case TABLES_STREAM_VIDEO:
        return "video";
    case TABLES_STREAM_AUDIO:
        return "audio";
    case TABLES_STREAM_SUBTITLES:
        return "subtitles";
    case TABLES_STREAM_TELETEXT:
        return "teletext";
    case TABLES_STREAM_DATA:
        break;
    }
    return "data";
}
