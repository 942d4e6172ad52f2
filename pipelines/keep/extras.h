// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a recorded lesson has beside its rungs, as any other has: captions, the outline of its
// sound, and a sheet of small pictures, out of the files that were just joined.
#pragma once

#include "pipelines/child/channel.h"

typedef struct {
    ChildChannel *channel; // (unowned)
    const ChildJob *job;   // (unowned)
    const char *plan;      // (unowned) its text
    gsize plan_bytes;      // of plan
    const char *sound;     // (unowned) (nullable) name of a staged rung file: the cheapest
    const char *picture;   // (unowned) (nullable) of the cheapest that has a picture
    guint64 duration_ms;   // of the lesson
} KeepExtras;

/** Sends an `asset` line each. A lesson without them is still a lesson: failure is not told. */
void keep_extras_make(const KeepExtras *extras);
