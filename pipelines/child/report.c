// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table says which field belongs to which kind of line; an asset's kind is read apart.
#include "pipelines/child/report.h"

#include "pipelines/child/fields.h"
#include "pipelines/package/strict_json.h"

#define MAX_STILLS 9999 // four digits in file names
#define MAX_DURATION_MS (G_GUINT64_CONSTANT(48) * 3600 * 1000)

#define IN(kind) (1u << CHILD_REPORT_##kind)

#define AT(member) G_STRUCT_OFFSET(ChildReport, member)
#define CODED (IN(FAILED) | IN(RUNG_FAILED) | IN(RUNG_SKIPPED) | IN(WARNING) | IN(SPLICE))
#define SIZED (IN(PROBE) | IN(RUNG) | IN(ASSET) | IN(SLIDES))
#define TIMED (IN(PROBE) | IN(RUNG) | IN(SLIDES) | IN(DONE))
#define NAMED (IN(RUNG) | IN(RUNG_FAILED) | IN(RUNG_SKIPPED))

static const ChildFieldsRow fields[] = {
    {"name", CHILD_FIELDS_WORD, AT(name), NAMED, CHILD_FIELDS_LETTERS, 32},
    {"rung", CHILD_FIELDS_WORD, AT(name), IN(CHECKPOINT), CHILD_FIELDS_LETTERS, 32},
    {"position", CHILD_FIELDS_SMALL, AT(position), IN(ASSET) | IN(SPLICE), NULL, MAX_STILLS},
    {"file", CHILD_FIELDS_FILE, AT(file), IN(RUNG) | IN(ASSET), CHILD_FIELDS_FILE_LETTERS, 64},
    {"index", CHILD_FIELDS_FILE, AT(index), IN(RUNG), CHILD_FIELDS_FILE_LETTERS, 64},
    {"sha256", CHILD_FIELDS_WORD, AT(sha256), IN(RUNG) | IN(ASSET), "abcdef" CHILD_FIELDS_DIGITS,
     64},
    {"codecs", CHILD_FIELDS_WORD, AT(codecs), IN(RUNG), CHILD_FIELDS_CODEC_LETTERS, 64},
    {"stage", CHILD_FIELDS_WORD, AT(stage), IN(PROGRESS), CHILD_FIELDS_LETTERS, 32},
    {"container", CHILD_FIELDS_PROSE, AT(container), IN(PROBE), NULL, CHILD_FIELDS_DETAIL_MAX},
    {"language", CHILD_FIELDS_TAG, AT(language), IN(ASSET), CHILD_FIELDS_UPPER CHILD_FIELDS_LETTERS,
     35},
    {"code", CHILD_FIELDS_WORD, AT(code), CODED, CHILD_FIELDS_LETTERS, 40},
    {"detail", CHILD_FIELDS_PROSE, AT(detail), CODED, NULL, CHILD_FIELDS_DETAIL_MAX},
    {"rungs", CHILD_FIELDS_NAMES, AT(rungs), IN(PLAN), CHILD_FIELDS_LETTERS, 32},
    {"has_picture", CHILD_FIELDS_FLAG, AT(has_picture), IN(PROBE), NULL, 0},
    {"has_sound", CHILD_FIELDS_FLAG, AT(has_sound), IN(PROBE), NULL, 0},
    {"grows", CHILD_FIELDS_FLAG, AT(grows), IN(ASSET), NULL, 0},
    {"columns", CHILD_FIELDS_SMALL, AT(columns), IN(ASSET), NULL, 1000},
    {"count", CHILD_FIELDS_SMALL, AT(count), IN(ASSET) | IN(SLIDES), NULL, MAX_STILLS},
    {"width", CHILD_FIELDS_SMALL, AT(width), SIZED, NULL, 1 << 20},
    {"height", CHILD_FIELDS_SMALL, AT(height), SIZED, NULL, 1 << 20},
    {"permille", CHILD_FIELDS_SMALL, AT(permille), IN(PROGRESS), NULL, 999},
    {"segments", CHILD_FIELDS_SMALL, AT(segments), IN(CHECKPOINT), NULL, 65535},
    {"interval_ms", CHILD_FIELDS_LARGE, AT(interval_ms), IN(ASSET), NULL, MAX_DURATION_MS},
    {"start_ms", CHILD_FIELDS_LARGE, AT(start_ms), IN(ASSET) | IN(SPLICE), NULL, MAX_DURATION_MS},
    {"end_ms", CHILD_FIELDS_LARGE, AT(end_ms), IN(ASSET) | IN(SPLICE), NULL, MAX_DURATION_MS},
    {"media_ms", CHILD_FIELDS_LARGE, AT(media_ms), IN(CHECKPOINT) | IN(WARNING) | IN(SPLICE), NULL,
     MAX_DURATION_MS},
    {"duration_ms", CHILD_FIELDS_LARGE, AT(duration_ms), TIMED, NULL, MAX_DURATION_MS},
    {"bytes", CHILD_FIELDS_LARGE, AT(bytes), IN(RUNG) | IN(ASSET), NULL, G_MAXINT64},
    {"bandwidth_bps", CHILD_FIELDS_LARGE, AT(bandwidth_bps), IN(RUNG), NULL, G_MAXINT64},
    {"average_bandwidth_bps", CHILD_FIELDS_LARGE, AT(average_bandwidth_bps), IN(RUNG), NULL,
     G_MAXINT64},
    {"speed", CHILD_FIELDS_REAL, AT(speed), IN(PROGRESS), NULL, 1000000},
    {"frame_rate", CHILD_FIELDS_REAL, AT(frame_rate), IN(RUNG), NULL, 1000},
    {"ssim", CHILD_FIELDS_REAL, AT(ssim), IN(RUNG), NULL, 1},
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
    [CHILD_REPORT_SPLICE] = "splice",
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

ChildReport *
child_report_copy(const ChildReport *report)
{
    ChildReport *copy = g_memdup2(report, sizeof *report);
    child_fields_detach(fields, G_N_ELEMENTS(fields), copy);
    return copy;
}

void
child_report_free(ChildReport *report)
{
    child_fields_clear(fields, G_N_ELEMENTS(fields), report);
    g_free(report);
}

char *
child_report_to_line(const ChildReport *report)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", kind_names[report->kind]);
    if (report->kind == CHILD_REPORT_HELLO)
        json_object_set_int_member(object, "version", CHILD_REPORT_VERSION);
    if (report->kind == CHILD_REPORT_ASSET)
        json_object_set_string_member(object, "kind", child_asset_get_name(report->asset));
    child_fields_write(object, fields, G_N_ELEMENTS(fields), report->kind, report);
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
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

static gboolean
read_asset(JsonObject *object, ChildAssetKind *asset)
{
    return child_asset_parse_name(package_strict_json_get_text(object, "kind"), asset);
}

/* A still has a place, a time and a size; captions have a language; nothing else has a place. */
static gboolean
is_sane_asset(const ChildReport *report)
{
    gboolean still = report->asset == CHILD_ASSET_STILL;
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
    *wrong = child_fields_read(object, fields, G_N_ELEMENTS(fields), kind, report);
    if (*wrong != NULL)
        return NULL;
    *wrong = "kind";
    if (kind == CHILD_REPORT_ASSET &&
        (!read_asset(object, &report->asset) || !is_sane_asset(report)))
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
