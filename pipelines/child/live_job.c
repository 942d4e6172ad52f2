// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The live job's line both ways.
#include "pipelines/child/live_job.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define MAX_RUNGS 16
#define MAX_COUNT (G_GUINT64_CONSTANT(1) << 53) // what every reader of JSON can hold
#define MAX_WORD 35
#define LEAST_SEGMENT_MS 1000
#define MOST_SEGMENT_MS 10000
#define MOST_BEHIND_MS (24 * 3600 * 1000)
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

ChildLiveJob *
child_live_job_new(void)
{
    ChildLiveJob *job = g_new0(ChildLiveJob, 1);
    job->segment_ms = 3000;
    job->behind_ms = 5000;
    job->text_default = g_strdup("tis-620");
    job->language = g_strdup("tha");
    return job;
}

void
child_live_job_free(ChildLiveJob *job)
{
    g_strfreev(job->rungs);
    g_free(job->staging);
    g_free(job->text_default);
    g_free(job->language);
    g_free(job);
}

char *
child_live_job_to_line(const ChildLiveJob *job)
{
    g_autoptr(JsonObject) object = json_object_new();
    JsonArray *rungs = json_array_new();
    for (guint i = 0; job->rungs != NULL && job->rungs[i] != NULL; i++)
        json_array_add_string_element(rungs, job->rungs[i]);
    json_object_set_string_member(object, "type", "live");
    json_object_set_array_member(object, "rungs", rungs);
    json_object_set_string_member(object, "staging", job->staging);
    json_object_set_int_member(object, "first_number", (gint64)job->first_number);
    json_object_set_int_member(object, "first_time", (gint64)job->first_time);
    json_object_set_int_member(object, "first_init", (gint64)job->first_init);
    json_object_set_int_member(object, "segment_ms", job->segment_ms);
    json_object_set_int_member(object, "behind_ms", job->behind_ms);
    json_object_set_string_member(object, "text_default", job->text_default);
    json_object_set_string_member(object, "language", job->language);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static gboolean
read_word(JsonObject *object, const char *name, char **word)
{
    const char *text = package_strict_json_get_text(object, name);
    if (text == NULL || strlen(text) > MAX_WORD || strspn(text, NAME_LETTERS) != strlen(text))
        return FALSE;
    g_free(*word);
    *word = g_strdup(text);
    return TRUE;
}

static gboolean
read_count(JsonObject *object, const char *name, guint64 *count)
{
    guint64 value = 0;
    if (!package_strict_json_get_number(object, name, &value) || value > MAX_COUNT)
        return FALSE;
    *count = value;
    return TRUE;
}

static gboolean
read_ms(JsonObject *object, const char *name, guint least, guint most, guint *ms)
{
    guint64 value = 0;
    if (!package_strict_json_get_number(object, name, &value) || value < least || value > most)
        return FALSE;
    *ms = (guint)value;
    return TRUE;
}

static gboolean
read_rungs(JsonObject *object, char ***rungs)
{
    JsonArray *array = package_strict_json_get_array(object, "rungs");
    guint count = array == NULL ? 0 : json_array_get_length(array);
    if (count == 0 || count > MAX_RUNGS)
        return FALSE;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < count; i++) {
        JsonNode *node = json_array_get_element(array, i);
        const char *name = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        if (name == NULL || name[0] == '\0' || strlen(name) > MAX_WORD)
            return FALSE;
        g_strv_builder_add(names, name);
    }
    *rungs = g_strv_builder_end(names);
    return TRUE;
}

static ChildLiveJob *
read_job(JsonObject *object)
{
    g_autoptr(ChildLiveJob) job = child_live_job_new();
    job->staging = g_strdup(package_strict_json_get_text(object, "staging"));
    if (job->staging == NULL || !read_rungs(object, &job->rungs) ||
        !read_count(object, "first_number", &job->first_number) ||
        !read_count(object, "first_time", &job->first_time) ||
        !read_count(object, "first_init", &job->first_init) ||
        !read_ms(object, "segment_ms", LEAST_SEGMENT_MS, MOST_SEGMENT_MS, &job->segment_ms) ||
        !read_ms(object, "behind_ms", 0, MOST_BEHIND_MS, &job->behind_ms) ||
        !read_word(object, "text_default", &job->text_default) ||
        !read_word(object, "language", &job->language))
        return NULL;
    return g_steal_pointer(&job);
}

ChildLiveJob *
child_live_job_parse(const char *line, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root =
        package_strict_json_parse(line, length, CHILD_REPORT_MAX_LINE, &cause);
    JsonObject *object = root == NULL ? NULL : json_node_get_object(root);
    const char *type = object == NULL ? NULL : package_strict_json_get_text(object, "type");
    ChildLiveJob *job = g_strcmp0(type, "live") == 0 ? read_job(object) : NULL;
    if (job == NULL)
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "live job: %s",
                    cause != NULL ? cause->message : "a field is missing or wrong");
    return job;
}
