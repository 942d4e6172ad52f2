// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table.
#include "server/flows/class_status.h"

const char *
flows_class_status_get_word(FlowsClassState state)
{
    static const char *const words[] = {
        [FLOWS_CLASS_STATE_OFF] = "off",       [FLOWS_CLASS_STATE_AWAY] = "away",
        [FLOWS_CLASS_STATE_COMING] = "coming", [FLOWS_CLASS_STATE_ON_AIR] = "on-air",
        [FLOWS_CLASS_STATE_PAUSED] = "paused",
    };
    return words[state];
}
