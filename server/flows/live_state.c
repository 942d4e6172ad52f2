// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The value and its words.
#include "server/flows/live_state.h"

FlowsLiveStatus *
flows_live_state_new(void)
{
    return g_new0(FlowsLiveStatus, 1);
}

FlowsLiveStatus *
flows_live_state_copy(const FlowsLiveStatus *status)
{
    FlowsLiveStatus *copy = g_memdup2(status, sizeof *status);
    copy->code = g_strdup(status->code);
    copy->detail = g_strdup(status->detail);
    copy->dropped_rungs = g_strdupv(status->dropped_rungs);
    return copy;
}

void
flows_live_state_free(FlowsLiveStatus *status)
{
    g_free(status->code);
    g_free(status->detail);
    g_strfreev(status->dropped_rungs);
    g_free(status);
}

const char *
flows_live_state_get_word(FlowsLiveState state)
{
    switch (state) {
    case FLOWS_LIVE_STATE_OFF:
        return "off";
    case FLOWS_LIVE_STATE_WAITING:
        return "waiting";
    case FLOWS_LIVE_STATE_RESTING:
        return "resting";
    case FLOWS_LIVE_STATE_ON_AIR:
        return "on-air";
    case FLOWS_LIVE_STATE_NO_SIGNAL:
        return "no-signal";
    case FLOWS_LIVE_STATE_SCRAMBLED:
        return "scrambled";
    case FLOWS_LIVE_STATE_FAILED:
        return "failed";
    }
    return "off";
}

gboolean
flows_live_state_set(FlowsLiveStatus *status, FlowsLiveState state, const char *code,
                     const char *detail, gint64 now_ms)
{
    gboolean moved = status->state != state || status->since_ms == 0;
    gboolean changed = moved || g_strcmp0(status->code, code) != 0;
    if (moved)
        status->since_ms = now_ms;
    status->state = state;
    if (changed || g_strcmp0(status->detail, detail) != 0) {
        g_free(status->code);
        g_free(status->detail);
        status->code = g_strdup(code);
        status->detail = g_strdup(detail);
    }
    return changed;
}

void
flows_live_state_take_health(FlowsLiveStatus *status, ChildLiveReport *report)
{
    g_strfreev(status->dropped_rungs);
    status->dropped_rungs = g_steal_pointer(&report->dropped_rungs);
    status->speed_permille = report->speed_permille;
    status->last_picture_ms = (gint64)report->last_picture_ms;
    status->cc_errors = report->cc_errors;
    status->behind_ms = report->behind_ms;
    status->last_sound_ms = (gint64)report->last_sound_ms;
    status->damaged = report->damaged;
}

void
flows_live_state_clear_health(FlowsLiveStatus *status)
{
    g_clear_pointer(&status->dropped_rungs, g_strfreev);
    status->speed_permille = 0;
    status->last_picture_ms = 0;
    status->cc_errors = 0;
    status->behind_ms = 0;
    status->last_sound_ms = 0;
    status->damaged = 0;
}
