// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The outline of the sound as a small JSON file, `waveform.json`, for the seek bar of `voice`.
#pragma once

#include "pipelines/encode/run.h"

/** Writes it; @peaks: one value each @interval_ms, 255 the loudest. */
gboolean encode_waveform_write(const char *folder, guint interval_ms, const GByteArray *peaks,
                               GError **error);

/** Sends the `asset` line of the file in the staging folder, when there is one: it was written
 * while listening, perhaps by an earlier attempt. */
void encode_waveform_report(EncodeRun *run);
