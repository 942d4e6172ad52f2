// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a tuner says about its signal, far (SAT>IP) or near (a card).
#pragma once

#include <glib.h>

typedef struct {
    gboolean known;       // (value) anything was said
    gboolean locked;      // (value)
    int level;            // (value) 0 to 255, -1: unknown
    int quality;          // (value) 0 to 15, -1: unknown
    int frontend;         // (value) number of the tuner, -1: unknown
    double frequency_mhz; // (value) 0: unknown
    double cn_db;         // (value) carrier to noise, NAN: unknown
    double ber;           // (value) bit errors before correction, NAN: unknown
} IntakeSignal;
