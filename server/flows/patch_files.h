// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The folder in which a patch is made: links to the files of both lessons, so that none of them
// goes meanwhile, the plan for the child, and the lesson's captions at their new times. Everything
// blocks: work threads only.
#pragma once

#include "server/flows/patch_ledger.h"
#include "server/flows/patch_rows.h"
#include "server/flows/publish.h"

/** Where. */
typedef struct {
    const char *folder; // (unowned) of the work
    const char *own;    // (unowned) the lesson's bundle
    const char *repeat; // (unowned) the repeat's bundle
} FlowsPatchFilesPlaces;

/** Empties the folder, links what is needed and writes the plan to @plan. @rungs: (out) (transfer
 * full): names to be made; @bytes (out): of all that is linked. G_IO_ERROR_NOT_SUPPORTED: the
 * repeat has no such rungs. */
gboolean flows_patch_files_prepare(const FlowsPatchFilesPlaces *places,
                                   const FlowsPatchRowsFacts *facts, const char *plan,
                                   char ***rungs, gint64 *bytes, GError **error);

/** Adds to @made the captions of @facts at their new times, whose files it writes into the bundle.
 */
gboolean flows_patch_files_move_captions(const FlowsPatchFilesPlaces *places,
                                         const FlowsPatchRowsFacts *facts, const GArray *cuts,
                                         CatalogLesson *made, GError **error);
