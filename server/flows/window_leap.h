// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A channel whose journal comes from a backup. What was on the air after the backup was made had
// numbers, too, and viewers and caches may still have what was behind them: numbers, times and init
// files go on well behind all that can have been used, so that none ever names two things.
#pragma once

#include <glib.h>

/** Lets the channel in @folder go on so at @now_ms, UTC milliseconds; one without a journal is left
 * alone. Nothing of its window is there any more. Blocks. FALSE with a G_IO_ERROR. */
gboolean flows_window_leap(const char *folder, gint64 now_ms, GError **error);
