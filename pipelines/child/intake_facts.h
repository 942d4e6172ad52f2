// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What the lines of an intake child are about: a service, a programme of the guide, the health of
// the stream. Plain values; intake_report.h is the lines. Numbers that may be missing are then
// CHILD_FIELDS_NOTHING.
#pragma once

#include "pipelines/child/fields.h"

/** An elementary stream of a service. */
typedef struct {
    guint16 pid;      // (value)
    guint8 type;      // (value) stream_type
    char kind[16];    // (value) video, audio, subtitles, teletext, data
    char codec[16];   // (value) one word, like h264
    char language[4]; // (value) ISO 639-2, empty: not said
    guint16 page;     // (value) of teletext or subtitles, 0: none
} ChildIntakeStream;

typedef struct {
    gint64 service_id;  // (value) programme number
    char *name;         // (owned) (nullable)
    char *provider;     // (owned) (nullable)
    char *kind;         // (owned) (nullable) tv, radio, data, unknown
    gboolean encrypted; // (value) signalled, or seen
    gboolean scrambled; // (value) its packets need a key now
    gboolean on_air;    // (value) the PAT has it
    gboolean hidden;    // (value) not for the list of channels
    gint64 channel;     // (value) logical channel number, may be missing
    gint64 pmt_pid;     // (value) may be missing
    gint64 pcr_pid;     // (value) may be missing
    GArray *streams;    // (owned) (nullable) (element-type ChildIntakeStream)
} ChildIntakeService;

typedef struct {
    gint64 service_id;          // (value) programme number
    gint64 transport_stream_id; // (value)
    gint64 original_network_id; // (value)
    gboolean elsewhere;         // (value) of another multiplex
    gint64 event_id;            // (value); an event that is gone has these five alone
    gboolean following;         // (value) in the table of present and following
    gint64 start_ms;            // (value) Unix time, may be missing
    gint64 duration_ms;         // (value) may be missing
    char *title;                // (owned) (nullable)
    char *summary;              // (owned) (nullable)
    char *description;          // (owned) (nullable)
    char *language;             // (owned) (nullable) ISO 639-2, may be empty
    char *genre;                // (owned) (nullable) a word, may be empty
    gint64 age;                 // (value) least age in years, 0: none
    char *programme_crid;       // (owned) (nullable) may be empty
    char *series_crid;          // (owned) (nullable) may be empty
    gint64 running;             // (value) running_status
} ChildIntakeEvent;

/** Counts are since the child's start. */
typedef struct {
    gint64 packets;         // (value)
    gint64 bits_per_second; // (value) of the last second
    gint64 cc_errors;       // (value) places where packets are missing
    gint64 tei_packets;     // (value) packets that came damaged
    gint64 sync_losses;     // (value)
    gint64 broken_sections; // (value)
    gint64 dropped_packets; // (value) that a full pipe did not take
    gint64 feeds;           // (value) pipes that are fed now
    gboolean locked;        // (value) the tuner has a signal; TRUE where there is no tuner
    gint64 level;           // (value) 0 to 255, may be missing
    gint64 quality;         // (value) 0 to 15, may be missing
    double cn_db;           // (value) carrier to noise, may be NAN
    double ber;             // (value) bit errors before correction, may be NAN
} ChildIntakeHealth;

#define CHILD_INTAKE_FACTS_PIDS_MAX 128 // of one line: the busiest ones

/** One packet identifier, since the line before. */
typedef struct {
    guint16 pid;            // (value)
    gboolean scrambled;     // (value)
    gint64 bits_per_second; // (value)
    gint64 cc_errors;       // (value)
    gint64 tei_packets;     // (value)
    gint64 jitter_us;       // (value) of its clock references, or CHILD_FIELDS_NOTHING
} ChildIntakePid;
