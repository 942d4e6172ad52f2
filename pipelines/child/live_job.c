// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The live job's line both ways.
#include "pipelines/child/live_job.h"

#include "pipelines/child/fields.h"
#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define MAX_WORD 35
#define MAX_PATH_CHARACTERS 4096
#define LEAST_SEGMENT_MS 1000
#define MOST_SEGMENT_MS 10000
#define MOST_BEHIND_MS (24 * 3600 * 1000)
#define AT(member) G_STRUCT_OFFSET(ChildLiveJob, member)

static const ChildFieldsRow fields[] = {
    {"rungs", CHILD_FIELDS_NAMES, AT(rungs), 1, CHILD_FIELDS_LETTERS, MAX_WORD},
    {"staging", CHILD_FIELDS_PROSE, AT(staging), 1, NULL, MAX_PATH_CHARACTERS},
    {"first_number", CHILD_FIELDS_LARGE, AT(first_number), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"first_time", CHILD_FIELDS_LARGE, AT(first_time), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"first_init", CHILD_FIELDS_LARGE, AT(first_init), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"segment_ms", CHILD_FIELDS_SMALL, AT(segment_ms), 1, NULL, MOST_SEGMENT_MS},
    {"behind_ms", CHILD_FIELDS_SMALL, AT(behind_ms), 1, NULL, MOST_BEHIND_MS},
    {"text_default", CHILD_FIELDS_TAG, AT(text_default), 1, CHILD_FIELDS_LETTERS, MAX_WORD},
    {"language", CHILD_FIELDS_TAG, AT(language), 1, CHILD_FIELDS_LETTERS, MAX_WORD},
    {"burn_language", CHILD_FIELDS_TAG, AT(burn_language), 1, CHILD_FIELDS_LETTERS, MAX_WORD},
    {"burn_rung", CHILD_FIELDS_TAG, AT(burn_rung), 1, CHILD_FIELDS_LETTERS, MAX_WORD},
    {"extras", CHILD_FIELDS_NAMES, AT(extras), 1, CHILD_FIELDS_LETTERS, MAX_WORD},
};

ChildLiveJob *
child_live_job_new(void)
{
    ChildLiveJob *job = g_new0(ChildLiveJob, 1);
    job->segment_ms = 3000;
    job->behind_ms = 5000;
    job->text_default = g_strdup("tis-620");
    job->language = g_strdup("tha");
    job->burn_language = g_strdup("");
    job->burn_rung = g_strdup("");
    job->extras = g_new0(char *, 1);
    return job;
}

void
child_live_job_free(ChildLiveJob *job)
{
    child_fields_clear(fields, G_N_ELEMENTS(fields), job);
    g_free(job);
}

char *
child_live_job_to_line(const ChildLiveJob *job)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", "live");
    child_fields_write(object, fields, G_N_ELEMENTS(fields), 0, job);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static ChildLiveJob *
read_job(JsonObject *object)
{
    g_autoptr(ChildLiveJob) job = g_new0(ChildLiveJob, 1);
    if (child_fields_read(object, fields, G_N_ELEMENTS(fields), 0, job) != NULL ||
        job->rungs[0] == NULL || job->segment_ms < LEAST_SEGMENT_MS)
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
