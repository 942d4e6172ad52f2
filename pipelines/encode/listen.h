// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Reads the sound once, before anything is encoded, and says what is heard; writes the waveform on
// the way. One thread.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/encode/run.h"

/** @sound: (out): untouched on failure. Sets run->end_us. */
gboolean encode_listen_run(EncodeRun *run, EncodeProgressStage stage, AnalyseResultSound *sound,
                           GError **error);
