// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One still a slide, taken where the analysis says that the slide is whole, as `still-NNNN.webp` in
// the staging folder; all of them as one PDF; the poster chosen among them. Each file is reported
// as an `asset`, then `slides` ends it. One thread.
#pragma once

#include "pipelines/analyse/result.h"
#include "pipelines/encode/run.h"

struct AVFrame;
typedef struct _EncodeStills EncodeStills;

/**
 * encode_stills_run:
 * @picture: with at least one slide
 *
 * Reads the file by itself, seeking from slide to slide; run->reader is left alone. Makes all files
 * anew, so that an attempt after a crash sends all lines again. Returns: (transfer full): what was
 * made, for the storyboard; NULL with any error of the layers below.
 */
EncodeStills *encode_stills_run(EncodeRun *run, const AnalyseResultPicture *picture,
                                EncodeProgressStage stage, GError **error);
void encode_stills_free(EncodeStills *stills);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeStills, encode_stills_free)

/** Returns: (transfer none) (nullable): a small picture of what is shown at @time_us. */
const struct AVFrame *encode_stills_get_thumbnail(const EncodeStills *stills, gint64 time_us);
