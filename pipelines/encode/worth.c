// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// All is measured from finished files, so that it is the same whichever attempt made them.
#include "pipelines/encode/worth.h"

#include <string.h>
#include <glib/gstdio.h>

#include "pipelines/encode/measure.h"

#define NO_GAIN "no-gain"
#define DEARER "dearer"

typedef struct {
    EncodeOutput *output;               // (unowned) (nullable) NULL: not made in this pass
    const EncodeDecidePicture *picture; // (unowned)
    PackageResult *result;              // (owned) (nullable)
    EncodeMeasure *measure;             // (owned) (nullable)
} Made;

struct _EncodeWorth {
    EncodeRun *run;                               // (unowned)
    EncodeSamples *samples;                       // (unowned)
    Made rungs[ENCODE_RUNGS_COUNT];               // (owned)
    EncodeDecideWorth worths[ENCODE_RUNGS_COUNT]; // (value)
};

EncodeWorth *
encode_worth_new(EncodeRun *run, EncodeSamples *samples)
{
    EncodeWorth *worth = g_new0(EncodeWorth, 1);
    worth->run = run;
    worth->samples = samples;
    return worth;
}

void
encode_worth_free(EncodeWorth *worth)
{
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        g_clear_pointer(&worth->rungs[i].result, package_result_free);
        g_clear_pointer(&worth->rungs[i].measure, encode_measure_free);
    }
    g_free(worth);
}

void
encode_worth_add(EncodeWorth *worth, EncodeOutput *output, const EncodeDecidePicture *picture,
                 PackageResult *result)
{
    EncodeRungsId id = encode_output_get_rung(output);
    Made *made = &worth->rungs[id];
    made->output = output;
    made->picture = picture;
    made->result = result;
    worth->worths[id].made = TRUE;
    worth->worths[id].bytes = result->bytes;
    g_autofree char *path = g_build_filename(worth->run->job->staging, result->file, NULL);
    made->measure = encode_measure_new(path, worth->samples);
    worth->worths[id].ssim = encode_measure_get_ssim(made->measure);
}

/* A file of the bundle is called after its rung, up to the first dot. */
static void
add_published(EncodeWorth *worth, const char *file)
{
    const ChildJob *job = worth->run->job;
    g_autofree char *name = g_strndup(file, strcspn(file, "."));
    g_autofree char *path = g_build_filename(job->bundle, file, NULL);
    EncodeRungsId id;
    GStatBuf status;
    if (!encode_rungs_parse(name, &id) || !encode_rungs_moves(id) || worth->worths[id].made ||
        g_stat(path, &status) != 0)
        return;
    EncodeDecideWorth *known = &worth->worths[id];
    worth->rungs[id].measure = encode_measure_new(path, worth->samples);
    known->made = known->published = TRUE;
    known->bytes = (guint64)status.st_size;
    known->ssim = encode_measure_get_ssim(worth->rungs[id].measure);
}

static gboolean
compare_all(EncodeWorth *worth, GError **error)
{
    const ChildJob *job = worth->run->job;
    for (guint i = 0; job->bundle != NULL && job->published[i] != NULL; i++) {
        add_published(worth, job->published[i]);
        if (!encode_run_go_on(worth->run, 0, error))
            return FALSE;
    }
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        for (guint lower = 0; worth->rungs[i].output != NULL && lower < i; lower++)
            if (worth->rungs[lower].measure != NULL)
                worth->worths[i].below[lower] =
                    encode_measure_compare(worth->rungs[i].measure, worth->rungs[lower].measure);
        if (!encode_run_go_on(worth->run, 0, error))
            return FALSE;
    }
    return TRUE;
}

void
encode_worth_report_skipped(EncodeRun *run, EncodeRungsId id, const char *code)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG_SKIPPED);
    report->name = g_strdup(encode_rungs_get(id)->name);
    report->code = g_strdup(code);
    report->detail = g_strdup(strcmp(code, DEARER) == 0 ? "costs no less than a better rung"
                                                        : "no better to look at than a rung below");
    child_channel_send(run->channel, report);
}

static void
skip(EncodeWorth *worth, EncodeRungsId id, const char *code)
{
    encode_output_discard(worth->rungs[id].output, code);
    encode_worth_report_skipped(worth->run, id, code);
}

gboolean
encode_worth_report(EncodeWorth *worth, GError **error)
{
    EncodeDecideVerdict verdicts[ENCODE_RUNGS_COUNT];
    if (!compare_all(worth, error))
        return FALSE;
    encode_decide_worth(worth->worths, verdicts);
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        const Made *made = &worth->rungs[i];
        EncodeRungsId id = (EncodeRungsId)i;
        if (made->output == NULL)
            continue;
        switch (verdicts[i]) {
        case ENCODE_DECIDE_KEEP:
            encode_run_report_rung(worth->run, id, made->result, made->picture,
                                   worth->worths[i].ssim);
            break;
        case ENCODE_DECIDE_NO_GAIN:
            skip(worth, id, NO_GAIN);
            break;
        case ENCODE_DECIDE_DEARER:
            skip(worth, id, DEARER);
            break;
        }
    }
    return TRUE;
}
