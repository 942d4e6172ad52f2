// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One cue a still, in order.
#include "pipelines/package/slides.h"

#include "pipelines/package/vtt.h"

char *
package_slides_format(const PackageSlidesCue *cues, guint count)
{
    GString *text = g_string_new("WEBVTT\n");
    for (guint i = 0; i < count; i++) {
        if (cues[i].end_ms <= cues[i].start_ms)
            continue;
        g_string_append_c(text, '\n');
        package_vtt_append_timing(text, cues[i].start_ms, cues[i].end_ms);
        g_string_append_printf(text, "%s\n%s", cues[i].file, cues[i].grows ? "grows\n" : "");
    }
    return g_string_free(text, FALSE);
}
