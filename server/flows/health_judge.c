// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A row a figure, the worst first; the first row that is passed gives the verdict. A figure that
// was not measured passes none.
#include "server/flows/health_judge.h"

#include <math.h>

typedef struct {
    guint figure;     // (value)
    gboolean below;   // (value) the bound is a floor
    float bound;      // (value) by the minute
    const char *code; // static
} Row;

static const Row multiplex_rows[] = {
    {FLOWS_HEALTH_M_DROPPED_PACKETS, FALSE, 0, "feed-dropped"},
    {FLOWS_HEALTH_M_TEI_PACKETS, FALSE, 0, "damaged-packets"},
    {FLOWS_HEALTH_M_BER, FALSE, 2e-3F, "weak-signal"},
    {FLOWS_HEALTH_M_QUALITY, TRUE, 5, "weak-signal"},
    {FLOWS_HEALTH_M_CN_DB, TRUE, 6, "weak-signal"},
    {FLOWS_HEALTH_M_SYNC_LOSSES, FALSE, 0, "packets-lost"},
    {FLOWS_HEALTH_M_CC_ERRORS, FALSE, 5, "packets-lost"},
    {FLOWS_HEALTH_M_RECEIVING, TRUE, 0.9F, "interrupted"},
    {FLOWS_HEALTH_M_JITTER_US, FALSE, 100000, "uneven"},
};

static const Row channel_rows[] = {
    {FLOWS_HEALTH_C_RESTARTS, FALSE, 0, "restarted"},
    {FLOWS_HEALTH_C_PICTURE_AGE_MS, FALSE, 15000, "picture-stands"},
    {FLOWS_HEALTH_C_BEHIND_MS, FALSE, 8000, "behind"},
    {FLOWS_HEALTH_C_CC_ERRORS, FALSE, 5, "packets-lost"},
    {FLOWS_HEALTH_C_DAMAGED, FALSE, 10, "damaged-pictures"},
    {FLOWS_HEALTH_C_ON_AIR, TRUE, 0.9F, "interrupted"},
};

static const char *
find_row(const Row *rows, gsize count, const FlowsHealthPoint *recent)
{
    for (gsize i = 0; recent != NULL && i < count; i++) {
        float value = recent->values[rows[i].figure];
        if (!isnan(value) && (rows[i].below ? value < rows[i].bound : value > rows[i].bound))
            return rows[i].code;
    }
    return NULL;
}

static FlowsHealthVerdict
judge_figures(const Row *rows, gsize count, const FlowsHealthPoint *recent)
{
    const char *code = find_row(rows, count, recent);
    return (FlowsHealthVerdict){
        .level = code != NULL ? FLOWS_HEALTH_JUDGE_POOR : FLOWS_HEALTH_JUDGE_WELL,
        .code = code != NULL ? code : "well",
        .book = FLOWS_HEALTH_JUDGE_OWN,
    };
}

FlowsHealthVerdict
flows_health_judge_multiplex(const FlowsIntakeStatus *status, const FlowsHealthPoint *recent)
{
    switch (status->state) {
    case FLOWS_INTAKE_STATE_IDLE:
        if (status->code != NULL)
            return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_POOR, status->code,
                                        FLOWS_HEALTH_JUDGE_INTAKE};
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_OFF, "unused", FLOWS_HEALTH_JUDGE_OWN};
    case FLOWS_INTAKE_STATE_STARTING:
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_POOR, "opening", FLOWS_HEALTH_JUDGE_OWN};
    case FLOWS_INTAKE_STATE_SILENT:
    case FLOWS_INTAKE_STATE_WAITING:
        if (status->code != NULL)
            return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_BAD, status->code,
                                        FLOWS_HEALTH_JUDGE_INTAKE};
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_BAD, "silent", FLOWS_HEALTH_JUDGE_OWN};
    case FLOWS_INTAKE_STATE_RECEIVING:
        break;
    }
    return judge_figures(multiplex_rows, G_N_ELEMENTS(multiplex_rows), recent);
}

FlowsHealthVerdict
flows_health_judge_channel(const FlowsLiveStatus *status, const FlowsHealthPoint *recent)
{
    const char *code = status->code;
    switch (status->state) {
    case FLOWS_LIVE_STATE_OFF:
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_OFF, "off", FLOWS_HEALTH_JUDGE_OWN};
    case FLOWS_LIVE_STATE_RESTING:
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_OFF, "resting", FLOWS_HEALTH_JUDGE_LIVE};
    case FLOWS_LIVE_STATE_WAITING:
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_POOR, code != NULL ? code : "starting",
                                    FLOWS_HEALTH_JUDGE_LIVE};
    case FLOWS_LIVE_STATE_NO_SIGNAL:
    case FLOWS_LIVE_STATE_SCRAMBLED:
    case FLOWS_LIVE_STATE_FAILED:
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_BAD, code != NULL ? code : "internal",
                                    FLOWS_HEALTH_JUDGE_LIVE};
    case FLOWS_LIVE_STATE_ON_AIR:
        break;
    }
    if (code != NULL)
        return (FlowsHealthVerdict){FLOWS_HEALTH_JUDGE_POOR, code, FLOWS_HEALTH_JUDGE_LIVE};
    return judge_figures(channel_rows, G_N_ELEMENTS(channel_rows), recent);
}

const char *
flows_health_judge_get_word(FlowsHealthLevel level)
{
    switch (level) {
    case FLOWS_HEALTH_JUDGE_OFF:
        return "off";
    case FLOWS_HEALTH_JUDGE_WELL:
        return "well";
    case FLOWS_HEALTH_JUDGE_POOR:
        return "poor";
    case FLOWS_HEALTH_JUDGE_BAD:
        return "bad";
    }
    return "off";
}
