// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The main loop of `daorian-media --role intake`: listens to one multiplex as its parent says
// (pipelines/child/intake_job.h), tells what the tables say, and feeds services into pipes. Decodes
// no picture or sound.
#pragma once

#include <glib.h>

/** @control: (transfer full): the channel to the parent. Runs until the parent ends it or the
 * address fails. Returns: an exit code. */
int intake_child_run(int control);
