// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One multiplex while somebody needs it: its child, its pipes, its state. Used by intake.c, which
// owns it. Main context.
#pragma once

#include "server/flows/intake.h"

typedef struct _FlowsIntakeMux FlowsIntakeMux;

/** What all multiplexes of a supervisor share; outlives them. */
typedef struct {
    FlowsIntakeSetup setup;      // (value)
    const ChildSandbox *sandbox; // (unowned) (nullable) NULL until it is known
    void (*on_changed)(FlowsIntakeMux *mux, gpointer data); // (unowned) the status is another
    void (*on_idle)(FlowsIntakeMux *mux, gpointer data);    // (unowned) no child and no write is
                                                            // left; it may be freed in it
    gpointer data;                                          // (unowned) for both
} FlowsIntakeMuxShared;

/** Returns: (transfer full): idle. */
FlowsIntakeMux *flows_intake_mux_new(const FlowsIntakeMuxShared *shared, const char *id);
void flows_intake_mux_free(FlowsIntakeMux *mux);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsIntakeMux, flows_intake_mux_free)

const char *flows_intake_mux_get_id(const FlowsIntakeMux *mux);
const FlowsIntakeStatus *flows_intake_mux_get_status(const FlowsIntakeMux *mux);

/** @write_fd: (transfer full). */
void flows_intake_mux_add_feed(FlowsIntakeMux *mux, guint number, guint16 service_number,
                               int write_fd);

/** Returns: whether it had that feed. */
gboolean flows_intake_mux_remove_feed(FlowsIntakeMux *mux, guint number);

/** A person wants the services now. */
void flows_intake_mux_scan(FlowsIntakeMux *mux);

/** Reads the guide for a while. */
void flows_intake_mux_refresh(FlowsIntakeMux *mux);

/** Reads its row anew, and begins anew with it. */
void flows_intake_mux_reload(FlowsIntakeMux *mux);

/** The sandbox is known, or something else that was waited for: looks what is to be done. */
void flows_intake_mux_look(FlowsIntakeMux *mux);

/** Ends the child for good; on_idle follows unless it is idle already. */
void flows_intake_mux_stop(FlowsIntakeMux *mux);

gboolean flows_intake_mux_is_idle(const FlowsIntakeMux *mux);
