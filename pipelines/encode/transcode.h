// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A whole job in the child, in the order a reader of the lines sees it: probe, plan, the sound
// pass, the picture pass, done. Called by media_main.c.
#pragma once

#include "pipelines/child/channel.h"

/**
 * encode_transcode_run: does @job and sends every line of it, `failed` or `done` last.
 *
 * Returns: TRUE after `done`.
 */
gboolean encode_transcode_run(ChildChannel *channel, const ChildJob *job);
