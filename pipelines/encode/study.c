// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two files: glance.json holds the first look alone, analysis.json is whole. Both are read as
// strictly as foreign bytes; one that is wrong is as good as none.
#include "pipelines/encode/study.h"

#include <string.h>

#include "pipelines/analyse/glance.h"
#include "pipelines/analyse/picture.h"
#include "pipelines/encode/listen.h"
#include "pipelines/package/disk.h"
#include "pipelines/source/failure.h"

#define GLANCE_FILE "glance.json"
#define RESULT_FILE "analysis.json"
#define MOST_BYTES ((gsize)16 * 1024 * 1024)

struct _EncodeStudy {
    EncodeRun *run;        // (unowned)
    AnalyseResult *result; // (owned)
    gboolean complete;     // (value) read back whole
    gboolean glanced;      // (value)
};

/* Returns: (transfer full) (nullable). */
static AnalyseResult *
read_result(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) failure = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, NULL))
        return NULL;
    AnalyseResult *result =
        length <= MOST_BYTES ? analyse_result_parse(text, length, &failure) : NULL;
    if (result == NULL)
        g_debug("%s: %s", name, failure != NULL ? failure->message : "too long");
    return result;
}

EncodeStudy *
encode_study_new(EncodeRun *run)
{
    EncodeStudy *study = g_new0(EncodeStudy, 1);
    study->run = run;
    study->result = read_result(run->job->staging, RESULT_FILE);
    study->complete = study->result != NULL;
    if (study->result == NULL)
        study->result = read_result(run->job->staging, GLANCE_FILE);
    study->glanced = study->result != NULL;
    if (study->result == NULL)
        study->result = analyse_result_new();
    return study;
}

void
encode_study_free(EncodeStudy *study)
{
    if (study == NULL)
        return;
    analyse_result_free(study->result);
    g_free(study);
}

const AnalyseResult *
encode_study_get_result(const EncodeStudy *study)
{
    return study->result;
}

gboolean
encode_study_is_complete(const EncodeStudy *study)
{
    return study->complete;
}

/* What cannot be looked at is a camera's; only a cancel ends the job. */
static gboolean
survives(EncodeRun *run, GError *failure, GError **error)
{
    if (g_error_matches(failure, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED)) {
        g_propagate_error(error, failure);
        return FALSE;
    }
    g_debug("analysis: %s", failure->message);
    g_error_free(failure);
    return TRUE;
}

static gboolean
write_result(EncodeStudy *study, const char *name, GError **error)
{
    g_autofree char *text = analyse_result_to_json(study->result);
    return package_disk_replace(study->run->job->staging, name, text, strlen(text), error);
}

gboolean
encode_study_glance(EncodeStudy *study, GError **error)
{
    EncodeRun *run = study->run;
    const SourceInfo *info = source_reader_get_info(run->reader);
    GError *failure = NULL;
    AnalyseGlance glance = {.content = ANALYSE_RESULT_CONTENT_CAMERA};
    if (study->glanced)
        return TRUE;
    if (info->has_picture &&
        !analyse_glance_run(run->job->source, info, encode_run_is_stopped, run, &glance,
                            &failure) &&
        !survives(run, failure, error))
        return FALSE;
    // Without the rest: nothing seen yet, or nothing that could be.
    study->result->has_picture = info->has_picture;
    study->result->picture.glance = study->result->picture.content = glance.content;
    study->glanced = TRUE;
    return write_result(study, GLANCE_FILE, error);
}

gboolean
encode_study_hear(EncodeStudy *study, EncodeProgressStage stage, GError **error)
{
    if (study->complete || study->result->has_sound)
        return TRUE;
    if (!encode_listen_run(study->run, stage, &study->result->sound, error))
        return FALSE;
    study->result->has_sound = TRUE;
    return TRUE;
}

static void
on_progress(gint64 media_us, gpointer data)
{
    EncodeRun *run = data;
    encode_watchdog_beat(run->watchdog);
    encode_progress_update(run->progress, media_us);
}

gboolean
encode_study_see(EncodeStudy *study, EncodeProgressStage stage, GError **error)
{
    EncodeRun *run = study->run;
    GError *failure = NULL;
    AnalysePictureJob job = {
        .path = run->job->source,
        .info = source_reader_get_info(run->reader),
        .end_us = run->end_us,
        .stop = encode_run_is_stopped,
        .progress = on_progress,
        .data = run,
    };
    if (study->complete)
        return TRUE;
    encode_progress_begin(run->progress, &stage);
    if (analyse_picture_run(&job, &study->result->picture, &failure))
        return TRUE;
    study->result->picture.content = ANALYSE_RESULT_CONTENT_CAMERA;
    return survives(run, failure, error);
}

gboolean
encode_study_keep(EncodeStudy *study, GError **error)
{
    EncodeRun *run = study->run;
    g_autofree char *text = analyse_result_to_json(study->result);
    if (!study->complete && !write_result(study, RESULT_FILE, error))
        return FALSE;
    study->complete = TRUE;
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_ASSET);
    report->asset = CHILD_ASSET_ANALYSIS;
    report->file = g_strdup(RESULT_FILE);
    report->bytes = strlen(text);
    report->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    child_channel_send(run->channel, report);
    return TRUE;
}
