// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines of a child that listens to hostile broadcasts, and of its parent: what is accepted must be
// writable again as the same line.
#include <string.h>

#include "pipelines/child/intake_job.h"
#include "pipelines/child/intake_report.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check_report(const char *text, gsize size)
{
    g_autoptr(ChildIntakeReport) report = child_intake_report_parse(text, size, NULL);
    if (report == NULL)
        return;
    g_autofree char *line = child_intake_report_to_line(report);
    g_autoptr(ChildIntakeReport) back = child_intake_report_parse(line, strlen(line), NULL);
    g_assert_nonnull(back);
    g_autofree char *again = child_intake_report_to_line(back);
    g_assert_cmpstr(line, ==, again);
}

static void
check_job(const char *text, gsize size)
{
    g_autoptr(ChildIntakeJob) job = child_intake_job_parse(text, size, NULL);
    if (job == NULL)
        return;
    g_autofree char *line = child_intake_job_to_line(job);
    g_autoptr(ChildIntakeJob) back = child_intake_job_parse(line, strlen(line), NULL);
    g_assert_nonnull(back);
    g_autofree char *again = child_intake_job_to_line(back);
    g_assert_cmpstr(line, ==, again);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    check_report((const char *)data, size);
    check_job((const char *)data, size);
    return 0;
}
