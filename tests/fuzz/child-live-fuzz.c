// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines of a live child as its parent reads them, and its job as the child does: what is taken goes
// out again and comes back.
#include <string.h>

#include "pipelines/child/live_job.h"
#include "pipelines/child/live_report.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(ChildLiveReport) report = child_live_report_parse((const char *)data, size, NULL);
    g_autoptr(ChildLiveJob) job = child_live_job_parse((const char *)data, size, NULL);
    if (report != NULL) {
        g_autofree char *line = child_live_report_to_line(report);
        g_autoptr(ChildLiveReport) back = child_live_report_parse(line, strlen(line), NULL);
        g_assert_nonnull(back);
        g_assert_cmpuint(report->parts->len, <=, CHILD_LIVE_REPORT_PARTS_MAX);
    }
    if (job != NULL) {
        g_autofree char *line = child_live_job_to_line(job);
        g_autoptr(ChildLiveJob) back = child_live_job_parse(line, strlen(line), NULL);
        g_assert_nonnull(back);
    }
    return 0;
}
