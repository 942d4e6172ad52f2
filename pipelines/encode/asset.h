// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The `asset` lines of files that a job makes beside its rungs.
#pragma once

#include "pipelines/encode/run.h"

/** Returns: (transfer full): a line for @file, to be filled further. */
ChildReport *encode_asset_new(ChildAssetKind kind, const char *file);

/** Adds size and digest of the file in the staging folder and sends the line. Returns: FALSE,
 * having sent nothing, when there is no such file. */
gboolean encode_asset_send(EncodeRun *run, ChildReport *report);
