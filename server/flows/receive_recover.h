// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The second half of a start, for receive.c: flows_receive_recover() set the offsets.
#pragma once

#include "server/flows/receive.h"

/** Runs receive_finish.h on every upload that was whole, or a FINAL, when the last run ended. Main
 * context. */
void flows_receive_recover_close_whole(FlowsReceive *receive);
