// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The lines both ways, by one table.
#include "pipelines/child/intake_job.h"

#include "pipelines/child/fields.h"
#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define MAX_URI 4096

#define IN(line) (1u << CHILD_INTAKE_JOB_LINE_##line)
#define AT(member) G_STRUCT_OFFSET(ChildIntakeJob, member)

static const ChildFieldsRow rows[] = {
    {"uri", CHILD_FIELDS_PROSE, AT(uri), IN(JOB), NULL, MAX_URI},
    {"text_default", CHILD_FIELDS_TAG, AT(text_default), IN(JOB), CHILD_FIELDS_LETTERS, 32},
    {"guide", CHILD_FIELDS_FLAG, AT(guide), IN(JOB), NULL, 1},
    {"feed", CHILD_FIELDS_COUNT, AT(feed), IN(FEED) | IN(UNFEED) | IN(CLASS_FEED), NULL,
     G_MAXINT32},
    {"service_id", CHILD_FIELDS_COUNT, AT(service_id), IN(FEED), NULL, 65535},
    {"host", CHILD_FIELDS_WORD, AT(host), IN(DOOR), CHILD_FIELDS_LETTERS ":.", 64},
    {"port", CHILD_FIELDS_COUNT, AT(port), IN(DOOR), NULL, 65535},
    {"caller", CHILD_FIELDS_WORD, AT(caller), IN(ADMIT) | IN(DISMISS) | IN(CLASS_FEED),
     CHILD_FIELDS_LETTERS, 36},
    {"key", CHILD_FIELDS_WORD, AT(key), IN(ADMIT), CHILD_FIELDS_LETTERS, 64},
};

static const char *const names[] = {
    [CHILD_INTAKE_JOB_LINE_JOB] = "intake",
    [CHILD_INTAKE_JOB_LINE_FEED] = "feed",
    [CHILD_INTAKE_JOB_LINE_UNFEED] = "unfeed",
    [CHILD_INTAKE_JOB_LINE_TELL] = "tell",
    [CHILD_INTAKE_JOB_LINE_CANCEL] = "cancel",
    [CHILD_INTAKE_JOB_LINE_DOOR] = "door",
    [CHILD_INTAKE_JOB_LINE_ADMIT] = "admit",
    [CHILD_INTAKE_JOB_LINE_DISMISS] = "dismiss",
    [CHILD_INTAKE_JOB_LINE_CLASS_FEED] = "class-feed",
};

ChildIntakeJob *
child_intake_job_new(ChildIntakeJobLine line)
{
    ChildIntakeJob *job = g_new0(ChildIntakeJob, 1);
    job->line = line;
    return job;
}

void
child_intake_job_free(ChildIntakeJob *job)
{
    child_fields_clear(rows, G_N_ELEMENTS(rows), job);
    g_free(job);
}

char *
child_intake_job_to_line(const ChildIntakeJob *job)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", names[job->line]);
    child_fields_write(object, rows, G_N_ELEMENTS(rows), job->line, job);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static gboolean
read_line(JsonObject *object, ChildIntakeJobLine *line)
{
    const char *name = package_strict_json_get_text(object, "type");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_strcmp0(name, names[i]) == 0) {
            *line = (ChildIntakeJobLine)i;
            return TRUE;
        }
    return FALSE;
}

static ChildIntakeJob *
refuse(GError **error, const char *what)
{
    g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "intake job: wrong %s", what);
    return NULL;
}

ChildIntakeJob *
child_intake_job_parse(const char *line, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    ChildIntakeJobLine kind = CHILD_INTAKE_JOB_LINE_JOB;
    g_autoptr(JsonNode) root =
        package_strict_json_parse(line, length, CHILD_REPORT_MAX_LINE, &cause);
    if (root == NULL)
        return refuse(error, cause->message);
    JsonObject *object = json_node_get_object(root);
    if (!read_line(object, &kind))
        return refuse(error, "type");
    g_autoptr(ChildIntakeJob) job = child_intake_job_new(kind);
    const char *wrong = child_fields_read(object, rows, G_N_ELEMENTS(rows), kind, job);
    if (wrong == NULL && kind == CHILD_INTAKE_JOB_LINE_JOB && job->uri[0] == '\0')
        wrong = "uri";
    return wrong == NULL ? g_steal_pointer(&job) : refuse(error, wrong);
}
