// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bounds, order and settings of cues.
#include "pipelines/captions/builder.h"

#include <string.h>

#include "pipelines/captions/settings.h"

#define MAX_RAW_BYTES 8192 // more is refused before it is looked at
#define MAX_IDENTIFIER_CHARS 200

void
captions_builder_begin(CaptionsBuilder *builder, CaptionsFaults *faults)
{
    *builder = (CaptionsBuilder){.cues = captions_cues_new(), .faults = faults};
}

static gboolean
check_times(CaptionsBuilder *builder, const CaptionsBuilderCue *cue)
{
    if (cue->end_ms > CAPTIONS_CUES_MAX_MS || cue->start_ms > CAPTIONS_CUES_MAX_MS) {
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_BEYOND);
        return FALSE;
    }
    if (cue->end_ms <= cue->start_ms) {
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_BACKWARDS);
        return FALSE;
    }
    return TRUE;
}

/* Returns: (transfer full) (nullable): clean text; NULL when the cue is not to be added. */
static char *
clean_text(CaptionsBuilder *builder, const CaptionsBuilderCue *cue)
{
    gboolean dropped = FALSE;
    if (strlen(cue->text) > MAX_RAW_BYTES) {
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_TEXT_LENGTH);
        return NULL;
    }
    g_autofree char *text = captions_markup_clean(cue->text, cue->kind, &dropped);
    if (g_utf8_strlen(text, -1) > CAPTIONS_CUES_MAX_TEXT_CHARS || strlen(text) > MAX_RAW_BYTES) {
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_TEXT_LENGTH);
        return NULL;
    }
    if (dropped)
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_MARKUP);
    if (*text != '\0')
        return g_steal_pointer(&text);
    captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_BLANK);
    return NULL;
}

static void
note_order(CaptionsBuilder *builder, const CaptionsBuilderCue *cue)
{
    if (cue->start_ms < builder->last_start_ms)
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_UNORDERED);
    else if (cue->start_ms < builder->last_end_ms)
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_OVERLAP);
    builder->last_start_ms = cue->start_ms;
    builder->last_end_ms = MAX(builder->last_end_ms, cue->end_ms);
}

void
captions_builder_add(CaptionsBuilder *builder, const CaptionsBuilderCue *cue)
{
    if (builder->full || !check_times(builder, cue))
        return;
    g_autofree char *text = clean_text(builder, cue);
    if (text == NULL)
        return;
    if (builder->cues->cues->len == CAPTIONS_CUES_MAX) {
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_TOO_MANY);
        builder->full = TRUE;
        return;
    }
    note_order(builder, cue);
    CaptionsCuesCue *added = captions_cues_add(builder->cues, cue->start_ms, cue->end_ms, text);
    added->line = cue->line;
    if (cue->identifier != NULL && *cue->identifier != '\0' &&
        g_utf8_strlen(cue->identifier, -1) <= MAX_IDENTIFIER_CHARS)
        added->identifier = g_strdup(cue->identifier);
    gboolean understood = TRUE;
    if (cue->settings != NULL)
        added->settings = captions_settings_clean(cue->settings, &understood);
    if (!understood)
        captions_faults_add(builder->faults, cue->line, CAPTIONS_FAULTS_SETTING);
}

CaptionsCues *
captions_builder_end(CaptionsBuilder *builder)
{
    g_autoptr(CaptionsCues) cues = g_steal_pointer(&builder->cues);
    if (builder->faults->errors->len == 0 && cues->cues->len == 0)
        captions_faults_add(builder->faults, 0, CAPTIONS_FAULTS_EMPTY);
    if (builder->faults->errors->len > 0)
        return NULL;
    captions_cues_sort(cues);
    return g_steal_pointer(&cues);
}
