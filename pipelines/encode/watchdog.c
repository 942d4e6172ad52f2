// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A thread that looks whether the count of beats changed.
#include "pipelines/encode/watchdog.h"

#include <sysexits.h>
#include <unistd.h>

struct _EncodeWatchdog {
    ChildChannel *channel; // (unowned)
    guint limit_s;         // (value)
    GThread *thread;       // (owned)
    GMutex lock;           // (value)
    GCond wake;            // (value)
    gboolean ended;        // (guarded by lock)
    gint beats;            // (atomic)
};

static void
give_up(EncodeWatchdog *watchdog)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_FAILED);
    report->code = g_strdup("timed-out");
    report->detail = g_strdup_printf("no progress for %u s", watchdog->limit_s);
    child_channel_send(watchdog->channel, report);
    // Nothing else can be trusted to return.
    _exit(EX_TEMPFAIL);
}

static gpointer
watch(gpointer data)
{
    EncodeWatchdog *watchdog = data;
    g_mutex_lock(&watchdog->lock);
    while (!watchdog->ended) {
        gint before = g_atomic_int_get(&watchdog->beats);
        gint64 until_us = g_get_monotonic_time() + watchdog->limit_s * G_TIME_SPAN_SECOND;
        gboolean woken = TRUE;
        while (!watchdog->ended && woken)
            woken = g_cond_wait_until(&watchdog->wake, &watchdog->lock, until_us);
        if (!watchdog->ended && g_atomic_int_get(&watchdog->beats) == before)
            give_up(watchdog);
    }
    g_mutex_unlock(&watchdog->lock);
    return NULL;
}

EncodeWatchdog *
encode_watchdog_new(ChildChannel *channel, guint limit_s)
{
    EncodeWatchdog *watchdog = g_new0(EncodeWatchdog, 1);
    watchdog->channel = channel;
    watchdog->limit_s = limit_s;
    g_mutex_init(&watchdog->lock);
    g_cond_init(&watchdog->wake);
    watchdog->thread = g_thread_new("watchdog", watch, watchdog);
    return watchdog;
}

void
encode_watchdog_free(EncodeWatchdog *watchdog)
{
    if (watchdog == NULL)
        return;
    g_mutex_lock(&watchdog->lock);
    watchdog->ended = TRUE;
    g_cond_signal(&watchdog->wake);
    g_mutex_unlock(&watchdog->lock);
    g_thread_join(watchdog->thread);
    g_mutex_clear(&watchdog->lock);
    g_cond_clear(&watchdog->wake);
    g_free(watchdog);
}

void
encode_watchdog_beat(EncodeWatchdog *watchdog)
{
    g_atomic_int_inc(&watchdog->beats);
}
