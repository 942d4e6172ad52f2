// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The sound pass of a job: one decode makes `voice` and `voice-opus`. Needs run->treat.
#pragma once

#include "pipelines/encode/run.h"

/** @rungs: (element-type EncodeRungsId): `voice`, `voice-opus` or both. Makes and reports each as
 * soon as it is ready, from its last checkpoint. Sets run->end_us. */
gboolean encode_voice_run(EncodeRun *run, const GArray *rungs, EncodeProgressStage stage,
                          GError **error);
