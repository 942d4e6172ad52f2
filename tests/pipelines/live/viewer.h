// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Runs the real live child over a stream, takes its lines through the parser the parent uses,
// checks of each that the contract holds, and plays the segments of a rung: when it flashes and
// when it sounds.
#pragma once

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"
#include "tests/pipelines/live/broadcast.h"

typedef struct {
    GPtrArray *reports;  // (owned) (element-type ChildLiveReport) in order
    char *folder;        // (owned) the staging folder
    guint64 next_number; // (value) one more than the last segment's
    guint64 next_time;   // (value) where the last segment ends
    guint64 next_init;   // (value) one more than the last init file's
} Viewing;

/** Colours of a picture; those of broadcast.h are grey. */
typedef struct {
    gint64 ms;   // (value) on the channel's timeline
    guint8 blue; // (value) Cb where its bar stands, the mean
    guint8 red;  // (value) Cr there
    guint8 far;  // (value) Cr of the upper half
} PlayedTint;

/** Times on the channel's timeline, in ms. */
typedef struct {
    GArray *flashes; // (owned) (element-type gint64) when each begins
    GArray *tones;   // (owned) (element-type gint64) when each begins
    GArray *tints;   // (owned) (element-type PlayedTint) of each picture
    guint pictures;  // (value)
    gint64 first_ms; // (value) of the first picture, or sound where there is none
    gint64 last_ms;  // (value) where the last one begins
    gint64 samples;  // (value) of sound
    guint bad;       // (value) packets that did not decode, or times that went back
} Played;

/** @job: its staging is set. @kill_after: segments after which the child is killed, 0: never.
 * Returns: (transfer full): the contract was kept, or the test has failed. */
Viewing *viewer_run(const char *program, ChildLiveJob *job, const GByteArray *stream,
                    guint kill_after);

/** The same, of a broadcast that goes on until @enough says so; then the child is cancelled. */
Viewing *viewer_watch(const char *program, ChildLiveJob *job, Broadcast *broadcast,
                      gboolean (*enough)(const Viewing *viewing));
void viewing_free(Viewing *viewing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Viewing, viewing_free)

/** Returns: how many lines of @kind there are; warnings with @code (nullable) alone. */
guint viewing_count(const Viewing *viewing, ChildLiveReportKind kind, const char *code);

/** Returns: (transfer none) (nullable): the @index-th segment. */
const ChildLiveReport *viewing_get_segment(const Viewing *viewing, guint index);

/** Returns: how many segments do not go on from the one before; the first of all counts. */
guint viewing_count_jumps(const Viewing *viewing);

/** Returns: ms of all segments. */
gint64 viewing_measure_ms(const Viewing *viewing, const ChildLiveJob *job);

/** Plays all segments that have @rung. Returns: (transfer full). */
Played *viewing_play(const Viewing *viewing, const char *rung);
void played_free(Played *played);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Played, played_free)

/** Each flash has its tone within 40 ms, and at least so many pairs are there. */
void played_assert_together(const Played *played, guint least);
