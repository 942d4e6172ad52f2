// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The parent's lines as the child reads them.
#include "pipelines/child/job.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    ChildJobLine kind = CHILD_JOB_LINE_CANCEL;
    g_autoptr(ChildJob) job = NULL;
    if (!child_job_parse((const char *)data, size, &kind, &job, NULL) || job == NULL)
        return 0;
    g_assert_true(job->interpreter.x + job->interpreter.width <= 1000);
    g_assert_true(job->interpreter.y + job->interpreter.height <= 1000);
    g_autofree char *line = child_job_to_line(job);
    g_autoptr(ChildJob) back = NULL;
    g_assert_true(child_job_parse(line, strlen(line), &kind, &back, NULL));
    return 0;
}
