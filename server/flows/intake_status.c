// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The value and its words.
#include "server/flows/intake_status.h"

#include <math.h>

FlowsIntakeStatus *
flows_intake_status_new(void)
{
    FlowsIntakeStatus *status = g_new0(FlowsIntakeStatus, 1);
    status->clock_offset_ms = CHILD_FIELDS_NOTHING;
    status->health.level = CHILD_FIELDS_NOTHING;
    status->health.quality = CHILD_FIELDS_NOTHING;
    status->health.cn_db = NAN;
    status->health.ber = NAN;
    return status;
}

FlowsIntakeStatus *
flows_intake_status_copy(const FlowsIntakeStatus *status)
{
    FlowsIntakeStatus *copy = g_memdup2(status, sizeof *status);
    copy->code = g_strdup(status->code);
    copy->detail = g_strdup(status->detail);
    copy->pids = status->pids != NULL ? g_array_ref(status->pids) : NULL;
    return copy;
}

void
flows_intake_status_free(FlowsIntakeStatus *status)
{
    g_free(status->code);
    g_free(status->detail);
    g_clear_pointer(&status->pids, g_array_unref);
    g_free(status);
}

gint64
flows_intake_status_get_jitter_us(const FlowsIntakeStatus *status)
{
    gint64 most = CHILD_FIELDS_NOTHING;
    for (guint i = 0; status->pids != NULL && i < status->pids->len; i++)
        most = MAX(most, g_array_index(status->pids, ChildIntakePid, i).jitter_us);
    return most;
}

const char *
flows_intake_status_get_word(FlowsIntakeState state)
{
    switch (state) {
    case FLOWS_INTAKE_STATE_IDLE:
        return "idle";
    case FLOWS_INTAKE_STATE_STARTING:
        return "starting";
    case FLOWS_INTAKE_STATE_RECEIVING:
        return "receiving";
    case FLOWS_INTAKE_STATE_SILENT:
        return "silent";
    case FLOWS_INTAKE_STATE_WAITING:
        return "waiting";
    }
    return "idle";
}
