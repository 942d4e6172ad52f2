// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Languages of this country by their own names, others by their codes.
#include "server/flows/window_tracks.h"

#include <string.h>

#include "pipelines/captions/language.h"

#define SCRUB_REACH_MS 60000

static void
free_track(gpointer data)
{
    FlowsWindowTrack *track = data;
    g_free(track->name);
    g_free(track);
}

static int
compare_tracks(gconstpointer a, gconstpointer b)
{
    const FlowsWindowTrack *left = *(FlowsWindowTrack *const *)a;
    const FlowsWindowTrack *right = *(FlowsWindowTrack *const *)b;
    if (left->track.kind != right->track.kind)
        return left->track.kind < right->track.kind ? -1 : 1;
    return strcmp(left->name, right->name);
}

GPtrArray *
flows_window_tracks_list(const FlowsWindowIndex *index)
{
    GPtrArray *tracks = g_ptr_array_new_with_free_func(free_track);
    for (guint i = 0; i < index->rungs->len; i++) {
        const char *name = index->rungs->pdata[i];
        ChildLiveTrack track = child_live_track_parse(name);
        if (track.kind == CHILD_LIVE_TRACK_RUNG || !flows_window_index_has_any(index, i))
            continue;
        FlowsWindowTrack *added = g_new0(FlowsWindowTrack, 1);
        *added = (FlowsWindowTrack){g_strdup(name), track};
        g_ptr_array_add(tracks, added);
    }
    g_ptr_array_sort(tracks, compare_tracks);
    return tracks;
}

gboolean
flows_window_tracks_is_played(const char *rung)
{
    return child_live_track_parse(rung).kind != CHILD_LIVE_TRACK_SCRUB;
}

guint64
flows_window_tracks_find_scrub(FlowsWindowIndex *index, gint64 wall_ms)
{
    int place = flows_window_index_find_rung(index, FLOWS_WINDOW_TRACKS_SCRUB, FALSE);
    for (guint i = flows_window_index_get_count(index); place >= 0 && i > 0; i--) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(index, i - 1);
        if (entry->wall_ms > wall_ms || entry->parts[place].bytes == 0)
            continue;
        return entry->wall_ms >= wall_ms - SCRUB_REACH_MS ? entry->number : 0;
    }
    return 0;
}

/* Returns: (transfer full): a name for people that no other track of the kind has. */
static char *
name_track(const ChildLiveTrack *track)
{
    static const struct {
        const char *code; // (static)
        const char *name; // (static)
    } names[] = {
        {"tha", "ไทย"},   {"eng", "English"}, {"lao", "ລາວ"},  {"khm", "ខ្មែร"},
        {"mya", "မြန်မာ"}, {"msa", "Melayu"},  {"zho", "中文"}, {"chi", "中文"},
    };
    static const char *const marks[] = {
        [CHILD_LIVE_TRACK_MAIN] = "",
        [CHILD_LIVE_TRACK_DESCRIBED] = " (AD)",
        [CHILD_LIVE_TRACK_HEARING] = " (CC)",
    };
    const char *name = track->language;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(names[i].code, track->language) == 0)
            name = names[i].name;
    if (track->number <= 1)
        return g_strconcat(name, marks[track->purpose], NULL);
    return g_strdup_printf("%s%s %u", name, marks[track->purpose], track->number);
}

/* Returns: (transfer none): @text, kept with @media. */
static const char *
keep(FlowsWindowTracksMedia *media, char *text)
{
    if (text != NULL)
        g_ptr_array_add(media->texts, text);
    return text;
}

static PackageMultivariantSound
describe_sound(FlowsWindowTracksMedia *media, const ChildLiveTrack *track, const char *name)
{
    return (PackageMultivariantSound){
        .language = keep(media, captions_language_canonicalise(track->language)),
        .name = keep(media, name_track(track)),
        .uri = name != NULL ? keep(media, g_strconcat(name, ".m3u8", NULL)) : NULL,
        .described = track->purpose == CHILD_LIVE_TRACK_DESCRIBED,
    };
}

static void
add_captions(FlowsWindowTracksMedia *media, const FlowsWindowTrack *track)
{
    const char *language = keep(media, captions_language_canonicalise(track->track.language));
    media->captions[media->caption_count++] = (PackageMultivariantCaptions){
        .language = language != NULL ? language : "und",
        .name = keep(media, name_track(&track->track)),
        .uri = keep(media, g_strconcat(track->name, ".m3u8", NULL)),
    };
}

FlowsWindowTracksMedia *
flows_window_tracks_describe(const GPtrArray *tracks, const char *language)
{
    FlowsWindowTracksMedia *media = g_new0(FlowsWindowTracksMedia, 1);
    guint count = tracks != NULL ? tracks->len : 0;
    ChildLiveTrack own = {.kind = CHILD_LIVE_TRACK_VOICE, .number = 1};
    child_live_track_set_language(&own, *language != '\0' ? language : "und");
    media->texts = g_ptr_array_new_with_free_func(g_free);
    media->sounds = g_new0(PackageMultivariantSound, count + 1);
    media->captions = g_new0(PackageMultivariantCaptions, count + 1);
    media->sounds[media->sound_count++] = describe_sound(media, &own, NULL);
    for (guint i = 0; i < count; i++) {
        const FlowsWindowTrack *track = tracks->pdata[i];
        if (track->track.kind == CHILD_LIVE_TRACK_CAPTIONS)
            add_captions(media, track);
        else if (track->track.kind == CHILD_LIVE_TRACK_VOICE)
            media->sounds[media->sound_count++] = describe_sound(media, &track->track, track->name);
    }
    if (media->sound_count == 1)
        media->sound_count = 0;
    return media;
}

void
flows_window_tracks_free_media(FlowsWindowTracksMedia *media)
{
    g_free(media->sounds);
    g_free(media->captions);
    g_ptr_array_unref(media->texts);
    g_free(media);
}
