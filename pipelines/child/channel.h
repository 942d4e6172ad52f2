// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The child's end of the control channel: reads the job, notices a cancel, sends reports. Used only
// by daorian-media. Sending is allowed from any thread; reading from the one that made it.
#pragma once

#include "pipelines/child/job.h"
#include "pipelines/child/report.h"

typedef struct _ChildChannel ChildChannel;

/** Takes over @descriptor. */
ChildChannel *child_channel_new(int descriptor);
void child_channel_free(ChildChannel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChildChannel, child_channel_free)

/** Blocks until the parent's first line, at most 30 s. Returns: (transfer full): it, without its
 * feed; NULL with CHILD_ERROR_CLOSED. */
char *child_channel_read_line(ChildChannel *channel, GError **error);

/** The same, as a job. Returns: (transfer full): the job, or NULL. */
ChildJob *child_channel_read_job(ChildChannel *channel, GError **error);

/** Any thread. FALSE when the parent is gone: stop working, nobody will take the result. */
gboolean child_channel_send(ChildChannel *channel, const ChildReport *report);

/** As child_channel_send(), for the lines of other roles: @line without its feed. */
gboolean child_channel_send_line(ChildChannel *channel, const char *line);

/** Never blocks. TRUE once the parent asked to stop, or is gone. Cheap enough to ask for each
 * frame. */
gboolean child_channel_is_cancelled(ChildChannel *channel);
