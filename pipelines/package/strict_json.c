// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Measures first, parses then.
#include "pipelines/package/strict_json.h"

#include "pipelines/package/index.h"

/* The deepest nesting of brackets outside texts. */
static guint
measure_depth(const char *text, gsize length)
{
    guint depth = 0, deepest = 0;
    gboolean in_text = FALSE;
    for (gsize i = 0; i < length; i++) {
        char c = text[i];
        if (in_text && c == '\\')
            i++;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && (c == '[' || c == '{'))
            depth++;
        else if (!in_text && (c == ']' || c == '}') && depth > 0)
            depth--;
        deepest = MAX(deepest, depth);
    }
    return deepest;
}

static gboolean
is_plain(const char *text, gsize length, gsize max_length, GError **error)
{
    const char *why = NULL;
    if (length > max_length)
        why = "too long";
    else if (!g_utf8_validate_len(text, length, NULL))
        why = "not UTF-8";
    else if (measure_depth(text, length) > PACKAGE_STRICT_JSON_DEPTH)
        why = "nested too deep";
    if (why != NULL)
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "JSON is %s", why);
    return why == NULL;
}

JsonNode *
package_strict_json_parse(const char *text, gsize length, gsize max_length, GError **error)
{
    if (!is_plain(text, length, max_length, error))
        return NULL;
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) cause = NULL;
    if (!json_parser_load_from_data(parser, text, (gssize)length, &cause)) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "%s", cause->message);
        return NULL;
    }
    JsonNode *root = json_parser_get_root(parser);
    if (root == NULL || !JSON_NODE_HOLDS_OBJECT(root)) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "JSON is no object");
        return NULL;
    }
    return json_node_ref(root);
}

static gboolean
read_number(JsonNode *node, guint64 *value)
{
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_INT64 || json_node_get_int(node) < 0)
        return FALSE;
    *value = (guint64)json_node_get_int(node);
    return TRUE;
}

gboolean
package_strict_json_get_number(JsonObject *object, const char *name, guint64 *value)
{
    return read_number(json_object_get_member(object, name), value);
}

const char *
package_strict_json_get_text(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_STRING)
        return NULL;
    return json_node_get_string(node);
}

JsonArray *
package_strict_json_get_array(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

gboolean
package_strict_json_get_element(JsonArray *array, guint index, guint64 *value)
{
    return index < json_array_get_length(array) &&
           read_number(json_array_get_element(array, index), value);
}
