// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Whole numbers are written as such, all others with as many digits as bring them back.
#include "server/api/prometheus.h"

#include <math.h>

#define WHOLE_MOST 9007199254740992.0

void
api_prometheus_open(GString *text, const char *name, const char *type, const char *help)
{
    g_string_append_printf(text, "# HELP daorian_%s %s\n# TYPE daorian_%s %s\n", name, help, name,
                           type);
}

static void
append_value(GString *text, const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\\' || *at == '"')
            g_string_append_c(text, '\\');
        if (*at == '\n')
            g_string_append(text, "\\n");
        else
            g_string_append_c(text, *at);
    }
}

void
api_prometheus_add(GString *text, const char *name, const char *const *labels, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (!isfinite(value))
        return;
    g_string_append_printf(text, "daorian_%s", name);
    for (guint i = 0; labels != NULL && labels[i] != NULL; i += 2) {
        g_string_append_printf(text, "%s%s=\"", i == 0 ? "{" : ",", labels[i]);
        append_value(text, labels[i + 1]);
        g_string_append_c(text, '"');
    }
    if (labels != NULL)
        g_string_append_c(text, '}');
    gboolean whole = fabs(value) < WHOLE_MOST && value == floor(value);
    g_ascii_formatd(number, sizeof number, whole ? "%.0f" : "%.9g", value);
    g_string_append_printf(text, " %s\n", number);
}
