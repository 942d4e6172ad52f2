// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream from a card of this machine: opens it, speaks to LNB and switches, tunes, and
// hands over the whole multiplex. On the main context of whoever made it; the driver's own calls
// may take a tenth of a second each, so whoever cannot wait that long gives it a thread.
#pragma once

#include "pipelines/intake/address.h"
#include "pipelines/intake/signal.h"

typedef struct _IntakeDvb IntakeDvb;

typedef struct {
    /** @bytes are good until return. @now_us: when they came (monotonic). */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** @error: of INTAKE_ERROR; nothing follows. Must not free. */
    void (*failed)(const GError *error, gpointer data);
} IntakeDvbFuncs;

/**
 * intake_dvb_open:
 * @address: of kind DVB
 *
 * Returns: (transfer full): being tuned, for as long as it takes; or NULL with
 * G_IO_ERROR_INVALID_ARGUMENT, or an error of INTAKE_ERROR that names the device looked for.
 */
IntakeDvb *intake_dvb_open(const IntakeAddress *address, const IntakeDvbFuncs *funcs, gpointer data,
                           GError **error);
void intake_dvb_close(IntakeDvb *dvb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeDvb, intake_dvb_close)

/** Asks the frontend. */
IntakeSignal intake_dvb_get_signal(IntakeDvb *dvb);
