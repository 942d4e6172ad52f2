// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tables of words and the kernel's numbers for them; a setter a parameter.
#include "pipelines/intake/dvb_tuning.h"

#include <gio/gio.h>
#include <linux/dvb/frontend.h>
#include <string.h>

#include "pipelines/intake/dvb_diseqc.h"

#define PARAMETERS_MAX 48
#define CABLE_LEAST_KHZ 250000 // wide-band LNBs begin here
#define CABLE_MOST_KHZ 2400000
#define UNICABLE_LEAST_KHZ 950000
#define UNICABLE_MOST_KHZ 2147000

typedef struct {
    const char *name; // of the parameter
    const char *word; // its value
    guint32 number;   // of the kernel
} Word;

static const Word words[] = {
    {"msys", "dvbs", SYS_DVBS},
    {"msys", "dvbs2", SYS_DVBS2},
    {"msys", "dvbt", SYS_DVBT},
    {"msys", "dvbt2", SYS_DVBT2},
    {"msys", "dvbc", SYS_DVBC_ANNEX_A},
    {"mtype", "qpsk", QPSK},
    {"mtype", "8psk", PSK_8},
    {"mtype", "16apsk", APSK_16},
    {"mtype", "32apsk", APSK_32},
    {"mtype", "16qam", QAM_16},
    {"mtype", "32qam", QAM_32},
    {"mtype", "64qam", QAM_64},
    {"mtype", "128qam", QAM_128},
    {"mtype", "256qam", QAM_256},
    {"fec", "12", FEC_1_2},
    {"fec", "23", FEC_2_3},
    {"fec", "34", FEC_3_4},
    {"fec", "35", FEC_3_5},
    {"fec", "45", FEC_4_5},
    {"fec", "56", FEC_5_6},
    {"fec", "67", FEC_6_7},
    {"fec", "78", FEC_7_8},
    {"fec", "89", FEC_8_9},
    {"fec", "910", FEC_9_10},
    {"fec", "25", FEC_2_5},
    {"ro", "0.35", ROLLOFF_35},
    {"ro", "0.25", ROLLOFF_25},
    {"ro", "0.20", ROLLOFF_20},
    {"plts", "on", PILOT_ON},
    {"plts", "off", PILOT_OFF},
    {"plts", "auto", PILOT_AUTO},
    {"tmode", "1k", TRANSMISSION_MODE_1K},
    {"tmode", "2k", TRANSMISSION_MODE_2K},
    {"tmode", "4k", TRANSMISSION_MODE_4K},
    {"tmode", "8k", TRANSMISSION_MODE_8K},
    {"tmode", "16k", TRANSMISSION_MODE_16K},
    {"tmode", "32k", TRANSMISSION_MODE_32K},
    {"gi", "14", GUARD_INTERVAL_1_4},
    {"gi", "18", GUARD_INTERVAL_1_8},
    {"gi", "116", GUARD_INTERVAL_1_16},
    {"gi", "132", GUARD_INTERVAL_1_32},
    {"gi", "1128", GUARD_INTERVAL_1_128},
    {"gi", "19128", GUARD_INTERVAL_19_128},
    {"gi", "19256", GUARD_INTERVAL_19_256},
    {"pol", "h", TRUE},
    {"pol", "l", TRUE},
    {"pol", "v", FALSE},
    {"pol", "r", FALSE},
    {"burst", "a", 0},
    {"burst", "b", 1},
    {"unicable", "en50494", INTAKE_DVB_TUNING_UNICABLE},
    {"unicable", "en50607", INTAKE_DVB_TUNING_JESS},
};

static const struct {
    const char *name; // as typed
    const char *form; // LOW-HIGH-SWITCH in MHz
} lnbs[] = {{"universal", "9750-10600-11700"}, {"c", "5150"}, {"ku", "11300"}};

static gboolean
refuse(GError **error, const char *name, const char *value)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                "%s=%s: no such value of a dvb: address", name, value);
    return FALSE;
}

static gboolean
read_number(const char *value, guint least, guint most, guint *number)
{
    guint64 found = 0;
    if (!g_ascii_string_to_unsigned(value, 10, least, most, &found, NULL))
        return FALSE;
    *number = (guint)found;
    return TRUE;
}

/* @value: MHz with at most three places. */
static gboolean
read_mhz(const char *value, guint32 *khz)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*value) || strlen(value) > 9 ||
        strspn(value, "0123456789.") < strlen(value))
        return FALSE;
    double number = g_ascii_strtod(value, &end);
    if (*end != '\0' || number < 1 || number > 30000)
        return FALSE;
    *khz = (guint32)(number * 1000 + 0.5);
    return TRUE;
}

static gboolean
set_lnb(IntakeDvbTuning *tuning, const char *value)
{
    guint32 khz[3] = {0};
    for (guint i = 0; i < G_N_ELEMENTS(lnbs); i++)
        if (strcmp(lnbs[i].name, value) == 0)
            value = lnbs[i].form;
    g_auto(GStrv) parts = g_strsplit(value, "-", 4);
    guint count = g_strv_length(parts);
    if (count != 1 && count != 3)
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!read_mhz(parts[i], &khz[i]))
            return FALSE;
    tuning->low_khz = khz[0];
    tuning->high_khz = khz[1];
    tuning->switch_khz = khz[2];
    return TRUE;
}

static guint32 *
find_word_field(IntakeDvbTuning *tuning, const char *name)
{
    const struct {
        const char *name; // of the parameter
        guint32 *field;   // where it goes
    } fields[] = {
        {"msys", &tuning->system},
        {"mtype", &tuning->modulation},
        {"fec", &tuning->fec},
        {"ro", &tuning->roll_off},
        {"plts", &tuning->pilot},
        {"tmode", &tuning->mode},
        {"gi", &tuning->guard},
        {"pol", (guint32 *)&tuning->horizontal},
        {"burst", (guint32 *)&tuning->burst},
        {"unicable", (guint32 *)&tuning->cable},
    };
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return fields[i].field;
    return NULL;
}

static gboolean
set_word(guint32 *field, const char *name, const char *value)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].name, name) != 0 || strcmp(words[i].word, value) != 0)
            continue;
        *field = words[i].number;
        return TRUE;
    }
    return FALSE;
}

/* Numbers; names that are none of these mean nothing here (src, pids). */
static gboolean
set_number(IntakeDvbTuning *tuning, const char *name, const char *value)
{
    const struct {
        const char *name; // of the parameter
        guint *field;     // where it goes
        guint least;      // of the number
        guint most;       // likewise
    } fields[] = {
        {"adapter", &tuning->adapter, 0, 255},
        {"fe", &tuning->frontend, 0, 255},
        {"frontend", &tuning->frontend, 0, 255},
        {"plp", (guint *)&tuning->stream, 0, 255},
        {"isi", (guint *)&tuning->stream, 0, 255},
        {"uncommitted", (guint *)&tuning->uncommitted, 0, 15},
        {"committed", (guint *)&tuning->committed, 0, 3},
        {"ub", &tuning->user_band, 1, 32},
        {"pin", (guint *)&tuning->pin, 0, 255},
        {"sr", &tuning->symbol_rate, 100, 100000},
    };
    if (strcmp(name, "freq") == 0)
        return read_mhz(value, &tuning->frequency_khz);
    if (strcmp(name, "ubfreq") == 0)
        return read_mhz(value, &tuning->user_band_khz);
    if (strcmp(name, "bw") == 0 && read_mhz(value, &tuning->bandwidth_hz)) {
        tuning->bandwidth_hz *= 1000;
        return tuning->bandwidth_hz <= 10000000;
    }
    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return read_number(value, fields[i].least, fields[i].most, fields[i].field);
    return strcmp(name, "bw") != 0;
}

static gboolean
set_parameter(IntakeDvbTuning *tuning, const char *name, const char *value)
{
    guint32 *field = find_word_field(tuning, name);
    if (field != NULL)
        return set_word(field, name, value);
    return strcmp(name, "lnb") == 0 ? set_lnb(tuning, value) : set_number(tuning, name, value);
}

gboolean
intake_dvb_tuning_is_satellite(const IntakeDvbTuning *tuning)
{
    return tuning->system == SYS_DVBS || tuning->system == SYS_DVBS2;
}

gboolean
intake_dvb_tuning_is_high(const IntakeDvbTuning *tuning)
{
    return tuning->high_khz > 0 && tuning->frequency_khz >= tuning->switch_khz;
}

guint32
intake_dvb_tuning_get_intermediate_khz(const IntakeDvbTuning *tuning)
{
    guint32 oscillator = intake_dvb_tuning_is_high(tuning) ? tuning->high_khz : tuning->low_khz;
    return tuning->frequency_khz > oscillator ? tuning->frequency_khz - oscillator
                                              : oscillator - tuning->frequency_khz;
}

static const char *
find_missing(const IntakeDvbTuning *tuning)
{
    gboolean satellite = intake_dvb_tuning_is_satellite(tuning);
    guint32 cable = intake_dvb_tuning_get_intermediate_khz(tuning);
    gboolean terrestrial = tuning->system == SYS_DVBT || tuning->system == SYS_DVBT2;
    if (tuning->system == SYS_UNDEFINED)
        return "msys= (dvbs, dvbs2, dvbt, dvbt2, dvbc) is needed";
    if (tuning->frequency_khz == 0)
        return "freq= (MHz) is needed";
    if (!terrestrial && tuning->symbol_rate == 0)
        return "sr= (thousand symbols a second) is needed";
    if (satellite && (cable < CABLE_LEAST_KHZ || cable > CABLE_MOST_KHZ))
        return "this LNB cannot bring this frequency to the cable; check freq= and lnb=";
    if (tuning->cable != INTAKE_DVB_TUNING_PLAIN &&
        (tuning->user_band == 0 || tuning->user_band_khz == 0))
        return "unicable= needs ub= (number of the user band) and ubfreq= (MHz)";
    if (tuning->cable != INTAKE_DVB_TUNING_PLAIN &&
        (cable < UNICABLE_LEAST_KHZ || cable > UNICABLE_MOST_KHZ ||
         tuning->user_band_khz < UNICABLE_LEAST_KHZ || tuning->user_band_khz > UNICABLE_MOST_KHZ))
        return "Unicable carries 950 to 2147 MHz; check ubfreq=, freq= and lnb=";
    if (tuning->cable == INTAKE_DVB_TUNING_UNICABLE &&
        (tuning->user_band > 8 || tuning->committed > 1 || tuning->uncommitted > 0))
        return "EN 50494 has user bands 1 to 8 and positions 0 and 1";
    return NULL;
}

static gboolean
take_pair(IntakeDvbTuning *tuning, char *pair, GError **error)
{
    char *value = strchr(pair, '=');
    if (value == NULL)
        return refuse(error, pair, "");
    *value++ = '\0';
    return set_parameter(tuning, pair, value) ? TRUE : refuse(error, pair, value);
}

gboolean
intake_dvb_tuning_parse(const char *text, IntakeDvbTuning *tuning, GError **error)
{
    IntakeDvbTuning found = {
        .system = SYS_UNDEFINED,
        .modulation = QAM_AUTO,
        .fec = FEC_AUTO,
        .roll_off = ROLLOFF_AUTO,
        .pilot = PILOT_AUTO,
        .mode = TRANSMISSION_MODE_AUTO,
        .guard = GUARD_INTERVAL_AUTO,
        .stream = -1,
        .uncommitted = -1,
        .committed = -1,
        .burst = -1,
        .pin = -1,
        .bandwidth_hz = 8000000,
    };
    set_lnb(&found, "universal");
    text += strspn(text, "/");
    text += *text == '?';
    g_auto(GStrv) pairs = g_strsplit(text, "&", PARAMETERS_MAX + 1);
    if (g_strv_length(pairs) > PARAMETERS_MAX)
        return refuse(error, "&", "…");
    for (guint i = 0; pairs[i] != NULL; i++)
        if (*pairs[i] != '\0' && !take_pair(&found, pairs[i], error))
            return FALSE;
    const char *missing = find_missing(&found);
    if (missing != NULL) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, missing);
        return FALSE;
    }
    found.symbol_rate *= 1000;
    found.user_band -= found.user_band > 0;
    *tuning = found;
    return TRUE;
}

static void
add(GArray *list, guint32 command, guint32 value)
{
    const IntakeDvbTuningProperty property = {.command = command, .value = value};
    g_array_append_val(list, property);
}

static void
add_satellite(GArray *list, const IntakeDvbTuning *tuning)
{
    add(list, DTV_FREQUENCY, intake_dvb_diseqc_get_frontend_khz(tuning));
    add(list, DTV_SYMBOL_RATE, tuning->symbol_rate);
    add(list, DTV_INNER_FEC, tuning->fec);
    if (tuning->system == SYS_DVBS)
        return;
    add(list, DTV_MODULATION, tuning->modulation == QAM_AUTO ? PSK_8 : tuning->modulation);
    add(list, DTV_ROLLOFF, tuning->roll_off);
    add(list, DTV_PILOT, tuning->pilot);
}

static void
add_terrestrial(GArray *list, const IntakeDvbTuning *tuning)
{
    add(list, DTV_FREQUENCY, tuning->frequency_khz * 1000);
    add(list, DTV_BANDWIDTH_HZ, tuning->bandwidth_hz);
    add(list, DTV_MODULATION, tuning->modulation);
    add(list, DTV_TRANSMISSION_MODE, tuning->mode);
    add(list, DTV_GUARD_INTERVAL, tuning->guard);
    add(list, DTV_CODE_RATE_HP, tuning->fec);
    add(list, DTV_CODE_RATE_LP, FEC_AUTO);
    add(list, DTV_HIERARCHY, HIERARCHY_AUTO);
}

GArray *
intake_dvb_tuning_list_properties(const IntakeDvbTuning *tuning)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(IntakeDvbTuningProperty));
    add(list, DTV_CLEAR, 0);
    add(list, DTV_DELIVERY_SYSTEM, tuning->system);
    if (intake_dvb_tuning_is_satellite(tuning)) {
        add_satellite(list, tuning);
    } else if (tuning->system == SYS_DVBC_ANNEX_A) {
        add(list, DTV_FREQUENCY, tuning->frequency_khz * 1000);
        add(list, DTV_SYMBOL_RATE, tuning->symbol_rate);
        add(list, DTV_MODULATION, tuning->modulation);
        add(list, DTV_INNER_FEC, tuning->fec);
    } else {
        add_terrestrial(list, tuning);
    }
    add(list, DTV_INVERSION, INVERSION_AUTO);
    if (tuning->stream >= 0)
        add(list, DTV_STREAM_ID, (guint32)tuning->stream);
    add(list, DTV_TUNE, 0);
    return list;
}
