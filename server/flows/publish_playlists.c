// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The playlists of a rung need its index, which is read from the bundle: nothing is ever put into
// one that is missing or wrong.
#include "server/flows/publish_playlists.h"

#include <string.h>

#include "pipelines/package/multivariant.h"
#include "pipelines/package/playlist.h"
#include "server/flows/sounds.h"

/** The texts that a content borrows from. */
typedef struct {
    GArray *rungs;    // (owned) (element-type PackageMultivariantRung)
    GArray *captions; // (owned) (element-type PackageMultivariantCaptions)
    GPtrArray *names; // (owned) (element-type utf8) what they point to
} Content;

static void
content_free(Content *content)
{
    g_array_unref(content->rungs);
    g_array_unref(content->captions);
    g_ptr_array_unref(content->names);
    g_free(content);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Content, content_free)

static Content *
content_new(void)
{
    Content *content = g_new0(Content, 1);
    content->rungs = g_array_new(FALSE, FALSE, sizeof(PackageMultivariantRung));
    content->captions = g_array_new(FALSE, FALSE, sizeof(PackageMultivariantCaptions));
    content->names = g_ptr_array_new_with_free_func(g_free);
    return content;
}

/* Returns: (transfer none): a name that lives as long as the content. */
static const char *
keep(Content *content, const char *stem, const char *ending)
{
    char *name = g_strconcat(stem, ending, NULL);
    g_ptr_array_add(content->names, name);
    return name;
}

/* Returns: (transfer full) (nullable). */
static PackageIndex *
load_index(const char *bundle, const CatalogRung *rung)
{
    g_autofree char *path = g_build_filename(bundle, rung->index_file, NULL);
    g_autofree char *text = NULL;
    gsize bytes = 0;
    if (!g_file_get_contents(path, &text, &bytes, NULL))
        return NULL;
    return package_index_parse(text, bytes, (guint64)rung->bytes, NULL);
}

/* The two playlists of one rung. */
static gboolean
write_rung(const char *bundle, const CatalogRung *rung, PackageMultivariantRung *described,
           FlowsPublishPlaylistsWrite write, gpointer user_data, GError **error)
{
    g_autoptr(PackageIndex) index = load_index(bundle, rung);
    g_autofree char *media = NULL;
    g_autofree char *keys = NULL;
    if (index != NULL) {
        media = package_playlist_format_media(index, rung->file);
        keys = rung->width > 0 ? package_playlist_format_keys(index, rung->file) : NULL;
    }
    const char *key_name = described->key_uri;
    if (keys == NULL) {
        described->key_uri = NULL;
    } else {
        described->key_bandwidth_bps = package_index_get_key_bandwidth_bps(index);
        described->key_average_bandwidth_bps = package_index_get_key_average_bandwidth_bps(index);
    }
    return (media == NULL || write(described->uri, media, user_data, error)) &&
           (rung->width == 0 || write(key_name, keys, user_data, error));
}

static PackageMultivariantRung
describe_rung(Content *content, const CatalogRung *rung)
{
    return (PackageMultivariantRung){
        .uri = keep(content, rung->name, ".m3u8"),
        .key_uri = keep(content, rung->name, ".iframes.m3u8"),
        .codecs = rung->codecs,
        .bandwidth_bps = (guint64)rung->bandwidth_bps,
        .average_bandwidth_bps = (guint64)rung->average_bandwidth_bps,
        .width = (guint)rung->width,
        .height = (guint)rung->height,
        .frame_rate = rung->frame_rate,
        .ssim = rung->ssim,
    };
}

static gboolean
add_rungs(Content *content, const char *bundle, const CatalogLesson *lesson,
          FlowsPublishPlaylistsWrite write, gpointer user_data, GError **error)
{
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        if (rung->file == NULL || rung->index_file == NULL)
            continue; // it failed, or is none of video
        PackageMultivariantRung described = describe_rung(content, rung);
        if (!write_rung(bundle, rung, &described, write, user_data, error))
            return FALSE;
        if (!flows_sounds_is_one(rung))
            g_array_append_val(content->rungs, described);
    }
    return TRUE;
}

static gboolean
is_captioned(const CatalogLesson *lesson, const char *playlist)
{
    guint count = lesson->captions == NULL || lesson->duration_ms <= 0 ? 0 : lesson->captions->len;
    for (guint i = 0; i < count; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        g_autofree char *name = g_strconcat(captions->language, ".m3u8", NULL);
        if (g_strcmp0(name, playlist) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Playlists of captions that are no more. */
static gboolean
remove_captions(const char *bundle, const CatalogLesson *lesson, FlowsPublishPlaylistsWrite write,
                gpointer user_data, GError **error)
{
    g_autofree char *path = g_build_filename(bundle, "captions", NULL);
    g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
    const char *name = NULL;
    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *playlist = g_build_filename("captions", name, NULL);
        if (g_str_has_suffix(name, ".m3u8") && !is_captioned(lesson, name) &&
            !write(playlist, NULL, user_data, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
add_captions(Content *content, const CatalogLesson *lesson, FlowsPublishPlaylistsWrite write,
             gpointer user_data, GError **error)
{
    guint count = lesson->captions == NULL || lesson->duration_ms <= 0 ? 0 : lesson->captions->len;
    for (guint i = 0; i < count; i++) {
        const CatalogCaptions *captions = lesson->captions->pdata[i];
        g_autofree char *stem = g_strconcat("captions/", captions->language, NULL);
        PackageMultivariantCaptions described = {.language = captions->language,
                                                 .name = captions->language,
                                                 .uri = keep(content, stem, ".m3u8")};
        g_autofree char *file = g_path_get_basename(captions->file);
        g_autofree char *text =
            package_playlist_format_captions(file, (guint64)lesson->duration_ms);
        if (!write(described.uri, text, user_data, error))
            return FALSE;
        g_array_append_val(content->captions, described);
    }
    return TRUE;
}

gboolean
flows_publish_playlists_write(const char *bundle, const CatalogLesson *lesson,
                              FlowsPublishPlaylistsWrite write, gpointer user_data, GError **error)
{
    static const PackageMultivariantFamily families[] = {PACKAGE_MULTIVARIANT_AVC,
                                                         PACKAGE_MULTIVARIANT_AV1};
    g_autoptr(Content) content = content_new();
    if (!add_rungs(content, bundle, lesson, write, user_data, error) ||
        !add_captions(content, lesson, write, user_data, error))
        return FALSE;
    g_autoptr(FlowsWindowTracksMedia) media = flows_sounds_describe(lesson);
    PackageMultivariantContent plain = {
        .rungs = (const PackageMultivariantRung *)content->rungs->data,
        .rung_count = content->rungs->len,
        .captions = (const PackageMultivariantCaptions *)content->captions->data,
        .caption_count = content->captions->len,
    };
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        gboolean heard = families[i] == PACKAGE_MULTIVARIANT_AVC; // they are AAC
        plain.sounds = heard ? media->sounds : NULL;
        plain.sound_count = heard ? media->sound_count : 0;
        g_autofree char *text = package_multivariant_format(&plain, families[i]);
        if (!write(package_multivariant_get_file(families[i]), text, user_data, error))
            return FALSE;
    }
    return remove_captions(bundle, lesson, write, user_data, error);
}
