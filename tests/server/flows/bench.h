// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A data folder with one lesson that waits for its encoding, a supervisor that works on it, and the
// checks of what must be there afterwards. Used by the tests of encode and publish.
#pragma once

#include "catalog/lesson.h"
#include "server/flows/encode.h"

typedef struct {
    char *folder;           // (owned) the data folder
    char *lesson_id;        // (owned)
    GPtrArray *earlier;     // (owned) (element-type utf8) lessons added before that one
    ServerStorage *storage; // (owned)
} FlowsBench;

/** Makes the folder, a lesson in state queued, its job, and as its original a clip of @pictures (25
 * a second, 320 × 180) with sound, or the bytes of @original. */
FlowsBench *flows_bench_new(guint pictures, GBytes *original);

/** As above with a clip of 1280 × 720, which makes every rung. */
FlowsBench *flows_bench_new_large(guint pictures);

/** One more lesson of that kind, which is the bench's from then on. */
void flows_bench_add_lesson(FlowsBench *bench, guint pictures);

/** Opens an existing one, in another process. */
FlowsBench *flows_bench_open(const char *folder, const char *lesson_id);

/** Removes the folder too. */
void flows_bench_remove(FlowsBench *bench);
void flows_bench_free(FlowsBench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsBench, flows_bench_free)

/** How a run of the supervisor is disturbed. */
typedef struct {
    const char *media_program; // (unowned)
    guint die_at;        // (value) this process dies of SIGKILL before that durable step; 0: never
    guint kill_child_at; // (value) its children do; 0: never
    guint stop_at;       // (value) the supervisor is stopped in good order; 0: never
    guint cancel_at;     // (value) the job is cancelled in the catalogue; 0: never
    gboolean describe;   // (value) lesson.json is asked for anew before the end
    gboolean full;       // (value) the disk has no room; ends when the supervisor says so
    guint children;      // (value) at most so many at a time; 0: as by default
    guint steps;         // (value) out: durable steps seen
    guint most_children; // (value) out: seen at such a step
} FlowsBenchRun;

/** Supervises until no job is queued or running (or it is stopped). Moves its clock over back-offs.
 */
void flows_bench_supervise(FlowsBench *bench, FlowsBenchRun *run);

/** Returns: (transfer full): the lesson as it stands. */
CatalogLesson *flows_bench_read_lesson(FlowsBench *bench);

/** A person gives the lesson another title. */
void flows_bench_edit_title(FlowsBench *bench, const char *title);

/** Returns: how often its newest job was begun. */
int flows_bench_read_attempts(FlowsBench *bench);

/** Asserts that the lesson is published and complete, that each rung's file, index and playlists
 * are there and right, and that nothing is left behind. Returns: the number of rungs. */
guint flows_bench_assert_published(FlowsBench *bench);

/** Asserts that staging is empty. */
void flows_bench_assert_staging_empty(FlowsBench *bench);
