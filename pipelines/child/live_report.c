// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// As report.c: one table says which field belongs to which kind of line, what type it has and what
// it may hold; reading and writing both walk it. The parts of a segment are read apart.
#include "pipelines/child/live_report.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define MAX_DETAIL_CHARACTERS 500
#define MAX_COUNT (G_GUINT64_CONSTANT(1) << 53) // what every reader of JSON can hold
#define MAX_WALL_MS G_GUINT64_CONSTANT(4102444800000)
#define MAX_BYTES (G_GUINT64_CONSTANT(1) << 30)
#define MAX_SEGMENT_PTS90K (90000 * 60)

typedef enum {
    FIELD_TEXT,
    FIELD_TAG,    // a text that may be empty
    FIELD_DETAIL, // any text, cut to a length
    FIELD_NAMES,
    FIELD_FLAG,
    FIELD_SMALL, // guint
    FIELD_LARGE, // guint64
    FIELD_REAL,
} FieldType;

typedef struct {
    const char *name;    // (unowned) in JSON
    FieldType type;      // (value)
    gsize offset;        // (value) in ChildLiveReport
    guint kinds;         // (value) the lines that have it
    const char *letters; // (unowned) (nullable) texts: what they may consist of
    guint64 most;        // (value) numbers: the greatest; texts: the longest
} Field;

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_LETTERS LOWER DIGITS "-"
#define FILE_LETTERS NAME_LETTERS "."
#define IN(kind) (1u << CHILD_LIVE_REPORT_##kind)
#define AT(member) G_STRUCT_OFFSET(ChildLiveReport, member)
#define CODED (IN(WARNING) | IN(FAILED))
#define SIZED (IN(INIT) | IN(HEALTH))
#define TIMED (IN(SEGMENT) | IN(WARNING))

static const Field fields[] = {
    {"rung", FIELD_TEXT, AT(rung), IN(INIT), NAME_LETTERS, 32},
    {"init", FIELD_LARGE, AT(init), IN(INIT), NULL, MAX_COUNT},
    {"file", FIELD_TEXT, AT(file), IN(INIT), FILE_LETTERS, 64},
    {"bytes", FIELD_LARGE, AT(bytes), IN(INIT), NULL, MAX_BYTES},
    {"codecs", FIELD_TEXT, AT(codecs), IN(INIT), LOWER UPPER DIGITS ".,", 64},
    {"number", FIELD_LARGE, AT(number), IN(SEGMENT), NULL, MAX_COUNT},
    {"time", FIELD_LARGE, AT(time), IN(SEGMENT), NULL, MAX_COUNT},
    {"duration", FIELD_LARGE, AT(duration), IN(SEGMENT), NULL, MAX_SEGMENT_PTS90K},
    {"discontinuity", FIELD_FLAG, AT(discontinuity), IN(SEGMENT), NULL, 0},
    {"width", FIELD_SMALL, AT(width), SIZED, NULL, 16384},
    {"height", FIELD_SMALL, AT(height), SIZED, NULL, 16384},
    {"frame_rate", FIELD_REAL, AT(frame_rate), IN(INIT), NULL, 1000},
    {"bandwidth_bps", FIELD_LARGE, AT(bandwidth_bps), IN(INIT), NULL, MAX_BYTES},
    {"speed_permille", FIELD_SMALL, AT(speed_permille), IN(HEALTH), NULL, 1000000},
    {"behind_ms", FIELD_SMALL, AT(behind_ms), IN(HEALTH), NULL, G_MAXINT},
    {"dropped_rungs", FIELD_NAMES, AT(dropped_rungs), IN(HEALTH), NAME_LETTERS, 32},
    {"last_picture_ms", FIELD_LARGE, AT(last_picture_ms), IN(HEALTH), NULL, MAX_WALL_MS},
    {"last_sound_ms", FIELD_LARGE, AT(last_sound_ms), IN(HEALTH), NULL, MAX_WALL_MS},
    {"packets", FIELD_LARGE, AT(packets), IN(HEALTH), NULL, MAX_COUNT},
    {"cc_errors", FIELD_LARGE, AT(cc_errors), IN(HEALTH), NULL, MAX_COUNT},
    {"damaged", FIELD_LARGE, AT(damaged), IN(HEALTH), NULL, MAX_COUNT},
    {"scrambled", FIELD_FLAG, AT(scrambled), IN(HEALTH), NULL, 0},
    {"clock", FIELD_TEXT, AT(clock), IN(HEALTH), NAME_LETTERS, 16},
    {"picture_codec", FIELD_TAG, AT(picture_codec), IN(HEALTH), NAME_LETTERS, 32},
    {"sound_codec", FIELD_TAG, AT(sound_codec), IN(HEALTH), NAME_LETTERS, 32},
    {"language", FIELD_TAG, AT(language), IN(HEALTH), LOWER, 3},
    {"code", FIELD_TEXT, AT(code), CODED, NAME_LETTERS, 40},
    {"detail", FIELD_DETAIL, AT(detail), CODED, NULL, 0},
    {"wall_ms", FIELD_LARGE, AT(wall_ms), TIMED, NULL, MAX_WALL_MS},
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

static gboolean
is_text(const Field *field)
{
    return field->type == FIELD_TEXT || field->type == FIELD_TAG || field->type == FIELD_DETAIL;
}

static gpointer
get_member(const ChildLiveReport *report, const Field *field)
{
    return G_STRUCT_MEMBER_P(report, field->offset);
}

void
child_live_report_free(ChildLiveReport *report)
{
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (is_text(&fields[i]))
            g_clear_pointer((char **)get_member(report, &fields[i]), g_free);
    g_strfreev(report->dropped_rungs);
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

/* Valid UTF-8 of at most so many characters. */
static char *
tidy_text(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text == NULL ? "" : text, -1);
    return g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), MAX_DETAIL_CHARACTERS));
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
write_field(JsonObject *object, const Field *field, gpointer member)
{
    g_autofree char *text = NULL;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_TAG:
    case FIELD_DETAIL:
        text = tidy_text(*(char **)member);
        json_object_set_string_member(object, field->name, text);
        break;
    case FIELD_NAMES:
        write_names(object, field->name, *(char ***)member);
        break;
    case FIELD_FLAG:
        json_object_set_boolean_member(object, field->name, *(gboolean *)member);
        break;
    case FIELD_SMALL:
        json_object_set_int_member(object, field->name, (gint64)MIN(*(guint *)member, field->most));
        break;
    case FIELD_LARGE:
        json_object_set_int_member(object, field->name,
                                   (gint64)MIN(*(guint64 *)member, field->most));
        break;
    case FIELD_REAL:
        json_object_set_double_member(object, field->name, *(double *)member);
        break;
    }
}

static void
write_parts(JsonObject *object, const ChildLiveReport *report)
{
    JsonArray *parts = json_array_new();
    for (guint i = 0; i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        JsonObject *member = json_object_new();
        json_object_set_string_member(member, "rung", part->rung);
        json_object_set_int_member(member, "init", (gint64)part->init);
        json_object_set_string_member(member, "file", part->file);
        json_object_set_int_member(member, "bytes", (gint64)part->bytes);
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
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (fields[i].kinds & (1u << report->kind))
            write_field(object, &fields[i], get_member(report, &fields[i]));
    if (report->kind == CHILD_LIVE_REPORT_SEGMENT)
        write_parts(object, report);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

static gboolean
is_made_of(const char *text, const Field *field)
{
    gsize length = strlen(text);
    if (length == 0)
        return field->type == FIELD_TAG;
    return length <= field->most && text[0] != '.' && strspn(text, field->letters) == length;
}

static gboolean
read_text(JsonObject *object, const Field *field, char **member)
{
    const char *text = package_strict_json_get_text(object, field->name);
    if (text == NULL || (field->letters != NULL && !is_made_of(text, field)))
        return FALSE;
    g_free(*member);
    *member = field->letters != NULL ? g_strdup(text) : tidy_text(text);
    return TRUE;
}

static gboolean
read_names(JsonObject *object, const Field *field, char ***member)
{
    JsonArray *array = package_strict_json_get_array(object, field->name);
    if (array == NULL || json_array_get_length(array) > CHILD_LIVE_REPORT_PARTS_MAX)
        return FALSE;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        const char *name = JSON_NODE_HOLDS_VALUE(node) ? json_node_get_string(node) : NULL;
        if (name == NULL || !is_made_of(name, field))
            return FALSE;
        g_strv_builder_add(names, name);
    }
    g_strfreev(*member);
    *member = g_strv_builder_end(names);
    return TRUE;
}

static gboolean
read_flag(JsonObject *object, const Field *field, gboolean *member)
{
    JsonNode *node = json_object_get_member(object, field->name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        json_node_get_value_type(node) != G_TYPE_BOOLEAN)
        return FALSE;
    *member = json_node_get_boolean(node);
    return TRUE;
}

static gboolean
read_real(JsonObject *object, const Field *field, double *member)
{
    JsonNode *node = json_object_get_member(object, field->name);
    if (node == NULL || !JSON_NODE_HOLDS_VALUE(node) ||
        (json_node_get_value_type(node) != G_TYPE_DOUBLE &&
         json_node_get_value_type(node) != G_TYPE_INT64))
        return FALSE;
    double value = json_node_get_double(node);
    if (!isfinite(value) || value < 0 || value > (double)field->most)
        return FALSE;
    *member = value;
    return TRUE;
}

static gboolean
read_field(JsonObject *object, const Field *field, gpointer member)
{
    guint64 number = 0;
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_TAG:
    case FIELD_DETAIL:
        return read_text(object, field, member);
    case FIELD_NAMES:
        return read_names(object, field, member);
    case FIELD_FLAG:
        return read_flag(object, field, member);
    case FIELD_REAL:
        return read_real(object, field, member);
    case FIELD_SMALL:
    case FIELD_LARGE:
        break;
    }
    if (!package_strict_json_get_number(object, field->name, &number) || number > field->most)
        return FALSE;
    if (field->type == FIELD_SMALL)
        *(guint *)member = (guint)number;
    else
        *(guint64 *)member = number;
    return TRUE;
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
    static const Field rung_field = {"rung", FIELD_TEXT, 0, 0, NAME_LETTERS, 32};
    static const Field file_field = {"file", FIELD_TEXT, 0, 0, FILE_LETTERS, 64};
    g_autofree char *rung = NULL;
    g_autofree char *file = NULL;
    guint64 init = 0, bytes = 0;
    if (!JSON_NODE_HOLDS_OBJECT(node))
        return FALSE;
    JsonObject *object = json_node_get_object(node);
    if (!read_text(object, &rung_field, &rung) || !read_text(object, &file_field, &file) ||
        has_part(report, rung, file) || !package_strict_json_get_number(object, "init", &init) ||
        init > MAX_COUNT || !package_strict_json_get_number(object, "bytes", &bytes) ||
        bytes == 0 || bytes > MAX_BYTES)
        return FALSE;
    child_live_report_add_part(report, rung, init, file, bytes);
    return TRUE;
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
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        *wrong = fields[i].name;
        if ((fields[i].kinds & (1u << kind)) &&
            !read_field(object, &fields[i], get_member(report, &fields[i])))
            return NULL;
    }
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
