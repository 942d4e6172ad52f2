// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The patcher: orders to fill gaps of recordings from repeats (catalog/patches.h) are done one
// after another, each when its repeat's lesson is there. Part of the recorder (record.h), which
// owns it and says when to look. Main context.
#pragma once

#include "server/events.h"
#include "server/flows/patch_make.h"

typedef struct _FlowsPatch FlowsPatch;

/** Everything is borrowed and must outlive the patcher. */
typedef struct {
    FlowsRecordMakeSetup shared; // (value) its on_done and user_data do not count
    FlowsReceiveWorker *links;   // (unowned)
    ServerEvents *events;        // (unowned)
    void (*on_lesson)(const char *lesson_id, gpointer user_data); // (unowned) one is patched
    void (*on_quiet)(gpointer user_data); // (unowned) after a stop: nothing is going on any more
    gpointer user_data;                   // (unowned)
} FlowsPatchSetup;

/** Returns: (transfer full). */
FlowsPatch *flows_patch_new(const FlowsPatchSetup *setup);

/** Looks at all orders. @sandbox: (nullable): NULL: no child may run here. */
void flows_patch_look(FlowsPatch *patch, const ChildSandbox *sandbox);

/** Returns: (nullable): the recording that is being patched. */
const char *flows_patch_get_recording(const FlowsPatch *patch);

/** Ends the child. Returns: whether all is quiet; else on_quiet follows. */
gboolean flows_patch_stop(FlowsPatch *patch);

/** Quiet ones. */
void flows_patch_free(FlowsPatch *patch);
