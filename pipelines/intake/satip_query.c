// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One table of parameters and what they may be.
#include "pipelines/intake/satip_query.h"

#include <gio/gio.h>
#include <string.h>

#define QUERY_BYTES_MAX 2048
#define PARAMETERS_MAX 48

/* What a parameter may be: one of some words, else a number. */
static const struct {
    const char *name;  // as in the specification
    const char *words; // with a space on either side; NULL: a number
    guint32 most;      // of the number
} parameters[] = {
    {"src", NULL, 255},
    {"fe", NULL, 65535},
    {"freq", NULL, 30000},
    {"sr", NULL, 100000},
    {"bw", " 1.712 5 6 7 8 10 ", 0},
    {"pol", " h v l r ", 0},
    {"msys", " dvbs dvbs2 dvbt dvbt2 dvbc dvbc2 ", 0},
    {"mtype", " qpsk 8psk 16qam 32qam 64qam 128qam 256qam ", 0},
    {"plts", " on off auto ", 0},
    {"ro", " 0.35 0.25 0.20 0.2 auto ", 0},
    {"fec", " 12 23 34 35 45 56 78 89 910 ", 0},
    {"tmode", " 1k 2k 4k 8k 16k 32k ", 0},
    {"gi", " 14 18 116 132 1128 19128 19256 ", 0},
    {"plp", NULL, 255},
    {"t2id", NULL, 65535},
    {"sm", " 0 1 ", 0},
    {"c2tft", " 0 1 2 ", 0},
    {"ds", NULL, 255},
    {"specinv", " 0 1 ", 0},
};

void
intake_satip_query_free(IntakeSatipQuery *query)
{
    g_free(query->tuning);
    g_free(query);
}

static gboolean
refuse(GError **error, const char *format, const char *name, const char *value)
{
    g_autofree char *what = g_strdup_printf("%s=%s", name, value);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s: %s", what, format);
    return FALSE;
}

static gboolean
is_number(const char *value, guint32 most)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*value) || strlen(value) > 12 ||
        strspn(value, "0123456789.") < strlen(value))
        return FALSE;
    double number = g_ascii_strtod(value, &end);
    return *end == '\0' && number <= most;
}

static gboolean
check_parameter(const char *name, const char *value, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(parameters); i++) {
        if (strcmp(parameters[i].name, name) != 0)
            continue;
        g_autofree char *word = g_strdup_printf(" %s ", value);
        const char *words = parameters[i].words;
        gboolean good = words != NULL ? strchr(value, ' ') == NULL && strstr(words, word) != NULL
                                      : is_number(value, parameters[i].most);
        return good ? TRUE : refuse(error, "this parameter has no such value", name, value);
    }
    return TRUE;
}

static gboolean
set_way(IntakeSatipQuery *query, const char *value, GError **error)
{
    if (strcmp(value, "udp") == 0)
        query->way = INTAKE_SATIP_QUERY_UDP;
    else if (strcmp(value, "tcp") == 0)
        query->way = INTAKE_SATIP_QUERY_TCP;
    else
        return refuse(error, "udp or tcp", "transport", value);
    return TRUE;
}

static gboolean
take_parameter(IntakeSatipQuery *query, GString *tuning, char *pair, GError **error)
{
    char *value = strchr(pair, '=');
    if (value == NULL || value == pair || value[1] == '\0')
        return refuse(error, "write NAME=VALUE", pair, "");
    *value++ = '\0';
    if (strcmp(pair, "transport") == 0)
        return set_way(query, value, error);
    if (strcmp(pair, "pids") == 0 || strcmp(pair, "addpids") == 0)
        return intake_pids_parse(&query->pids, value)
                   ? TRUE
                   : refuse(error, "PIDs are numbers from 0 to 8191, or all", pair, value);
    if (!check_parameter(pair, value, error))
        return FALSE;
    g_string_append_printf(tuning, "%s%s=%s", tuning->len > 0 ? "&" : "", pair, value);
    return TRUE;
}

static gboolean
is_url_text(const char *text)
{
    for (const char *at = text; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && strchr("-._~!$&'()*+,;=:@/?%", *at) == NULL)
            return FALSE;
    return strlen(text) <= QUERY_BYTES_MAX;
}

IntakeSatipQuery *
intake_satip_query_parse(const char *text, GError **error)
{
    g_autoptr(IntakeSatipQuery) query = g_new0(IntakeSatipQuery, 1);
    g_autoptr(GString) tuning = g_string_new(NULL);
    if (!is_url_text(text)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "a SAT>IP address has letters, digits and URL signs alone");
        return NULL;
    }
    g_auto(GStrv) pairs = g_strsplit(text, "&", PARAMETERS_MAX + 1);
    if (g_strv_length(pairs) > PARAMETERS_MAX) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "too many parameters");
        return NULL;
    }
    for (guint i = 0; pairs[i] != NULL; i++)
        if (*pairs[i] != '\0' && !take_parameter(query, tuning, pairs[i], error))
            return NULL;
    g_autofree char *framed = g_strdup_printf("&%s", tuning->str);
    if (strstr(framed, "&freq=") == NULL || strstr(framed, "&msys=") == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                    "freq= (MHz) and msys= (dvbs2, dvbt2, dvbc, …) are needed");
        return NULL;
    }
    query->tuning = g_strdup(tuning->str);
    return g_steal_pointer(&query);
}

char *
intake_satip_query_render(const IntakeSatipQuery *query, const IntakePids *pids)
{
    g_autofree char *list = intake_pids_render(pids);
    return g_strdup_printf("%s&pids=%s", query->tuning, list);
}
