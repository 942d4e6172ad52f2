// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// From figures to a verdict: is it well, and if not, what is the first thing to know. Pure.
#pragma once

#include "server/flows/health_figures.h"
#include "server/flows/intake_status.h"
#include "server/flows/live_state.h"

typedef enum {
    FLOWS_HEALTH_JUDGE_OFF,  // nobody needs it now
    FLOWS_HEALTH_JUDGE_WELL, //
    FLOWS_HEALTH_JUDGE_POOR, // it works, and something should be looked at
    FLOWS_HEALTH_JUDGE_BAD,  // nothing comes out of it
} FlowsHealthLevel;

/** Where the sentence of a verdict's code stands. */
typedef enum {
    FLOWS_HEALTH_JUDGE_OWN,    // server/healthsentences.h
    FLOWS_HEALTH_JUDGE_INTAKE, // server/intakesentences.h
    FLOWS_HEALTH_JUDGE_LIVE,   // server/livesentences.h
} FlowsHealthJudgeBook;

typedef struct {
    FlowsHealthLevel level;    // (value)
    const char *code;          // (unowned): static, or the status's
    FlowsHealthJudgeBook book; // (value)
} FlowsHealthVerdict;

/** @recent: (nullable): the last minute. The verdict is good as long as @status. */
FlowsHealthVerdict flows_health_judge_multiplex(const FlowsIntakeStatus *status,
                                                const FlowsHealthPoint *recent);
FlowsHealthVerdict flows_health_judge_channel(const FlowsLiveStatus *status,
                                              const FlowsHealthPoint *recent);

/** Returns: (static): `off` `well` `poor` `bad`. */
const char *flows_health_judge_get_word(FlowsHealthLevel level);
