// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The text that Prometheus reads: golden, with names that try to break out of their quotes.
#include "server/api/prometheus.h"

#include <math.h>

static void
test_golden(void)
{
    static const char *const labels[] = {"channel", "a", "name", "ครู \"ตู้\" \\ a\nb", NULL};
    g_autoptr(GString) text = g_string_new(NULL);
    api_prometheus_open(text, "channel_on_air", "gauge", "1 while segments come.");
    api_prometheus_add(text, "channel_on_air", labels, 1);
    api_prometheus_add(text, "channel_on_air", NULL, 0.25);
    api_prometheus_add(text, "channel_on_air", NULL, NAN);
    api_prometheus_add(text, "channel_on_air", NULL, INFINITY);
    api_prometheus_add(text, "channel_on_air", NULL, 1795273200123.0);
    g_assert_cmpstr(text->str, ==,
                    "# HELP daorian_channel_on_air 1 while segments come.\n"
                    "# TYPE daorian_channel_on_air gauge\n"
                    "daorian_channel_on_air{channel=\"a\",name=\"ครู \\\"ตู้\\\" \\\\ a\\nb\"} 1\n"
                    "daorian_channel_on_air 0.25\n"
                    "daorian_channel_on_air 1795273200123\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/prometheus/golden", test_golden);
    return g_test_run();
}
