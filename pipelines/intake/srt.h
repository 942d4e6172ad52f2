// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream by SRT from one sender: called, or calling here. One that goes is waited for
// or called again, later each time. On the main context of whoever made it.
#pragma once

#include "pipelines/intake/srt_address.h"

typedef struct _IntakeSrt IntakeSrt;

typedef struct {
    /** @bytes are good until return. @now_us: when they came (monotonic). */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** Why nothing comes, @error of INTAKE_SRT_ERROR, INTAKE_ERROR or G_IO_ERROR; it tries again.
     * Must not free. */
    void (*troubled)(const GError *error, gpointer data);
} IntakeSrtFuncs;

/** @address: must outlive it. Returns: (transfer full): or NULL with an error of G_IO_ERROR. */
IntakeSrt *intake_srt_open(const IntakeSrtAddress *address, const IntakeSrtFuncs *funcs,
                           gpointer data, GError **error);
void intake_srt_close(IntakeSrt *srt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSrt, intake_srt_close)

/** Returns: the UDP port of a listener. */
guint16 intake_srt_get_number(const IntakeSrt *srt);
