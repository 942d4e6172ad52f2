// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An upload whose bytes are a file on this machine: declared, copied and finished as any other. For
// import.
#pragma once

#include "server/flows/receive.h"

/**
 * flows_receive_adopt_async:
 * @declaration: WHOLE; its length is taken from the file
 * @path: a regular file; it stays where it is, blocks are shared where the file system can
 *
 * A copy that fails ends the upload again, its lesson as failed.
 */
void flows_receive_adopt_async(FlowsReceive *receive, const FlowsReceiveDeclaration *declaration,
                               const char *path, GAsyncReadyCallback callback, gpointer user_data);

/** Returns: (transfer full): DONE with the finished upload, or why not. */
FlowsReceiveStatus *flows_receive_adopt_finish(GAsyncResult *result);
