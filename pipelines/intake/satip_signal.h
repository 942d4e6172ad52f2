// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Signal figures that a SAT>IP server sends in RTCP application packets (SAT>IP 1.2.2 §3.5.7, RFC
// 3550 §6.7). Pure.
#pragma once

#include "pipelines/intake/signal.h"

/** Reads the first packet named SES1 of a compound @datagram. Returns: whether there was one with
 * good figures; @signal is untouched if not. */
gboolean intake_satip_signal_parse(const guint8 *datagram, gsize length, IntakeSignal *signal);

/** Reads `ver=1.0;src=1;tuner=1,240,1,7,12402,v,dvbs,…;pids=0,17`. Returns: as above. */
gboolean intake_satip_signal_parse_text(const char *text, IntakeSignal *signal);
