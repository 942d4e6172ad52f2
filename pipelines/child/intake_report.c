// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table says which field belongs to which line; only the streams of a service are an array.
#include "pipelines/child/intake_report.h"

#include <math.h>
#include <string.h>

#include "pipelines/child/intake_pids.h"
#include "pipelines/child/report.h"
#include "pipelines/package/strict_json.h"

#define VERSION 1
#define MAX_TIME_MS (G_GUINT64_CONSTANT(4) * 1000 * 1000 * 1000 * 1000) // the year 2096
#define MAX_DURATION_MS (G_GUINT64_CONSTANT(100) * 3600 * 1000)
#define IN(kind) (1u << CHILD_INTAKE_REPORT_##kind)
#define AT(member) G_STRUCT_OFFSET(ChildIntakeReport, member)
#define EVENTS (IN(EVENT) | IN(EVENT_GONE))
#define CODED (IN(WARNING) | IN(FAILED))
#define WORDS CHILD_FIELDS_LETTERS
#define COUNT_ROW(name, member, kinds, most)                                                       \
    {                                                                                              \
        name, CHILD_FIELDS_COUNT, AT(member), kinds, NULL, most                                    \
    }
#define MAYBE_ROW(name, member, kinds, most)                                                       \
    {                                                                                              \
        name, CHILD_FIELDS_MAYBE, AT(member), kinds, NULL, most                                    \
    }
#define PROSE_ROW(name, member, kinds, most)                                                       \
    {                                                                                              \
        name, CHILD_FIELDS_PROSE, AT(member), kinds, NULL, most                                    \
    }
#define FLAG_ROW(name, member, kinds)                                                              \
    {                                                                                              \
        name, CHILD_FIELDS_FLAG, AT(member), kinds, NULL, 1                                        \
    }

static const ChildFieldsRow rows[] = {
    COUNT_ROW("service_id", service.service_id, IN(SERVICE), 65535),
    PROSE_ROW("name", service.name, IN(SERVICE), 200),
    PROSE_ROW("provider", service.provider, IN(SERVICE), 200),
    {"kind", CHILD_FIELDS_WORD, AT(service.kind), IN(SERVICE), WORDS, 16},
    FLAG_ROW("encrypted", service.encrypted, IN(SERVICE)),
    FLAG_ROW("scrambled", service.scrambled, IN(SERVICE)),
    FLAG_ROW("on_air", service.on_air, IN(SERVICE)),
    FLAG_ROW("hidden", service.hidden, IN(SERVICE)),
    MAYBE_ROW("channel", service.channel, IN(SERVICE), 65535),
    MAYBE_ROW("pmt_pid", service.pmt_pid, IN(SERVICE), 8191),
    MAYBE_ROW("pcr_pid", service.pcr_pid, IN(SERVICE), 8191),
    MAYBE_ROW("transport_stream_id", transport_stream_id, IN(SERVICES_COMPLETE), 65535),
    MAYBE_ROW("original_network_id", original_network_id, IN(SERVICES_COMPLETE), 65535),
    PROSE_ROW("network", network, IN(SERVICES_COMPLETE), 200),
    COUNT_ROW("count", count, IN(SERVICES_COMPLETE), 65535),
    FLAG_ROW("whole", whole, IN(SERVICES_COMPLETE)),
    COUNT_ROW("service_id", event.service_id, EVENTS, 65535),
    COUNT_ROW("transport_stream_id", event.transport_stream_id, EVENTS, 65535),
    COUNT_ROW("original_network_id", event.original_network_id, EVENTS, 65535),
    FLAG_ROW("other_multiplex", event.elsewhere, EVENTS),
    COUNT_ROW("event_id", event.event_id, EVENTS, 65535),
    FLAG_ROW("present_following", event.following, IN(EVENT)),
    MAYBE_ROW("start_ms", event.start_ms, IN(EVENT), MAX_TIME_MS),
    MAYBE_ROW("duration_ms", event.duration_ms, IN(EVENT), MAX_DURATION_MS),
    PROSE_ROW("title", event.title, IN(EVENT), 500),
    PROSE_ROW("summary", event.summary, IN(EVENT), 1000),
    PROSE_ROW("description", event.description, IN(EVENT), 5000),
    {"language", CHILD_FIELDS_TAG, AT(event.language), IN(EVENT), WORDS, 3},
    {"genre", CHILD_FIELDS_TAG, AT(event.genre), IN(EVENT), WORDS, 32},
    COUNT_ROW("age", event.age, IN(EVENT), 255),
    {"programme_crid", CHILD_FIELDS_TAG, AT(event.programme_crid), IN(EVENT),
     CHILD_INTAKE_REPORT_CRID_LETTERS, 255},
    {"series_crid", CHILD_FIELDS_TAG, AT(event.series_crid), IN(EVENT),
     CHILD_INTAKE_REPORT_CRID_LETTERS, 255},
    COUNT_ROW("running", event.running, IN(EVENT), 7),
    COUNT_ROW("stream_ms", stream_ms, IN(CLOCK), MAX_TIME_MS),
    COUNT_ROW("packets", health.packets, IN(HEALTH), G_MAXINT64),
    COUNT_ROW("bits_per_second", health.bits_per_second, IN(HEALTH) | IN(CALLER), G_MAXINT64),
    COUNT_ROW("cc_errors", health.cc_errors, IN(HEALTH) | IN(CALLER), G_MAXINT64),
    COUNT_ROW("tei_packets", health.tei_packets, IN(HEALTH), G_MAXINT64),
    COUNT_ROW("sync_losses", health.sync_losses, IN(HEALTH), G_MAXINT64),
    COUNT_ROW("broken_sections", health.broken_sections, IN(HEALTH), G_MAXINT64),
    COUNT_ROW("dropped_packets", health.dropped_packets, IN(HEALTH), G_MAXINT64),
    COUNT_ROW("feeds", health.feeds, IN(HEALTH), 4096),
    FLAG_ROW("locked", health.locked, IN(HEALTH)),
    MAYBE_ROW("level", health.level, IN(HEALTH), 255),
    MAYBE_ROW("quality", health.quality, IN(HEALTH), 15),
    {"cn_db", CHILD_FIELDS_FIGURE, AT(health.cn_db), IN(HEALTH), NULL, 1000},
    {"ber", CHILD_FIELDS_FIGURE, AT(health.ber), IN(HEALTH), NULL, 1},
    {"code", CHILD_FIELDS_WORD, AT(code), CODED, WORDS, 40},
    PROSE_ROW("detail", detail, CODED, 500),
    {"caller", CHILD_FIELDS_WORD, AT(caller), IN(CALLER), WORDS, 36},
    {"state", CHILD_FIELDS_WORD, AT(event_word), IN(CALLER), WORDS, 16},
    {"reason", CHILD_FIELDS_TAG, AT(reason), IN(CALLER), WORDS, 40},
};

static const char *const kind_names[] = {
    [CHILD_INTAKE_REPORT_HELLO] = "hello",
    [CHILD_INTAKE_REPORT_SERVICE] = "service",
    [CHILD_INTAKE_REPORT_SERVICES_COMPLETE] = "services-complete",
    [CHILD_INTAKE_REPORT_EVENT] = "event",
    [CHILD_INTAKE_REPORT_EVENT_GONE] = "event-gone",
    [CHILD_INTAKE_REPORT_CLOCK] = "clock",
    [CHILD_INTAKE_REPORT_HEALTH] = "health",
    [CHILD_INTAKE_REPORT_PIDS] = "pids",
    [CHILD_INTAKE_REPORT_WARNING] = "warning",
    [CHILD_INTAKE_REPORT_FAILED] = "failed",
    [CHILD_INTAKE_REPORT_CALLER] = "caller",
};

static const char *const service_kinds[] = {"tv", "radio", "data", "unknown", NULL};

ChildIntakeReport *
child_intake_report_new(ChildIntakeReportKind kind)
{
    ChildIntakeReport *report = g_new0(ChildIntakeReport, 1);
    report->kind = kind;
    return report;
}

void
child_intake_report_free(ChildIntakeReport *report)
{
    child_fields_clear(rows, G_N_ELEMENTS(rows), report);
    g_clear_pointer(&report->service.streams, g_array_unref);
    g_clear_pointer(&report->pids, g_array_unref);
    g_free(report);
}

ChildIntakeReport *
child_intake_report_copy_event(const ChildIntakeReport *report)
{
    ChildIntakeReport *copy = child_intake_report_new(report->kind);
    ChildIntakeEvent *event = &copy->event;
    *event = report->event;
    event->title = g_strdup(event->title);
    event->summary = g_strdup(event->summary);
    event->description = g_strdup(event->description);
    event->language = g_strdup(event->language);
    event->genre = g_strdup(event->genre);
    event->programme_crid = g_strdup(event->programme_crid);
    event->series_crid = g_strdup(event->series_crid);
    return copy;
}

static JsonArray *
build_streams(GArray *streams)
{
    JsonArray *list = json_array_new();
    for (guint i = 0; streams != NULL && i < streams->len; i++) {
        const ChildIntakeStream *stream = &g_array_index(streams, ChildIntakeStream, i);
        JsonObject *object = json_object_new();
        json_object_set_int_member(object, "pid", stream->pid);
        json_object_set_string_member(object, "kind", stream->kind);
        json_object_set_string_member(object, "codec", stream->codec);
        json_object_set_int_member(object, "stream_type", stream->type);
        json_object_set_string_member(object, "language", stream->language);
        json_object_set_int_member(object, "page", stream->page);
        json_array_add_object_element(list, object);
    }
    return list;
}

char *
child_intake_report_render_streams(GArray *streams)
{
    g_autoptr(JsonNode) node = json_node_new(JSON_NODE_ARRAY);
    json_node_take_array(node, build_streams(streams));
    return json_to_string(node, FALSE);
}

char *
child_intake_report_to_line(const ChildIntakeReport *report)
{
    g_autoptr(JsonObject) object = json_object_new();
    json_object_set_string_member(object, "type", kind_names[report->kind]);
    if (report->kind == CHILD_INTAKE_REPORT_HELLO)
        json_object_set_int_member(object, "version", VERSION);
    child_fields_write(object, rows, G_N_ELEMENTS(rows), report->kind, report);
    if (report->kind == CHILD_INTAKE_REPORT_SERVICE)
        json_object_set_array_member(object, "streams", build_streams(report->service.streams));
    if (report->kind == CHILD_INTAKE_REPORT_PIDS)
        json_object_set_array_member(object, "pids", child_intake_pids_build(report->pids));
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);
    return json_to_string(node, FALSE);
}

/* Copies a word that fits with its end. */
static gboolean
take_word(JsonObject *object, const char *name, char *place, gsize size)
{
    const char *text = package_strict_json_get_text(object, name);
    if (text == NULL || strspn(text, CHILD_FIELDS_LETTERS) != strlen(text))
        return FALSE;
    return g_strlcpy(place, text, size) < size;
}

static gboolean
take_number(JsonObject *object, const char *name, guint64 most, guint64 *number)
{
    return package_strict_json_get_number(object, name, number) && *number <= most;
}

static gboolean
take_stream(JsonObject *object, ChildIntakeStream *stream)
{
    guint64 pid = 0, type = 0, page = 0;
    if (!take_number(object, "pid", 8191, &pid) ||
        !take_number(object, "stream_type", 255, &type) ||
        !take_number(object, "page", 65535, &page) ||
        !take_word(object, "kind", stream->kind, sizeof stream->kind) ||
        !take_word(object, "codec", stream->codec, sizeof stream->codec) ||
        !take_word(object, "language", stream->language, sizeof stream->language))
        return FALSE;
    stream->pid = (guint16)pid;
    stream->type = (guint8)type;
    stream->page = (guint16)page;
    return TRUE;
}

static gboolean
read_streams(JsonObject *object, ChildIntakeReport *report)
{
    JsonArray *array = package_strict_json_get_array(object, "streams");
    if (array == NULL || json_array_get_length(array) > CHILD_INTAKE_REPORT_STREAMS_MAX)
        return FALSE;
    report->service.streams = g_array_new(FALSE, TRUE, sizeof(ChildIntakeStream));
    for (guint i = 0; i < json_array_get_length(array); i++) {
        JsonNode *node = json_array_get_element(array, i);
        ChildIntakeStream stream = {0};
        if (!JSON_NODE_HOLDS_OBJECT(node) || !take_stream(json_node_get_object(node), &stream))
            return FALSE;
        g_array_append_val(report->service.streams, stream);
    }
    return TRUE;
}

/* What the table cannot say. Returns: what is wrong, or NULL. */
static const char *
read_rest(JsonObject *object, ChildIntakeReport *report)
{
    guint64 version = 0;
    if (report->kind == CHILD_INTAKE_REPORT_HELLO &&
        (!package_strict_json_get_number(object, "version", &version) || version != VERSION))
        return "version";
    if (report->kind == CHILD_INTAKE_REPORT_PIDS) {
        report->pids = child_intake_pids_read(object, "pids");
        return report->pids != NULL ? NULL : "pids";
    }
    if (report->kind != CHILD_INTAKE_REPORT_SERVICE)
        return NULL;
    if (!g_strv_contains(service_kinds, report->service.kind))
        return "kind";
    return read_streams(object, report) ? NULL : "streams";
}

static gboolean
read_kind(JsonObject *object, ChildIntakeReportKind *kind)
{
    const char *name = package_strict_json_get_text(object, "type");
    for (guint i = 0; i < G_N_ELEMENTS(kind_names); i++)
        if (g_strcmp0(name, kind_names[i]) == 0) {
            *kind = (ChildIntakeReportKind)i;
            return TRUE;
        }
    return FALSE;
}

static ChildIntakeReport *
refuse(GError **error, const char *what)
{
    g_set_error(error, CHILD_ERROR, CHILD_ERROR_INVALID, "intake report: wrong %s", what);
    return NULL;
}

ChildIntakeReport *
child_intake_report_parse(const char *line, gsize length, GError **error)
{
    g_autoptr(GError) cause = NULL;
    ChildIntakeReportKind kind = CHILD_INTAKE_REPORT_HELLO;
    g_autoptr(JsonNode) root =
        package_strict_json_parse(line, length, CHILD_REPORT_MAX_LINE, &cause);
    if (root == NULL)
        return refuse(error, cause->message);
    JsonObject *object = json_node_get_object(root);
    if (!read_kind(object, &kind))
        return refuse(error, "type");
    g_autoptr(ChildIntakeReport) report = child_intake_report_new(kind);
    const char *wrong = child_fields_read(object, rows, G_N_ELEMENTS(rows), kind, report);
    if (wrong == NULL)
        wrong = read_rest(object, report);
    return wrong == NULL ? g_steal_pointer(&report) : refuse(error, wrong);
}
