// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table says which field belongs to which kind of line, another what a part of a segment has.
#include "pipelines/child/live_report.h"

#include <string.h>

#include "pipelines/child/fields.h"
#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define MAX_WALL_MS G_GUINT64_CONSTANT(4102444800000)
#define MAX_BYTES (G_GUINT64_CONSTANT(1) << 30)
#define MAX_SEGMENT_PTS90K (90000 * 60)

#define IN(kind) (1u << CHILD_LIVE_REPORT_##kind)
#define AT(member) G_STRUCT_OFFSET(ChildLiveReport, member)
#define PART_AT(member) G_STRUCT_OFFSET(ChildLiveReportPart, member)
#define CODED (IN(WARNING) | IN(FAILED))
#define SIZED (IN(INIT) | IN(HEALTH))
#define TIMED (IN(SEGMENT) | IN(WARNING))

static const ChildFieldsRow fields[] = {
    {"rung", CHILD_FIELDS_WORD, AT(rung), IN(INIT), CHILD_FIELDS_LETTERS, 32},
    {"init", CHILD_FIELDS_LARGE, AT(init), IN(INIT), NULL, CHILD_FIELDS_EXACT_MAX},
    {"file", CHILD_FIELDS_FILE, AT(file), IN(INIT), CHILD_FIELDS_FILE_LETTERS, 64},
    {"bytes", CHILD_FIELDS_LARGE, AT(bytes), IN(INIT), NULL, MAX_BYTES},
    {"codecs", CHILD_FIELDS_WORD, AT(codecs), IN(INIT), CHILD_FIELDS_CODEC_LETTERS, 64},
    {"number", CHILD_FIELDS_LARGE, AT(number), IN(SEGMENT), NULL, CHILD_FIELDS_EXACT_MAX},
    {"time", CHILD_FIELDS_LARGE, AT(time), IN(SEGMENT), NULL, CHILD_FIELDS_EXACT_MAX},
    {"duration", CHILD_FIELDS_LARGE, AT(duration), IN(SEGMENT), NULL, MAX_SEGMENT_PTS90K},
    {"discontinuity", CHILD_FIELDS_FLAG, AT(discontinuity), IN(SEGMENT), NULL, 0},
    {"width", CHILD_FIELDS_SMALL, AT(width), SIZED, NULL, 16384},
    {"height", CHILD_FIELDS_SMALL, AT(height), SIZED, NULL, 16384},
    {"frame_rate", CHILD_FIELDS_REAL, AT(frame_rate), IN(INIT), NULL, 1000},
    {"bandwidth_bps", CHILD_FIELDS_LARGE, AT(bandwidth_bps), IN(INIT), NULL, MAX_BYTES},
    {"speed_permille", CHILD_FIELDS_SMALL, AT(speed_permille), IN(HEALTH), NULL, 1000000},
    {"behind_ms", CHILD_FIELDS_SMALL, AT(behind_ms), IN(HEALTH), NULL, G_MAXINT},
    {"dropped_rungs", CHILD_FIELDS_NAMES, AT(dropped_rungs), IN(HEALTH), CHILD_FIELDS_LETTERS, 32},
    {"last_picture_ms", CHILD_FIELDS_LARGE, AT(last_picture_ms), IN(HEALTH), NULL, MAX_WALL_MS},
    {"last_sound_ms", CHILD_FIELDS_LARGE, AT(last_sound_ms), IN(HEALTH), NULL, MAX_WALL_MS},
    {"packets", CHILD_FIELDS_LARGE, AT(packets), IN(HEALTH), NULL, CHILD_FIELDS_EXACT_MAX},
    {"cc_errors", CHILD_FIELDS_LARGE, AT(cc_errors), IN(HEALTH), NULL, CHILD_FIELDS_EXACT_MAX},
    {"damaged", CHILD_FIELDS_LARGE, AT(damaged), IN(HEALTH), NULL, CHILD_FIELDS_EXACT_MAX},
    {"scrambled", CHILD_FIELDS_FLAG, AT(scrambled), IN(HEALTH), NULL, 0},
    {"clock", CHILD_FIELDS_WORD, AT(clock), IN(HEALTH), CHILD_FIELDS_LETTERS, 16},
    {"picture_codec", CHILD_FIELDS_TAG, AT(picture_codec), IN(HEALTH), CHILD_FIELDS_LETTERS, 32},
    {"sound_codec", CHILD_FIELDS_TAG, AT(sound_codec), IN(HEALTH), CHILD_FIELDS_LETTERS, 32},
    {"language", CHILD_FIELDS_TAG, AT(language), IN(HEALTH), CHILD_FIELDS_LOWER, 3},
    {"code", CHILD_FIELDS_WORD, AT(code), CODED, CHILD_FIELDS_LETTERS, 40},
    {"detail", CHILD_FIELDS_PROSE, AT(detail), CODED, NULL, CHILD_FIELDS_DETAIL_MAX},
    {"wall_ms", CHILD_FIELDS_LARGE, AT(wall_ms), TIMED, NULL, MAX_WALL_MS},
};

static const ChildFieldsRow part_fields[] = {
    {"rung", CHILD_FIELDS_WORD, PART_AT(rung), 1, CHILD_FIELDS_LETTERS, 32},
    {"init", CHILD_FIELDS_LARGE, PART_AT(init), 1, NULL, CHILD_FIELDS_EXACT_MAX},
    {"file", CHILD_FIELDS_FILE, PART_AT(file), 1, CHILD_FIELDS_FILE_LETTERS, 64},
    {"bytes", CHILD_FIELDS_LARGE, PART_AT(bytes), 1, NULL, MAX_BYTES},
};

static const char *const kind_names[] = {
    [CHILD_LIVE_REPORT_HELLO] = "hello",
    [CHILD_LIVE_REPORT_INIT] = "live-init",
    [CHILD_LIVE_REPORT_SEGMENT] = "live-segment",
    [CHILD_LIVE_REPORT_HEALTH] = "live-health",
    [CHILD_LIVE_REPORT_WARNING] = "warning",
    [CHILD_LIVE_REPORT_FAILED] = "failed",
    [CHILD_LIVE_REPORT_DONE] = "done",
};

static void
free_part(gpointer data)
{
    ChildLiveReportPart *part = data;
    g_free(part->rung);
    g_free(part->file);
    g_free(part);
}

ChildLiveReport *
child_live_report_new(ChildLiveReportKind kind)
{
    ChildLiveReport *report = g_new0(ChildLiveReport, 1);
    report->kind = kind;
    report->parts = g_ptr_array_new_with_free_func(free_part);
    return report;
}

void
child_live_report_free(ChildLiveReport *report)
{
    child_fields_clear(fields, G_N_ELEMENTS(fields), report);
    g_ptr_array_unref(report->parts);
    g_free(report);
}

void
child_live_report_add_part(ChildLiveReport *report, const char *rung, guint64 init,
                           const char *file, guint64 bytes)
{
    ChildLiveReportPart *part = g_new0(ChildLiveReportPart, 1);
    *part = (ChildLiveReportPart){g_strdup(rung), init, g_strdup(file), bytes};
    g_ptr_array_add(report->parts, part);
}

static void
write_parts(JsonObject *object, const ChildLiveReport *report)
{
    JsonArray *parts = json_array_new();
    for (guint i = 0; i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        JsonObject *member = json_object_new();
        child_fields_write(member, part_fields, G_N_ELEMENTS(part_fields), 0, part);
        json_array_add_object_element(parts, member);
    }
    json_object_set_array_member(object, "parts", parts);
}

char *
child_live_report_to_line(const ChildLiveReport *report)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", kind_names[report->kind]);
    if (report->kind == CHILD_LIVE_REPORT_HELLO)
        json_object_set_int_member(object, "version", CHILD_REPORT_VERSION);
    child_fields_write(object, fields, G_N_ELEMENTS(fields), report->kind, report);
    if (report->kind == CHILD_LIVE_REPORT_SEGMENT)
        write_parts(object, report);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static gboolean
has_part(const ChildLiveReport *report, const char *rung, const char *file)
{
    for (guint i = 0; i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        if (strcmp(part->rung, rung) == 0 || strcmp(part->file, file) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
read_part(JsonNode *node, ChildLiveReport *report)
{
    ChildLiveReportPart part = {0};
    gboolean right = JSON_NODE_HOLDS_OBJECT(node) &&
                     child_fields_read(json_node_get_object(node), part_fields,
                                       G_N_ELEMENTS(part_fields), 0, &part) == NULL &&
                     part.bytes > 0 && !has_part(report, part.rung, part.file);
    if (right)
        child_live_report_add_part(report, part.rung, part.init, part.file, part.bytes);
    child_fields_clear(part_fields, G_N_ELEMENTS(part_fields), &part);
    return right;
}

static gboolean
read_parts(JsonObject *object, ChildLiveReport *report)
{
    JsonArray *parts = package_strict_json_get_array(object, "parts");
    guint count = parts == NULL ? 0 : json_array_get_length(parts);
    if (count == 0 || count > CHILD_LIVE_REPORT_PARTS_MAX || report->duration == 0)
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!read_part(json_array_get_element(parts, i), report))
            return FALSE;
    return TRUE;
}

static gboolean
read_kind(JsonObject *object, ChildLiveReportKind *kind)
{
    const char *name = package_strict_json_get_text(object, "type");
    for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++)
        if (g_strcmp0(name, kind_names[i]) == 0) {
            *kind = (ChildLiveReportKind)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean
is_our_version(JsonObject *object)
{
    guint64 version = 0;
    return package_strict_json_get_number(object, "version", &version) &&
           version == CHILD_REPORT_VERSION;
}

static ChildLiveReport *
read_object(JsonObject *object, const char **wrong)
{
    ChildLiveReportKind kind = CHILD_LIVE_REPORT_HELLO;
    *wrong = "type";
    if (!read_kind(object, &kind))
        return NULL;
    g_autoptr(ChildLiveReport) report = child_live_report_new(kind);
    *wrong = child_fields_read(object, fields, G_N_ELEMENTS(fields), kind, report);
    if (*wrong != NULL)
        return NULL;
    *wrong = "parts";
    if (kind == CHILD_LIVE_REPORT_SEGMENT && !read_parts(object, report))
        return NULL;
    *wrong = "version";
    if (kind == CHILD_LIVE_REPORT_HELLO && !is_our_version(object))
        return NULL;
    return g_steal_pointer(&report);
}

ChildLiveReport *
child_live_report_parse(const char *line, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root =
        package_strict_json_parse(line, length, CHILD_REPORT_MAX_LINE, &cause);
    if (root == NULL) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "report: %s", cause->message);
        return NULL;
    }
    const char *wrong = NULL;
    ChildLiveReport *report = read_object(json_node_get_object(root), &wrong);
    if (report == NULL)
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "report: wrong %s", wrong);
    return report;
}
