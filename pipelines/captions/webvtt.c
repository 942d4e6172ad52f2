// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// header → blocks: comment, style, region, cue. A line with an arrow always begins a cue, even
// inside another block: that is how browsers find their way again (§6.1, "collect a block").
#include "pipelines/captions/webvtt.h"

#include <string.h>

#include "pipelines/captions/builder.h"
#include "pipelines/captions/timing.h"

typedef struct {
    char **lines;            // (owned)
    guint count;             // (value)
    guint at;                // (value) index of the next line
    CaptionsBuilder builder; // (value)
} Reader;

static gboolean
is_word(const char *line, const char *word)
{
    gsize length = strlen(word);
    return strncmp(line, word, length) == 0 &&
           (line[length] == '\0' || strchr(" \t", line[length]));
}

gboolean
captions_webvtt_is_one(const char *text)
{
    const char *at = text + strspn(text, " \t\n");
    return strncmp(at, "WEBVTT", 6) == 0 && (at[6] == '\0' || strchr(" \t\n", at[6]) != NULL);
}

/* Goes to the end of a block: a blank line or one that begins a cue. */
static void
skip_block(Reader *reader)
{
    while (reader->at < reader->count && *reader->lines[reader->at] != '\0' &&
           !captions_timing_is_line(reader->lines[reader->at]))
        reader->at++;
}

static char *
take_text(Reader *reader)
{
    guint first = reader->at;
    skip_block(reader);
    GString *text = g_string_new(NULL);
    for (guint i = first; i < reader->at; i++) {
        g_string_append(text, reader->lines[i]);
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void
take_cue(Reader *reader, const char *identifier)
{
    CaptionsBuilderCue cue = {
        .line = reader->at + 1, .identifier = identifier, .kind = CAPTIONS_MARKUP_WEBVTT};
    const char *line = reader->lines[reader->at++];
    gboolean read = captions_timing_parse_line(line, &cue.start_ms, &cue.end_ms, &cue.settings);
    g_autofree char *text = take_text(reader);
    cue.text = text;
    if (read)
        captions_builder_add(&reader->builder, &cue);
    else
        captions_faults_add(reader->builder.faults, cue.line, CAPTIONS_FAULTS_TIME);
}

static void
take_block(Reader *reader)
{
    const char *line = reader->lines[reader->at];
    guint number = reader->at + 1;
    gboolean named =
        reader->at + 1 < reader->count && captions_timing_is_line(reader->lines[reader->at + 1]);
    if (captions_timing_is_line(line)) {
        take_cue(reader, NULL);
    } else if (named) {
        reader->at++;
        take_cue(reader, line);
    } else {
        if (is_word(line, "STYLE") || is_word(line, "REGION"))
            captions_faults_add(reader->builder.faults, number, CAPTIONS_FAULTS_BLOCK);
        else if (!is_word(line, "NOTE"))
            captions_faults_add(reader->builder.faults, number, CAPTIONS_FAULTS_ORPHAN);
        skip_block(reader);
    }
}

CaptionsCues *
captions_webvtt_parse(const char *text, CaptionsFaults *faults)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Reader reader = {.lines = lines, .count = g_strv_length(lines)};
    captions_builder_begin(&reader.builder, faults);
    while (reader.at < reader.count && !is_word(lines[reader.at], "WEBVTT"))
        reader.at++;
    skip_block(&reader); // the header
    while (reader.at < reader.count) {
        if (*lines[reader.at] == '\0')
            reader.at++;
        else
            take_block(&reader);
    }
    return captions_builder_end(&reader.builder);
}

char *
captions_webvtt_write(const CaptionsCues *cues)
{
    GString *text = g_string_new("WEBVTT\n");
    for (guint i = 0; i < cues->cues->len; i++) {
        const CaptionsCuesCue *cue = cues->cues->pdata[i];
        g_string_append_c(text, '\n');
        if (cue->identifier != NULL)
            g_string_append_printf(text, "%s\n", cue->identifier);
        captions_timing_append(text, cue->start_ms);
        g_string_append(text, " --> ");
        captions_timing_append(text, cue->end_ms);
        if (cue->settings != NULL)
            g_string_append_printf(text, " %s", cue->settings);
        g_string_append_printf(text, "\n%s\n", cue->text);
    }
    return g_string_free(text, FALSE);
}
