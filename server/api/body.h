// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A request's JSON, checked before a parser that calls itself sees it. Pure.
#pragma once

#include <json-glib/json-glib.h>

/** How deep objects and arrays may lie in each other. */
#define API_BODY_DEPTH_MAX 16

/**
 * api_body_parse:
 * @text: from a stranger, not terminated
 *
 * Returns: (transfer full) (nullable): the object, or NULL when @text is not one JSON object in
 * UTF-8 (RFC 8259) of at most API_BODY_DEPTH_MAX levels.
 */
JsonObject *api_body_parse(const char *text, gsize length);
