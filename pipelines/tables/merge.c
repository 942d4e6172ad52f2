// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Copies only what is missing, so that the newer table's word stands.
#include "pipelines/tables/merge.h"

#include <string.h>

static void
fill_string(TablesEvent *event, char **text, const char *other)
{
    if (other == NULL || other[0] == '\0' || (*text != NULL && (*text)[0] != '\0'))
        return;
    g_free(*text);
    *text = g_strdup(other);
    event->bytes += strlen(other);
}

static void
add_text(TablesEvent *event, const TablesEventText *other)
{
    TablesEventText *text = g_new0(TablesEventText, 1);
    memcpy(text->language, other->language, sizeof text->language);
    text->title = g_strdup(other->title);
    text->summary = g_strdup(other->summary);
    text->description = g_strdup(other->description);
    g_ptr_array_add(event->texts, text);
    event->bytes +=
        sizeof *text + strlen(text->title) + strlen(text->summary) + strlen(text->description);
}

static void
fill_text(TablesEvent *event, const TablesEventText *other)
{
    for (guint i = 0; i < event->texts->len; i++) {
        TablesEventText *text = event->texts->pdata[i];
        if (strcmp(text->language, other->language) != 0)
            continue;
        if (strcmp(text->title, other->title) == 0) {
            fill_string(event, &text->summary, other->summary);
            fill_string(event, &text->description, other->description);
        }
        return;
    }
    if (event->texts->len < TABLES_EVENT_TEXTS_MAX)
        add_text(event, other);
}

static void
fill_array(GArray *array, const GArray *other)
{
    if (array->len == 0 && other->len > 0)
        g_array_append_vals(array, other->data, other->len);
}

static void
add_component(TablesEvent *event, const TablesEventComponent *other)
{
    TablesEventComponent *component = g_memdup2(other, sizeof *other);
    component->text = g_strdup(other->text);
    g_ptr_array_add(event->components, component);
    event->bytes += sizeof *component + strlen(component->text);
}

void
tables_merge_fill_gaps(TablesEvent *event, const TablesEvent *other)
{
    for (guint i = 0; i < other->texts->len; i++)
        fill_text(event, other->texts->pdata[i]);
    fill_array(event->genres, other->genres);
    fill_array(event->ratings, other->ratings);
    if (event->components->len == 0)
        for (guint i = 0; i < other->components->len; i++)
            add_component(event, other->components->pdata[i]);
    fill_string(event, &event->programme_crid, other->programme_crid);
    fill_string(event, &event->series_crid, other->series_crid);
}
