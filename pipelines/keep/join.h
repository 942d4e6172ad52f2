// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Joins the segments of one rung into its CMAF file: nothing is decoded, times begin at 0 and have
// no hole, the packaging rules are kept by pipelines/package/writer.h, which also goes on after a
// kill. Blocking.
#pragma once

#include "pipelines/package/result.h"
#include "pipelines/package/track.h"

/** What is joined, and where. */
typedef struct {
    const char *folder;  // (unowned) what paths are relative to; only read
    const char *staging; // (unowned) where the rung's files come
    const char *rung;    // (unowned)
    const GPtrArray
        *pieces; // (unowned) (element-type KeepPlanPiece): silence of AAC of one channel
    gboolean (*on_piece)(gpointer user_data); // (unowned) after each; FALSE: stop
    gpointer user_data;                       // (unowned)
} KeepJoin;

/** @tracks: (out) (transfer full): what the file is made of. Returns: (transfer full): NULL with a
 * PACKAGE_ERROR or G_FILE_ERROR, or with G_IO_ERROR_CANCELLED when it was told to stop. */
PackageResult *keep_join_run(const KeepJoin *join, PackageTracks **tracks, GError **error);
