// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is measured of a multiplex and of a channel, and how the figures of a stretch of time become
// one. Pure values; used by the history, the API and the metrics.
#pragma once

#include <glib.h>

#define FLOWS_HEALTH_FIGURES_MAX 13 // of one kind; the file of a history holds so many

typedef enum {
    FLOWS_HEALTH_MULTIPLEX,
    FLOWS_HEALTH_CHANNEL,
} FlowsHealthKind;

/** Places of a multiplex's figures. */
typedef enum {
    FLOWS_HEALTH_M_RECEIVING,
    FLOWS_HEALTH_M_LOCKED,
    FLOWS_HEALTH_M_BITS_PER_SECOND,
    FLOWS_HEALTH_M_LEVEL,
    FLOWS_HEALTH_M_QUALITY,
    FLOWS_HEALTH_M_CN_DB,
    FLOWS_HEALTH_M_BER,
    FLOWS_HEALTH_M_CC_ERRORS,
    FLOWS_HEALTH_M_TEI_PACKETS,
    FLOWS_HEALTH_M_SYNC_LOSSES,
    FLOWS_HEALTH_M_BROKEN_SECTIONS,
    FLOWS_HEALTH_M_DROPPED_PACKETS,
    FLOWS_HEALTH_M_JITTER_US,
    FLOWS_HEALTH_M_COUNT,
} FlowsHealthMultiplexFigure;

/** Places of a channel's figures. */
typedef enum {
    FLOWS_HEALTH_C_ON_AIR,
    FLOWS_HEALTH_C_SPEED,
    FLOWS_HEALTH_C_BEHIND_MS,
    FLOWS_HEALTH_C_PICTURE_AGE_MS,
    FLOWS_HEALTH_C_CC_ERRORS,
    FLOWS_HEALTH_C_DAMAGED,
    FLOWS_HEALTH_C_RESTARTS,
    FLOWS_HEALTH_C_VIEWERS,
    FLOWS_HEALTH_C_COUNT,
} FlowsHealthChannelFigure;

typedef enum {
    FLOWS_HEALTH_FOLD_MEAN,
    FLOWS_HEALTH_FOLD_LEAST,
    FLOWS_HEALTH_FOLD_MOST,
    FLOWS_HEALTH_FOLD_SUM,
} FlowsHealthFold;

typedef struct {
    const char *name;     // static: in the API
    const char *unit;     // static: `share` `bps` `dB` `count` `ms` `us` `ratio` `scale`
    FlowsHealthFold fold; // (value)
} FlowsHealthFigure;

/** One moment or stretch; what nobody measured is NAN. */
typedef struct {
    guint32 number;                         // (value) minute or hour since 1970
    float values[FLOWS_HEALTH_FIGURES_MAX]; // (value)
} FlowsHealthPoint;

/** Returns: (transfer none): how many figures @kind has, and what they are. */
guint flows_health_figures_count(FlowsHealthKind kind);
const FlowsHealthFigure *flows_health_figures_get(FlowsHealthKind kind, guint index);

/** Returns: `multiplex` or `channel`. */
const char *flows_health_figures_get_word(FlowsHealthKind kind);

/** All figures NAN. */
void flows_health_figures_clear(FlowsHealthPoint *point);

/** Folds @more, which is one of @count stretches alike with @more, into @point; @count begins
 * with 1. */
void flows_health_figures_fold(FlowsHealthKind kind, FlowsHealthPoint *point,
                               const FlowsHealthPoint *more, guint count);
