// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Members of a JSON object whose value may be unknown: null says so.
#pragma once

#include <json-glib/json-glib.h>

/** @text (nullable). */
void api_members_set_text(JsonObject *object, const char *member, const char *text);

/** @ms: since 1970, or 0 for a moment that has not come. */
void api_members_set_moment(JsonObject *object, const char *member, gint64 ms);

/** @bytes: negative when not known yet. */
void api_members_set_length(JsonObject *object, const char *member, gint64 bytes);

/** @count: 0 when not known. */
void api_members_set_count(JsonObject *object, const char *member, guint count);

/** @value: 0 or less when not measured. */
void api_members_set_measure(JsonObject *object, const char *member, double value);
