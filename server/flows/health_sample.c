// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A counter that is smaller than before began anew with another child: what it shows came since.
#include "server/flows/health_sample.h"

#include <math.h>

static float
take_step(FlowsHealthSampleState *state, guint place, gint64 counter)
{
    gint64 last = state->last[place];
    state->last[place] = counter;
    if (!state->known)
        return 0;
    return (float)(counter >= last ? counter - last : counter);
}

static float
take_maybe(gint64 value)
{
    return value == CHILD_FIELDS_NOTHING ? NAN : (float)value;
}

gboolean
flows_health_sample_multiplex(const FlowsIntakeStatus *status, FlowsHealthSampleState *state,
                              FlowsHealthPoint *point)
{
    const ChildIntakeHealth *health = &status->health;
    float *values = point->values;
    gboolean receiving = status->state == FLOWS_INTAKE_STATE_RECEIVING;
    flows_health_figures_clear(point);
    if (status->state == FLOWS_INTAKE_STATE_IDLE)
        return FALSE;
    values[FLOWS_HEALTH_M_RECEIVING] = receiving ? 1 : 0;
    values[FLOWS_HEALTH_M_LOCKED] = health->locked ? 1 : 0;
    values[FLOWS_HEALTH_M_BITS_PER_SECOND] = receiving ? (float)health->bits_per_second : 0;
    values[FLOWS_HEALTH_M_LEVEL] = take_maybe(health->level);
    values[FLOWS_HEALTH_M_QUALITY] = take_maybe(health->quality);
    values[FLOWS_HEALTH_M_CN_DB] = (float)health->cn_db;
    values[FLOWS_HEALTH_M_BER] = (float)health->ber;
    values[FLOWS_HEALTH_M_CC_ERRORS] = take_step(state, 0, health->cc_errors);
    values[FLOWS_HEALTH_M_TEI_PACKETS] = take_step(state, 1, health->tei_packets);
    values[FLOWS_HEALTH_M_SYNC_LOSSES] = take_step(state, 2, health->sync_losses);
    values[FLOWS_HEALTH_M_BROKEN_SECTIONS] = take_step(state, 3, health->broken_sections);
    values[FLOWS_HEALTH_M_DROPPED_PACKETS] = take_step(state, 4, health->dropped_packets);
    values[FLOWS_HEALTH_M_JITTER_US] = take_maybe(flows_intake_status_get_jitter_us(status));
    state->known = TRUE;
    return TRUE;
}

gboolean
flows_health_sample_channel(const FlowsLiveStatus *status, guint viewers, gint64 now_ms,
                            FlowsHealthSampleState *state, FlowsHealthPoint *point)
{
    float *values = point->values;
    gboolean on_air = status->state == FLOWS_LIVE_STATE_ON_AIR;
    flows_health_figures_clear(point);
    if (status->state == FLOWS_LIVE_STATE_OFF || status->state == FLOWS_LIVE_STATE_RESTING)
        return FALSE;
    values[FLOWS_HEALTH_C_ON_AIR] = on_air ? 1 : 0;
    if (on_air && status->speed_permille > 0)
        values[FLOWS_HEALTH_C_SPEED] = (float)status->speed_permille / 1000;
    if (on_air)
        values[FLOWS_HEALTH_C_BEHIND_MS] = (float)status->behind_ms;
    if (status->last_picture_ms > 0)
        values[FLOWS_HEALTH_C_PICTURE_AGE_MS] = (float)MAX(now_ms - status->last_picture_ms, 0);
    values[FLOWS_HEALTH_C_CC_ERRORS] = take_step(state, 0, (gint64)status->cc_errors);
    values[FLOWS_HEALTH_C_DAMAGED] = take_step(state, 1, (gint64)status->damaged);
    values[FLOWS_HEALTH_C_RESTARTS] = take_step(state, 2, status->restarts);
    values[FLOWS_HEALTH_C_VIEWERS] = (float)viewers;
    state->known = TRUE;
    return TRUE;
}
