// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writing is text; reading is a pull parser that sees one element at a time, so that a large file
// costs no tree.
#include "pipelines/tables/xmltv.h"

#include <gio/gio.h>
#include <libxml/xmlreader.h>
#include <string.h>

#include "pipelines/tables/time.h"

#define MINUTE_MS G_GINT64_CONSTANT(60000)
#define DEPTH_OF_ITEMS 1 // channel and programme
#define DEPTH_OF_TEXTS 2 // title, desc …

static void
free_channel(gpointer data)
{
    TablesXmltvChannel *channel = data;
    g_free(channel->id);
    g_free(channel->name);
    g_free(channel);
}

static void
free_programme(gpointer data)
{
    TablesXmltvProgramme *programme = data;
    g_free(programme->channel);
    g_free(programme->language);
    g_free(programme->title);
    g_free(programme->summary);
    g_free(programme->description);
    g_free(programme->genre);
    g_free(programme->series);
    g_free(programme->rating);
    g_free(programme);
}

TablesXmltv *
tables_xmltv_new(void)
{
    TablesXmltv *guide = g_new0(TablesXmltv, 1);
    guide->channels = g_ptr_array_new_with_free_func(free_channel);
    guide->programmes = g_ptr_array_new_with_free_func(free_programme);
    return guide;
}

void
tables_xmltv_free(TablesXmltv *guide)
{
    g_ptr_array_unref(guide->channels);
    g_ptr_array_unref(guide->programmes);
    g_free(guide);
}

static char *
copy_text(const char *text)
{
    return g_strdup(text != NULL ? text : "");
}

void
tables_xmltv_add_channel(TablesXmltv *guide, const TablesXmltvChannel *channel)
{
    TablesXmltvChannel *copy = g_new0(TablesXmltvChannel, 1);
    copy->id = copy_text(channel->id);
    copy->name = copy_text(channel->name);
    g_ptr_array_add(guide->channels, copy);
}

void
tables_xmltv_add_programme(TablesXmltv *guide, const TablesXmltvProgramme *programme)
{
    TablesXmltvProgramme *copy = g_memdup2(programme, sizeof *programme);
    copy->channel = copy_text(programme->channel);
    copy->language = copy_text(programme->language);
    copy->title = copy_text(programme->title);
    copy->summary = copy_text(programme->summary);
    copy->description = copy_text(programme->description);
    copy->genre = copy_text(programme->genre);
    copy->series = copy_text(programme->series);
    copy->rating = copy_text(programme->rating);
    g_ptr_array_add(guide->programmes, copy);
}

/* Escaped, and without the characters that XML 1.0 does not have. */
static void
append_escaped(GString *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        gboolean control = (character < 0x20 && character != '\n' && character != '\t') ||
                           (character >= 0x7F && character < 0xA0) || character == 0xFFFE ||
                           character == 0xFFFF;
        if (character == '&')
            g_string_append(out, "&amp;");
        else if (character == '<')
            g_string_append(out, "&lt;");
        else if (character == '>')
            g_string_append(out, "&gt;");
        else if (character == '"')
            g_string_append(out, "&quot;");
        else if (!control)
            g_string_append_unichar(out, character);
    }
}

static void
append_attribute(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " %s=\"", name);
    append_escaped(out, value);
    g_string_append_c(out, '"');
}

static void
append_time(GString *out, const char *name, gint64 unix_ms, int offset_minutes)
{
    int away = ABS(offset_minutes);
    g_autoptr(GDateTime) when =
        g_date_time_new_from_unix_utc((unix_ms + offset_minutes * MINUTE_MS) / 1000);
    if (when == NULL)
        return;
    g_autofree char *digits = g_date_time_format(when, "%Y%m%d%H%M%S");
    g_string_append_printf(out, " %s=\"%s %c%02d%02d\"", name, digits,
                           offset_minutes < 0 ? '-' : '+', away / 60, away % 60);
}

static void
append_text(GString *out, const char *element, const char *language, const char *text)
{
    if (*text == '\0')
        return;
    g_string_append_printf(out, "    <%s", element);
    if (*language != '\0')
        append_attribute(out, "lang", language);
    g_string_append_c(out, '>');
    append_escaped(out, text);
    g_string_append_printf(out, "</%s>\n", element);
}

/* The DTD wants the elements in this order. */
static void
append_programme(GString *out, const TablesXmltvProgramme *programme, int offset_minutes)
{
    g_string_append(out, "  <programme");
    append_time(out, "start", programme->start_ms, offset_minutes);
    if (programme->stop_ms != TABLES_TIME_UNDEFINED)
        append_time(out, "stop", programme->stop_ms, offset_minutes);
    append_attribute(out, "channel", programme->channel);
    g_string_append(out, ">\n");
    append_text(out, "title", programme->language, programme->title);
    append_text(out, "sub-title", programme->language, programme->summary);
    append_text(out, "desc", programme->language, programme->description);
    append_text(out, "category", "en", programme->genre);
    if (*programme->series != '\0') {
        g_string_append(out, "    <episode-num system=\"crid\">");
        append_escaped(out, programme->series);
        g_string_append(out, "</episode-num>\n");
    }
    if (*programme->rating != '\0') {
        g_string_append(out, "    <rating>\n      <value>");
        append_escaped(out, programme->rating);
        g_string_append(out, "</value>\n    </rating>\n");
    }
    g_string_append(out, "  </programme>\n");
}

char *
tables_xmltv_write(const TablesXmltv *guide, int offset_minutes)
{
    GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<!DOCTYPE tv SYSTEM \"xmltv.dtd\">\n"
                                "<tv generator-info-name=\"Daorian\">\n");
    for (guint i = 0; i < guide->channels->len; i++) {
        const TablesXmltvChannel *channel = guide->channels->pdata[i];
        g_string_append(out, "  <channel");
        append_attribute(out, "id", channel->id);
        g_string_append(out, ">\n");
        // The DTD wants a name.
        append_text(out, "display-name", "", *channel->name != '\0' ? channel->name : channel->id);
        g_string_append(out, "  </channel>\n");
    }
    for (guint i = 0; i < guide->programmes->len; i++)
        append_programme(out, guide->programmes->pdata[i], offset_minutes);
    g_string_append(out, "</tv>\n");
    return g_string_free(out, FALSE);
}

/* Takes @count digits. Returns: -1 when there are fewer. */
static int
take_digits(const char **at, guint count)
{
    int value = 0;
    for (guint i = 0; i < count; i++) {
        if (!g_ascii_isdigit((*at)[i]))
            return -1;
        value = value * 10 + g_ascii_digit_value((*at)[i]);
    }
    *at += count;
    return value;
}

/* ` +0700`, ` Z`, ` UTC` or nothing. Returns: FALSE for anything else. */
static gboolean
take_offset(const char *at, gint64 *offset_ms)
{
    while (*at == ' ')
        at++;
    *offset_ms = 0;
    if (*at == '\0' || strcmp(at, "Z") == 0 || strcmp(at, "UTC") == 0 || strcmp(at, "GMT") == 0)
        return TRUE;
    int sign = *at == '-' ? -1 : 1;
    if (*at != '-' && *at != '+')
        return FALSE;
    at++;
    int hours = take_digits(&at, 2), minutes = take_digits(&at, 2);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || *at != '\0')
        return FALSE;
    *offset_ms = sign * (hours * 60 + minutes) * MINUTE_MS;
    return TRUE;
}

gint64
tables_xmltv_parse_time(const char *text)
{
    static const guint widths[] = {4, 2, 2, 2, 2, 2};
    int parts[] = {0, 1, 1, 0, 0, 0};
    gint64 offset_ms = 0;
    const char *at = text;
    for (guint i = 0; i < G_N_ELEMENTS(widths) && g_ascii_isdigit(*at); i++) {
        int value = take_digits(&at, widths[i]);
        if (value < 0)
            return TABLES_TIME_UNDEFINED;
        parts[i] = value;
    }
    if (parts[0] < 1900 || !take_offset(at, &offset_ms))
        return TABLES_TIME_UNDEFINED;
    g_autoptr(GDateTime) when =
        g_date_time_new_utc(parts[0], parts[1], parts[2], parts[3], parts[4], MIN(parts[5], 59));
    return when != NULL ? g_date_time_to_unix(when) * 1000 - offset_ms : TABLES_TIME_UNDEFINED;
}

static char *
read_attribute(xmlTextReaderPtr reader, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(reader, (const xmlChar *)name);
    char *text =
        value != NULL ? g_strndup((const char *)value, TABLES_XMLTV_TEXT_BYTES_MAX) : g_strdup("");
    xmlFree(value);
    char *valid = g_utf8_make_valid(text, -1); // the bound may have cut a character
    g_free(text);
    return valid;
}

/* A programme at work, and the text that comes next. */
typedef struct {
    TablesXmltv *guide;          // (unowned)
    TablesXmltvChannel *channel; // (owned) (nullable)
    TablesXmltvProgramme *one;   // (owned) (nullable)
    char **target;               // (unowned) (nullable) where text goes
    GString *text;               // (owned)
    xmlDocPtr document;          // (owned) (nullable) once asked for, the reader leaves it to us
} Reading;

static void
begin_programme(Reading *reading, xmlTextReaderPtr reader)
{
    g_autofree char *start = read_attribute(reader, "start");
    g_autofree char *stop = read_attribute(reader, "stop");
    TablesXmltvProgramme *one = g_new0(TablesXmltvProgramme, 1);
    one->channel = read_attribute(reader, "channel");
    one->start_ms = tables_xmltv_parse_time(start);
    one->stop_ms = tables_xmltv_parse_time(stop);
    reading->one = one;
}

/* Where the text of element @name goes. Returns: (nullable). */
static char **
find_target(Reading *reading, xmlTextReaderPtr reader, const char *name)
{
    TablesXmltvProgramme *one = reading->one;
    if (reading->channel != NULL)
        return strcmp(name, "display-name") == 0 ? &reading->channel->name : NULL;
    if (one == NULL)
        return NULL;
    if (strcmp(name, "title") == 0) {
        if (one->language == NULL)
            one->language = read_attribute(reader, "lang");
        return &one->title;
    }
    if (strcmp(name, "episode-num") == 0) {
        g_autofree char *system = read_attribute(reader, "system");
        return strcmp(system, "crid") == 0 || strcmp(system, "dd_progid") == 0 ? &one->series
                                                                               : NULL;
    }
    if (strcmp(name, "sub-title") == 0)
        return &one->summary;
    if (strcmp(name, "desc") == 0)
        return &one->description;
    if (strcmp(name, "category") == 0)
        return &one->genre;
    return strcmp(name, "value") == 0 ? &one->rating : NULL;
}

static void
begin_element(Reading *reading, xmlTextReaderPtr reader)
{
    const char *name = (const char *)xmlTextReaderConstLocalName(reader);
    if (xmlTextReaderDepth(reader) > DEPTH_OF_ITEMS) {
        char **target = find_target(reading, reader, name);
        reading->target = target != NULL && *target == NULL ? target : NULL; // the first counts
        g_string_truncate(reading->text, 0);
    } else if (xmlTextReaderDepth(reader) == DEPTH_OF_ITEMS && strcmp(name, "programme") == 0) {
        begin_programme(reading, reader);
    } else if (xmlTextReaderDepth(reader) == DEPTH_OF_ITEMS && strcmp(name, "channel") == 0) {
        reading->channel = g_new0(TablesXmltvChannel, 1);
        reading->channel->id = read_attribute(reader, "id");
    }
}

static void
end_item(Reading *reading)
{
    TablesXmltv *guide = reading->guide;
    const TablesXmltvProgramme *one = reading->one;
    if (one != NULL) {
        gboolean good = one->start_ms != TABLES_TIME_UNDEFINED && *one->channel != '\0' &&
                        one->title != NULL && *one->title != '\0';
        if (good && guide->programmes->len < TABLES_XMLTV_PROGRAMMES_MAX)
            tables_xmltv_add_programme(guide, one);
        else
            guide->skipped++;
    }
    if (reading->channel != NULL && *reading->channel->id != '\0' &&
        guide->channels->len < TABLES_XMLTV_CHANNELS_MAX)
        tables_xmltv_add_channel(guide, reading->channel);
    g_clear_pointer(&reading->one, free_programme);
    g_clear_pointer(&reading->channel, free_channel);
}

static void
end_element(Reading *reading, int depth)
{
    if (depth == DEPTH_OF_ITEMS)
        end_item(reading);
    if (reading->target == NULL)
        return;
    g_autofree char *text = g_utf8_make_valid(reading->text->str, (gssize)reading->text->len);
    *reading->target = g_strdup(g_strstrip(text));
    reading->target = NULL;
}

static void
take_text(Reading *reading, xmlTextReaderPtr reader)
{
    const char *text = (const char *)xmlTextReaderConstValue(reader);
    if (reading->target == NULL || text == NULL)
        return;
    gsize room = TABLES_XMLTV_TEXT_BYTES_MAX - MIN(reading->text->len, TABLES_XMLTV_TEXT_BYTES_MAX);
    const char *end = text + strnlen(text, room);
    // No character is cut in the middle.
    while (*end != '\0' && end > text && ((guint8)*end & 0xC0) == 0x80)
        end--;
    g_string_append_len(reading->text, text, end - text);
}

static void
take_node(Reading *reading, xmlTextReaderPtr reader)
{
    switch (xmlTextReaderNodeType(reader)) {
    case XML_READER_TYPE_ELEMENT:
        begin_element(reading, reader);
        if (xmlTextReaderIsEmptyElement(reader) == 1)
            end_element(reading, xmlTextReaderDepth(reader));
        break;
    case XML_READER_TYPE_END_ELEMENT:
        end_element(reading, xmlTextReaderDepth(reader));
        break;
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        take_text(reading, reader);
        break;
    default:
        break;
    }
}

/* No guide needs entities of its own; those that have some are made to grow or to read files. */
static gboolean
declares_entities(Reading *reading, xmlTextReaderPtr reader)
{
    reading->document = xmlTextReaderCurrentDoc(reader);
    const xmlDtd *subset = reading->document != NULL ? reading->document->intSubset : NULL;
    return subset != NULL && (subset->entities != NULL || subset->pentities != NULL);
}

/* Returns: whether the document was whole and its root is `tv`. */
static gboolean
read_all(Reading *reading, xmlTextReaderPtr reader)
{
    gboolean rooted = FALSE;
    int more = xmlTextReaderRead(reader);
    for (; more == 1; more = xmlTextReaderRead(reader)) {
        if (xmlTextReaderNodeType(reader) == XML_READER_TYPE_DOCUMENT_TYPE &&
            declares_entities(reading, reader))
            return FALSE;
        if (!rooted && xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT) {
            rooted = strcmp((const char *)xmlTextReaderConstLocalName(reader), "tv") == 0;
            if (!rooted)
                return FALSE;
        }
        take_node(reading, reader);
    }
    return more == 0 && rooted;
}

TablesXmltv *
tables_xmltv_parse(const char *bytes, gsize length, GError **error)
{
    const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlTextReaderPtr reader = NULL;
    if (length > 0 && length <= TABLES_XMLTV_BYTES_MAX)
        reader = xmlReaderForMemory(bytes, (int)length, NULL, NULL, options);
    if (reader == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the guide is empty or too large");
        return NULL;
    }
    g_autoptr(TablesXmltv) guide = tables_xmltv_new();
    Reading reading = {.guide = guide, .text = g_string_new(NULL)};
    gboolean good = read_all(&reading, reader);
    g_clear_pointer(&reading.one, free_programme);
    g_clear_pointer(&reading.channel, free_channel);
    g_string_free(reading.text, TRUE);
    xmlFreeTextReader(reader);
    if (reading.document != NULL)
        xmlFreeDoc(reading.document);
    if (good)
        return g_steal_pointer(&guide);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "this is no well-formed XMLTV guide");
    return NULL;
}
