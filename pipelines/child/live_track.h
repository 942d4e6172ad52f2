// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Names of what a live channel has beside its rungs, as parts of its segments: `voice-<language>`
// (another sound), `captions-<language>` (text) and `scrub` (a small picture now and then). The
// name says all: whoever takes such parts needs no table beside them. Pure.
#pragma once

#include <glib.h>

#define CHILD_LIVE_TRACK_NAME_MAX 32
#define CHILD_LIVE_TRACK_ALIKE_MAX 4 // tracks of one kind, purpose and language

typedef enum {
    CHILD_LIVE_TRACK_RUNG,     // anything else: sound and picture with an init file
    CHILD_LIVE_TRACK_VOICE,    // AAC alone, with an init file
    CHILD_LIVE_TRACK_CAPTIONS, // WebVTT: only numbers in which something is said
    CHILD_LIVE_TRACK_SCRUB,    // WebP: one number in several
} ChildLiveTrackKind;

typedef enum {
    CHILD_LIVE_TRACK_MAIN,
    CHILD_LIVE_TRACK_DESCRIBED, // somebody tells what is seen: `-ad`
    CHILD_LIVE_TRACK_HEARING,   // for people who do not hear well: `-hi`
} ChildLiveTrackPurpose;

typedef struct {
    ChildLiveTrackKind kind;       // (value)
    ChildLiveTrackPurpose purpose; // (value)
    char language[4];              // (value) ISO 639-2 in small letters, `und`: not said
    guint number;                  // (value) among those alike, from 1
} ChildLiveTrack;

/** Returns: what @name is the name of; a rung when it is of nothing here. */
ChildLiveTrack child_live_track_parse(const char *name);

/** Returns: whether @name is of any of it, and of no rung. */
gboolean child_live_track_is_extra(const char *name);

/** Returns: (transfer full): its name; it is none of a rung. */
char *child_live_track_format(const ChildLiveTrack *track);

/** Sets the language from three letters in any case; `und` from anything else. */
void child_live_track_set_language(ChildLiveTrack *track, const char *code);

/** Returns: (static): how files of its segments end, with the dot. */
const char *child_live_track_get_suffix(ChildLiveTrackKind kind);

/** Returns: whether its segments go with an init file. */
gboolean child_live_track_has_init(ChildLiveTrackKind kind);

/** Returns: (static): `main`, `described` or `hearing`. */
const char *child_live_track_get_word(ChildLiveTrackPurpose purpose);
