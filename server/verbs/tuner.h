// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a person is told when a tuner, a card or a SAT>IP server's, gives nothing, and what to do.
#pragma once

#include "pipelines/intake/address.h"
#include "pipelines/intake/signal.h"

/** Prints the sentence for @error, of INTAKE_ERROR or INTAKE_SRT_ERROR, on standard error. Returns:
 * an exit code. */
int verbs_tuner_report(const IntakeAddress *address, const GError *error);

/** Prints why nothing came from a tuner that works. Returns: an exit code. */
int verbs_tuner_report_nothing(const IntakeAddress *address, const IntakeSignal *signal);
