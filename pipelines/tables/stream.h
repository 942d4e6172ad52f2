// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One elementary stream as a PMT names it (ISO/IEC 13818-1 §2.4.4.9, EN 300 468 §6.2). Pure.
#pragma once

#include "pipelines/tables/bytes.h"

#define TABLES_STREAM_PAGE_SUBTITLES 0x02       // teletext_type
#define TABLES_STREAM_PAGE_HARD_OF_HEARING 0x05 // teletext_type

typedef enum {
    TABLES_STREAM_VIDEO,
    TABLES_STREAM_AUDIO,
    TABLES_STREAM_SUBTITLES, // DVB bitmaps
    TABLES_STREAM_TELETEXT,
    TABLES_STREAM_DATA,
} TablesStreamKind;

#define TABLES_STREAM_PAGES_MAX 4

/** Text of one language that a stream carries. */
typedef struct {
    char language[4];  // (value) ISO 639-2
    guint8 purpose;    // (value) teletext_type or subtitling_type
    guint16 page;      // (value) as below
    guint16 ancillary; // (value) page of subtitles that several languages share
} TablesStreamPage;

typedef struct {
    guint16 pid;           // (value)
    guint8 type;           // (value) stream_type
    TablesStreamKind kind; // (value)
    const char *codec;     // (static) one word, like `h264`
    char language[4];      // (value) ISO 639-2, empty: not said
    guint8 purpose;        // (value) audio_type, teletext_type or subtitling_type
    guint16 page;          // (value) teletext magazine × 100 + page, or composition page; 0: none
    TablesStreamPage pages[TABLES_STREAM_PAGES_MAX]; // (value) of subtitles alone
    guint page_count;                                // (value)
    int tag;                                         // (value) component_tag, -1: none
    gboolean encrypted;                              // (value) a CA descriptor of its own
} TablesStream;

/** Takes the next stream out of a PMT's loop. @ca_systems: (element-type guint16): what its CA
 * descriptors name is added. Returns: FALSE at the end, or when the rest is cut off. */
gboolean tables_stream_take(TablesBytes *loop, TablesStream *stream, GArray *ca_systems);

/** Adds the CA_system_id of a CA descriptor, once; 16 at most. Returns: FALSE when there is none.
 */
gboolean tables_stream_add_ca(TablesBytes body, GArray *ca_systems);

/** Returns: (static): `video`, `audio`, `subtitles`, `teletext` or `data`. */
const char *tables_stream_get_word(TablesStreamKind kind);
