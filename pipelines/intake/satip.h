// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream from a SAT>IP server (SAT>IP 1.2.2): asks for a tuner, keeps it, and asks
// again for as long as it takes when it is lost. On the main context of whoever made it; never
// blocks.
#pragma once

#include "pipelines/intake/address.h"
#include "pipelines/intake/pids.h"
#include "pipelines/intake/rtp.h"
#include "pipelines/intake/signal.h"

typedef struct _IntakeSatip IntakeSatip;

typedef enum {
    INTAKE_SATIP_CONNECTING,
    INTAKE_SATIP_SETTING_UP,
    INTAKE_SATIP_STARTING,
    INTAKE_SATIP_PLAYING,
    INTAKE_SATIP_LEAVING, // gives the tuner back, for good or to ask anew
    INTAKE_SATIP_WAITING, // for the next try
    INTAKE_SATIP_OVER,    // after intake_satip_leave(), nothing follows
} IntakeSatipState;

/** Whoever is called may call intake_satip_leave() and intake_satip_set_pids(), and must not free.
 */
typedef struct {
    /** @bytes are good until return. @now_us: when they came (monotonic). */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** @error: (nullable): of INTAKE_ERROR: what went wrong on the way to WAITING, or with a change
     * of PIDs while PLAYING. */
    void (*changed)(IntakeSatipState state, const GError *error, gpointer data);
} IntakeSatipFuncs;

/** Waits, in ms. */
typedef struct {
    guint answer_ms;      // (value) for the server's answer
    guint silence_ms;     // (value) without a packet until the tuner counts as lost
    guint first_retry_ms; // (value) doubled after each failure
    guint last_retry_ms;  // (value) and no more than this
    guint alive_ms;       // (value) between signs of life; 0: as the session needs
} IntakeSatipWaits;

/**
 * intake_satip_open:
 * @address: of kind SATIP
 * @waits: (nullable): for tests
 *
 * Returns: (transfer full): on its way; or NULL with G_IO_ERROR_INVALID_ARGUMENT.
 */
IntakeSatip *intake_satip_open(const IntakeAddress *address, const IntakeSatipWaits *waits,
                               const IntakeSatipFuncs *funcs, gpointer data, GError **error);

/** Gives the tuner back, bounded in time; OVER is told at the end, perhaps before return. */
void intake_satip_leave(IntakeSatip *satip);

/** Ends at once, without a word to the server unless it was left before. */
void intake_satip_free(IntakeSatip *satip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSatip, intake_satip_free)

/** Wants @pids besides those of the address from now on. */
void intake_satip_set_pids(IntakeSatip *satip, const IntakePids *pids);

IntakeSatipState intake_satip_get_state(const IntakeSatip *satip);
IntakeSignal intake_satip_get_signal(const IntakeSatip *satip);
IntakeRtpFigures intake_satip_get_rtp(const IntakeSatip *satip);

/** Returns: whether packets come inside the connection. */
gboolean intake_satip_is_inside(const IntakeSatip *satip);
