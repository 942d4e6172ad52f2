// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One line from the child that listens to a multiplex (`daorian-media --role intake`) to its
// parent, as a plain value, and its JSON form (table in ARCHITECTURE.md). The parent parses them as
// foreign bytes.
#pragma once

#include "pipelines/child/intake_facts.h"

#define CHILD_INTAKE_REPORT_STREAMS_MAX 64
#define CHILD_INTAKE_REPORT_CRID_LETTERS                                                           \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"

typedef enum {
    CHILD_INTAKE_REPORT_HELLO,
    CHILD_INTAKE_REPORT_SERVICE,           // one of a round of all services
    CHILD_INTAKE_REPORT_SERVICES_COMPLETE, // ends the round
    CHILD_INTAKE_REPORT_EVENT,             // a programme that is new or different
    CHILD_INTAKE_REPORT_EVENT_GONE,        // one that is broadcast no more
    CHILD_INTAKE_REPORT_CLOCK,
    CHILD_INTAKE_REPORT_HEALTH, // about each second: the sign of life
    CHILD_INTAKE_REPORT_PIDS,   // every few seconds: what each packet identifier did
    CHILD_INTAKE_REPORT_WARNING,
    CHILD_INTAKE_REPORT_FAILED, // the last line
    CHILD_INTAKE_REPORT_CALLER, // of the door alone: how somebody's class goes
} ChildIntakeReportKind;

/** Which fields count is said by the kind; the others are 0 or NULL. */
typedef struct {
    ChildIntakeReportKind kind; // (value)
    ChildIntakeService service; // (value) service
    ChildIntakeEvent event;     // (value) event, event-gone
    ChildIntakeHealth health;   // (value) health
    gint64 transport_stream_id; // (value) services-complete: may be CHILD_FIELDS_NOTHING
    gint64 original_network_id; // (value) services-complete: may be CHILD_FIELDS_NOTHING
    char *network;              // (owned) (nullable) services-complete: may be empty
    gint64 count;               // (value) services-complete: services of the round
    gboolean whole;             // (value) services-complete: no table was missing
    GArray *pids;               // (owned) (nullable) (element-type ChildIntakePid) pids
    gint64 stream_ms;           // (value) clock: what the multiplex says, Unix time
    char *code;                 // (owned) (nullable) warning, failed
    char *detail;               // (owned) (nullable) beside code: English, for the log
    char *caller;               // (owned) (nullable) caller: who, as the parent said
    char *event_word;           // (owned) (nullable) caller: came, on, conflict, gone
    char *reason;               // (owned) (nullable) caller: why it is gone, may be empty
} ChildIntakeReport;

/** Returns: (transfer full): all fields empty. Fill the owned fields with copies. */
ChildIntakeReport *child_intake_report_new(ChildIntakeReportKind kind);
void child_intake_report_free(ChildIntakeReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildIntakeReport, child_intake_report_free)

/** Returns: (transfer full): a copy of an event or event-gone line. */
ChildIntakeReport *child_intake_report_copy_event(const ChildIntakeReport *report);

/** Returns: (transfer full): one JSON object, no line feed, less than 64 KiB; texts are cut. */
char *child_intake_report_to_line(const ChildIntakeReport *report);

/** Pure. Returns: (transfer full): the report, or NULL with CHILD_ERROR_INVALID. */
ChildIntakeReport *child_intake_report_parse(const char *line, gsize length, GError **error);

/** Returns: (transfer full): @streams as the JSON array that the catalogue keeps. */
char *child_intake_report_render_streams(GArray *streams);
