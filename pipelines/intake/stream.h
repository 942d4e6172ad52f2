// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream that is read piece by piece: a file as fast as it goes, or HTTP; a file of the
// web at its own pace where that is wanted. On the main context of whoever made it; never blocks,
// but for the opening of a file.
#pragma once

#include "pipelines/intake/address.h"

typedef struct _IntakeStream IntakeStream;

/** As those of source.h. */
typedef struct {
    void (*opened)(gboolean endless, gpointer data);
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    void (*ended)(const GError *error, gpointer data);
} IntakeStreamFuncs;

/**
 * intake_stream_open:
 * @address: of kind FILE or HTTP
 * @paced: what has an end and comes by HTTP goes on as its clock says
 *
 * Returns: (transfer full): or NULL with an error of G_IO_ERROR. What HTTP refuses is told as
 * G_IO_ERROR_FAILED `HTTP 404`, a playlist as G_IO_ERROR_NOT_SUPPORTED `HLS`.
 */
IntakeStream *intake_stream_open(const IntakeAddress *address, gboolean paced,
                                 const IntakeStreamFuncs *funcs, gpointer data, GError **error);

/** Returns: whether @error (nullable) of `ended` says that an HLS playlist came from the web. */
gboolean intake_stream_was_playlist(const GError *error);

/** Ends without an error, soon. */
void intake_stream_leave(IntakeStream *stream);

/** Nothing is called any more. */
void intake_stream_free(IntakeStream *stream);
