// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A transport stream from any address: the one door that the verbs and the child that listens to a
// multiplex use. On the main context of whoever made it; a card's driver may take a tenth of a
// second, nothing else blocks.
#pragma once

#include "pipelines/intake/address.h"
#include "pipelines/intake/pids.h"
#include "pipelines/intake/signal.h"

typedef struct _IntakeSource IntakeSource;

/** Whoever is called must not free the source; it may leave it, or set PIDs. */
typedef struct {
    /** The stream is there. @endless: it has no end of its own. May be called before
     * intake_source_open() returns, and again when what is there turns out to be a playlist. */
    void (*opened)(gboolean endless, gpointer data);
    /** @bytes are good until return. @now_us: when they came (monotonic), or
     * TABLES_HEALTH_NO_TIME for a file that is read as fast as it goes. */
    void (*received)(const guint8 *bytes, gsize length, gint64 now_us, gpointer data);
    /** (nullable) A tuner was lost or refuses, or an SRT sender is not there, says @error of
     * INTAKE_ERROR or INTAKE_SRT_ERROR; it tries again. */
    void (*troubled)(const GError *error, gpointer data);
    /** Nothing follows. @error: (nullable): of INTAKE_ERROR or G_IO_ERROR. */
    void (*ended)(const GError *error, gpointer data);
} IntakeSourceFuncs;

/**
 * intake_source_open:
 * @looped: a file is played over and over, as fast as its clock says
 *
 * Returns: (transfer full): on its way, or NULL with an error of INTAKE_ERROR or G_IO_ERROR.
 */
IntakeSource *intake_source_open(const IntakeAddress *address, gboolean looped,
                                 const IntakeSourceFuncs *funcs, gpointer data, GError **error);

/** Ends it, a SAT>IP server is told; `ended` comes without an error, perhaps before return. */
void intake_source_leave(IntakeSource *source);

/** Delivers what is held back for order, then ends at once. */
void intake_source_free(IntakeSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeSource, intake_source_free)

/** Returns: whether it sends the PIDs alone that it is asked for. */
gboolean intake_source_needs_pids(const IntakeSource *source);

/** Wants @pids from now on, where it matters. */
void intake_source_set_pids(IntakeSource *source, const IntakePids *pids);

/** Returns: whether there is a tuner, and what it says. */
gboolean intake_source_has_tuner(const IntakeSource *source);
IntakeSignal intake_source_get_signal(IntakeSource *source);
