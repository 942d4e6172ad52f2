// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The names of a channel's tracks and of a lesson's sounds are the same, and so is how people are
// told of them.
#include "server/flows/sounds.h"

#include <string.h>

#include "pipelines/captions/language.h"

gboolean
flows_sounds_is_one(const CatalogRung *rung)
{
    return child_live_track_parse(rung->name).kind == CHILD_LIVE_TRACK_VOICE;
}

static int
compare_names(gconstpointer a, gconstpointer b)
{
    const CatalogRung *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

GPtrArray *
flows_sounds_list(const CatalogLesson *lesson)
{
    GPtrArray *sounds = g_ptr_array_new();
    for (guint i = 0; i < lesson->rungs->len; i++) {
        CatalogRung *rung = lesson->rungs->pdata[i];
        if (flows_sounds_is_one(rung) && rung->file != NULL)
            g_ptr_array_add(sounds, rung);
    }
    g_ptr_array_sort(sounds, compare_names);
    return sounds;
}

char *
flows_sounds_dup_language(const CatalogRung *rung)
{
    ChildLiveTrack track = child_live_track_parse(rung->name);
    char *language = captions_language_canonicalise(track.language);
    return language != NULL ? language : g_strdup("und");
}

const char *
flows_sounds_get_purpose(const CatalogRung *rung)
{
    return child_live_track_get_word(child_live_track_parse(rung->name).purpose);
}

FlowsWindowTracksMedia *
flows_sounds_describe(const CatalogLesson *lesson)
{
    const char *own =
        lesson->language != NULL ? captions_language_find_three(lesson->language) : NULL;
    g_autoptr(GPtrArray) tracks = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) sounds = flows_sounds_list(lesson);
    for (guint i = 0; i < sounds->len; i++) {
        const CatalogRung *rung = sounds->pdata[i];
        const FlowsWindowTrack track = {rung->name, child_live_track_parse(rung->name)};
        g_ptr_array_add(tracks, g_memdup2(&track, sizeof track));
    }
    FlowsWindowTracksMedia *media = flows_window_tracks_describe(tracks, own != NULL ? own : "");
    for (guint i = 0; i < sounds->len; i++) {
        const CatalogRung *rung = sounds->pdata[i];
        media->sounds[i + 1].bandwidth_bps = (guint64)rung->bandwidth_bps;
        media->sounds[i + 1].average_bandwidth_bps = (guint64)rung->average_bandwidth_bps;
    }
    return media;
}
