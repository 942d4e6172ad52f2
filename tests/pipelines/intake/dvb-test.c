// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Addresses of cards turned into what the kernel, the LNB and the switches are told; the bytes are
// worked out by hand from the Eutelsat bus specification, EN 50494 and EN 50607. No card is needed.
#include <gio/gio.h>
#include <linux/dvb/frontend.h>
#include <math.h>

#include "pipelines/intake/dvb.h"
#include "pipelines/intake/dvb_diseqc.h"
#include "pipelines/intake/error.h"

/* All steps in one line: `tone0 13V e0103900/15 …`. */
static char *
describe_steps(const char *text)
{
    IntakeDvbTuning tuning;
    g_autoptr(GError) error = NULL;
    GString *line = g_string_new(NULL);
    g_assert_true(intake_dvb_tuning_parse(text, &tuning, &error));
    g_assert_no_error(error);
    g_autoptr(GArray) steps = intake_dvb_diseqc_list_steps(&tuning);
    for (guint i = 0; i < steps->len; i++) {
        const IntakeDvbDiseqcStep *step = &g_array_index(steps, IntakeDvbDiseqcStep, i);
        g_string_append(line, i > 0 ? " " : "");
        switch (step->kind) {
        case INTAKE_DVB_DISEQC_TONE:
            g_string_append_printf(line, "tone%u", step->value);
            break;
        case INTAKE_DVB_DISEQC_VOLTAGE:
            g_string_append_printf(line, "%uV", step->value);
            break;
        case INTAKE_DVB_DISEQC_BURST:
            g_string_append_printf(line, "burst%u", step->value);
            break;
        case INTAKE_DVB_DISEQC_COMMAND:
            for (guint k = 0; k < step->length; k++)
                g_string_append_printf(line, "%02x", step->bytes[k]);
            break;
        }
    }
    return g_string_free(line, FALSE);
}

static void
test_diseqc(void)
{
    static const struct {
        const char *text;  // address
        const char *steps; // what is done
    } rows[] = {
        // Universal LNB: 13/18 V for the polarisation, 22 kHz for the high band.
        {"msys=dvbs2&freq=10714&pol=v&sr=22000", "tone0 13V"},
        {"msys=dvbs2&freq=10714&pol=h&sr=22000", "tone0 18V"},
        {"msys=dvbs2&freq=11700&pol=v&sr=22000", "tone0 13V tone1"},
        {"msys=dvbs2&freq=12500&pol=l&sr=22000", "tone0 18V tone1"},
        // One oscillator: never a tone.
        {"msys=dvbs&freq=3745&pol=v&sr=30000&lnb=c", "tone0 13V"},
        // Write N0: F0, position in bits 3 and 2, H in bit 1, high band in bit 0.
        {"msys=dvbs2&freq=10714&pol=v&sr=22000&committed=0", "tone0 13V e01038f0"},
        {"msys=dvbs2&freq=12500&pol=h&sr=22000&committed=1", "tone0 18V e01038f7 tone1"},
        {"msys=dvbs2&freq=10714&pol=h&sr=22000&committed=3", "tone0 18V e01038fe"},
        // Write N1 before it, and a tone burst behind.
        {"msys=dvbs2&freq=10714&pol=v&sr=22000&uncommitted=9&committed=2&burst=b",
         "tone0 13V e01039f9 e01038f8 burst1"},
        {"msys=dvbs2&freq=10714&pol=v&sr=22000&uncommitted=0", "tone0 13V e01039f0"},
        // EN 50494, ODU_Channel_change: T = round((IF + UB) / 4) - 350.
        {"msys=dvbs2&freq=11778&pol=v&sr=22000&unicable=en50494&ub=1&ubfreq=1210",
         "tone0 18V e0105a04f7 13V"},
        {"msys=dvbs2&freq=10714&pol=h&sr=22000&unicable=en50494&ub=4&ubfreq=1680",
         "tone0 18V e0105a6937 13V"},
        {"msys=dvbs2&freq=10714&pol=h&sr=22000&unicable=en50494&ub=8&ubfreq=1680&committed=1&pin="
         "77",
         "tone0 18V e0105cf9374d 13V"},
        // EN 50607, ODU_Channel_change: T = round(IF) - 100.
        {"msys=dvbs2&freq=11778&pol=v&sr=22000&unicable=en50607&ub=1&ubfreq=1210",
         "tone0 18V 70043601 13V"},
        {"msys=dvbs2&freq=10714&pol=h&sr=22000&unicable=en50607&ub=32&ubfreq=1680&uncommitted=5&"
         "committed=2",
         "tone0 18V 70fb605a 13V"},
        {"msys=dvbs2&freq=10714&pol=h&sr=22000&unicable=en50607&ub=2&ubfreq=1680&pin=255",
         "tone0 18V 710b6002ff 13V"},
        // An aerial and a cable have no LNB.
        {"msys=dvbt2&freq=626", ""},
        {"msys=dvbc&freq=362.5&sr=6900", ""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *steps = describe_steps(rows[i].text);
        g_assert_cmpstr(steps, ==, rows[i].steps);
    }
}

static gboolean
find_property(const char *text, guint32 command, guint32 *value)
{
    IntakeDvbTuning tuning;
    g_assert_true(intake_dvb_tuning_parse(text, &tuning, NULL));
    g_autoptr(GArray) list = intake_dvb_tuning_list_properties(&tuning);
    const IntakeDvbTuningProperty *first = &g_array_index(list, IntakeDvbTuningProperty, 0);
    const IntakeDvbTuningProperty *last =
        &g_array_index(list, IntakeDvbTuningProperty, list->len - 1);
    g_assert_cmpuint(first->command, ==, DTV_CLEAR);
    g_assert_cmpuint(last->command, ==, DTV_TUNE);
    for (guint i = 0; i < list->len; i++) {
        const IntakeDvbTuningProperty *property = &g_array_index(list, IntakeDvbTuningProperty, i);
        *value = property->value;
        if (property->command == command)
            return TRUE;
    }
    return FALSE;
}

static void
test_properties(void)
{
    static const char dish[] =
        "//?adapter=1&msys=dvbs2&freq=11778&pol=v&sr=27500&fec=34&mtype=8psk&"
        "ro=0.35&plts=on&isi=4";
    static const char unicable[] =
        "msys=dvbs2&freq=11777&pol=v&sr=27500&unicable=en50494&ub=1&ubfreq=1210";
    static const char aerial[] = "?msys=dvbt2&freq=626&bw=8&plp=1&tmode=32k&gi=1128&mtype=256qam";
    static const char cable[] = "msys=dvbc&freq=362.5&sr=6900&mtype=256qam";
    static const struct {
        const char *text; // address
        guint32 command;  // of the kernel
        guint32 value;    // with it
    } rows[] = {
        {dish, DTV_DELIVERY_SYSTEM, SYS_DVBS2},
        {dish, DTV_FREQUENCY, 1178000},
        {dish, DTV_SYMBOL_RATE, 27500000},
        {dish, DTV_INNER_FEC, FEC_3_4},
        {dish, DTV_MODULATION, PSK_8},
        {dish, DTV_ROLLOFF, ROLLOFF_35},
        {dish, DTV_PILOT, PILOT_ON},
        {dish, DTV_STREAM_ID, 4},
        // The converter moves in steps of 4 MHz, the frontend takes up the rest.
        {unicable, DTV_FREQUENCY, 1211000},
        {aerial, DTV_FREQUENCY, 626000000},
        {aerial, DTV_BANDWIDTH_HZ, 8000000},
        {aerial, DTV_TRANSMISSION_MODE, TRANSMISSION_MODE_32K},
        {aerial, DTV_GUARD_INTERVAL, GUARD_INTERVAL_1_128},
        {aerial, DTV_MODULATION, QAM_256},
        {aerial, DTV_STREAM_ID, 1},
        {cable, DTV_FREQUENCY, 362500000},
        {cable, DTV_SYMBOL_RATE, 6900000},
        {cable, DTV_DELIVERY_SYSTEM, SYS_DVBC_ANNEX_A},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint32 value = 0;
        g_assert_true(find_property(rows[i].text, rows[i].command, &value));
        g_assert_cmpuint(value, ==, rows[i].value);
    }
    guint32 value = 0;
    g_assert_false(find_property(cable, DTV_STREAM_ID, &value));
}

static void
test_lnb(void)
{
    static const struct {
        const char *text; // address
        guint32 khz;      // on the cable
    } rows[] = {
        {"msys=dvbs&sr=1000&freq=3745&lnb=c", 1405000},
        {"msys=dvbs&sr=1000&freq=12604&lnb=ku", 1304000},
        {"msys=dvbs&sr=1000&freq=11699.999", 1949999},
        {"msys=dvbs&sr=1000&freq=11700", 1100000},
        {"msys=dvbs&sr=1000&freq=12500&lnb=10410", 2090000},
        {"msys=dvbs&sr=1000&freq=2520&lnb=3650-4000-2600", 1130000},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        IntakeDvbTuning tuning;
        g_assert_true(intake_dvb_tuning_parse(rows[i].text, &tuning, NULL));
        g_assert_cmpuint(intake_dvb_tuning_get_intermediate_khz(&tuning), ==, rows[i].khz);
    }
}

static void
test_wrong(void)
{
    static const char *const rows[] = {
        "",
        "//",
        "msys=dvbs2",
        "msys=dvbs2&freq=11778",
        "msys=dvbx&freq=1&sr=1",
        "freq=11778&sr=1",
        "msys=dvbs2&freq=11778&sr=0",
        "msys=dvbs2&freq=x&sr=27500",
        "msys=dvbs2&freq=1..2&sr=27500",
        "msys=dvbs2&freq=3745&sr=27500",
        "msys=dvbs2&freq=11778&sr=27500&lnb=moon",
        "msys=dvbs2&freq=11778&sr=27500&lnb=9750-10600",
        "msys=dvbs2&freq=11778&sr=27500&lnb=",
        "msys=dvbs2&freq=11778&sr=27500&committed=4",
        "msys=dvbs2&freq=11778&sr=27500&pol=x",
        "msys=dvbs2&freq=11778&sr=27500&unicable=en50494",
        "msys=dvbs2&freq=11778&sr=27500&unicable=en50494&ub=9&ubfreq=1210",
        "msys=dvbs2&freq=11778&sr=27500&unicable=en50494&ub=1&ubfreq=1210&committed=2",
        "msys=dvbs2&freq=11778&sr=27500&unicable=en50607&ub=33&ubfreq=1210",
        "msys=dvbs2&freq=11778&sr=27500&unicable=en50607&ub=1&ubfreq=12",
        "msys=dvbt&freq=626&bw=80",
        "msys=dvbt&freq=626&adapter=-1",
        "msys=dvbt&freq=626&bw=x",
        "msys",
        "=",
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        IntakeDvbTuning tuning = {.adapter = 77};
        g_autoptr(GError) error = NULL;
        g_test_message("%s", rows[i]);
        g_assert_false(intake_dvb_tuning_parse(rows[i], &tuning, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
        g_assert_cmpuint(tuning.adapter, ==, 77);
    }
}

static void
on_received(const guint8 *bytes, gsize length, gint64 now_us, gpointer data)
{
    g_assert_not_reached();
}

static void
on_failed(const GError *error, gpointer data)
{
    g_assert_not_reached();
}

/* No machine has a card of this number. */
static void
test_no_card(void)
{
    static const IntakeDvbFuncs funcs = {.received = on_received, .failed = on_failed};
    g_autoptr(GError) error = NULL;
    g_autoptr(IntakeAddress) address =
        intake_address_parse("dvb://?adapter=250&frontend=3&msys=dvbs2&freq=11778&sr=27500", NULL);
    g_assert_nonnull(address);
    g_assert_null(intake_dvb_open(address, &funcs, NULL, &error));
    g_assert_error(error, INTAKE_ERROR, INTAKE_ERROR_MISSING);
    g_assert_nonnull(strstr(error->message, "/dev/dvb/adapter250/frontend3"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/intake/dvb/diseqc", test_diseqc);
    g_test_add_func("/intake/dvb/properties", test_properties);
    g_test_add_func("/intake/dvb/lnb", test_lnb);
    g_test_add_func("/intake/dvb/wrong", test_wrong);
    g_test_add_func("/intake/dvb/no-card", test_no_card);
    return g_test_run();
}
