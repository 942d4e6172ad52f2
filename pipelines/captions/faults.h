// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What is wrong with a caption file, line by line: errors, for which nothing is taken, and warnings
// about what was put right. A bounded list, so that a hostile file cannot make a large one.
#pragma once

#include <glib.h>

#define CAPTIONS_FAULTS_MAX 50 // of each weight; the rest is counted

typedef enum {
    // errors
    CAPTIONS_FAULTS_TOO_LARGE,    // more bytes than a caption file may have
    CAPTIONS_FAULTS_ENCODING,     // no encoding fits these bytes
    CAPTIONS_FAULTS_NOT_CAPTIONS, // neither WebVTT nor SubRip
    CAPTIONS_FAULTS_EMPTY,        // no cue
    CAPTIONS_FAULTS_TOO_MANY,     // more cues than allowed
    CAPTIONS_FAULTS_TIME,         // a time that cannot be read
    CAPTIONS_FAULTS_BACKWARDS,    // the end is not after the start
    CAPTIONS_FAULTS_BEYOND,       // later than any lesson
    CAPTIONS_FAULTS_TEXT_LENGTH,  // a cue's text is too long
    // warnings
    CAPTIONS_FAULTS_UNORDERED, // an earlier cue comes later in the file
    CAPTIONS_FAULTS_OVERLAP,   // two cues at once
    CAPTIONS_FAULTS_BLANK,     // a cue without text, left out
    CAPTIONS_FAULTS_ORPHAN,    // text without a time, left out
    CAPTIONS_FAULTS_SETTING,   // a setting that is not understood, left out
    CAPTIONS_FAULTS_MARKUP,    // tags that are not kept
    CAPTIONS_FAULTS_BLOCK,     // STYLE or REGION, left out
    CAPTIONS_FAULTS_CONTROL,   // control characters, replaced
} CaptionsFaultsKind;

typedef struct {
    guint line;              // (value) from 1; 0: the whole file
    CaptionsFaultsKind kind; // (value)
} CaptionsFaultsOne;

typedef struct {
    GArray *errors;      // (owned) (element-type CaptionsFaultsOne)
    GArray *warnings;    // (owned) (element-type CaptionsFaultsOne)
    guint more_errors;   // (value) that did not fit
    guint more_warnings; // (value) that did not fit
} CaptionsFaults;

CaptionsFaults *captions_faults_new(void);
void captions_faults_free(CaptionsFaults *faults);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CaptionsFaults, captions_faults_free)

void captions_faults_add(CaptionsFaults *faults, guint line, CaptionsFaultsKind kind);

/** Returns: (static): one word for programs, like `backwards`. */
const char *captions_faults_get_code(CaptionsFaultsKind kind);

/** Returns: (static): what is wrong and what helps, as a sentence for a person. */
const char *captions_faults_get_sentence(CaptionsFaultsKind kind, gboolean thai);
