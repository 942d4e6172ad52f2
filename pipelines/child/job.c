// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The job line both ways, and the cancel line.
#include "pipelines/child/job.h"

#include <json-glib/json-glib.h>

#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define MAX_NAMES 16

ChildJob *
child_job_new(void)
{
    return g_new0(ChildJob, 1);
}

void
child_job_free(ChildJob *job)
{
    g_free(job->source);
    g_free(job->staging);
    g_strfreev(job->rungs);
    g_strfreev(job->done);
    g_free(job->bundle);
    g_strfreev(job->published);
    g_free(job);
}

static void
write_names(JsonObject *object, const char *name, char **names)
{
    JsonArray *array = json_array_new();
    for (guint i = 0; names != NULL && names[i] != NULL; i++)
        json_array_add_string_element(array, names[i]);
    json_object_set_array_member(object, name, array);
}

static void
write_area(JsonObject *object, const char *name, const ChildJobArea *area)
{
    const guint values[] = {area->x, area->y, area->width, area->height};
    if (area->width == 0) {
        json_object_set_null_member(object, name);
        return;
    }
    JsonArray *array = json_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        json_array_add_int_element(array, values[i]);
    json_object_set_array_member(object, name, array);
}

char *
child_job_to_line(const ChildJob *job)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", "job");
    json_object_set_string_member(object, "source", job->source);
    json_object_set_string_member(object, "staging", job->staging);
    write_names(object, "rungs", job->rungs);
    write_names(object, "done", job->done);
    if (job->bundle != NULL)
        json_object_set_string_member(object, "bundle", job->bundle);
    else
        json_object_set_null_member(object, "bundle");
    write_names(object, "published", job->published);
    json_object_set_int_member(object, "permille", job->permille);
    JsonObject *limits = json_object_new();
    json_object_set_int_member(limits, "duration_ms", (gint64)job->limit_duration_ms);
    json_object_set_int_member(limits, "pixels", (gint64)job->limit_pixels);
    json_object_set_object_member(object, "limits", limits);
    write_area(object, "interpreter", &job->interpreter);
    json_object_set_boolean_member(object, "clean_sound", job->clean_sound);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static char **
read_names(JsonObject *object, const char *name)
{
    JsonArray *array = package_strict_json_get_array(object, name);
    if (array == NULL || json_array_get_length(array) > MAX_NAMES)
        return NULL;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        const char *text = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        if (text == NULL)
            return NULL;
        g_strv_builder_add(names, text);
    }
    return g_strv_builder_end(names);
}

/* A text or null. */
static gboolean
read_place(JsonObject *object, const char *name, char **place)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || JSON_NODE_HOLDS_NULL(node))
        return node != NULL;
    *place = g_strdup(package_strict_json_get_text(object, name));
    return *place != NULL;
}

static gboolean
read_limits(JsonObject *object, ChildJob *job)
{
    JsonNode *node = json_object_get_member(object, "limits");
    if (node == NULL || !JSON_NODE_HOLDS_OBJECT(node))
        return FALSE;
    JsonObject *limits = json_node_get_object(node);
    return package_strict_json_get_number(limits, "duration_ms", &job->limit_duration_ms) &&
           package_strict_json_get_number(limits, "pixels", &job->limit_pixels);
}

/* An area that lies in the picture, or null. */
static gboolean
read_area(JsonObject *object, const char *name, ChildJobArea *area)
{
    JsonNode *node = json_object_get_member(object, name);
    JsonArray *array = package_strict_json_get_array(object, name);
    guint64 values[4] = {0};
    if (node != NULL && JSON_NODE_HOLDS_NULL(node))
        return TRUE;
    if (array == NULL || json_array_get_length(array) != G_N_ELEMENTS(values))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(values); i++)
        if (!package_strict_json_get_element(array, i, &values[i]) || values[i] > 1000)
            return FALSE;
    *area = (ChildJobArea){(guint)values[0], (guint)values[1], (guint)values[2], (guint)values[3]};
    return area->width > 0 && area->height > 0 && area->x + area->width <= 1000 &&
           area->y + area->height <= 1000;
}

static gboolean
read_flag(JsonObject *object, const char *name, gboolean *flag)
{
    JsonNode *node = json_object_get_member(object, name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return FALSE;
    *flag = json_node_get_boolean(node);
    return TRUE;
}

static ChildJob *
read_job(JsonObject *object)
{
    g_autoptr(ChildJob) job = child_job_new();
    guint64 permille = 0;
    job->source = g_strdup(package_strict_json_get_text(object, "source"));
    job->staging = g_strdup(package_strict_json_get_text(object, "staging"));
    job->rungs = read_names(object, "rungs");
    job->done = read_names(object, "done");
    job->published = read_names(object, "published");
    if (job->source == NULL || job->staging == NULL || job->rungs == NULL || job->done == NULL ||
        job->published == NULL || !read_place(object, "bundle", &job->bundle) ||
        !package_strict_json_get_number(object, "permille", &permille) || permille > 1000 ||
        !read_limits(object, job) || !read_area(object, "interpreter", &job->interpreter) ||
        !read_flag(object, "clean_sound", &job->clean_sound))
        return NULL;
    job->permille = (guint)permille;
    return g_steal_pointer(&job);
}

gboolean
child_job_parse(const char *line, gsize length, ChildJobLine *kind, ChildJob **job, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root =
        package_strict_json_parse(line, length, CHILD_REPORT_MAX_LINE, &cause);
    JsonObject *object = root == NULL ? NULL : json_node_get_object(root);
    const char *type = object == NULL ? NULL : package_strict_json_get_text(object, "type");
    if (g_strcmp0(type, "cancel") == 0) {
        *kind = CHILD_JOB_LINE_CANCEL;
        *job = NULL;
        return TRUE;
    }
    ChildJob *parsed = g_strcmp0(type, "job") == 0 ? read_job(object) : NULL;
    if (parsed == NULL) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "job: %s",
                    cause != NULL ? cause->message : "a field is missing or wrong");
        return FALSE;
    }
    *kind = CHILD_JOB_LINE_JOB;
    *job = parsed;
    return TRUE;
}
