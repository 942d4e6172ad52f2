// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two tables in the order of the enums.
#include "server/flows/health_figures.h"

#include <math.h>

static const FlowsHealthFigure multiplex_figures[FLOWS_HEALTH_M_COUNT] = {
    [FLOWS_HEALTH_M_RECEIVING] = {"receiving", "share", FLOWS_HEALTH_FOLD_MEAN},
    [FLOWS_HEALTH_M_LOCKED] = {"locked", "share", FLOWS_HEALTH_FOLD_MEAN},
    [FLOWS_HEALTH_M_BITS_PER_SECOND] = {"bits_per_second", "bps", FLOWS_HEALTH_FOLD_MEAN},
    [FLOWS_HEALTH_M_LEVEL] = {"level", "scale", FLOWS_HEALTH_FOLD_LEAST},
    [FLOWS_HEALTH_M_QUALITY] = {"quality", "scale", FLOWS_HEALTH_FOLD_LEAST},
    [FLOWS_HEALTH_M_CN_DB] = {"cn_db", "dB", FLOWS_HEALTH_FOLD_LEAST},
    [FLOWS_HEALTH_M_BER] = {"ber", "ratio", FLOWS_HEALTH_FOLD_MOST},
    [FLOWS_HEALTH_M_CC_ERRORS] = {"cc_errors", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_M_TEI_PACKETS] = {"tei_packets", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_M_SYNC_LOSSES] = {"sync_losses", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_M_BROKEN_SECTIONS] = {"broken_sections", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_M_DROPPED_PACKETS] = {"dropped_packets", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_M_JITTER_US] = {"jitter_us", "us", FLOWS_HEALTH_FOLD_MOST},
};

static const FlowsHealthFigure channel_figures[FLOWS_HEALTH_C_COUNT] = {
    [FLOWS_HEALTH_C_ON_AIR] = {"on_air", "share", FLOWS_HEALTH_FOLD_MEAN},
    [FLOWS_HEALTH_C_SPEED] = {"speed", "ratio", FLOWS_HEALTH_FOLD_LEAST},
    [FLOWS_HEALTH_C_BEHIND_MS] = {"behind_ms", "ms", FLOWS_HEALTH_FOLD_MOST},
    [FLOWS_HEALTH_C_PICTURE_AGE_MS] = {"picture_age_ms", "ms", FLOWS_HEALTH_FOLD_MOST},
    [FLOWS_HEALTH_C_CC_ERRORS] = {"cc_errors", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_C_DAMAGED] = {"damaged", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_C_RESTARTS] = {"restarts", "count", FLOWS_HEALTH_FOLD_SUM},
    [FLOWS_HEALTH_C_VIEWERS] = {"viewers", "count", FLOWS_HEALTH_FOLD_MOST},
};

guint
flows_health_figures_count(FlowsHealthKind kind)
{
    return kind == FLOWS_HEALTH_MULTIPLEX ? (guint)FLOWS_HEALTH_M_COUNT
                                          : (guint)FLOWS_HEALTH_C_COUNT;
}

const FlowsHealthFigure *
flows_health_figures_get(FlowsHealthKind kind, guint index)
{
    return kind == FLOWS_HEALTH_MULTIPLEX ? &multiplex_figures[index] : &channel_figures[index];
}

const char *
flows_health_figures_get_word(FlowsHealthKind kind)
{
    return kind == FLOWS_HEALTH_MULTIPLEX ? "multiplex" : "channel";
}

void
flows_health_figures_clear(FlowsHealthPoint *point)
{
    for (guint i = 0; i < FLOWS_HEALTH_FIGURES_MAX; i++)
        point->values[i] = NAN;
}

static float
fold_one(FlowsHealthFold fold, float value, float more, guint count)
{
    if (isnan(more))
        return value;
    if (isnan(value))
        return more;
    switch (fold) {
    case FLOWS_HEALTH_FOLD_MEAN:
        return value + (more - value) / (float)MAX(count, 1);
    case FLOWS_HEALTH_FOLD_LEAST:
        return MIN(value, more);
    case FLOWS_HEALTH_FOLD_MOST:
        return MAX(value, more);
    case FLOWS_HEALTH_FOLD_SUM:
        return value + more;
    }
    return value;
}

void
flows_health_figures_fold(FlowsHealthKind kind, FlowsHealthPoint *point,
                          const FlowsHealthPoint *more, guint count)
{
    guint figures = flows_health_figures_count(kind);
    for (guint i = 0; i < figures; i++) {
        FlowsHealthFold fold = flows_health_figures_get(kind, i)->fold;
        point->values[i] = fold_one(fold, point->values[i], more->values[i], count);
    }
}
