// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The sound pass of a job: decodes the sound alone and makes the `voice` rung of it, before any
// picture is looked at, so that a lesson can be heard minutes after it was uploaded.
#pragma once

#include "pipelines/encode/run.h"

/**
 * encode_voice_run: makes and reports `voice`, from its last checkpoint on; sets run->end_us.
 * Returns: FALSE with any error of the layers below; nothing of the rung was reported then.
 */
gboolean encode_voice_run(EncodeRun *run, EncodeProgressStage stage, GError **error);
