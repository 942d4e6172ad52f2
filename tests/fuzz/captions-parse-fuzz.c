// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Any bytes are cues within bounds or errors with sentences, and what is written is read back
// alike.
#include <string.h>

#include "pipelines/captions/parse.h"
#include "pipelines/captions/webvtt.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static void
check_cues(const CaptionsCues *cues)
{
    gint64 last_ms = 0;
    for (guint i = 0; i < cues->cues->len; i++) {
        const CaptionsCuesCue *cue = cues->cues->pdata[i];
        g_assert_true(cue->start_ms >= last_ms && cue->end_ms > cue->start_ms);
        g_assert_true(cue->end_ms <= CAPTIONS_CUES_MAX_MS && *cue->text != '\0');
        g_assert_true(strstr(cue->text, "-->") == NULL && strstr(cue->text, "\n\n") == NULL);
        g_assert_true(g_utf8_validate(cue->text, -1, NULL));
        last_ms = cue->start_ms;
    }
}

int
LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(CaptionsFaults) faults = captions_faults_new();
    g_autoptr(CaptionsCues) cues = captions_parse_bytes(data, size, faults);
    g_assert_true((cues == NULL) == (faults->errors->len > 0));
    if (cues == NULL)
        return 0;
    check_cues(cues);
    g_autofree char *text = captions_webvtt_write(cues);
    if (strlen(text) > CAPTIONS_CUES_MAX_FILE_BYTES)
        return 0;
    g_autoptr(CaptionsFaults) none = captions_faults_new();
    g_autoptr(CaptionsCues) back = captions_parse_bytes((const guint8 *)text, strlen(text), none);
    g_assert_nonnull(back);
    g_assert_cmpuint(back->cues->len, ==, cues->cues->len);
    g_autofree char *again = captions_webvtt_write(back);
    g_assert_cmpstr(again, ==, text);
    return 0;
}
