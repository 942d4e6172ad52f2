// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Says about every second how far a job is: one number over all its stages that never goes back,
// restarts included, and reaches 999 only when all is encoded. One thread.
#pragma once

#include "pipelines/child/channel.h"

typedef struct _EncodeProgress EncodeProgress;

/** @floor_permille: what an earlier attempt said; never less is said. */
EncodeProgress *encode_progress_new(ChildChannel *channel, guint floor_permille);
void encode_progress_free(EncodeProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeProgress, encode_progress_free)

/** The bounds of one stage. */
typedef struct {
    const char *name;    // (static) the line's `stage`
    guint from_permille; // (value)
    guint to_permille;   // (value)
    gint64 start_us;     // (value) media time where this attempt goes on
    gint64 duration_us;  // (value) media time at the end; 0: not known
} EncodeProgressStage;

/** Begins a stage; says so at once. */
void encode_progress_begin(EncodeProgress *progress, const EncodeProgressStage *stage);

/** Media time @media_us is reached. Call often; speaks when a second has passed. */
void encode_progress_update(EncodeProgress *progress, gint64 media_us);
