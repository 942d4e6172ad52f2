// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream from HLS with MPEG-TS segments (RFC 8216): one playlist, one segment after the
// other, and the playlist again. Bounded; on the main context of whoever made it.
#pragma once

#include <glib.h>

typedef struct _IntakeHls IntakeHls;

typedef struct {
    /** The playlist is there. @endless: it is live. */
    void (*opened)(gboolean endless, gpointer data);
    /** @bytes are good until return. @now_us: when they are due (monotonic). */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** Something cannot be had, says @error of G_IO_ERROR and its neighbours; it tries again. */
    void (*troubled)(const GError *error, gpointer data);
    /** Nothing follows. @error: (nullable). */
    void (*ended)(const GError *error, gpointer data);
} IntakeHlsFuncs;

/** @paced: as its clock says, else as fast as it comes. Returns: (transfer full): or NULL with
 * G_IO_ERROR_INVALID_ARGUMENT. */
IntakeHls *intake_hls_open(const char *uri, gboolean paced, const IntakeHlsFuncs *funcs,
                           gpointer data, GError **error);

/** Nothing is called any more. Also in a callback. */
void intake_hls_free(IntakeHls *hls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeHls, intake_hls_free)
