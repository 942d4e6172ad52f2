// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Called by scan.c, guide.c and probe.c, which print with stdio as this file does: g_print() would
// put question marks for Thai where the locale is not UTF-8.
#include "server/verbs/lines.h"

#include <stdio.h>

#include "server/verbs/common.h"

#define BUDDHIST_ERA 543

void
verbs_lines_print(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
    json_node_take_object(node, object);
    g_autofree char *line = json_to_string(node, FALSE);
    puts(line);
}

void
verbs_lines_set_text(JsonObject *object, const char *name, const char *text)
{
    if (text != NULL && *text != '\0')
        json_object_set_string_member(object, name, text);
    else
        json_object_set_null_member(object, name);
}

void
verbs_lines_set_number(JsonObject *object, const char *name, gint64 value, gint64 nothing)
{
    if (value != nothing)
        json_object_set_int_member(object, name, value);
    else
        json_object_set_null_member(object, name);
}

char *
verbs_lines_format_time(gint64 unix_ms)
{
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(unix_ms / 1000);
    if (when == NULL)
        return g_strdup("?");
    gboolean thai = verbs_common_say("th", "en")[0] == 't';
    g_autofree char *rest = g_date_time_format(when, "-%m-%d %H:%M");
    return g_strdup_printf("%04d%s", g_date_time_get_year(when) + (thai ? BUDDHIST_ERA : 0), rest);
}
