// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Small conversions at the SQL edge: enum names and JSON columns.
#include "catalog/texts.h"

#include <json-glib/json-glib.h>
#include <stdarg.h>

int
catalog_texts_find(const char *const *names, const char *text)
{
    for (int i = 0; text != NULL && names[i] != NULL; i++) {
        if (g_str_equal(names[i], text))
            return i;
    }
    return -1;
}

char **
catalog_texts_parse_list(const char *json)
{
    g_autoptr(GStrvBuilder) texts = g_strv_builder_new();
    g_autoptr(JsonNode) node = json != NULL ? json_from_string(json, NULL) : NULL;
    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return g_strv_builder_end(texts);
    JsonArray *array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);
        if (JSON_NODE_HOLDS_VALUE(element) && json_node_get_value_type(element) == G_TYPE_STRING)
            g_strv_builder_add(texts, json_node_get_string(element));
    }
    return g_strv_builder_end(texts);
}

char *
catalog_texts_write_list(char **texts)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, json_array_new());
    for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
        json_array_add_string_element(json_node_get_array(node), texts[i]);
    return json_to_string(node, FALSE);
}

char *
catalog_texts_write_object(const char *name, ...)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, json_object_new());
    va_list arguments;
    va_start(arguments, name);
    for (const char *member = name; member != NULL; member = va_arg(arguments, const char *)) {
        const char *text = va_arg(arguments, const char *);
        if (text != NULL)
            json_object_set_string_member(json_node_get_object(node), member, text);
        else
            json_object_set_null_member(json_node_get_object(node), member);
    }
    va_end(arguments);
    return json_to_string(node, FALSE);
}
