// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Nothing but memory.
#include "pipelines/captions/cues.h"

static void
free_cue(gpointer data)
{
    CaptionsCuesCue *cue = data;
    g_free(cue->identifier);
    g_free(cue->settings);
    g_free(cue->text);
    g_free(cue);
}

CaptionsCues *
captions_cues_new(void)
{
    CaptionsCues *cues = g_new0(CaptionsCues, 1);
    cues->cues = g_ptr_array_new_with_free_func(free_cue);
    return cues;
}

void
captions_cues_free(CaptionsCues *cues)
{
    if (cues == NULL)
        return;
    g_ptr_array_unref(cues->cues);
    g_free(cues);
}

CaptionsCuesCue *
captions_cues_add(CaptionsCues *cues, gint64 start_ms, gint64 end_ms, const char *text)
{
    CaptionsCuesCue *cue = g_new0(CaptionsCuesCue, 1);
    cue->start_ms = start_ms;
    cue->end_ms = end_ms;
    cue->text = g_strdup(text);
    g_ptr_array_add(cues->cues, cue);
    return cue;
}

static gint
compare_cues(gconstpointer a, gconstpointer b)
{
    const CaptionsCuesCue *first = *(CaptionsCuesCue *const *)a;
    const CaptionsCuesCue *second = *(CaptionsCuesCue *const *)b;
    if (first->start_ms != second->start_ms)
        return first->start_ms < second->start_ms ? -1 : 1;
    return (first->end_ms > second->end_ms) - (first->end_ms < second->end_ms);
}

/* g_ptr_array_sort is a stable merge sort. */
void
captions_cues_sort(CaptionsCues *cues)
{
    g_ptr_array_sort(cues->cues, compare_cues);
}
