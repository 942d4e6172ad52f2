// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Guides in the XMLTV format (xmltv.dtd): channels and programmes to text and back. Pure; what
// comes from outside is bounded, fetches nothing and expands no entities. Any thread.
#pragma once

#include <glib.h>

#define TABLES_XMLTV_BYTES_MAX (64 * 1024 * 1024)
#define TABLES_XMLTV_CHANNELS_MAX 4096
#define TABLES_XMLTV_PROGRAMMES_MAX 200000
#define TABLES_XMLTV_TEXT_BYTES_MAX 16384 // of one text; the rest is left out

typedef struct {
    char *id;   // (owned) what programmes name
    char *name; // (owned) may be empty
} TablesXmltvChannel;

typedef struct {
    char *channel;     // (owned) id of a channel
    gint64 start_ms;   // (value) Unix time
    gint64 stop_ms;    // (value) or TABLES_TIME_UNDEFINED
    char *language;    // (owned) of the texts, may be empty
    char *title;       // (owned)
    char *summary;     // (owned) sub-title, may be empty
    char *description; // (owned) may be empty
    char *genre;       // (owned) first category, may be empty
    char *series;      // (owned) episode-num of system `crid` or `dd_progid`, may be empty
    char *rating;      // (owned) as it stands, may be empty
} TablesXmltvProgramme;

typedef struct {
    GPtrArray *channels;   // (owned) (element-type TablesXmltvChannel)
    GPtrArray *programmes; // (owned) (element-type TablesXmltvProgramme)
    guint skipped;         // (value) programmes without a time, channel or title
} TablesXmltv;

/** Returns: (transfer full): empty. */
TablesXmltv *tables_xmltv_new(void);
void tables_xmltv_free(TablesXmltv *guide);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TablesXmltv, tables_xmltv_free)

/** Adds a copy. */
void tables_xmltv_add_channel(TablesXmltv *guide, const TablesXmltvChannel *channel);
void tables_xmltv_add_programme(TablesXmltv *guide, const TablesXmltvProgramme *programme);

/** @offset_minutes: in which times are written, east of Greenwich. Returns: (transfer full): a
 * whole document in UTF-8. */
char *tables_xmltv_write(const TablesXmltv *guide, int offset_minutes);

/** Reads a document in any encoding that it declares. Returns: (transfer full): or NULL with
 * G_IO_ERROR_INVALID_DATA when it is not well-formed, no XMLTV, or too large. */
TablesXmltv *tables_xmltv_parse(const char *bytes, gsize length, GError **error);

/** Reads `YYYYMMDDhhmmss +0700`, or less of it; without an offset it is UTC. Returns: Unix time in
 * ms, or TABLES_TIME_UNDEFINED. */
gint64 tables_xmltv_parse_time(const char *text);
