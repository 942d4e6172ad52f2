// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The main loop of `daorian-media --role intake`: listens to one multiplex as its parent says
// (pipelines/child/intake_job.h), tells what the tables say, and feeds services into pipes. Decodes
// no picture or sound.
#pragma once

#include <glib.h>

typedef struct _IntakeChild IntakeChild;

/** @control: (transfer full): the channel to the parent. @loop: is left when the parent ends it or
 * the address fails. Returns: (transfer full). */
IntakeChild *intake_child_new(int control, GMainLoop *loop);
void intake_child_free(IntakeChild *child);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeChild, intake_child_free)

/** Returns: after the end: an exit code. */
int intake_child_get_exit_code(const IntakeChild *child);
