// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table says which field belongs to which kind of line, what type it has and what it may hold;
// reading and writing both walk it.
#include "pipelines/child/report.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "pipelines/package/strict_json.h"

#define MAX_NAMES 16
#define MAX_STILLS 9999 // four digits in file names
#define MAX_DETAIL_CHARACTERS 500
#define MAX_DURATION_MS (G_GUINT64_CONSTANT(48) * 3600 * 1000)

#define IN(kind) (1u << CHILD_REPORT_##kind)

typedef enum {
    FIELD_TEXT,
    FIELD_TAG,    // a text that may be empty
    FIELD_DETAIL, // any text, cut to a length
    FIELD_ASSET,
    FIELD_NAMES,
    FIELD_FLAG,
    FIELD_SMALL, // guint
    FIELD_LARGE, // guint64
    FIELD_REAL,
} FieldType;

typedef struct {
    const char *name;    // (unowned) in JSON
    FieldType type;      // (value)
    gsize offset;        // (value) in ChildReport
    guint kinds;         // (value) the lines that have it
    const char *letters; // (unowned) (nullable) texts: what they may consist of
    guint64 most;        // (value) numbers: the greatest; texts: the longest
} Field;

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_LETTERS LOWER DIGITS "-"
#define FILE_LETTERS NAME_LETTERS "."
#define AT(member) G_STRUCT_OFFSET(ChildReport, member)
#define CODED (IN(FAILED) | IN(RUNG_FAILED) | IN(RUNG_SKIPPED) | IN(WARNING))
#define SIZED (IN(PROBE) | IN(RUNG) | IN(ASSET) | IN(SLIDES))
#define TIMED (IN(PROBE) | IN(RUNG) | IN(SLIDES) | IN(DONE))
#define NAMED (IN(RUNG) | IN(RUNG_FAILED) | IN(RUNG_SKIPPED))

static const Field fields[] = {
    {"kind", FIELD_ASSET, AT(asset), IN(ASSET), NULL, 0},
    {"name", FIELD_TEXT, AT(name), NAMED, NAME_LETTERS, 32},
    {"rung", FIELD_TEXT, AT(name), IN(CHECKPOINT), NAME_LETTERS, 32},
    {"position", FIELD_SMALL, AT(position), IN(ASSET), NULL, MAX_STILLS},
    {"file", FIELD_TEXT, AT(file), IN(RUNG) | IN(ASSET), FILE_LETTERS, 64},
    {"index", FIELD_TEXT, AT(index), IN(RUNG), FILE_LETTERS, 64},
    {"sha256", FIELD_TEXT, AT(sha256), IN(RUNG) | IN(ASSET), "abcdef" DIGITS, 64},
    {"codecs", FIELD_TEXT, AT(codecs), IN(RUNG), LOWER UPPER DIGITS ".,", 64},
    {"stage", FIELD_TEXT, AT(stage), IN(PROGRESS), NAME_LETTERS, 32},
    {"container", FIELD_DETAIL, AT(container), IN(PROBE), NULL, 0},
    {"language", FIELD_TAG, AT(language), IN(ASSET), LOWER UPPER DIGITS "-", 35},
    {"code", FIELD_TEXT, AT(code), CODED, NAME_LETTERS, 40},
    {"detail", FIELD_DETAIL, AT(detail), CODED, NULL, 0},
    {"rungs", FIELD_NAMES, AT(rungs), IN(PLAN), NAME_LETTERS, 32},
    {"has_picture", FIELD_FLAG, AT(has_picture), IN(PROBE), NULL, 0},
    {"has_sound", FIELD_FLAG, AT(has_sound), IN(PROBE), NULL, 0},
    {"grows", FIELD_FLAG, AT(grows), IN(ASSET), NULL, 0},
    {"columns", FIELD_SMALL, AT(columns), IN(ASSET), NULL, 1000},
    {"count", FIELD_SMALL, AT(count), IN(ASSET) | IN(SLIDES), NULL, MAX_STILLS},
    {"width", FIELD_SMALL, AT(width), SIZED, NULL, 1 << 20},
    {"height", FIELD_SMALL, AT(height), SIZED, NULL, 1 << 20},
    {"permille", FIELD_SMALL, AT(permille), IN(PROGRESS), NULL, 999},
    {"segments", FIELD_SMALL, AT(segments), IN(CHECKPOINT), NULL, 65535},
    {"interval_ms", FIELD_LARGE, AT(interval_ms), IN(ASSET), NULL, MAX_DURATION_MS},
    {"start_ms", FIELD_LARGE, AT(start_ms), IN(ASSET), NULL, MAX_DURATION_MS},
    {"end_ms", FIELD_LARGE, AT(end_ms), IN(ASSET), NULL, MAX_DURATION_MS},
    {"media_ms", FIELD_LARGE, AT(media_ms), IN(CHECKPOINT) | IN(WARNING), NULL, MAX_DURATION_MS},
    {"duration_ms", FIELD_LARGE, AT(duration_ms), TIMED, NULL, MAX_DURATION_MS},
    {"bytes", FIELD_LARGE, AT(bytes), IN(RUNG) | IN(ASSET), NULL, G_MAXINT64},
    {"bandwidth_bps", FIELD_LARGE, AT(bandwidth_bps), IN(RUNG), NULL, G_MAXINT64},
    {"average_bandwidth_bps", FIELD_LARGE, AT(average_bandwidth_bps), IN(RUNG), NULL, G_MAXINT64},
    {"speed", FIELD_REAL, AT(speed), IN(PROGRESS), NULL, 1000000},
    {"frame_rate", FIELD_REAL, AT(frame_rate), IN(RUNG), NULL, 1000},
    {"ssim", FIELD_REAL, AT(ssim), IN(RUNG), NULL, 1},
};

static const char *const kind_names[] = {
    [CHILD_REPORT_HELLO] = "hello",
    [CHILD_REPORT_PROBE] = "probe",
    [CHILD_REPORT_PLAN] = "plan",
    [CHILD_REPORT_ASSET] = "asset",
    [CHILD_REPORT_SLIDES] = "slides",
    [CHILD_REPORT_PROGRESS] = "progress",
    [CHILD_REPORT_CHECKPOINT] = "checkpoint",
    [CHILD_REPORT_RUNG] = "rung",
    [CHILD_REPORT_RUNG_SKIPPED] = "rung-skipped",
    [CHILD_REPORT_RUNG_FAILED] = "rung-failed",
    [CHILD_REPORT_WARNING] = "warning",
    [CHILD_REPORT_FAILED] = "failed",
    [CHILD_REPORT_DONE] = "done",
};

G_DEFINE_QUARK(daorian - child - error, child_report_error)

ChildReport *
child_report_new(ChildReportKind kind)
{
    ChildReport *report = g_new0(ChildReport, 1);
    report->kind = kind;
    return report;
}

static gboolean
is_owned_text(const Field *field)
{
    return field->type == FIELD_TEXT || field->type == FIELD_TAG || field->type == FIELD_DETAIL;
}

static gpointer
get_member(const ChildReport *report, const Field *field)
{
    return G_STRUCT_MEMBER_P(report, field->offset);
}

ChildReport *
child_report_copy(const ChildReport *report)
{
    ChildReport *copy = g_memdup2(report, sizeof *report);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (g_strcmp0(fields[i].name, "rung") == 0)
            continue; // the same member as name
        char **member = get_member(copy, &fields[i]);
        if (is_owned_text(&fields[i]))
            *member = g_strdup(*member);
    }
    copy->rungs = g_strdupv(report->rungs);
    return copy;
}

void
child_report_free(ChildReport *report)
{
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (is_owned_text(&fields[i]))
            g_clear_pointer((char **)get_member(report, &fields[i]), g_free);
    g_strfreev(report->rungs);
    g_free(report);
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
    case FIELD_ASSET:
        json_object_set_string_member(object, field->name,
                                      child_asset_get_name(*(ChildAssetKind *)member));
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

char *
child_report_to_line(const ChildReport *report)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", kind_names[report->kind]);
    if (report->kind == CHILD_REPORT_HELLO)
        json_object_set_int_member(object, "version", CHILD_REPORT_VERSION);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (fields[i].kinds & (1u << report->kind))
            write_field(object, &fields[i], get_member(report, &fields[i]));
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
    if (array == NULL || json_array_get_length(array) > MAX_NAMES)
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
    case FIELD_ASSET:
        return child_asset_parse_name(package_strict_json_get_text(object, field->name), member);
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
read_kind(JsonObject *object, ChildReportKind *kind)
{
    const char *name = package_strict_json_get_text(object, "type");
    for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++)
        if (g_strcmp0(name, kind_names[i]) == 0) {
            *kind = (ChildReportKind)i;
            return TRUE;
        }
    return FALSE;
}

static gboolean
is_our_version(JsonObject *object, const ChildReport *report)
{
    guint64 version = 0;
    return report->kind != CHILD_REPORT_HELLO ||
           (package_strict_json_get_number(object, "version", &version) &&
            version == CHILD_REPORT_VERSION);
}

/* A still has a place, a time and a size; captions have a language; nothing else has a place. */
static gboolean
is_sane_asset(const ChildReport *report)
{
    gboolean still = report->asset == CHILD_ASSET_STILL;
    if (report->kind != CHILD_REPORT_ASSET)
        return TRUE;
    if (still != (report->position > 0) || report->start_ms > report->end_ms)
        return FALSE;
    if (still && (report->width == 0 || report->height == 0))
        return FALSE;
    return (report->asset == CHILD_ASSET_CAPTIONS) == (report->language[0] != '\0');
}

static ChildReport *
read_object(JsonObject *object, const char **wrong)
{
    ChildReportKind kind = CHILD_REPORT_HELLO;
    *wrong = "type";
    if (!read_kind(object, &kind))
        return NULL;
    g_autoptr(ChildReport) report = child_report_new(kind);
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        *wrong = fields[i].name;
        if ((fields[i].kinds & (1u << kind)) &&
            !read_field(object, &fields[i], get_member(report, &fields[i])))
            return NULL;
    }
    *wrong = "kind";
    if (!is_sane_asset(report))
        return NULL;
    *wrong = "version";
    return is_our_version(object, report) ? g_steal_pointer(&report) : NULL;
}

ChildReport *
child_report_parse(const char *line, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(JsonNode) root =
        package_strict_json_parse(line, length, CHILD_REPORT_MAX_LINE, &cause);
    if (root == NULL) {
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "report: %s", cause->message);
        return NULL;
    }
    const char *wrong = NULL;
    ChildReport *report = read_object(json_node_get_object(root), &wrong);
    if (report == NULL)
        g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "report: wrong %s", wrong);
    return report;
}
