// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The clock's side of ending uploads; the client's side is flows_receive_terminate_async().
#pragma once

#include "server/flows/receive.h"

/** Ends every upload whose session is over, its lesson as failed `upload-expired`, and every import
 * that died half-way (`import-interrupted`): what was typed stays, the bytes go. Uploads in use are
 * left for the next time. Main context. */
void flows_receive_terminate_expired(FlowsReceive *receive);
