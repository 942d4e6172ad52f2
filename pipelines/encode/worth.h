// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The end of a picture pass: finished rungs are held against one another, those that are worth
// their bytes are reported, the others thrown away. Called by ladder.c.
#pragma once

#include "pipelines/encode/run.h"

typedef struct _EncodeWorth EncodeWorth;

EncodeWorth *encode_worth_new(EncodeRun *run);
void encode_worth_free(EncodeWorth *worth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeWorth, encode_worth_free)

/** @output, @picture: borrowed until encode_worth_report(); @result: (transfer full): of @output.
 */
void encode_worth_add(EncodeWorth *worth, EncodeOutput *output, const EncodeDecidePicture *picture,
                      PackageResult *result);

/** Sends `rung` or `rung-skipped` for each, lowest first. */
void encode_worth_report(EncodeWorth *worth);
