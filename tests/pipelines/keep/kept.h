// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Segments as a recording keeps them: what a live child would have written, in `voice` and `small`
// or of another sound, with times of a channel's timeline. Used by the tests of joining and of the
// recorder.
#pragma once

#include <glib.h>

#define KEPT_RUNGS 2
#define KEPT_SEGMENT_PTS90K 90000 // each lasts a second

typedef struct {
    const char *rung;   // (unowned) static
    guint width;        // 0: sound alone
    guint64 init_bytes; // of the init file
    GArray *spans;      // (owned) (element-type PackageIndexSegment)
    guint8 *data;       // (owned) the whole rung
    gsize bytes;        // of data
} KeptRung;

/** One run of a live child. */
typedef struct {
    KeptRung rungs[KEPT_RUNGS]; // (owned) lowest first
    guint rung_count;           // of rungs
    guint count;                // segments
} KeptRun;

/** Codes a moving pattern and a tone of @seconds. Returns: (transfer full). */
KeptRun *kept_run_new(guint seconds);

/** The same of a programme that can be told from others, from a moment of it on
 * (package_coded_get_loudness()). */
KeptRun *kept_run_new_of(guint seconds, guint programme, gint64 from_ms);

/** The same of another sound alone. @name: static, of the sound. */
KeptRun *kept_run_new_sound(const char *name, guint seconds, guint programme, gint64 from_ms);
void kept_run_free(KeptRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeptRun, kept_run_free)

/** Writes `<rung>/init-<init + place of the rung>.mp4` into @folder. */
void kept_run_write_inits(const KeptRun *run, const char *folder, guint init);

/** Writes segment @place of the run as `<rung>/0/<number>.m4s` that begins at @time (90 kHz, a
 * multiple of 15); @bytes (out): of each file, as many as the run has rungs. */
void kept_run_write_segment(const KeptRun *run, const char *folder, guint place, guint number,
                            guint64 time, guint32 *bytes);
