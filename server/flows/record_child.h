// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child that makes what a recorded lesson consists of, joined from segments or patched from a
// repeat: started when nobody else writes where it does, and what its end means to whoever asked
// for it. Main context.
#pragma once

#include "pipelines/child/launcher.h"
#include "server/config.h"
#include "server/flows/record_retry.h"

typedef struct _FlowsRecordChild FlowsRecordChild;

typedef enum {
    FLOWS_RECORD_CHILD_MADE,      // everything is there
    FLOWS_RECORD_CHILD_CANCELLED, // as was asked for
    FLOWS_RECORD_CHILD_AGAIN,     // another time, @why
    FLOWS_RECORD_CHILD_FAILED,    // for good, @code: none may run here, or it crashed too often
    FLOWS_RECORD_CHILD_GAVE_UP,   // for good, @code: it says why it cannot
} FlowsRecordChildKind;

typedef struct {
    FlowsRecordChildKind kind; // (value)
    FlowsRecordRetryCause why; // (value) of AGAIN
    const char *code;          // (unowned) static of FAILED; of GAVE_UP for the time of the call
} FlowsRecordChildEnd;

/** Everything is borrowed and must outlive the child. */
typedef struct {
    const ServerConfig *config;  // (unowned)
    const char *media_program;   // (unowned)
    const ChildSandbox *sandbox; // (unowned) (nullable) NULL: no child may run here
    const char *role;            // (unowned) of the program
    const char *kind;            // (unowned) of what is made, for the log
    const char *id;              // (unowned) of what is made, for the log
    const char *folder;          // (unowned) what it may read
    const char *staging;         // (unowned) where it writes
    const char *plan;            // (unowned) path of what it is to do
    guint crashes;               // (value) that earlier tries ended in
    gboolean quiet;              // (value) that there is no room was said before
    void (*on_report)(const ChildReport *report, gpointer user_data);   // (unowned)
    void (*on_end)(const FlowsRecordChildEnd *end, gpointer user_data); // (unowned) once, last
    gpointer user_data;                                                 // (unowned)
} FlowsRecordChildSetup;

/** Returns: (transfer full): not started. */
FlowsRecordChild *flows_record_child_new(const FlowsRecordChildSetup *setup);

/** Once. @rungs: (transfer none): to be made, not touched before on_end, which may be called before
 * this returns. */
void flows_record_child_start(FlowsRecordChild *child, char **rungs);

/** on_end follows, now or when the child is gone; one that is not started ends when it would be. */
void flows_record_child_cancel(FlowsRecordChild *child);

/** @bytes: of all that it makes from. Returns: FALSE with G_IO_ERROR_NO_SPACE when the disk has
 * less than that and what describes it. Any thread. */
gboolean flows_record_child_check_room(const FlowsRecordChild *child, gint64 bytes, GError **error);

/** In on_end, or whenever: one that runs is killed and tells nothing. */
void flows_record_child_free(FlowsRecordChild *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsRecordChild, flows_record_child_free)
