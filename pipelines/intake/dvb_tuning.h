// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a `dvb:` address asks of a card: its parameters, and the properties of the kernel's frontend
// API (DVB API version 5) that they become. Pure; the names are those of SAT>IP.
#pragma once

#include <glib.h>

typedef enum {
    INTAKE_DVB_TUNING_PLAIN,    // tone, voltage and DiSEqC
    INTAKE_DVB_TUNING_UNICABLE, // EN 50494
    INTAKE_DVB_TUNING_JESS,     // EN 50607
} IntakeDvbTuningCable;

typedef struct {
    guint adapter;              // (value)
    guint frontend;             // (value)
    guint32 system;             // (value) fe_delivery_system
    guint32 frequency_khz;      // (value) as broadcast
    guint32 symbol_rate;        // (value) symbols a second
    guint32 bandwidth_hz;       // (value) T, T2
    guint32 modulation;         // (value) fe_modulation, QAM_AUTO unless said
    guint32 fec;                // (value) fe_code_rate
    guint32 roll_off;           // (value) fe_rolloff
    guint32 pilot;              // (value) fe_pilot
    guint32 mode;               // (value) fe_transmit_mode
    guint32 guard;              // (value) fe_guard_interval
    int stream;                 // (value) PLP or input stream, -1: any
    gboolean horizontal;        // (value) or left
    guint32 low_khz;            // (value) oscillators of the LNB
    guint32 high_khz;           // (value) 0: it has one only
    guint32 switch_khz;         // (value) where the high one begins
    int uncommitted;            // (value) 0 to 15, -1: no such switch
    int committed;              // (value) 0 to 3, -1: no such switch
    int burst;                  // (value) 0: A, 1: B, -1: none
    IntakeDvbTuningCable cable; // (value)
    guint user_band;            // (value) from 0
    guint32 user_band_khz;      // (value)
    int pin;                    // (value) 0 to 255, -1: none
} IntakeDvbTuning;

typedef struct {
    guint32 command; // (value) DTV_…
    guint32 value;   // (value)
} IntakeDvbTuningProperty;

/**
 * intake_dvb_tuning_parse:
 * @text: `//?adapter=0&msys=dvbs2&freq=11778&pol=v&sr=27500&lnb=universal&committed=1`; lnb is
 * `universal`, `c` (5150), `ku` (11300) or oscillators in MHz, `9750-10600-11700`; Unicable is
 * `unicable=en50494&ub=1&ubfreq=1210`
 *
 * Returns: whether it is right, or FALSE with G_IO_ERROR_INVALID_ARGUMENT.
 */
gboolean intake_dvb_tuning_parse(const char *text, IntakeDvbTuning *tuning, GError **error);

gboolean intake_dvb_tuning_is_satellite(const IntakeDvbTuning *tuning);
gboolean intake_dvb_tuning_is_high(const IntakeDvbTuning *tuning);

/** Returns: the frequency behind the LNB. */
guint32 intake_dvb_tuning_get_intermediate_khz(const IntakeDvbTuning *tuning);

/** Returns: (transfer full) (element-type IntakeDvbTuningProperty): in the order in which they are
 * set, DTV_TUNE last. */
GArray *intake_dvb_tuning_list_properties(const IntakeDvbTuning *tuning);
