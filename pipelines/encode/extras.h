// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Everything of a lesson that is no rung file: stills and the `slides` rung, poster, storyboard,
// waveform, captions from inside the source. Called by transcode.c between sound and pictures.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/encode/run.h"

/** @slides: the rung is wanted; without slides in @known it is reported as skipped. Returns: FALSE
 * with any error of the layers below: the rung was not reported then; what was sent before stays.
 */
gboolean encode_extras_run(EncodeRun *run, const AnalyseResult *known, gboolean slides,
                           EncodeProgressStage stage, GError **error);
