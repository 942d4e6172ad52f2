// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The main loop of `daorian-media --role door`: one SRT port at which teachers' live classes call.
// Only who says a key comes in whose hash the parent told; what comes is fed into the parent's
// pipes (pipelines/child/intake_job.h). Decodes nothing.
#pragma once

#include <glib.h>

typedef struct _IntakeDoor IntakeDoor;

/** @control: (transfer full): the channel to the parent. @loop: is left when the parent ends it or
 * the port cannot be opened. Returns: (transfer full). */
IntakeDoor *intake_door_new(int control, GMainLoop *loop);
void intake_door_free(IntakeDoor *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeDoor, intake_door_free)

/** Returns: after the end: an exit code. */
int intake_door_get_exit_code(const IntakeDoor *door);
