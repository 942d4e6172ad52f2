// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The event hub: order, one item a thing, bounds, catching up, wakes, many threads at once.
#include "server/events.h"

static gboolean
on_wake(gpointer user_data)
{
    (*(guint *)user_data)++;
    return G_SOURCE_REMOVE;
}

static void
run_sources(void)
{
    // Bounded: each turn dispatches what is ready.
    for (guint i = 0; i < 100 && g_main_context_iteration(NULL, FALSE); i++)
        continue;
}

static void
assert_item(GPtrArray *items, guint index, ServerEventsKind kind, const char *id)
{
    const ServerEventsItem *item = items->pdata[index];
    g_assert_cmpint(item->kind, ==, kind);
    g_assert_cmpstr(item->id, ==, id);
}

static void
test_coalesce(void)
{
    guint wakes = 0;
    g_autoptr(ServerEvents) events = server_events_new(7);
    g_autoptr(ServerEventsQueue) queue =
        server_events_subscribe(events, NULL, g_main_context_default(), on_wake, &wakes);
    server_events_publish(events, SERVER_EVENTS_LESSON, "a");
    server_events_publish(events, SERVER_EVENTS_JOB, "a");
    server_events_publish(events, SERVER_EVENTS_LESSON, "a");
    run_sources();
    g_assert_cmpuint(wakes, ==, 1);
    g_autoptr(GPtrArray) items = server_events_queue_take(queue);
    g_assert_cmpuint(items->len, ==, 2);
    assert_item(items, 0, SERVER_EVENTS_JOB, "a");
    assert_item(items, 1, SERVER_EVENTS_LESSON, "a");
    g_assert_cmpuint(((ServerEventsItem *)items->pdata[1])->sequence, ==, 3);
    server_events_publish(events, SERVER_EVENTS_UPLOAD, "u");
    run_sources();
    g_assert_cmpuint(wakes, ==, 2);
}

static void
test_full(void)
{
    guint wakes = 0;
    g_autoptr(ServerEvents) events = server_events_new(7);
    g_autoptr(ServerEventsQueue) queue =
        server_events_subscribe(events, NULL, g_main_context_default(), on_wake, &wakes);
    for (guint i = 0; i < 1000; i++) {
        g_autofree char *id = g_strdup_printf("%u", i);
        server_events_publish(events, SERVER_EVENTS_LESSON, id);
    }
    g_autoptr(GPtrArray) items = server_events_queue_take(queue);
    g_assert_cmpuint(items->len, ==, 1);
    assert_item(items, 0, SERVER_EVENTS_RESYNC, NULL);
    g_assert_cmpuint(((ServerEventsItem *)items->pdata[0])->sequence, ==, 1000);
}

static GPtrArray *
catch_up(ServerEvents *events, const char *last_event_id)
{
    guint wakes = 0;
    g_autoptr(ServerEventsQueue) queue =
        server_events_subscribe(events, last_event_id, g_main_context_default(), on_wake, &wakes);
    GPtrArray *items = server_events_queue_take(queue);
    run_sources();
    g_assert_cmpuint(wakes, ==, items->len > 0 ? 1 : 0);
    return items;
}

static void
test_catch_up(void)
{
    g_autoptr(ServerEvents) events = server_events_new(7);
    server_events_publish(events, SERVER_EVENTS_LESSON, "a");
    server_events_publish(events, SERVER_EVENTS_LESSON, "b");
    server_events_publish(events, SERVER_EVENTS_LESSON, "c");
    g_autofree char *id = server_events_format_id(events, 2);
    g_autoptr(GPtrArray) newer = catch_up(events, id);
    g_assert_cmpuint(newer->len, ==, 1);
    assert_item(newer, 0, SERVER_EVENTS_LESSON, "c");
    g_autoptr(GPtrArray) other_run = catch_up(events, "6-2");
    assert_item(other_run, 0, SERVER_EVENTS_RESYNC, NULL);
    g_autoptr(GPtrArray) future = catch_up(events, "7-99");
    assert_item(future, 0, SERVER_EVENTS_RESYNC, NULL);
    g_autoptr(GPtrArray) garbage = catch_up(events, "x");
    assert_item(garbage, 0, SERVER_EVENTS_RESYNC, NULL);
    g_autoptr(GPtrArray) fresh = catch_up(events, NULL);
    g_assert_cmpuint(fresh->len, ==, 0);
    for (guint i = 0; i < 3000; i++) {
        g_autofree char *name = g_strdup_printf("%u", i);
        server_events_publish(events, SERVER_EVENTS_LESSON, name);
    }
    g_autoptr(GPtrArray) too_old = catch_up(events, id);
    g_assert_cmpuint(too_old->len, ==, 1);
    assert_item(too_old, 0, SERVER_EVENTS_RESYNC, NULL);
}

static void
test_queues_bounded(void)
{
    guint wakes = 0;
    g_autoptr(ServerEvents) events = server_events_new(7);
    g_autoptr(GPtrArray) queues =
        g_ptr_array_new_with_free_func((GDestroyNotify)server_events_queue_free);
    for (guint i = 0; i < 512; i++)
        g_ptr_array_add(queues, server_events_subscribe(events, NULL, g_main_context_default(),
                                                        on_wake, &wakes));
    g_assert_null(server_events_subscribe(events, NULL, g_main_context_default(), on_wake, &wakes));
    g_ptr_array_set_size(queues, 511);
    g_autoptr(ServerEventsQueue) again =
        server_events_subscribe(events, NULL, g_main_context_default(), on_wake, &wakes);
    g_assert_nonnull(again);
    server_events_publish(events, SERVER_EVENTS_LESSON, "a");
    g_ptr_array_set_size(queues, 0);
    run_sources();
    g_assert_cmpuint(wakes, ==, 1);
}

static gpointer
publish_thread(gpointer user_data)
{
    for (guint i = 0; i < 2000; i++) {
        g_autofree char *id = g_strdup_printf("%u", i % 50);
        server_events_publish(user_data, SERVER_EVENTS_JOB, id);
    }
    return NULL;
}

static void
test_threads(void)
{
    guint wakes = 0;
    g_autoptr(ServerEvents) events = server_events_new(7);
    g_autoptr(ServerEventsQueue) queue =
        server_events_subscribe(events, NULL, g_main_context_default(), on_wake, &wakes);
    GThread *threads[4];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("publish", publish_thread, events);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    g_autoptr(GPtrArray) items = server_events_queue_take(queue);
    g_assert_cmpuint(items->len, ==, 50);
    g_assert_cmpuint(server_events_get_sequence(events), ==, 8000);
    run_sources();
    g_assert_cmpuint(wakes, ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/server/events/coalesce", test_coalesce);
    g_test_add_func("/server/events/full", test_full);
    g_test_add_func("/server/events/catch-up", test_catch_up);
    g_test_add_func("/server/events/queues-bounded", test_queues_bounded);
    g_test_add_func("/server/events/threads", test_threads);
    return g_test_run();
}
