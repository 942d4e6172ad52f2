// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The estimate is linear in media time; where the end is not known it nears the stage's end without
// reaching it.
#include "pipelines/encode/progress.h"

#include <math.h>

#define INTERVAL_US G_USEC_PER_SEC
#define GUESS_US (600.0 * G_USEC_PER_SEC)
#define MOST_PERMILLE 999u

struct _EncodeProgress {
    ChildChannel *channel;     // (unowned)
    EncodeProgressStage stage; // (value)
    guint permille;            // (value) the most that was said
    gint64 begun_us;           // (value) monotonic clock
    gint64 said_us;            // (value) monotonic clock
};

EncodeProgress *
encode_progress_new(ChildChannel *channel, guint floor_permille)
{
    EncodeProgress *progress = g_new0(EncodeProgress, 1);
    progress->channel = channel;
    progress->permille = MIN(floor_permille, MOST_PERMILLE);
    return progress;
}

void
encode_progress_free(EncodeProgress *progress)
{
    g_free(progress);
}

static guint
estimate_permille(const EncodeProgressStage *stage, gint64 media_us)
{
    double done = stage->duration_us > 0 ? (double)media_us / stage->duration_us
                                         : 1.0 - exp(-media_us / GUESS_US);
    double span = (double)stage->to_permille - stage->from_permille;
    return stage->from_permille + (guint)(span * CLAMP(done, 0.0, 1.0));
}

static void
say(EncodeProgress *progress, gint64 media_us, gint64 now_us)
{
    guint permille = MIN(estimate_permille(&progress->stage, media_us), MOST_PERMILLE);
    progress->permille = MAX(progress->permille, permille);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PROGRESS);
    report->permille = progress->permille;
    report->stage = g_strdup(progress->stage.name);
    gint64 wall_us = now_us - progress->begun_us;
    gint64 worked_us = MAX(media_us - progress->stage.start_us, 0);
    report->speed = wall_us > 0 ? (double)worked_us / wall_us : 0;
    child_channel_send(progress->channel, report);
    progress->said_us = now_us;
}

void
encode_progress_begin(EncodeProgress *progress, const EncodeProgressStage *stage)
{
    progress->stage = *stage;
    progress->begun_us = g_get_monotonic_time();
    say(progress, stage->start_us, progress->begun_us);
}

void
encode_progress_update(EncodeProgress *progress, gint64 media_us)
{
    gint64 now_us = g_get_monotonic_time();
    if (now_us - progress->said_us >= INTERVAL_US)
        say(progress, media_us, now_us);
}
