// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The order of a job. What was published stays: once a rung is reported, trouble with the others is
// told rung by rung and the job still ends with `done`.
#include "pipelines/encode/transcode.h"

#include <string.h>

#include "pipelines/encode/failure.h"
#include "pipelines/encode/ladder.h"
#include "pipelines/encode/voice.h"
#include "pipelines/source/failure.h"

#define STALL_SECONDS 300
#define VOICE_PERMILLE 80

typedef struct {
    SourceReader *reader; // (owned) (nullable) the run's reader
    EncodeRun run;        // (value)
    gboolean voice;       // (value) to be made
    GArray *pictures;     // (owned) (element-type EncodeRungsId) to be made, lowest first
    gboolean published;   // (value) some rung is, by this attempt or an earlier one
} Transcode;

static gboolean
on_source_stop(gpointer data)
{
    EncodeRun *run = data;
    return child_channel_is_cancelled(run->channel);
}

static void
send_probe(EncodeRun *run)
{
    const SourceInfo *info = source_reader_get_info(run->reader);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PROBE);
    report->duration_ms = (guint64)(info->duration_us / 1000);
    report->has_picture = info->has_picture;
    report->has_sound = info->has_sound;
    report->width = info->width;
    report->height = info->height;
    report->container = g_strdup(info->container);
    child_channel_send(run->channel, report);
}

static void
plan_rungs(Transcode *transcode)
{
    EncodeRun *run = &transcode->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (int id = 0; id < ENCODE_RUNGS_COUNT; id++) {
        EncodeRungsId rung = (EncodeRungsId)id;
        const char *name = encode_rungs_get(rung)->name;
        if (!g_strv_contains((const char *const *)run->job->rungs, name) ||
            !encode_decide_suits(rung, info, ANALYSE_RESULT_CONTENT_CAMERA) ||
            rung == ENCODE_RUNGS_VOICE_OPUS || encode_rungs_get(rung)->family == ENCODE_RUNGS_AV1)
            continue;
        g_ptr_array_add(names, g_strdup(name));
        if (g_strv_contains((const char *const *)run->job->done, name))
            transcode->published = TRUE;
        else if (rung == ENCODE_RUNGS_VOICE)
            transcode->voice = TRUE;
        else
            g_array_append_val(transcode->pictures, rung);
    }
    g_ptr_array_add(names, NULL);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PLAN);
    report->rungs = g_strdupv((char **)names->pdata);
    child_channel_send(run->channel, report);
}

static gboolean
check_limits(EncodeRun *run, GError **error)
{
    const SourceInfo *info = source_reader_get_info(run->reader);
    guint64 limit_ms = run->job->limit_duration_ms;
    if (limit_ms == 0 || info->estimated || (guint64)info->duration_us / 1000 <= limit_ms)
        return TRUE;
    g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_TOO_LONG,
                "%" G_GINT64_FORMAT " ms, the limit is %" G_GUINT64_FORMAT,
                info->duration_us / 1000, limit_ms);
    return FALSE;
}

/* Trouble that a retry may cure, or that the person asked for, ends the job; trouble with the
 * contents of the file only ends what it touches. */
static gboolean
ends_job(const GError *failure)
{
    if (failure->domain == SOURCE_FAILURE)
        return failure->code == SOURCE_FAILURE_CANCELLED ||
               failure->code == SOURCE_FAILURE_TIMED_OUT;
    if (failure->domain == ENCODE_FAILURE)
        return failure->code != ENCODE_FAILURE_INTERNAL;
    return TRUE;
}

/* GStreamer may give up in mid-file; libavformat then does the same stage, from its last
 * checkpoint, on the same running time. The GStreamer reader stays when libavformat cannot open the
 * file. */
static gboolean
change_reader(Transcode *transcode, const GError *failure)
{
    EncodeRun *run = &transcode->run;
    gboolean gstreamer = strcmp(source_reader_get_name(run->reader), "gstreamer") == 0;
    if (!gstreamer || failure->domain != SOURCE_FAILURE ||
        failure->code == SOURCE_FAILURE_CANCELLED)
        return FALSE;
    SourceReader *reader = source_choose_open(run->job->source, SOURCE_CHOOSE_LIBAV,
                                              run->job->limit_pixels, on_source_stop, run, NULL);
    if (reader == NULL)
        return FALSE;
    source_reader_free(transcode->reader);
    transcode->reader = run->reader = reader;
    return TRUE;
}

static gboolean
make_voice(Transcode *transcode, GError **error)
{
    EncodeRun *run = &transcode->run;
    gboolean alone = transcode->pictures->len == 0;
    EncodeProgressStage stage = {"voice", 0, alone ? 999 : VOICE_PERMILLE, 0, run->end_us};
    GError *failure = NULL;
    gboolean made = encode_voice_run(run, stage, &failure);
    if (!made && change_reader(transcode, failure)) {
        g_clear_error(&failure);
        made = encode_voice_run(run, stage, &failure);
    }
    if (made) {
        transcode->published = TRUE;
        return TRUE;
    }
    if (ends_job(failure) || (alone && !transcode->published)) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    encode_run_report_rung_failed(run, ENCODE_RUNGS_VOICE, failure);
    g_error_free(failure);
    return TRUE;
}

static gboolean
make_pictures(Transcode *transcode, GError **error)
{
    EncodeRun *run = &transcode->run;
    guint from = transcode->voice ? VOICE_PERMILLE : 0;
    EncodeProgressStage stage = {"pictures", from, 999, 0, run->end_us};
    GError *failure = NULL;
    gboolean made = encode_ladder_run(run, transcode->pictures, stage, &failure);
    if (!made && change_reader(transcode, failure)) {
        g_clear_error(&failure);
        made = encode_ladder_run(run, transcode->pictures, stage, &failure);
    }
    if (made)
        return TRUE;
    if (ends_job(failure) || !transcode->published) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    for (guint i = 0; i < transcode->pictures->len; i++)
        encode_run_report_rung_failed(run, g_array_index(transcode->pictures, EncodeRungsId, i),
                                      failure);
    g_error_free(failure);
    return TRUE;
}

static gboolean
do_job(Transcode *transcode, GError **error)
{
    EncodeRun *run = &transcode->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    send_probe(run);
    if (!check_limits(run, error))
        return FALSE;
    run->grid = encode_decide_grid(info, ANALYSE_RESULT_CONTENT_CAMERA);
    run->end_us = info->duration_us;
    plan_rungs(transcode);
    if (transcode->voice && !make_voice(transcode, error))
        return FALSE;
    if (transcode->pictures->len > 0 && !make_pictures(transcode, error))
        return FALSE;
    encode_run_report_damage(run);
    return TRUE;
}

static void
send_end(EncodeRun *run, const GError *failure)
{
    g_autoptr(ChildReport) report =
        child_report_new(failure != NULL ? CHILD_REPORT_FAILED : CHILD_REPORT_DONE);
    if (failure != NULL) {
        report->code = g_strdup(encode_failure_to_code(failure));
        report->detail = g_strdup(failure->message);
    } else {
        report->duration_ms = (guint64)MAX(run->end_us, 0) / 1000;
    }
    child_channel_send(run->channel, report);
}

/* An attempt that was cancelled and is wanted again is counted from 0 but goes on from its files.
 */
static gboolean
has_journal(const ChildJob *job)
{
    for (guint i = 0; job->rungs[i] != NULL; i++) {
        g_autofree char *name = g_strconcat(job->rungs[i], ".journal", NULL);
        g_autofree char *path = g_build_filename(job->staging, name, NULL);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return TRUE;
    }
    return FALSE;
}

gboolean
encode_transcode_run(ChildChannel *channel, const ChildJob *job, SourceChoosePolicy policy)
{
    g_autoptr(EncodeWatchdog) watchdog = encode_watchdog_new(channel, STALL_SECONDS);
    g_autoptr(EncodeProgress) progress = encode_progress_new(channel, job->permille);
    g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(EncodeRungsId));
    Transcode transcode = {.pictures = pictures};
    transcode.run.channel = channel;
    transcode.run.job = job;
    transcode.run.watchdog = watchdog;
    transcode.run.progress = progress;
    g_autoptr(GError) failure = NULL;
    gboolean resumed =
        job->permille > 0 || (job->done != NULL && job->done[0] != NULL) || has_journal(job);
    transcode.reader =
        source_choose_open(job->source, resumed ? SOURCE_CHOOSE_LIBAV : policy, job->limit_pixels,
                           on_source_stop, &transcode.run, &failure);
    transcode.run.reader = transcode.reader;
    gboolean done = transcode.reader != NULL && do_job(&transcode, &failure);
    g_clear_pointer(&transcode.reader, source_reader_free);
    send_end(&transcode.run, failure);
    return done;
}
