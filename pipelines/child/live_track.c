// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What was read is written again: only what comes out the same is a name.
#include "pipelines/child/live_track.h"

#include <string.h>

#define SCRUB_NAME "scrub"
#define UNSAID "und"

static const struct {
    ChildLiveTrackKind kind; // (value)
    const char *prefix;      // (static)
} kinds[] = {
    {CHILD_LIVE_TRACK_VOICE, "voice-"},
    {CHILD_LIVE_TRACK_CAPTIONS, "captions-"},
};

static const char *const marks[] = {
    [CHILD_LIVE_TRACK_MAIN] = "",
    [CHILD_LIVE_TRACK_DESCRIBED] = "-ad",
    [CHILD_LIVE_TRACK_HEARING] = "-hi",
};

void
child_live_track_set_language(ChildLiveTrack *track, const char *code)
{
    memcpy(track->language, UNSAID, sizeof track->language);
    for (guint i = 0; i < 3; i++)
        if (!g_ascii_isalpha(code[i]))
            return;
    for (guint i = 0; i < 3; i++)
        track->language[i] = g_ascii_tolower(code[i]);
}

char *
child_live_track_format(const ChildLiveTrack *track)
{
    const char *prefix = kinds[track->kind == CHILD_LIVE_TRACK_CAPTIONS].prefix;
    if (track->kind == CHILD_LIVE_TRACK_SCRUB)
        return g_strdup(SCRUB_NAME);
    if (track->number <= 1)
        return g_strconcat(prefix, track->language, marks[track->purpose], NULL);
    return g_strdup_printf("%s%s%s-%u", prefix, track->language, marks[track->purpose],
                           track->number);
}

/* What stands behind the prefix. */
static gboolean
read_rest(const char *rest, ChildLiveTrack *track)
{
    if (strlen(rest) < 3)
        return FALSE;
    child_live_track_set_language(track, rest);
    rest += 3;
    for (guint i = CHILD_LIVE_TRACK_DESCRIBED; i < G_N_ELEMENTS(marks); i++)
        if (g_str_has_prefix(rest, marks[i])) {
            track->purpose = (ChildLiveTrackPurpose)i;
            rest += strlen(marks[i]);
        }
    track->number = 1;
    if (*rest == '-' && g_ascii_isdigit(rest[1]) && rest[2] == '\0')
        track->number = (guint)(rest[1] - '0');
    return track->number >= 1 && track->number <= CHILD_LIVE_TRACK_ALIKE_MAX;
}

ChildLiveTrack
child_live_track_parse(const char *name)
{
    ChildLiveTrack rung = {.kind = CHILD_LIVE_TRACK_RUNG};
    if (strcmp(name, SCRUB_NAME) == 0)
        return (ChildLiveTrack){.kind = CHILD_LIVE_TRACK_SCRUB};
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        ChildLiveTrack track = {.kind = kinds[i].kind};
        if (!g_str_has_prefix(name, kinds[i].prefix) ||
            !read_rest(name + strlen(kinds[i].prefix), &track))
            continue;
        g_autofree char *again = child_live_track_format(&track);
        if (strcmp(again, name) == 0)
            return track;
    }
    return rung;
}

gboolean
child_live_track_is_extra(const char *name)
{
    return child_live_track_parse(name).kind != CHILD_LIVE_TRACK_RUNG;
}

const char *
child_live_track_get_suffix(ChildLiveTrackKind kind)
{
    switch (kind) {
    case CHILD_LIVE_TRACK_CAPTIONS:
        return ".vtt";
    case CHILD_LIVE_TRACK_SCRUB:
        return ".webp";
    case CHILD_LIVE_TRACK_RUNG:
    case CHILD_LIVE_TRACK_VOICE:
        break;
    }
    return ".m4s";
}

gboolean
child_live_track_has_init(ChildLiveTrackKind kind)
{
    return kind == CHILD_LIVE_TRACK_RUNG || kind == CHILD_LIVE_TRACK_VOICE;
}

const char *
child_live_track_get_word(ChildLiveTrackPurpose purpose)
{
    switch (purpose) {
    case CHILD_LIVE_TRACK_DESCRIBED:
        return "described";
    case CHILD_LIVE_TRACK_HEARING:
        return "hearing";
    case CHILD_LIVE_TRACK_MAIN:
        break;
    }
    return "main";
}
