// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// JSON lines of the verbs, and times as people read them.
#pragma once

#include <json-glib/json-glib.h>

/** Prints @object (taken) as one line. */
void verbs_lines_print(JsonObject *object);

/** Sets a text, or null when it is NULL or empty. */
void verbs_lines_set_text(JsonObject *object, const char *name, const char *text);

/** Sets a number, or null when it is @nothing. */
void verbs_lines_set_number(JsonObject *object, const char *name, gint64 value, gint64 nothing);

/** Returns: (transfer full): the machine's local time, in Thai of the Buddhist era. */
char *verbs_lines_format_time(gint64 unix_ms);
