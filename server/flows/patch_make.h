// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One patch: the gaps of a recorded lesson are filled from the lesson of a repeat. What is shown is
// not touched before everything is there; then the new generation takes its place. Main context.
#pragma once

#include "catalog/patches.h"
#include "server/flows/record_make.h"

typedef struct _FlowsPatchMake FlowsPatchMake;

typedef enum {
    FLOWS_PATCH_MAKE_OVER,  // its row says what became of it
    FLOWS_PATCH_MAKE_AGAIN, // it runs still: try again
} FlowsPatchMakeEnd;

/** @why: of AGAIN. */
typedef void (*FlowsPatchMakeFunc)(const CatalogPatches *patch, FlowsPatchMakeEnd end,
                                   FlowsRecordRetryCause why, gpointer user_data);

/** Beside what a recording is made with (its on_done and user_data do not count). */
typedef struct {
    FlowsRecordMakeSetup shared; // (value)
    FlowsReceiveWorker *links;   // (unowned) that of recordings: links are made in turn with theirs
    void (*on_progress)(const CatalogPatches *patch, guint permille,
                        gpointer user_data); // (unowned)
    FlowsPatchMakeFunc on_done;              // (unowned) once; free it then
    gpointer user_data;                      // (unowned)
} FlowsPatchMakeSetup;

/** @patch: (transfer full). @crashes: that earlier tries ended in. */
FlowsPatchMake *flows_patch_make_start(const FlowsPatchMakeSetup *setup, CatalogPatches *patch,
                                       guint crashes);

/** Returns: (transfer none). */
const CatalogPatches *flows_patch_make_get_patch(const FlowsPatchMake *make);

/** Ends the child; on_done follows, and the patch goes on running. */
void flows_patch_make_cancel(FlowsPatchMake *make);

/** After on_done. */
void flows_patch_make_free(FlowsPatchMake *make);
