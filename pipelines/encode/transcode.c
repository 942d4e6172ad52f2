// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The order of a job. What was published stays: once a rung is reported, trouble with the others is
// told rung by rung and the job still ends with `done`.
#include "pipelines/encode/transcode.h"

#include "pipelines/encode/cuts.h"
#include "pipelines/encode/extras.h"
#include "pipelines/encode/failure.h"
#include "pipelines/encode/ladder.h"
#include "pipelines/encode/study.h"
#include "pipelines/encode/voice.h"
#include "pipelines/encode/worth.h"
#include "pipelines/source/failure.h"

#define STALL_SECONDS 300
// Where the stages of a whole job end, in permille of its work.
#define HEARD_PERMILLE 30
#define VOICE_PERMILLE 80
#define SEEN_PERMILLE 160
#define SLIDES_PERMILLE 200
#define ALL_PERMILLE 999

typedef struct {
    SourceReader *reader; // (owned) (nullable) the run's reader
    EncodeRun run;        // (value)
    EncodeStudy *study;   // (owned) (nullable)
    GArray *voices;       // (owned) (element-type EncodeRungsId) to be made
    gboolean slides;      // (value) to be made
    GArray *pictures;     // (owned) (element-type EncodeRungsId) to be made, lowest first
    GArray *skipped;      // (owned) (element-type EncodeRungsId) made before, and not kept
    gboolean refines;     // (value) only what moves is made, for a lesson that is published
    gboolean uneven;      // (value) no grid has the cuts of what is published
    gboolean published;   // (value) some rung is, by this attempt or an earlier one
    guint permille;       // (value) where the next stage begins
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
plan_rung(Transcode *transcode, EncodeRungsId rung)
{
    g_autofree char *skipped = encode_output_read_discarded(transcode->run.job->staging, rung);
    if (g_strv_contains((const char *const *)transcode->run.job->done,
                        encode_rungs_get(rung)->name)) {
        transcode->published = TRUE;
        return;
    }
    switch (encode_rungs_get(rung)->family) {
    case ENCODE_RUNGS_SOUND:
        g_array_append_val(transcode->voices, rung);
        break;
    case ENCODE_RUNGS_STILL:
        transcode->slides = TRUE;
        break;
    case ENCODE_RUNGS_AV1:
    case ENCODE_RUNGS_AVC:
        g_array_append_val(skipped != NULL ? transcode->skipped : transcode->pictures, rung);
        break;
    }
}

static void
plan_rungs(Transcode *transcode)
{
    EncodeRun *run = &transcode->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    const AnalyseResult *known = encode_study_get_result(transcode->study);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    transcode->refines = encode_study_is_complete(transcode->study);
    for (int id = 0; id < ENCODE_RUNGS_COUNT; id++) {
        EncodeRungsId rung = (EncodeRungsId)id;
        const char *name = encode_rungs_get(rung)->name;
        if (!g_strv_contains((const char *const *)run->job->rungs, name) ||
            !encode_decide_suits(rung, info, known->picture.glance) ||
            (transcode->uneven && encode_rungs_moves(rung)))
            continue;
        g_ptr_array_add(names, g_strdup(name));
        plan_rung(transcode, rung);
        transcode->refines = transcode->refines && rung == ENCODE_RUNGS_CLEAR;
    }
    g_ptr_array_add(names, NULL);
    // With the stills, the poster was sent before.
    run->poster_sent =
        transcode->refines || g_strv_contains((const char *const *)run->job->done,
                                              encode_rungs_get(ENCODE_RUNGS_SLIDES)->name);
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_PLAN);
    report->rungs = g_strdupv((char **)names->pdata);
    child_channel_send(run->channel, report);
}

/* What an earlier attempt found not to be worth its bytes is not made again. */
static void
report_skipped(Transcode *transcode)
{
    for (guint i = 0; i < transcode->skipped->len; i++) {
        EncodeRungsId rung = g_array_index(transcode->skipped, EncodeRungsId, i);
        g_autofree char *code = encode_output_read_discarded(transcode->run.job->staging, rung);
        if (code != NULL)
            encode_worth_report_skipped(&transcode->run, rung, code);
    }
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
        return failure->code == SOURCE_FAILURE_CANCELLED;
    if (failure->domain == ENCODE_FAILURE)
        return failure->code != ENCODE_FAILURE_INTERNAL;
    return TRUE;
}

/* The next stage, up to @permille. */
static EncodeProgressStage
begin_stage(Transcode *transcode, const char *name, guint permille)
{
    guint from = transcode->permille;
    gboolean last = transcode->pictures->len == 0 && permille == VOICE_PERMILLE;
    transcode->permille = transcode->refines || last ? ALL_PERMILLE : permille;
    return (EncodeProgressStage){name, from, transcode->permille, 0, transcode->run.end_us};
}

/* What a stage of the job does. */
typedef gboolean (*Stage)(Transcode *transcode, EncodeProgressStage stage, GError **error);

static gboolean
do_stage(Transcode *transcode, Stage stage, EncodeProgressStage bounds, GError **error)
{
    GError *failure = NULL;
    if (stage(transcode, bounds, &failure))
        return TRUE;
    // What was stopped may tell it in its own words.
    if (child_channel_is_cancelled(transcode->run.channel)) {
        g_clear_error(&failure);
        g_set_error_literal(&failure, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
    }
    g_propagate_error(error, failure);
    return FALSE;
}

static void
report_failed(Transcode *transcode, const GArray *rungs, const GError *failure)
{
    for (guint i = 0; i < rungs->len; i++)
        encode_run_report_rung_failed(&transcode->run, g_array_index(rungs, EncodeRungsId, i),
                                      failure);
}

static gboolean
hear(Transcode *transcode, EncodeProgressStage stage, GError **error)
{
    EncodeRun *run = &transcode->run;
    const AnalyseResult *known = encode_study_get_result(transcode->study);
    if (!encode_study_hear(transcode->study, stage, error))
        return FALSE;
    if (known->has_sound)
        run->treat = encode_treat_decide(&known->sound, run->job->clean_sound);
    return TRUE;
}

static gboolean
speak(Transcode *transcode, EncodeProgressStage stage, GError **error)
{
    return encode_voice_run(&transcode->run, transcode->voices, stage, error);
}

static gboolean
make_voices(Transcode *transcode, GError **error)
{
    GError *failure = NULL;
    gboolean alone = transcode->pictures->len == 0;
    gboolean made =
        do_stage(transcode, hear, begin_stage(transcode, "voice", HEARD_PERMILLE), &failure);
    if (made) {
        made =
            transcode->voices->len == 0 ||
            do_stage(transcode, speak, begin_stage(transcode, "voice", VOICE_PERMILLE), &failure);
    }
    if (made) {
        transcode->published = transcode->published || transcode->voices->len > 0;
        return TRUE;
    }
    if (ends_job(failure) || (alone && !transcode->published)) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    report_failed(transcode, transcode->voices, failure);
    g_error_free(failure);
    return TRUE;
}

/* What helps to find one's way; nothing of it is worth the lesson. */
static gboolean
make_extras(Transcode *transcode, GError **error)
{
    GError *failure = NULL;
    const AnalyseResult *known = encode_study_get_result(transcode->study);
    EncodeProgressStage stage = begin_stage(transcode, "slides", SLIDES_PERMILLE);
    gboolean made = encode_extras_run(&transcode->run, known, transcode->slides, stage, &failure);
    transcode->published = transcode->published || transcode->run.slides_sent;
    if (made)
        return TRUE;
    if (ends_job(failure)) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    g_debug("extras: %s", failure->message);
    if (transcode->slides)
        encode_run_report_rung_failed(&transcode->run, ENCODE_RUNGS_SLIDES, failure);
    g_error_free(failure);
    return TRUE;
}

static gboolean
study_pictures(Transcode *transcode, GError **error)
{
    EncodeRun *run = &transcode->run;
    EncodeProgressStage stage = begin_stage(transcode, "slides", SEEN_PERMILLE);
    const AnalyseResult *known = encode_study_get_result(transcode->study);
    if (!encode_study_see(transcode->study, stage, error))
        return FALSE;
    run->facts.analysis = known->has_picture ? &known->picture : NULL;
    run->facts.sound = known->has_sound ? &known->sound : NULL;
    return TRUE;
}

static gboolean
climb(Transcode *transcode, EncodeProgressStage stage, GError **error)
{
    return encode_ladder_run(&transcode->run, transcode->pictures, stage, error);
}

static gboolean
make_pictures(Transcode *transcode, GError **error)
{
    GError *failure = NULL;
    const char *name = transcode->refines ? "clear" : "pictures";
    if (do_stage(transcode, climb, begin_stage(transcode, name, ALL_PERMILLE), &failure))
        return TRUE;
    if (ends_job(failure) || !transcode->published) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    report_failed(transcode, transcode->pictures, failure);
    g_error_free(failure);
    return TRUE;
}

static gboolean
do_stages(Transcode *transcode, GError **error)
{
    EncodeRun *run = &transcode->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    gboolean pictured = info->has_picture;
    if (info->has_sound && !make_voices(transcode, error))
        return FALSE;
    if (pictured && !study_pictures(transcode, error))
        return FALSE;
    if (!transcode->refines &&
        (!encode_study_keep(transcode->study, error) || !make_extras(transcode, error)))
        return FALSE;
    return transcode->pictures->len == 0 || make_pictures(transcode, error);
}

static gboolean
do_job(Transcode *transcode, GError **error)
{
    EncodeRun *run = &transcode->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    send_probe(run);
    if (!check_limits(run, error))
        return FALSE;
    transcode->study = encode_study_new(run);
    if (!encode_study_glance(transcode->study, error))
        return FALSE;
    run->grid = encode_decide_grid(info, encode_study_get_result(transcode->study)->picture.glance);
    transcode->uneven = !encode_cuts_follow(run->job, &run->grid);
    run->end_us = info->duration_us;
    plan_rungs(transcode);
    report_skipped(transcode);
    if (!do_stages(transcode, error))
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

gboolean
encode_transcode_run(ChildChannel *channel, const ChildJob *job)
{
    g_autoptr(EncodeWatchdog) watchdog = encode_watchdog_new(channel, STALL_SECONDS);
    g_autoptr(EncodeProgress) progress = encode_progress_new(channel, job->permille);
    g_autoptr(GArray) voices = g_array_new(FALSE, FALSE, sizeof(EncodeRungsId));
    g_autoptr(GArray) pictures = g_array_new(FALSE, FALSE, sizeof(EncodeRungsId));
    g_autoptr(GArray) skipped = g_array_new(FALSE, FALSE, sizeof(EncodeRungsId));
    Transcode transcode = {.voices = voices, .pictures = pictures, .skipped = skipped};
    transcode.run.channel = channel;
    transcode.run.job = job;
    transcode.run.watchdog = watchdog;
    transcode.run.progress = progress;
    transcode.run.facts.interpreter = (AnalyseResultRect){
        job->interpreter.x, job->interpreter.y, job->interpreter.width, job->interpreter.height};
    g_autoptr(GError) failure = NULL;
    transcode.reader = source_reader_open(job->source, job->limit_pixels, on_source_stop,
                                          &transcode.run, &failure);
    transcode.run.reader = transcode.reader;
    gboolean done = transcode.reader != NULL && do_job(&transcode, &failure);
    g_clear_pointer(&transcode.study, encode_study_free);
    g_clear_pointer(&transcode.reader, source_reader_free);
    send_end(&transcode.run, failure);
    return done;
}
