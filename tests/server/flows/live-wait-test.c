// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Who waits for a channel's next segment: told, late, gone, too many, reloads,
// given up.
#include "server/flows/live_wait.h"

#define LONG_MS 3600000

typedef struct {
    guint called; // callbacks
    guint freed;  // data of them
} Seen;

static gboolean
on_over(gpointer data)
{
    ((Seen *)data)->called++;
    return G_SOURCE_REMOVE;
}

static void
note_free(gpointer data)
{
    ((Seen *)data)->freed++;
}

static gboolean
add(FlowsLiveWait *wait, gconstpointer key, GCancellable *cancellable, Seen *seen)
{
    const FlowsLiveWaitAsked asked = {key, cancellable, FALSE};
    return flows_live_wait_add(wait, &asked, on_over, seen, note_free);
}

static gboolean
add_reload(FlowsLiveWait *wait, Seen *seen)
{
    const FlowsLiveWaitAsked asked = {seen, NULL, TRUE};
    return flows_live_wait_add(wait, &asked, on_over, seen, note_free);
}

static void
await(const Seen *seen, guint count)
{
    while (seen->freed < count)
        g_main_context_iteration(NULL, TRUE);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(seen->freed, ==, count);
}

static void
test_told(void)
{
    static const char one, two;
    Seen first = {0}, second = {0};
    g_autoptr(FlowsLiveWait) wait = flows_live_wait_new(LONG_MS);
    g_assert_true(add(wait, &one, NULL, &first));
    g_assert_true(add(wait, &one, NULL, &first));
    g_assert_true(add(wait, &two, NULL, &second));
    g_assert_cmpuint(flows_live_wait_count(wait), ==, 3);
    flows_live_wait_tell(wait, &one);
    flows_live_wait_tell(wait, &one); // nobody is told twice
    await(&first, 2);
    g_assert_cmpuint(first.called, ==, 2);
    g_assert_cmpuint(second.called, ==, 0);
    g_assert_cmpuint(flows_live_wait_count(wait), ==, 1);
    flows_live_wait_tell(wait, NULL);
    await(&second, 1);
    g_assert_cmpuint(second.called, ==, 1);
    g_assert_cmpuint(flows_live_wait_count(wait), ==, 0);
}

static gpointer
tell(gpointer wait)
{
    flows_live_wait_tell(wait, NULL);
    return NULL;
}

/* It is answered where it asked, whoever tells. */
static void
test_another_thread(void)
{
    Seen seen = {0};
    g_autoptr(FlowsLiveWait) wait = flows_live_wait_new(LONG_MS);
    g_assert_true(add(wait, &seen, NULL, &seen));
    GThread *thread = g_thread_new("tells", tell, wait);
    g_thread_join(thread);
    g_assert_cmpuint(seen.called, ==, 0);
    await(&seen, 1);
    g_assert_cmpuint(seen.called, ==, 1);
}

static void
test_late_or_gone(void)
{
    Seen late = {0}, gone = {0};
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autoptr(FlowsLiveWait) short_wait = flows_live_wait_new(1);
    g_autoptr(FlowsLiveWait) wait = flows_live_wait_new(LONG_MS);
    g_assert_true(add(short_wait, &late, NULL, &late));
    await(&late, 1);
    g_assert_cmpuint(late.called, ==, 1);
    g_assert_true(add(wait, &gone, cancellable, &gone));
    g_cancellable_cancel(cancellable);
    await(&gone, 1);
    g_assert_cmpuint(gone.called, ==, 1);
    g_assert_cmpuint(flows_live_wait_count(wait), ==, 0);
    g_assert_true(add(wait, &gone, cancellable, &gone)); // gone before it came
    await(&gone, 2);
}

static void
test_too_many(void)
{
    Seen seen = {0}, refused = {0};
    g_autoptr(FlowsLiveWait) wait = flows_live_wait_new(LONG_MS);
    for (guint i = 0; i < FLOWS_LIVE_WAIT_MAX; i++)
        g_assert_true(add(wait, &seen, NULL, &seen));
    g_assert_false(add(wait, &refused, NULL, &refused));
    g_assert_cmpuint(refused.called, ==, 0);
    g_assert_cmpuint(refused.freed, ==, 1);
    flows_live_wait_tell(wait, &seen);
    await(&seen, FLOWS_LIVE_WAIT_MAX);
    g_assert_true(add(wait, &refused, NULL, &refused));
    g_clear_pointer(&wait, flows_live_wait_free); // whoever waits then is given up, not called
    g_assert_cmpuint(refused.called, ==, 0);
    g_assert_cmpuint(refused.freed, ==, 2);
}

/* Half of the places are never theirs. */
static void
test_reloads(void)
{
    Seen reloads = {0}, refused = {0}, waking = {0};
    g_autoptr(FlowsLiveWait) wait = flows_live_wait_new(LONG_MS);
    for (guint i = 0; i < FLOWS_LIVE_WAIT_RELOADS_MAX; i++)
        g_assert_true(add_reload(wait, &reloads));
    g_assert_false(add_reload(wait, &refused));
    for (guint i = 0; i < FLOWS_LIVE_WAIT_MAX / 2; i++)
        g_assert_true(add(wait, &waking, NULL, &waking));
    g_assert_false(add(wait, &waking, NULL, &refused));
    g_assert_cmpuint(refused.freed, ==, 2);
    flows_live_wait_tell(wait, &reloads); // a place that is left may be taken again
    await(&reloads, FLOWS_LIVE_WAIT_RELOADS_MAX);
    for (guint i = 0; i < FLOWS_LIVE_WAIT_MAX / 4; i++)
        g_assert_true(add(wait, &waking, NULL, &waking));
    for (guint i = 0; i < FLOWS_LIVE_WAIT_MAX / 4; i++)
        g_assert_true(add_reload(wait, &reloads)); // what nobody needs is theirs
    g_assert_false(add_reload(wait, &refused));
    g_assert_cmpuint(refused.called, ==, 0);
    g_assert_cmpuint(waking.called, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flows/live-wait/told", test_told);
    g_test_add_func("/flows/live-wait/another-thread", test_another_thread);
    g_test_add_func("/flows/live-wait/late-or-gone", test_late_or_gone);
    g_test_add_func("/flows/live-wait/too-many", test_too_many);
    g_test_add_func("/flows/live-wait/reloads", test_reloads);
    return g_test_run();
}
