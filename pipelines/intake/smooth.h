// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream that comes in bursts (segments of HLS, a file of the web) goes on at the pace
// of its own clock, so that pipes behind it do not overflow. Used by hls.c and stream.c, on the
// main context of whoever made it.
#pragma once

#include <glib.h>

typedef struct _IntakeSmooth IntakeSmooth;

typedef struct {
    /** @bytes: whole packets, good until return. @now_us: monotonic. */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** It was full and is not any more. */
    void (*room)(gpointer data);
    /** All of a stream that has ended is delivered. None of them may free it. */
    void (*drained)(gpointer data);
} IntakeSmoothFuncs;

/** Returns: (transfer full). */
IntakeSmooth *intake_smooth_new(const IntakeSmoothFuncs *funcs, gpointer data);
void intake_smooth_free(IntakeSmooth *smooth);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSmooth, intake_smooth_free)

/** Takes any bytes, whatever it holds. */
void intake_smooth_push(IntakeSmooth *smooth, const guint8 *bytes, gsize length);

/** Returns: whether it holds so much that nothing should be pushed until there is room. */
gboolean intake_smooth_is_full(const IntakeSmooth *smooth);

/** The stream has ended: what is held goes on at its pace, then `drained` is called, perhaps before
 * return. */
void intake_smooth_finish(IntakeSmooth *smooth);
