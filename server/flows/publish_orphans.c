// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The bundle's folders are read and held against what the lesson's rows name.
#include "server/flows/publish_orphans.h"

#include <glib/gstdio.h>
#include <string.h>

static void
add_name(GHashTable *names, const char *name)
{
    if (name != NULL)
        g_hash_table_add(names, g_strdup(name));
}

static void
add_joined(GHashTable *names, const char *stem, const char *ending)
{
    g_hash_table_add(names, g_strconcat(stem, ending, NULL));
}

/* Returns: (transfer full) (element-type utf8). */
static GHashTable *
collect_names(const CatalogLesson *lesson)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    add_name(names, lesson->poster_file);
    add_name(names, "index.m3u8");
    add_name(names, "index-av1.m3u8");
    add_name(names, FLOWS_PUBLISH_POSTER);
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->file == NULL)
            continue;
        add_name(names, rung->file);
        add_name(names, rung->index_file);
        add_joined(names, rung->name, ".m3u8");
        add_joined(names, rung->name, ".iframes.m3u8");
    }
    for (guint i = 0; i < lesson->assets->len; i++) {
        const CatalogAsset *asset = lesson->assets->pdata[i];
        add_name(names, asset->file);
        if (asset->kind == CATALOG_ASSET_KIND_STORYBOARD)
            add_name(names, FLOWS_PUBLISH_STORYBOARD);
    }
    for (guint i = 0; i < lesson->captions->len; i++)
        add_name(names, ((const CatalogCaptions *)lesson->captions->pdata[i])->file);
    return names;
}

static gboolean
is_of_encoder(const char *folder, const char *name)
{
    static const char *const endings[] = {".mp4", ".index.json", ".m3u8", ".webp", ".pdf", NULL};
    if (folder != NULL)
        return g_str_has_suffix(name, strcmp(folder, "slides") == 0 ? ".webp" : ".vtt");
    for (guint i = 0; endings[i] != NULL; i++)
        if (g_str_has_suffix(name, endings[i]))
            return TRUE;
    return strcmp(name, FLOWS_PUBLISH_SLIDES) == 0 || strcmp(name, FLOWS_PUBLISH_STORYBOARD) == 0 ||
           (g_str_has_suffix(name, ".json") &&
            (g_str_has_prefix(name, "waveform.") || g_str_has_prefix(name, "analysis.")));
}

static void
walk(const FlowsPublishPlaces *places, const char *sub, GHashTable *names, GPtrArray *orphans)
{
    g_autofree char *path = g_build_filename(places->bundle, sub, NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *whole = sub != NULL ? g_build_filename(sub, name, NULL) : g_strdup(name);
        if (sub == NULL && name[0] == '.' && strstr(name, ".incoming.") != NULL) {
            g_autofree char *waiting = g_build_filename(path, name, NULL);
            g_unlink(waiting);
        } else if (name[0] != '.' && is_of_encoder(sub, name) &&
                   !g_hash_table_contains(names, whole)) {
            g_ptr_array_add(orphans, g_steal_pointer(&whole));
        }
    }
}

GPtrArray *
flows_publish_orphans_list(const FlowsPublishPlaces *places, const CatalogLesson *lesson)
{
    g_autoptr(GHashTable) names = collect_names(lesson);
    GPtrArray *orphans = g_ptr_array_new_with_free_func(g_free);
    walk(places, NULL, names, orphans);
    walk(places, "slides", names, orphans);
    walk(places, "captions", names, orphans);
    return orphans;
}
