// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Counts the depth, then lets json-glib parse.
#include "server/api/body.h"

static gboolean
is_flat_enough(const char *text, gsize length)
{
    guint depth = 0;
    gboolean quoted = FALSE;
    for (gsize i = 0; i < length; i++) {
        char at = text[i];
        if (quoted && at == '\\')
            i++;
        else if (at == '"')
            quoted = !quoted;
        else if (!quoted && (at == '{' || at == '['))
            depth++;
        else if (!quoted && (at == '}' || at == ']') && depth > 0)
            depth--;
        if (depth > API_BODY_DEPTH_MAX)
            return FALSE;
    }
    return TRUE;
}

JsonObject *
api_body_parse(const char *text, gsize length)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    if (length == 0 || !g_utf8_validate_len(text, length, NULL) || !is_flat_enough(text, length) ||
        !json_parser_load_from_data(parser, text, (gssize)length, NULL))
        return NULL;
    JsonNode *root = json_parser_get_root(parser);
    return root != NULL && JSON_NODE_HOLDS_OBJECT(root) ? json_node_dup_object(root) : NULL;
}
