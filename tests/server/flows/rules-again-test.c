// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a rule could not book, since the catalogue could not be written, is tried again.
#include "tests/server/flows/airtime.h"

#include "catalog/bookings.h"
#include "catalog/statement.h"
#include "server/flows/rules.h"

static guint
count_bookings(Fixture *fixture)
{
    GError *error = NULL;
    g_autoptr(GPtrArray) pending = catalog_bookings_list_pending(fixture->database, &error);
    g_assert_no_error(error);
    return pending->len;
}

static void
run_script(Fixture *fixture, const char *script)
{
    GError *error = NULL;
    catalog_statement_run_script(fixture->database, script, &error);
    g_assert_no_error(error);
}

static gboolean
on_bound(gpointer user_data)
{
    g_error("nothing was tried again");
    return G_SOURCE_REMOVE;
}

static GLogWriterOutput
count_warning(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer user_data)
{
    guint *warnings = user_data;
    *warnings += (level & G_LOG_LEVEL_WARNING) != 0;
    return G_LOG_WRITER_HANDLED;
}

static void
test_tries_again(Fixture *fixture, gconstpointer data)
{
    guint *warnings = (gpointer)data;
    GError *error = NULL;
    const CatalogRules rule = airtime_describe_rule();
    g_auto(Airtime) one = airtime_add(fixture, "udp://239.1.1.1:5004", "one", TRUE);
    airtime_put_event(fixture, &one, &(CatalogGuide){.event_id = 1, .start_ms = AIRTIME_AT(2)});
    g_autofree char *id = airtime_add_rule(fixture, &rule);
    g_assert_nonnull(id);
    g_autoptr(ServerConfig) config = server_config_new_default();
    g_autoptr(ServerClock) clock = server_clock_new_fixed(FIXTURE_NOW_MS);
    g_autoptr(ServerEvents) events = server_events_new(1);
    g_autoptr(CatalogThreads) catalog = catalog_threads_new(fixture->path, 1, &error);
    g_assert_no_error(error);
    run_script(fixture, "CREATE TRIGGER refuse BEFORE INSERT ON bookings"
                        " BEGIN INSERT INTO nowhere VALUES (1); END");
    const FlowsRulesSetup setup = {config, clock, events, catalog};
    g_autoptr(FlowsRules) rules = flows_rules_new(&setup);
    flows_rules_start(rules);
    guint bound = g_timeout_add_seconds(240, on_bound, NULL);
    while (*warnings == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(count_bookings(fixture), ==, 0);
    // There is room again; nothing else has changed.
    run_script(fixture, "DROP TRIGGER refuse");
    server_events_publish(events, SERVER_EVENTS_BOOKING, "any");
    while (count_bookings(fixture) == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(count_bookings(fixture), ==, 1);
    g_source_remove(bound);
    flows_rules_stop(rules);
}

int
main(int argc, char **argv)
{
    guint warnings = 0;
    g_test_init(&argc, &argv, NULL);
    g_log_set_always_fatal(G_LOG_FATAL_MASK); // the rules warn here, on purpose
    g_log_set_writer_func(count_warning, &warnings, NULL);
    g_test_add("/server/flows/rules/tries_again", Fixture, &warnings, fixture_set_up,
               test_tries_again, fixture_tear_down);
    return g_test_run();
}
