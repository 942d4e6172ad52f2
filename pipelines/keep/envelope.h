// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How loud a rung's sound is from moment to moment, as match.h compares it. Decodes all of it.
#pragma once

#include "pipelines/child/channel.h"

/** What is asked for. */
typedef struct {
    ChildChannel *channel;                                   // (unowned)
    const ChildJob *job;                                     // (unowned)
    const char *file;                                        // (unowned) relative to its bundle
    gboolean (*on_time)(gint64 time_us, gpointer user_data); // FALSE: stop
    gpointer user_data;                                      // (unowned)
} KeepEnvelopeWish;

/** Returns: (transfer full) (element-type float): dB, KEEP_MATCH_RATE a second; NULL with an error
 * of source or G_IO_ERROR_CANCELLED. */
GArray *keep_envelope_read(const KeepEnvelopeWish *wish, GError **error);
