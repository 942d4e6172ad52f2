// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// hello → job → (bytes → channel, health each second)… → done or failed.
#include "pipelines/live/run.h"

#include <string.h>
#include <unistd.h>

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"
#include "pipelines/encode/failure.h"
#include "pipelines/live/channel.h"
#include "pipelines/live/feed.h"
#include "pipelines/live/snapshot.h"
#include "pipelines/source/failure.h"

#define WAITING_BYTES_MAX (64 * 1024 * 1024)
#define HEALTH_US G_USEC_PER_SEC

typedef struct {
    ChildChannel *control; // (unowned)
    ChildLiveJob *job;     // (owned)
    LiveFeed *feed;        // (owned)
    LiveChannel *channel;  // (owned)
    gint64 health_us;      // (value) when health is due
    gint64 busy_us;        // (value) since it was told last
    gboolean gone;         // (value) nobody takes the lines
} Run;

static void
on_channel_line(const ChildLiveReport *report, gpointer data)
{
    Run *run = data;
    g_autofree char *line = child_live_report_to_line(report);
    run->gone = !child_channel_send_line(run->control, line) || run->gone;
}

static LiveChannelNow
get_now(void)
{
    return (LiveChannelNow){g_get_monotonic_time(), g_get_real_time() / 1000};
}

static void
tell_health_if_due(Run *run)
{
    LiveChannelNow now = get_now();
    if (now.monotonic_us < run->health_us)
        return;
    live_channel_tell_health(run->channel, &now, run->busy_us);
    run->busy_us = 0;
    run->health_us = now.monotonic_us + HEALTH_US;
}

/* Returns: FALSE at the end or with an error. */
static gboolean
take_piece(Run *run, GError **error)
{
    LiveFeedPiece piece;
    LiveFeedResult result = live_feed_take(run->feed, run->health_us, &piece);
    if (result != LIVE_FEED_BYTES)
        return result == LIVE_FEED_WAITED;
    LiveChannelNow now = get_now();
    gboolean fine = live_channel_push(run->channel, piece.bytes, piece.arrived_us, &now, error);
    g_bytes_unref(piece.bytes);
    run->busy_us += g_get_monotonic_time() - now.monotonic_us;
    return fine;
}

static gboolean
work(Run *run, GError **error)
{
    g_autoptr(GError) failure = NULL;
    run->health_us = g_get_monotonic_time();
    while (!run->gone && !child_channel_is_cancelled(run->control)) {
        tell_health_if_due(run);
        if (!take_piece(run, &failure))
            break;
    }
    if (failure != NULL) {
        g_propagate_error(error, g_steal_pointer(&failure));
        return FALSE;
    }
    gboolean finished = live_channel_finish(run->channel, error);
    // The last word about how it went.
    run->health_us = 0;
    tell_health_if_due(run);
    return finished;
}

/* One picture, and it is over. */
static gboolean
take_picture(Run *run, GError **error)
{
    gboolean fine = TRUE, ended = FALSE;
    g_autoptr(LiveSnapshot) snapshot =
        live_snapshot_new(run->job, on_channel_line, run, g_get_monotonic_time());
    while (fine && !ended && !run->gone && !live_snapshot_is_done(snapshot) &&
           !child_channel_is_cancelled(run->control)) {
        LiveFeedPiece piece = {0};
        gint64 until_us = g_get_monotonic_time() + HEALTH_US;
        ended = live_feed_take(run->feed, until_us, &piece) == LIVE_FEED_END;
        fine = live_snapshot_push(snapshot, piece.bytes, g_get_monotonic_time(), error);
        g_clear_pointer(&piece.bytes, g_bytes_unref);
    }
    if (fine && ended && !live_snapshot_is_done(snapshot))
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_TIMED_OUT, "it ended before");
    return fine && live_snapshot_is_done(snapshot);
}

static void
tell_end(Run *run, const GError *error)
{
    g_autoptr(ChildLiveReport) report =
        child_live_report_new(error == NULL ? CHILD_LIVE_REPORT_DONE : CHILD_LIVE_REPORT_FAILED);
    if (error != NULL) {
        report->code = g_strdup(encode_failure_to_code(error));
        report->detail = g_strdup(error->message);
    }
    on_channel_line(report, run);
}

/* Takes @input over. */
static gboolean
prepare(Run *run, int input, GError **error)
{
    g_autoptr(ChildLiveReport) hello = child_live_report_new(CHILD_LIVE_REPORT_HELLO);
    on_channel_line(hello, run);
    g_autofree char *line = child_channel_read_line(run->control, error);
    run->job = line == NULL ? NULL : child_live_job_parse(line, strlen(line), error);
    if (run->job == NULL) {
        close(input);
        return FALSE;
    }
    gboolean pictured = live_snapshot_is_wanted(run->job);
    if (!pictured)
        run->channel = live_channel_new(run->job, on_channel_line, run, error);
    if (!pictured && run->channel == NULL) {
        close(input);
        return FALSE;
    }
    run->feed = live_feed_new(input, WAITING_BYTES_MAX, error);
    return run->feed != NULL;
}

gboolean
live_run(ChildChannel *control, int input)
{
    Run run = {.control = control};
    g_autoptr(GError) error = NULL;
    gboolean fine = prepare(&run, input, &error) &&
                    (run.channel != NULL ? work(&run, &error) : take_picture(&run, &error));
    tell_end(&run, error);
    g_clear_pointer(&run.feed, live_feed_free);
    g_clear_pointer(&run.channel, live_channel_free);
    g_clear_pointer(&run.job, child_live_job_free);
    return fine;
}
