// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A body from a stranger: an object or nothing, never deeper than allowed.
#include "server/api/body.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static guint
measure_depth(JsonNode *node)
{
    guint deepest = 0;
    g_autoptr(GList) children = NULL;
    if (JSON_NODE_HOLDS_OBJECT(node))
        children = json_object_get_values(json_node_get_object(node));
    else if (JSON_NODE_HOLDS_ARRAY(node))
        children = json_array_get_elements(json_node_get_array(node));
    else
        return 0;
    for (GList *at = children; at != NULL; at = at->next)
        deepest = MAX(deepest, measure_depth(at->data));
    return deepest + 1;
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(JsonObject) object = api_body_parse((const char *)data, size);
    if (object == NULL)
        return 0;
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    g_assert_cmpuint(measure_depth(node), <=, API_BODY_DEPTH_MAX);
    g_autofree char *text = json_to_string(node, FALSE);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    return 0;
}
