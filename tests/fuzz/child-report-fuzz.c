// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Lines of a child that a hostile file may own: what is accepted must be writable again as the same
// line, and its file names must stay in one folder.
#include "pipelines/child/report.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(ChildReport) report = child_report_parse((const char *)data, size, NULL);
    if (report == NULL)
        return 0;
    if (report->file != NULL)
        g_assert_true(strchr(report->file, '/') == NULL && report->file[0] != '.');
    g_autofree char *line = child_report_to_line(report);
    g_autoptr(ChildReport) back = child_report_parse(line, strlen(line), NULL);
    g_assert_nonnull(back);
    g_autofree char *again = child_report_to_line(back);
    g_assert_cmpstr(line, ==, again);
    return 0;
}
