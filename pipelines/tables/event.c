// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads an event's descriptors; long texts come in pieces, which extended.c joins. Called by
// guide.c.
#include "pipelines/tables/event.h"

#include <string.h>

#include "pipelines/tables/descriptor.h"
#include "pipelines/tables/extended.h"
#include "pipelines/tables/time.h"

static void
free_text(gpointer data)
{
    TablesEventText *text = data;
    g_free(text->title);
    g_free(text->summary);
    g_free(text->description);
    g_free(text);
}

static void
free_component(gpointer data)
{
    TablesEventComponent *component = data;
    g_free(component->text);
    g_free(component);
}

void
tables_event_free(TablesEvent *event)
{
    g_ptr_array_unref(event->texts);
    g_array_unref(event->genres);
    g_array_unref(event->ratings);
    g_ptr_array_unref(event->components);
    g_free(event->programme_crid);
    g_free(event->series_crid);
    g_free(event);
}

static TablesEvent *
make_event(void)
{
    TablesEvent *event = g_new0(TablesEvent, 1);
    event->texts = g_ptr_array_new_with_free_func(free_text);
    event->genres = g_array_new(FALSE, FALSE, sizeof(guint8));
    event->ratings = g_array_new(FALSE, FALSE, sizeof(TablesEventRating));
    event->components = g_ptr_array_new_with_free_func(free_component);
    return event;
}

/* The text of @language, made where there is room. Returns: (nullable). */
static TablesEventText *
ensure_text(TablesEvent *event, const char *language)
{
    for (guint i = 0; i < event->texts->len; i++) {
        TablesEventText *text = event->texts->pdata[i];
        if (strcmp(text->language, language) == 0)
            return text;
    }
    if (event->texts->len >= TABLES_EVENT_TEXTS_MAX)
        return NULL;
    TablesEventText *text = g_new0(TablesEventText, 1);
    g_strlcpy(text->language, language, sizeof text->language);
    text->title = g_strdup("");
    text->summary = g_strdup("");
    text->description = g_strdup("");
    g_ptr_array_add(event->texts, text);
    return text;
}

static char *
decode(TablesEvent *event, TablesBytes bytes, TablesTextCode fallback)
{
    TablesTextCode used;
    char *text = tables_text_decode(bytes.at, tables_bytes_count_left(&bytes), fallback, &used);
    event->unknown_text |= used.table == TABLES_TEXT_UNKNOWN;
    return g_strstrip(text);
}

/* §6.2.37. An event has one a language; of two the first counts. */
static void
read_short(TablesEvent *event, TablesBytes body, TablesTextCode fallback)
{
    char language[4];
    TablesBytes title, summary;
    if (!tables_descriptor_take_code(&body, language) ||
        !tables_bytes_take_sized(&body, 1, 8, &title))
        return;
    TablesEventText *text = ensure_text(event, language);
    if (text == NULL || text->title[0] != '\0')
        return;
    g_free(text->title);
    text->title = decode(event, title, fallback);
    if (!tables_bytes_take_sized(&body, 1, 8, &summary))
        return;
    g_free(text->summary);
    text->summary = decode(event, summary, fallback);
}

/* §6.2.9: two nibbles of genre, two of the broadcaster's. */
static void
read_genres(TablesEvent *event, TablesBytes body)
{
    guint32 value = 0;
    while (event->genres->len < TABLES_EVENT_LISTS_MAX &&
           tables_bytes_take_integer(&body, 2, &value)) {
        guint8 genre = (guint8)(value >> 8);
        g_array_append_val(event->genres, genre);
    }
}

/* §6.2.28: 1 to 15 mean an age of 4 to 18. */
static void
read_ratings(TablesEvent *event, TablesBytes body)
{
    TablesEventRating rating;
    guint32 value = 0;
    while (event->ratings->len < TABLES_EVENT_LISTS_MAX &&
           tables_descriptor_take_code(&body, rating.country) &&
           tables_bytes_take_integer(&body, 1, &value)) {
        rating.age = value >= 1 && value <= 15 ? (guint8)(value + 3) : 0;
        g_array_append_val(event->ratings, rating);
    }
}

/* §6.2.8 */
static void
read_component(TablesEvent *event, TablesBytes body, TablesTextCode fallback)
{
    guint32 value = 0;
    TablesEventComponent component = {0};
    if (event->components->len >= TABLES_EVENT_LISTS_MAX ||
        !tables_bytes_take_integer(&body, 3, &value) ||
        !tables_descriptor_take_code(&body, component.language))
        return;
    component.content = (guint8)(value >> 16);
    component.type = (guint8)(value >> 8);
    component.tag = (guint8)value;
    component.text = decode(event, body, fallback);
    g_ptr_array_add(event->components, g_memdup2(&component, sizeof component));
}

static void
keep_crid(char **crid, TablesBytes bytes)
{
    static const TablesTextCode latin = {TABLES_TEXT_UTF8, 0};
    if (*crid == NULL)
        *crid = tables_text_decode(bytes.at, tables_bytes_count_left(&bytes), latin, NULL);
}

/* TS 102 323 §12.1: a CRID stands here or, by number, in a table of its own, which nobody sends. */
static void
read_identifiers(TablesEvent *event, TablesBytes body)
{
    guint32 head = 0;
    while (tables_bytes_take_integer(&body, 1, &head)) {
        guint type = head >> 2;
        TablesBytes bytes;
        if ((head & 3) != 0) {
            if ((head & 3) != 1 || !tables_bytes_take_part(&body, 2, &bytes))
                return;
            continue;
        }
        if (!tables_bytes_take_sized(&body, 1, 8, &bytes))
            return;
        if (type == 0x01 || type == 0x31)
            keep_crid(&event->programme_crid, bytes);
        else if (type == 0x02 || type == 0x32)
            keep_crid(&event->series_crid, bytes);
    }
}

static void
read_descriptors(TablesEvent *event, TablesBytes loop, TablesTextCode fallback)
{
    TablesDescriptor descriptor;
    while (tables_descriptor_take(&loop, &descriptor)) {
        switch (descriptor.tag) {
        case TABLES_DESCRIPTOR_SHORT_EVENT:
            read_short(event, descriptor.body, fallback);
            break;
        case TABLES_DESCRIPTOR_CONTENT:
            read_genres(event, descriptor.body);
            break;
        case TABLES_DESCRIPTOR_PARENTAL_RATING:
            read_ratings(event, descriptor.body);
            break;
        case TABLES_DESCRIPTOR_COMPONENT:
            read_component(event, descriptor.body, fallback);
            break;
        case TABLES_DESCRIPTOR_CONTENT_IDENTIFIER:
            read_identifiers(event, descriptor.body);
            break;
        default:
            break;
        }
    }
}

static void
take_long_text(const char *language, const char *description, gboolean unknown, gpointer data)
{
    TablesEvent *event = data;
    TablesEventText *text = ensure_text(event, language);
    event->unknown_text |= unknown;
    if (text == NULL)
        return;
    g_free(text->description);
    text->description = g_strstrip(g_strdup(description));
}

static void
measure(TablesEvent *event)
{
    event->bytes = sizeof *event + 256; // arrays and their blocks
    for (guint i = 0; i < event->texts->len; i++) {
        const TablesEventText *text = event->texts->pdata[i];
        event->bytes +=
            sizeof *text + strlen(text->title) + strlen(text->summary) + strlen(text->description);
    }
    for (guint i = 0; i < event->components->len; i++) {
        const TablesEventComponent *component = event->components->pdata[i];
        event->bytes += sizeof *component + strlen(component->text);
    }
    event->bytes += event->programme_crid != NULL ? strlen(event->programme_crid) : 0;
    event->bytes += event->series_crid != NULL ? strlen(event->series_crid) : 0;
}

TablesEvent *
tables_event_take(TablesBytes *loop, TablesTextCode fallback)
{
    guint32 id = 0;
    TablesBytes times, descriptors;
    if (!tables_bytes_take_integer(loop, 2, &id) || !tables_bytes_take_part(loop, 8, &times) ||
        tables_bytes_count_left(loop) < 2)
        return NULL;
    guint8 flags = *loop->at;
    if (!tables_bytes_take_sized(loop, 2, 12, &descriptors))
        return NULL;
    TablesEvent *event = make_event();
    event->event_id = (guint16)id;
    event->start_ms = tables_time_take_utc(&times);
    event->duration_ms = tables_time_take_duration(&times);
    event->running = flags >> 5;
    event->free_ca = (flags & 0x10) != 0;
    read_descriptors(event, descriptors, fallback);
    tables_extended_join(descriptors, fallback, take_long_text, event);
    measure(event);
    return event;
}

const TablesEventText *
tables_event_find_text(const TablesEvent *event, const char *language)
{
    const TablesEventText *first = NULL;
    for (guint i = 0; i < event->texts->len; i++) {
        const TablesEventText *text = event->texts->pdata[i];
        if (text->title[0] != '\0' && language != NULL && strcmp(text->language, language) == 0)
            return text;
        if (first == NULL || (first->title[0] == '\0' && text->title[0] != '\0'))
            first = text;
    }
    return first;
}

/* EN 300 468 table 29, first nibble. */
const char *
tables_event_get_genre(const TablesEvent *event)
{
    static const char *const words[16] = {
        [0x1] = "drama",     [0x2] = "news",    [0x3] = "show",    [0x4] = "sports",
        [0x5] = "children",  [0x6] = "music",   [0x7] = "arts",    [0x8] = "society",
        [0x9] = "education", [0xA] = "leisure", [0xB] = "special", [0xF] = "other",
    };
    for (guint i = 0; i < event->genres->len; i++) {
        const char *word = words[g_array_index(event->genres, guint8, i) >> 4];
        if (word != NULL)
            return word;
    }
    return NULL;
}
