// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is said to LNB and switches before a satellite frontend is tuned: voltage, tone and
// commands, in DiSEqC (Eutelsat bus specification 4.2 §9), Unicable (EN 50494 §7) or JESS (EN 50607
// §7). Pure.
#pragma once

#include "pipelines/intake/dvb_tuning.h"

typedef enum {
    INTAKE_DVB_DISEQC_TONE,    // value: on or off
    INTAKE_DVB_DISEQC_VOLTAGE, // value: 13 or 18
    INTAKE_DVB_DISEQC_COMMAND, // bytes
    INTAKE_DVB_DISEQC_BURST,   // value: 0 for A, 1 for B
} IntakeDvbDiseqcKind;

typedef struct {
    IntakeDvbDiseqcKind kind; // (value)
    guint value;              // (value)
    guint8 bytes[6];          // (value)
    guint8 length;            // (value) of bytes
    guint pause_ms;           // (value) behind it
} IntakeDvbDiseqcStep;

/** Returns: (transfer full) (element-type IntakeDvbDiseqcStep): what is to be done in this order.
 */
GArray *intake_dvb_diseqc_list_steps(const IntakeDvbTuning *tuning);

/** Returns: what the frontend is tuned to: the intermediate frequency, or where the user band then
 * has the wanted transponder. */
guint32 intake_dvb_diseqc_get_frontend_khz(const IntakeDvbTuning *tuning);
