// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// JSON from a process that a hostile file may own: bounded length and depth and valid UTF-8 are
// checked before json-glib, which descends as deep as it is told to, sees it. Pure; used by index.c
// and pipelines/child.
#pragma once

#include <json-glib/json-glib.h>

#define PACKAGE_STRICT_JSON_DEPTH 8

/**
 * package_strict_json_parse:
 * @text: foreign bytes, not NUL-terminated
 *
 * Returns: (transfer full): a node that holds an object, or NULL with PACKAGE_ERROR_INVALID. Any
 * thread.
 */
JsonNode *package_strict_json_parse(const char *text, gsize length, gsize max_length,
                                    GError **error);

/** A member that is a whole number of at least 0; FALSE when there is another thing. */
gboolean package_strict_json_get_number(JsonObject *object, const char *name, guint64 *value);

/** Returns: (transfer none) (nullable): a member that is a text. */
const char *package_strict_json_get_text(JsonObject *object, const char *name);

/** Returns: (transfer none) (nullable): a member that is an array. */
JsonArray *package_strict_json_get_array(JsonObject *object, const char *name);

/** A whole number of at least 0 in an array. */
gboolean package_strict_json_get_element(JsonArray *array, guint index, guint64 *value);
