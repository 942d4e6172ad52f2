// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A channel's child (`daorian-media --role live`): its job out, its lines in, checked against what
// the job asked for. Main context.
#pragma once

#include "pipelines/child/live_report.h"
#include "pipelines/child/process.h"
#include "server/config.h"
#include "server/flows/live_rows.h"
#include "server/flows/window.h"

typedef struct _FlowsLiveChild FlowsLiveChild;

/** Used during the call only. */
typedef struct {
    const ServerConfig *config;  // (unowned)
    const ChildSandbox *sandbox; // (unowned)
    const char *media_program;   // (unowned)
    const FlowsLiveRow *row;     // (unowned)
    const char *folder;          // (unowned) of the channel
    FlowsWindow *window;         // (unowned): says where numbers go on
    int lock;                    // (owned) of staging
    int input;                   // (owned) read end of the packets' pipe
} FlowsLiveChildSetup;

typedef struct {
    void (*on_report)(ChildLiveReport *report, gpointer user_data); // (transfer full)
    ChildProcessEndFunc on_end;                                     // once, the last call
    gpointer user_data;                                             // (unowned)
} FlowsLiveChildListener;

/** Takes both descriptors in any case. Returns: (transfer full): NULL with an error. */
FlowsLiveChild *flows_live_child_start(const FlowsLiveChildSetup *setup,
                                       const FlowsLiveChildListener *listener, GError **error);

/** Asks it to end; it is killed when it does not. */
void flows_live_child_cancel(FlowsLiveChild *child);

/** Kills it; on_end is told this code and detail. */
void flows_live_child_break(FlowsLiveChild *child, const char *code, const char *detail);

/** After on_end. */
void flows_live_child_free(FlowsLiveChild *child);
