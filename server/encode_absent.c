// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Stands in the link while flows/encode.c is being written; server/meson.build leaves it out once that is there.
#include "server/flows/encode.h"

#include <gio/gio.h>

FlowsEncode *
flows_encode_new(const FlowsEncodeSetup *setup)
{
    return NULL;
}
void
flows_encode_start(FlowsEncode *encode)
{
}
void
flows_encode_wake(FlowsEncode *encode)
{
}
FlowsEncodeState
flows_encode_get_state(FlowsEncode *encode)
{
    return FLOWS_ENCODE_STOPPED;
}
const char *
flows_encode_state_to_string(FlowsEncodeState state)
{
    return "stopped";
}
void
flows_encode_stop_async(FlowsEncode *encode, GAsyncReadyCallback callback, gpointer user_data)
{
    g_autoptr(GTask) task = g_task_new(NULL, NULL, callback, user_data);
    g_task_return_boolean(task, TRUE);
}
gboolean
flows_encode_stop_finish(FlowsEncode *encode, GAsyncResult *result, GError **error)
{
    return g_task_propagate_boolean(G_TASK(result), error);
}
void
flows_encode_free(FlowsEncode *encode)
{
}
