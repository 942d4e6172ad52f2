// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines and checks that every stage of a job needs.
#include "pipelines/encode/run.h"

#include "pipelines/encode/failure.h"
#include "pipelines/source/failure.h"

#define KEPT_US G_USEC_PER_SEC
#define FEW_DAMAGED 2

gboolean
encode_run_go_on(EncodeRun *run, gint64 media_us, GError **error)
{
    encode_watchdog_beat(run->watchdog);
    if (child_channel_is_cancelled(run->channel)) {
        g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_CANCELLED, "cancelled");
        return FALSE;
    }
    guint64 limit_ms = run->job->limit_duration_ms;
    if (limit_ms > 0 && media_us > 0 && (guint64)media_us / 1000 > limit_ms) {
        g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_TOO_LONG,
                    "longer than %" G_GUINT64_FORMAT " ms", limit_ms);
        return FALSE;
    }
    return TRUE;
}

gboolean
encode_run_is_stopped(gpointer data)
{
    EncodeRun *run = data;
    encode_watchdog_beat(run->watchdog);
    return child_channel_is_cancelled(run->channel);
}

void
encode_run_report_rung(EncodeRun *run, EncodeRungsId rung, const PackageResult *result,
                       const EncodeDecidePicture *picture, double ssim)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG);
    report->name = g_strdup(encode_rungs_get(rung)->name);
    report->file = g_strdup(result->file);
    report->index = g_strdup(result->index);
    report->sha256 = g_strdup(result->sha256);
    report->codecs = g_strdup(result->codecs);
    report->bytes = result->bytes;
    report->duration_ms = result->duration_ms;
    report->bandwidth_bps = result->bandwidth_bps;
    report->average_bandwidth_bps = result->average_bandwidth_bps;
    if (picture != NULL) {
        report->width = picture->width;
        report->height = picture->height;
        report->frame_rate = (double)run->grid.numerator / run->grid.denominator / picture->step;
        report->ssim = ssim;
    }
    child_channel_send(run->channel, report);
}

void
encode_run_report_rung_failed(EncodeRun *run, EncodeRungsId rung, const GError *failure)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_RUNG_FAILED);
    report->name = g_strdup(encode_rungs_get(rung)->name);
    report->code = g_strdup(encode_failure_to_code(failure));
    report->detail = g_strdup(failure != NULL ? failure->message : "unknown");
    child_channel_send(run->channel, report);
}

void
encode_run_report_checkpoint(EncodeRun *run, EncodeOutput *output)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_CHECKPOINT);
    report->name = g_strdup(encode_rungs_get(encode_output_get_rung(output))->name);
    report->segments = encode_output_get_segments(output, &report->media_ms);
    child_channel_send(run->channel, report);
}

static void
send_warning(EncodeRun *run, const char *code, char *detail, gint64 media_us)
{
    g_autoptr(ChildReport) report = child_report_new(CHILD_REPORT_WARNING);
    report->code = g_strdup(code);
    report->detail = detail;
    report->media_ms = (guint64)MAX(media_us, 0) / 1000;
    child_channel_send(run->channel, report);
}

void
encode_run_report_damage(EncodeRun *run)
{
    SourceReaderTally tally;
    source_reader_get_tally(run->reader, &tally);
    const SourceInfo *info = source_reader_get_info(run->reader);
    if (info->lost_picture)
        send_warning(run, "unsupported-codec", g_strdup("the picture cannot be decoded"), 0);
    if (info->lost_sound)
        send_warning(run, "unsupported-codec", g_strdup("the sound cannot be decoded"), 0);
    if (tally.truncated)
        send_warning(run, "truncated", g_strdup("the file ends before its container says"),
                     tally.first_bad_us);
    // One or two pieces at an end are how many a healthy recording is cut.
    if (tally.damaged > FEW_DAMAGED)
        send_warning(run, "damaged", g_strdup_printf("%u pieces did not decode", tally.damaged),
                     tally.first_bad_us);
}

gboolean
encode_run_check_kept(EncodeRun *run, gint64 decoded_us, GError **error)
{
    SourceReaderTally tally;
    source_reader_get_tally(run->reader, &tally);
    if ((tally.damaged == 0 && !tally.truncated) || decoded_us >= KEPT_US)
        return TRUE;
    g_set_error(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED,
                "only %" G_GINT64_FORMAT " ms of it decode", decoded_us / 1000);
    return FALSE;
}
