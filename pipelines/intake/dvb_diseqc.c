// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Three ways to ask for one polarisation and band, each a short list.
#include "pipelines/intake/dvb_diseqc.h"

#include <string.h>

#define SETTLE_MS 15  // of a command, and of voltage and tone
#define SWITCH_MS 100 // until a switch behind another one hears
#define UNICABLE_STEP_KHZ 4000
#define UNICABLE_FIRST 350 // T counts from here in steps
#define JESS_STEP_KHZ 1000
#define JESS_FIRST 100

static void
add(GArray *steps, IntakeDvbDiseqcKind kind, guint value, guint pause_ms)
{
    const IntakeDvbDiseqcStep step = {.kind = kind, .value = value, .pause_ms = pause_ms};
    g_array_append_val(steps, step);
}

static void
add_command(GArray *steps, const guint8 *bytes, guint8 length, guint pause_ms)
{
    IntakeDvbDiseqcStep step = {
        .kind = INTAKE_DVB_DISEQC_COMMAND, .length = length, .pause_ms = pause_ms};
    memcpy(step.bytes, bytes, length);
    g_array_append_val(steps, step);
}

/* T of EN 50494 §7.3: what the converter's oscillator is set to, in steps. */
static guint
get_unicable_word(const IntakeDvbTuning *tuning)
{
    guint32 sum = intake_dvb_tuning_get_intermediate_khz(tuning) + tuning->user_band_khz;
    return (sum + UNICABLE_STEP_KHZ / 2) / UNICABLE_STEP_KHZ - UNICABLE_FIRST;
}

static void
add_unicable(GArray *steps, const IntakeDvbTuning *tuning)
{
    guint word = get_unicable_word(tuning);
    guint position = tuning->committed > 0 ? 1 : 0;
    const guint8 bytes[] = {
        0xE0,
        0x10,
        tuning->pin >= 0 ? 0x5C : 0x5A,
        (guint8)(tuning->user_band << 5 | position << 4 | (tuning->horizontal ? 1 : 0) << 3 |
                 (intake_dvb_tuning_is_high(tuning) ? 1 : 0) << 2 | (word >> 8 & 3)),
        (guint8)word,
        (guint8)tuning->pin,
    };
    add_command(steps, bytes, tuning->pin >= 0 ? 6 : 5, SETTLE_MS);
}

static void
add_jess(GArray *steps, const IntakeDvbTuning *tuning)
{
    guint32 intermediate = intake_dvb_tuning_get_intermediate_khz(tuning);
    guint word = (intermediate + JESS_STEP_KHZ / 2) / JESS_STEP_KHZ - JESS_FIRST;
    guint uncommitted = (guint)MAX(tuning->uncommitted, 0);
    guint position = (guint)MAX(tuning->committed, 0);
    const guint8 bytes[] = {
        tuning->pin >= 0 ? 0x71 : 0x70,
        (guint8)(tuning->user_band << 3 | (word >> 8 & 7)),
        (guint8)word,
        (guint8)(uncommitted << 4 | position << 2 | (tuning->horizontal ? 1 : 0) << 1 |
                 (intake_dvb_tuning_is_high(tuning) ? 1 : 0)),
        (guint8)tuning->pin,
    };
    add_command(steps, bytes, tuning->pin >= 0 ? 5 : 4, SETTLE_MS);
}

static void
add_switches(GArray *steps, const IntakeDvbTuning *tuning)
{
    gboolean high = intake_dvb_tuning_is_high(tuning);
    if (tuning->uncommitted >= 0) {
        const guint8 bytes[] = {0xE0, 0x10, 0x39, (guint8)(0xF0 | tuning->uncommitted)};
        add_command(steps, bytes, sizeof bytes, tuning->committed >= 0 ? SWITCH_MS : SETTLE_MS);
    }
    if (tuning->committed >= 0) {
        const guint8 bytes[] = {0xE0, 0x10, 0x38,
                                (guint8)(0xF0 | tuning->committed << 2 |
                                         (tuning->horizontal ? 1 : 0) << 1 | (high ? 1 : 0))};
        add_command(steps, bytes, sizeof bytes, SETTLE_MS);
    }
    if (tuning->burst >= 0)
        add(steps, INTAKE_DVB_DISEQC_BURST, (guint)tuning->burst, SETTLE_MS);
}

GArray *
intake_dvb_diseqc_list_steps(const IntakeDvbTuning *tuning)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(IntakeDvbDiseqcStep));
    if (!intake_dvb_tuning_is_satellite(tuning))
        return steps;
    add(steps, INTAKE_DVB_DISEQC_TONE, FALSE, 0);
    switch (tuning->cable) {
    case INTAKE_DVB_TUNING_PLAIN:
        add(steps, INTAKE_DVB_DISEQC_VOLTAGE, tuning->horizontal ? 18 : 13, SETTLE_MS);
        add_switches(steps, tuning);
        if (intake_dvb_tuning_is_high(tuning))
            add(steps, INTAKE_DVB_DISEQC_TONE, TRUE, SETTLE_MS);
        return steps;
    case INTAKE_DVB_TUNING_UNICABLE:
        add(steps, INTAKE_DVB_DISEQC_VOLTAGE, 18, SETTLE_MS);
        add_unicable(steps, tuning);
        break;
    case INTAKE_DVB_TUNING_JESS:
        add(steps, INTAKE_DVB_DISEQC_VOLTAGE, 18, SETTLE_MS);
        add_jess(steps, tuning);
        break;
    }
    // The cable belongs to all receivers: 18 V only while one of them speaks.
    add(steps, INTAKE_DVB_DISEQC_VOLTAGE, 13, SETTLE_MS);
    return steps;
}

guint32
intake_dvb_diseqc_get_frontend_khz(const IntakeDvbTuning *tuning)
{
    guint32 intermediate = intake_dvb_tuning_get_intermediate_khz(tuning);
    switch (tuning->cable) {
    case INTAKE_DVB_TUNING_PLAIN:
        return intermediate;
    case INTAKE_DVB_TUNING_UNICABLE:
        return (get_unicable_word(tuning) + UNICABLE_FIRST) * UNICABLE_STEP_KHZ - intermediate;
    case INTAKE_DVB_TUNING_JESS:
        return tuning->user_band_khz;
    }
    return intermediate;
}
