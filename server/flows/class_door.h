// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's end of the door at which live classes call (`daorian-media --role door`): one child
// process, what it is told, what it says. Used by class.c. Main context.
#pragma once

#include "pipelines/child/intake_report.h"
#include "pipelines/child/sandbox.h"
#include "server/config.h"

typedef struct _FlowsClassDoor FlowsClassDoor;

typedef struct {
    /** The port is open; said again each second. Must not free. */
    void (*on_open)(gpointer data);
    /** Somebody came, can be shown, or is gone: a CALLER line. Must not free. */
    void (*on_caller)(const ChildIntakeReport *report, gpointer data);
    /** The child is gone; the last call, in which it may be freed. @code: (nullable). */
    void (*on_end)(const char *code, const char *detail, gpointer data);
} FlowsClassDoorFuncs;

/** Returns: (transfer full): or NULL with an error. */
FlowsClassDoor *flows_class_door_start(const ServerConfig *config, const ChildSandbox *sandbox,
                                       const char *media_program, const FlowsClassDoorFuncs *funcs,
                                       gpointer data, GError **error);

/** Who has the key with this hash may come as @id. */
void flows_class_door_admit(FlowsClassDoor *door, const char *id, const char *key_hash);
void flows_class_door_dismiss(FlowsClassDoor *door, const char *id);

/** What @id sends goes into a copy of @descriptor. */
void flows_class_door_feed(FlowsClassDoor *door, guint number, const char *id, int descriptor);
void flows_class_door_unfeed(FlowsClassDoor *door, guint number);

/** Asks it to end; on_end follows. */
void flows_class_door_cancel(FlowsClassDoor *door);
void flows_class_door_free(FlowsClassDoor *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FlowsClassDoor, flows_class_door_free)
