// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A text is cut by characters and made valid when it is written and again when it is read.
#include "pipelines/child/fields.h"

#include <math.h>
#include <string.h>

#include "pipelines/package/strict_json.h"

static gboolean
is_text(ChildFieldsType type)
{
    return type == CHILD_FIELDS_WORD || type == CHILD_FIELDS_TAG || type == CHILD_FIELDS_FILE ||
           type == CHILD_FIELDS_PROSE;
}

static char *
tidy_text(const char *text, guint64 most)
{
    g_autofree char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
    return g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), (glong)most));
}

static void
write_maybe(JsonObject *object, const char *name, gint64 value, guint64 most)
{
    if (value == CHILD_FIELDS_NOTHING)
        json_object_set_null_member(object, name);
    else
        json_object_set_int_member(object, name, CLAMP(value, 0, (gint64)most));
}

static void
write_names(JsonObject *object, const char *name, char *const *names)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; names != NULL && names[i] != NULL; i++)
        json_array_add_string_element(array, names[i]);
    json_object_set_array_member(object, name, array);
}

static void
write_figure(JsonObject *object, const ChildFieldsRow *row, double figure)
{
    if (isfinite(figure))
        json_object_set_double_member(object, row->name, CLAMP(figure, 0, (double)row->most));
    else if (row->type == CHILD_FIELDS_FIGURE)
        json_object_set_null_member(object, row->name);
    else
        json_object_set_double_member(object, row->name, 0);
}

static void
write_row(JsonObject *object, const ChildFieldsRow *row, gconstpointer member)
{
    g_autofree char *text = NULL;
    switch (row->type) {
    case CHILD_FIELDS_WORD:
    case CHILD_FIELDS_TAG:
    case CHILD_FIELDS_FILE:
    case CHILD_FIELDS_PROSE:
        text = tidy_text(*(char *const *)member, row->most);
        json_object_set_string_member(object, row->name, text);
        break;
    case CHILD_FIELDS_FLAG:
        json_object_set_boolean_member(object, row->name, *(const gboolean *)member);
        break;
    case CHILD_FIELDS_COUNT:
        json_object_set_int_member(object, row->name,
                                   CLAMP(*(const gint64 *)member, 0, (gint64)row->most));
        break;
    case CHILD_FIELDS_MAYBE:
        write_maybe(object, row->name, *(const gint64 *)member, row->most);
        break;
    case CHILD_FIELDS_NAMES:
        write_names(object, row->name, *(char *const *const *)member);
        break;
    case CHILD_FIELDS_SMALL:
        json_object_set_int_member(object, row->name,
                                   (gint64)MIN(*(const guint *)member, row->most));
        break;
    case CHILD_FIELDS_LARGE:
        json_object_set_int_member(object, row->name,
                                   (gint64)MIN(*(const guint64 *)member, row->most));
        break;
    case CHILD_FIELDS_REAL:
    case CHILD_FIELDS_FIGURE:
        write_figure(object, row, *(const double *)member);
        break;
    }
}

void
child_fields_write(JsonObject *object, const ChildFieldsRow *rows, gsize count, guint kind,
                   gconstpointer record)
{
    for (gsize i = 0; i < count; i++)
        if ((rows[i].kinds & (1u << kind)) != 0)
            write_row(object, &rows[i], (const guint8 *)record + rows[i].offset);
}

gboolean
child_fields_is_word(const char *text, const ChildFieldsRow *row)
{
    gsize length = text == NULL ? 0 : strlen(text);
    if (length == 0)
        return text != NULL && row->type == CHILD_FIELDS_TAG;
    return length <= row->most && strspn(text, row->letters) == length &&
           (row->type != CHILD_FIELDS_FILE || text[0] != '.');
}

static gboolean
read_text(JsonObject *object, const ChildFieldsRow *row, char **member)
{
    const char *text = package_strict_json_get_text(object, row->name);
    if (text == NULL || (row->letters != NULL && !child_fields_is_word(text, row)))
        return FALSE;
    *member = row->letters != NULL ? g_strdup(text) : tidy_text(text, row->most);
    return TRUE;
}

static gboolean
read_names(JsonObject *object, const ChildFieldsRow *row, char ***member)
{
    JsonArray *array = package_strict_json_get_array(object, row->name);
    if (array == NULL || json_array_get_length(array) > CHILD_FIELDS_NAMES_MAX)
        return FALSE;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        const char *name = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        if (!child_fields_is_word(name, row))
            return FALSE;
        g_strv_builder_add(names, name);
    }
    *member = g_strv_builder_end(names);
    return TRUE;
}

static gboolean
read_flag(JsonObject *object, const char *name, gboolean *member)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return FALSE;
    *member = json_node_get_boolean(node);
    return TRUE;
}

static gboolean
read_count(JsonObject *object, const ChildFieldsRow *row, gint64 *member)
{
    guint64 number = 0;
    if (!package_strict_json_get_number(object, row->name, &number) || number > row->most)
        return FALSE;
    *member = (gint64)number;
    return TRUE;
}

static gboolean
read_unsigned(JsonObject *object, const ChildFieldsRow *row, gpointer member)
{
    guint64 number = 0;
    if (!package_strict_json_get_number(object, row->name, &number) || number > row->most)
        return FALSE;
    if (row->type == CHILD_FIELDS_SMALL)
        *(guint *)member = (guint)number;
    else
        *(guint64 *)member = number;
    return TRUE;
}

static gboolean
is_null(JsonObject *object, const char *name)
{
    JsonNode *node = json_object_get_member(object, name);
    return node != NULL && JSON_NODE_HOLDS_NULL(node);
}

static gboolean
read_figure(JsonObject *object, const ChildFieldsRow *row, double *member)
{
    JsonNode *node = json_object_get_member(object, row->name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        (json_node_get_value_type(node) != G_TYPE_DOUBLE &&
         json_node_get_value_type(node) != G_TYPE_INT64))
        return FALSE;
    double value = json_node_get_double(node);
    if (!isfinite(value) || value < 0 || value > (double)row->most)
        return FALSE;
    *member = value;
    return TRUE;
}

static gboolean
read_row(JsonObject *object, const ChildFieldsRow *row, gpointer member)
{
    switch (row->type) {
    case CHILD_FIELDS_WORD:
    case CHILD_FIELDS_TAG:
    case CHILD_FIELDS_FILE:
    case CHILD_FIELDS_PROSE:
        return read_text(object, row, member);
    case CHILD_FIELDS_NAMES:
        return read_names(object, row, member);
    case CHILD_FIELDS_SMALL:
    case CHILD_FIELDS_LARGE:
        return read_unsigned(object, row, member);
    case CHILD_FIELDS_REAL:
        return read_figure(object, row, member);
    case CHILD_FIELDS_FLAG:
        return read_flag(object, row->name, member);
    case CHILD_FIELDS_COUNT:
        return read_count(object, row, member);
    case CHILD_FIELDS_MAYBE:
        *(gint64 *)member = CHILD_FIELDS_NOTHING;
        return is_null(object, row->name) || read_count(object, row, member);
    case CHILD_FIELDS_FIGURE:
        *(double *)member = NAN;
        return is_null(object, row->name) || read_figure(object, row, member);
    }
    return FALSE;
}

const char *
child_fields_read(JsonObject *object, const ChildFieldsRow *rows, gsize count, guint kind,
                  gpointer record)
{
    for (gsize i = 0; i < count; i++)
        if ((rows[i].kinds & (1u << kind)) != 0 &&
            !read_row(object, &rows[i], (guint8 *)record + rows[i].offset))
            return rows[i].name;
    return NULL;
}

/* Two rows may be one member under two names, in different lines. */
static gboolean
is_first_of_member(const ChildFieldsRow *rows, gsize index)
{
    for (gsize i = 0; i < index; i++)
        if (rows[i].offset == rows[index].offset)
            return FALSE;
    return TRUE;
}

void
child_fields_detach(const ChildFieldsRow *rows, gsize count, gpointer record)
{
    for (gsize i = 0; i < count; i++) {
        gpointer member = (guint8 *)record + rows[i].offset;
        if (!is_first_of_member(rows, i))
            continue;
        if (is_text(rows[i].type))
            *(char **)member = g_strdup(*(char **)member);
        else if (rows[i].type == CHILD_FIELDS_NAMES)
            *(char ***)member = g_strdupv(*(char ***)member);
    }
}

void
child_fields_clear(const ChildFieldsRow *rows, gsize count, gpointer record)
{
    for (gsize i = 0; i < count; i++) {
        gpointer member = (guint8 *)record + rows[i].offset;
        if (is_text(rows[i].type))
            g_clear_pointer((char **)member, g_free);
        else if (rows[i].type == CHILD_FIELDS_NAMES)
            g_clear_pointer((char ***)member, g_strfreev);
    }
}
