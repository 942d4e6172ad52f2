// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Analyses from a folder that a child may write to: what is accepted is in order, and says the same
// when it is written and read again.
#include "pipelines/analyse/result.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(AnalyseResult) result = analyse_result_parse((const char *)data, size, NULL);
    if (result == NULL)
        return 0;
    gint64 end_ms = 0;
    for (guint i = 0; i < result->picture.slides->len; i++) {
        const AnalyseResultSlide *slide =
            &g_array_index(result->picture.slides, AnalyseResultSlide, i);
        g_assert_cmpint(slide->start_ms, >=, end_ms);
        g_assert_cmpint(slide->best_ms, >=, slide->start_ms);
        g_assert_cmpint(slide->best_ms, <, slide->end_ms);
        end_ms = slide->end_ms;
    }
    g_autofree char *text = analyse_result_to_json(result);
    g_autoptr(AnalyseResult) again = analyse_result_parse(text, strlen(text), NULL);
    g_assert_nonnull(again);
    g_autofree char *twice = analyse_result_to_json(again);
    g_assert_cmpstr(text, ==, twice);
    return 0;
}
