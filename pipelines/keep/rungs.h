// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Makes rung files out of pieces, one after another, and tells the parent of each and of how far it
// is; at last what is beside them. Used by both roles that join.
#pragma once

#include "pipelines/child/channel.h"

typedef struct {
    ChildChannel *channel; // (unowned)
    const ChildJob *job;   // (unowned)
    const char *rung;      // (unowned) (nullable) at work
    const char *best;      // (unowned) (nullable) the last that has a picture
    char *sound;           // (owned) (nullable) file of the first rung
    char *picture;         // (owned) (nullable) file of the first that has a picture
    guint pieces;          // of all rungs
    guint done;            // of pieces
    guint base_permille;   // what was done before the first piece
    guint made;            // rungs, without other sounds
    guint64 duration_ms;   // of the longest rung
    gint64 told_us;        // when progress was told last
} KeepRungs;

/** Frees what it owns. */
void keep_rungs_clear(KeepRungs *rungs);

/** Tells how far it is, not too often. Returns: FALSE when the job is to end. */
gboolean keep_rungs_tell_progress(KeepRungs *rungs, guint permille);

/** Joins @pieces (element-type KeepPlanPiece) as @name (unowned) and sends its line. FALSE as
 * keep_join_run(). */
gboolean keep_rungs_make(KeepRungs *rungs, const char *name, const GPtrArray *pieces,
                         GError **error);

/** Sends the line of one that cannot be made. */
void keep_rungs_tell_failed(const KeepRungs *rungs, const char *name, const GError *failure);

/** Makes a poster of @best (nullable) (element-type KeepPlanPiece), the pieces of the richest rung,
 * and whatever else a lesson has beside its rungs. @plan: for captions; may be empty. FALSE with
 * G_IO_ERROR_CANCELLED. */
gboolean keep_rungs_make_extras(KeepRungs *rungs, const GPtrArray *best, const char *plan,
                                gsize plan_bytes, GError **error);

/** Sends `done`, or `failed` with the code of @failure (nullable) and of no other when @code is
 * NULL. */
void keep_rungs_tell_end(const KeepRungs *rungs, const char *code, const GError *failure);
