// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Three sets: CRIDs; texts of what has one; texts of what has none. Two CRIDs that differ are two
// episodes, whatever their texts say.
#include "server/flows/episodes.h"

#include "catalog/repeats.h"
#include "catalog/rulebookings.h"

struct _FlowsEpisodes {
    GHashTable *crids;    // (owned) (element-type utf8)
    GHashTable *named;    // (owned) (element-type utf8) texts of those with a CRID
    GHashTable *nameless; // (owned) (element-type utf8) texts of those without
};

/* Returns: (transfer full) (nullable): NULL when they say too little. */
static char *
join_texts(const char *title, const char *description)
{
    if (*title == '\0' || *description == '\0')
        return NULL;
    return g_strjoin("\x01", title, description, NULL);
}

static void
note(FlowsEpisodes *episodes, const CatalogRulebookingsEpisode *episode)
{
    char *texts = join_texts(episode->title, episode->description);
    if (episode->programme_crid != NULL)
        g_hash_table_add(episodes->crids, g_strdup(episode->programme_crid));
    if (texts != NULL)
        g_hash_table_add(episode->programme_crid != NULL ? episodes->named : episodes->nameless,
                         texts);
}

typedef struct {
    FlowsEpisodes *episodes; // (unowned)
    GHashTable *gone;        // (unowned) (nullable)
} Reading;

static void
on_episode(const CatalogRulebookingsEpisode *episode, gpointer user_data)
{
    const Reading *reading = user_data;
    if (reading->gone == NULL || !g_hash_table_contains(reading->gone, episode->id))
        note(reading->episodes, episode);
}

static GHashTable *
make_set(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

FlowsEpisodes *
flows_episodes_new(CatalogDatabase *database, GHashTable *gone, GError **error)
{
    g_autoptr(FlowsEpisodes) episodes = g_new0(FlowsEpisodes, 1);
    Reading reading = {episodes, gone};
    episodes->crids = make_set();
    episodes->named = make_set();
    episodes->nameless = make_set();
    if (!catalog_rulebookings_tell_episodes(database, on_episode, &reading, error))
        return NULL;
    return g_steal_pointer(&episodes);
}

void
flows_episodes_free(FlowsEpisodes *episodes)
{
    if (episodes == NULL)
        return;
    g_hash_table_unref(episodes->crids);
    g_hash_table_unref(episodes->named);
    g_hash_table_unref(episodes->nameless);
    g_free(episodes);
}

void
flows_episodes_add(FlowsEpisodes *episodes, const CatalogBooking *booking)
{
    const CatalogRulebookingsEpisode episode = {
        .programme_crid = booking->programme_crid,
        .title = booking->title,
        .description = booking->description,
    };
    note(episodes, &episode);
}

gboolean
flows_episodes_has(const FlowsEpisodes *episodes, const CatalogGuide *event)
{
    g_autofree char *description = catalog_repeats_describe(event);
    g_autofree char *texts = join_texts(event->title, description);
    if (event->programme_crid != NULL &&
        g_hash_table_contains(episodes->crids, event->programme_crid))
        return TRUE;
    if (texts == NULL)
        return FALSE;
    return g_hash_table_contains(episodes->nameless, texts) ||
           (event->programme_crid == NULL && g_hash_table_contains(episodes->named, texts));
}
