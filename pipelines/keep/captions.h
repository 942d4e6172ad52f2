// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The captions of a recording: those of its segments as one WebVTT file a language, in the time of
// the lesson.
#pragma once

#include "pipelines/captions/cues.h"
#include "pipelines/encode/run.h"
#include "pipelines/keep/plan.h"

/** Adds what @text (a WebVTT file of one segment, times from its beginning) says, @at_ms later, cut
 * to @duration_ms; a cue that goes on from the one before becomes one with it. What cannot be read
 * is left out. Pure. */
void keep_captions_add(CaptionsCues *cues, const char *text, gsize length, gint64 at_ms,
                       gint64 duration_ms);

/** Returns: (transfer full): the language tag of track @name: `th` for `captions-tha`; one that
 * @taken has already is told apart by its purpose or its number. Pure. */
char *keep_captions_choose_language(const char *name, GHashTable *taken);

/** Makes the files of all caption tracks of @plan and sends their lines. A lesson without captions
 * is still a lesson: failure is not told. */
void keep_captions_make(EncodeRun *run, const char *plan, gsize plan_bytes);
