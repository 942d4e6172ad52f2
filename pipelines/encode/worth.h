// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The end of a picture pass: finished rungs are held against one another and against those that are
// published already; those that are worth their bytes are reported, the others thrown away. Called
// by ladder.c.
#pragma once

#include "pipelines/encode/run.h"
#include "pipelines/encode/samples.h"

typedef struct _EncodeWorth EncodeWorth;

/** @samples: borrowed. */
EncodeWorth *encode_worth_new(EncodeRun *run, EncodeSamples *samples);
void encode_worth_free(EncodeWorth *worth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeWorth, encode_worth_free)

/** @output, @picture: borrowed until encode_worth_report(); @result: (transfer full): of @output.
 */
void encode_worth_add(EncodeWorth *worth, EncodeOutput *output, const EncodeDecidePicture *picture,
                      PackageResult *result);

/** Sends `rung` or `rung-skipped` for each, lowest first. Returns: FALSE when the job must end. */
gboolean encode_worth_report(EncodeWorth *worth, GError **error);

/** Sends `rung-skipped` for a rung that is not kept, or that an earlier attempt did not keep. */
void encode_worth_report_skipped(EncodeRun *run, EncodeRungsId id, const char *code);
