// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A data folder with a recording that has a gap and a repeat that fills it, and the recorder that
// works on them. Used by the tests of patching. The clock stands but for ticks.
#pragma once

#include "catalog/lesson.h"
#include "catalog/patches.h"
#include "catalog/threads.h"
#include "server/flows/live.h"
#include "server/flows/record.h"

#define PATCH_HARNESS_NOW_MS G_GINT64_CONSTANT(1795273200000)
#define PATCH_HARNESS_PROGRAMME 5
#define PATCH_HARNESS_GAP_FROM_MS 14000 // of the programme
#define PATCH_HARNESS_GAP_TO_MS 24400   // of the programme
#define PATCH_HARNESS_RIGHT_S 15        // of the recording after its gap
#define PATCH_HARNESS_REPEAT_MS (-2360) // moment of the programme with which the repeat begins
#define PATCH_HARNESS_REPEAT_S 44

typedef struct {
    char *folder;              // (owned) the data folder
    const char *media_program; // (unowned)
    ServerConfig *config;      // (owned)
    ServerStorage *storage;    // (owned)
    ServerClock *clock;        // (owned) goes on with each tick
    ServerEvents *events;      // (owned)
    CatalogThreads *catalog;   // (owned)
    FlowsLive *live;           // (owned) never started
    FlowsRecord *record;       // (owned) (nullable)
    char *channel;             // (owned) (nullable)
    char *own;                 // (owned) (nullable) id of the recording with the gap
    char *repeat;              // (owned) (nullable) id of the repeat
    char *patch;               // (owned) (nullable) id of the order
    CatalogDatabase *database; // (owned) beside the flow's
    gint64 now_ms;             // when it began, UTC milliseconds
    gint64 first_ms;           // when the recording's programme began, UTC milliseconds
    gint64 repeated_ms;        // when that of the repeat did
    gint64 pace_ms;            // how far the clock goes a tick
    const char *const *sounds; // (unowned) (nullable): other ones of what is kept next
    guint ticks;               // so far
} PatchHarness;

/** What was on the air without a gap. */
typedef struct {
    guint programme; // whose
    gint64 from_ms;  // of the programme
    guint seconds;   // as many segments
} PatchHarnessStretch;

/** @folder: (transfer full): may have been one of a harness before; its running order is found. */
PatchHarness *patch_harness_new(char *folder, const char *media_program, gint64 now_ms);

/** Stops what runs. The folder stays. */
void patch_harness_free(PatchHarness *harness);

/** A channel and, on it, the recording with the gap: its booking is finishing. Other sounds are
 * those of the programmes that follow. */
void patch_harness_keep_own(PatchHarness *harness);
/** @parts: (nullable): NULL: the programme as a whole. */
void patch_harness_keep_repeat(PatchHarness *harness, const PatchHarnessStretch *parts,
                               guint count);

/** The gaps are to be filled from the repeat. */
void patch_harness_order(PatchHarness *harness);

void patch_harness_start(PatchHarness *harness);
void patch_harness_stop(PatchHarness *harness);

/** Runs for about as long as a tick: the catalogue is not asked all the time. */
void patch_harness_await_tick(PatchHarness *harness);
void patch_harness_await_lesson(PatchHarness *harness, const char *id);

/** Returns: (transfer full): done or failed. */
CatalogPatches *patch_harness_await_end(PatchHarness *harness);
CatalogPatches *patch_harness_read_patch(PatchHarness *harness);

/** Returns: (transfer full): the recording's, as it is shown. */
CatalogLesson *patch_harness_read_lesson(PatchHarness *harness);
const CatalogRung *patch_harness_find_rung(const CatalogLesson *lesson, const char *name);

/** Returns: (transfer full): of a file of the recording's bundle. */
char *patch_harness_build_path(PatchHarness *harness, const char *file);
char *patch_harness_read_file(PatchHarness *harness, const char *file);
