// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Row by row, as the pictures lie.
#include "pipelines/package/storyboard.h"

#include "pipelines/package/vtt.h"

char *
package_storyboard_format(const PackageStoryboard *storyboard)
{
    GString *text = g_string_new("WEBVTT\n");
    guint columns = MAX(storyboard->columns, 1);
    for (guint i = 0; i < storyboard->count; i++) {
        guint64 start_ms = i * storyboard->interval_ms;
        guint64 end_ms = MIN(start_ms + storyboard->interval_ms, storyboard->duration_ms);
        if (i + 1 == storyboard->count)
            end_ms = storyboard->duration_ms;
        if (end_ms <= start_ms)
            break;
        g_string_append_c(text, '\n');
        package_vtt_append_timing(text, start_ms, end_ms);
        g_string_append_printf(text, "%s#xywh=%u,%u,%u,%u\n", storyboard->file,
                               i % columns * storyboard->width, i / columns * storyboard->height,
                               storyboard->width, storyboard->height);
    }
    return g_string_free(text, FALSE);
}
