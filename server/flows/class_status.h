// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How a live class goes at this moment, as a plain value. Why is a word of
// server/intakesentences.h.
#pragma once

#include <gio/gio.h>

typedef enum {
    FLOWS_CLASS_STATE_OFF,    // no class can come: the door is shut, or its port cannot be had
    FLOWS_CLASS_STATE_AWAY,   // nobody sends
    FLOWS_CLASS_STATE_COMING, // a sender is connected, nothing to be shown yet
    FLOWS_CLASS_STATE_ON_AIR, // it sends
    FLOWS_CLASS_STATE_PAUSED, // it went away less than a minute ago, the class goes on
} FlowsClassState;

typedef struct {
    FlowsClassState state;  // (value)
    char code[40];          // (value) why it is not as it should be, empty: it is
    gint64 bits_per_second; // (value) of the last second
    gint64 cc_errors;       // (value) places where packets are missing
    gint64 ends_ms;         // (value) PAUSED: UTC milliseconds of the end, else 0
} FlowsClassStatus;

/** Returns: (static): `off` `away` `coming` `on-air` `paused`. */
const char *flows_class_status_get_word(FlowsClassState state);
