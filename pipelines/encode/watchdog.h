// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Ends the process when work stands still: whatever a hostile file does to a decoder, the job gets
// an end. The last line then is `failed` with `timed-out`.
#pragma once

#include "pipelines/child/channel.h"

typedef struct _EncodeWatchdog EncodeWatchdog;

/** Starts a thread that waits @limit_s from beat to beat. */
EncodeWatchdog *encode_watchdog_new(ChildChannel *channel, guint limit_s);
void encode_watchdog_free(EncodeWatchdog *watchdog);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EncodeWatchdog, encode_watchdog_free)

/** Work went on. Any thread; cheap. */
void encode_watchdog_beat(EncodeWatchdog *watchdog);
