// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One sheet of at most a hundred small pictures for scrubbing, `storyboard.webp`: from stills where
// there are, else from key pictures. One thread.
#pragma once

#include "pipelines/encode/stills.h"

/** The time from one picture to the next for a lesson of @duration_us: at least 2 s, whole halves
 * of a second, at most a hundred pictures. Pure. */
gint64 encode_storyboard_choose_interval(gint64 duration_us);

/**
 * encode_storyboard_run:
 * @stills: (nullable): what encode_stills_run() made; NULL: none
 *
 * Reads the file by itself; run->reader is left alone. Sends the `asset` line. A lesson without it
 * is still a lesson: only what must end the job is an error.
 */
gboolean encode_storyboard_run(EncodeRun *run, const EncodeStills *stills, GError **error);
