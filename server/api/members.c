// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Members of a JSON object whose value may be unknown: null says so.
#include "server/api/members.h"

void
api_members_set_text(JsonObject *object, const char *member, const char *text)
{
    if (text != NULL)
        json_object_set_string_member(object, member, text);
    else
        json_object_set_null_member(object, member);
}

void
api_members_set_moment(JsonObject *object, const char *member, gint64 ms)
{
    if (ms > 0)
        json_object_set_int_member(object, member, ms);
    else
        json_object_set_null_member(object, member);
}

void
api_members_set_length(JsonObject *object, const char *member, gint64 bytes)
{
    if (bytes >= 0)
        json_object_set_int_member(object, member, bytes);
    else
        json_object_set_null_member(object, member);
}

void
api_members_set_count(JsonObject *object, const char *member, guint count)
{
    if (count > 0)
        json_object_set_int_member(object, member, count);
    else
        json_object_set_null_member(object, member);
}

void
api_members_set_measure(JsonObject *object, const char *member, double value)
{
    if (value > 0)
        json_object_set_double_member(object, member, value);
    else
        json_object_set_null_member(object, member);
}
