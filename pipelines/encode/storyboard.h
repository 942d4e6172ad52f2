// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One sheet of at most a hundred small pictures for scrubbing, `storyboard.webp`, and the poster
// where no still can be one. From stills where there are, else from key frames. One thread.
#pragma once

#include "pipelines/encode/stills.h"

/**
 * encode_storyboard_run:
 * @stills: (nullable): what encode_stills_run() made; NULL: none, the poster is made here too
 *
 * Reads the file by itself; run->reader is left alone. Sends `asset` lines. A lesson without these
 * is still a lesson: only what must end the job is an error.
 */
gboolean encode_storyboard_run(EncodeRun *run, const EncodeStills *stills, GError **error);
