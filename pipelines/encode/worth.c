// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rungs are compared within their family: a player never changes from one to the other.
#include "pipelines/encode/worth.h"

typedef struct {
    EncodeOutput *output;               // (unowned) (nullable) NULL: not made in this pass
    const EncodeDecidePicture *picture; // (unowned)
    PackageResult *result;              // (owned) (nullable)
    double ssim;                        // (value)
} Made;

struct _EncodeWorth {
    EncodeRun *run;                 // (unowned)
    Made rungs[ENCODE_RUNGS_COUNT]; // (owned)
};

EncodeWorth *
encode_worth_new(EncodeRun *run)
{
    EncodeWorth *worth = g_new0(EncodeWorth, 1);
    worth->run = run;
    return worth;
}

void
encode_worth_free(EncodeWorth *worth)
{
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++)
        g_clear_pointer(&worth->rungs[i].result, package_result_free);
    g_free(worth);
}

void
encode_worth_add(EncodeWorth *worth, EncodeOutput *output, const EncodeDecidePicture *picture,
                 PackageResult *result)
{
    Made *made = &worth->rungs[encode_output_get_rung(output)];
    made->output = output;
    made->picture = picture;
    made->result = result;
    made->ssim = encode_measure_get_ssim(encode_output_get_measure(output));
}

static void
decide_family(EncodeWorth *worth, EncodeRungsFamily family,
              EncodeDecideVerdict verdicts[ENCODE_RUNGS_COUNT])
{
    EncodeDecideWorth worths[ENCODE_RUNGS_COUNT] = {0};
    EncodeDecideVerdict found[ENCODE_RUNGS_COUNT] = {0};
    guint ids[ENCODE_RUNGS_COUNT] = {0};
    const Made *lower = NULL;
    guint count = 0;
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        const Made *made = &worth->rungs[i];
        if (encode_rungs_get((EncodeRungsId)i)->family != family)
            continue;
        if (made->output != NULL) {
            worths[count].made = TRUE;
            worths[count].bytes = made->result->bytes;
            worths[count].ssim = made->ssim;
            if (lower != NULL && lower->output != NULL)
                worths[count].below =
                    encode_measure_compare(encode_output_get_measure(made->output),
                                           encode_output_get_measure(lower->output));
        }
        lower = made;
        ids[count++] = i;
    }
    encode_decide_worth(worths, count, found);
    for (guint i = 0; i < count; i++)
        verdicts[ids[i]] = found[i];
}

static void
skip(EncodeWorth *worth, EncodeRungsId id, const char *code, const char *detail)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG_SKIPPED);
    encode_output_discard(worth->rungs[id].output);
    report->name = g_strdup(encode_rungs_get(id)->name);
    report->code = g_strdup(code);
    report->detail = g_strdup(detail);
    child_channel_send(worth->run->channel, report);
}

void
encode_worth_report(EncodeWorth *worth)
{
    EncodeDecideVerdict verdicts[ENCODE_RUNGS_COUNT] = {0};
    decide_family(worth, ENCODE_RUNGS_AV1, verdicts);
    decide_family(worth, ENCODE_RUNGS_AVC, verdicts);
    for (guint i = 0; i < ENCODE_RUNGS_COUNT; i++) {
        const Made *made = &worth->rungs[i];
        EncodeRungsId id = (EncodeRungsId)i;
        if (made->output == NULL)
            continue;
        switch (verdicts[i]) {
        case ENCODE_DECIDE_KEEP:
            encode_run_report_rung(worth->run, id, made->result, made->picture, made->ssim);
            break;
        case ENCODE_DECIDE_NO_GAIN:
            skip(worth, id, "no-gain", "no better to look at than the rung below");
            break;
        case ENCODE_DECIDE_DEARER:
            skip(worth, id, "dearer", "costs no less than a better rung");
            break;
        }
    }
}
