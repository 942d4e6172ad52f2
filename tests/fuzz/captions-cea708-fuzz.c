// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any triplets, a picture each 31 of them: cues that a caption file may hold, in order.
#include <string.h>

#include "pipelines/captions/cea708.h"
#include "pipelines/captions/markup.h"

#define PICTURE_BYTES 93

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_cues(const CaptionsCues *cues)
{
    gint64 last_ms = 0;
    g_assert_cmpuint(cues->cues->len, <=, CAPTIONS_CUES_MAX);
    for (guint i = 0; i < cues->cues->len; i++) {
        const CaptionsCuesCue *cue = cues->cues->pdata[i];
        g_assert_true(cue->start_ms >= last_ms && cue->end_ms > cue->start_ms);
        g_assert_true(g_utf8_validate(cue->text, -1, NULL) && *cue->text != '\0');
        g_autofree char *again = captions_markup_clean(cue->text, CAPTIONS_MARKUP_WEBVTT, NULL);
        g_assert_cmpstr(again, ==, cue->text);
        last_ms = cue->start_ms;
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(CaptionsCea708) captions = captions_cea708_new();
    gint64 pts_us = 0;
    for (gsize at = 0; at < size; at += PICTURE_BYTES, pts_us += 40000)
        captions_cea708_take(captions, data + at, MIN(size - at, PICTURE_BYTES), pts_us);
    for (guint service = 1; service <= CAPTIONS_CEA708_SERVICES; service++) {
        g_autoptr(CaptionsCues) cues = captions_cea708_finish(captions, service);
        check_cues(cues);
    }
    return 0;
}
