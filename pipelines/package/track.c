// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Copies, frees and names what a rung is made of.
#include "pipelines/package/track.h"

#include "pipelines/package/codec.h"

PackageTracks *
package_track_new(void)
{
    return g_new0(PackageTracks, 1);
}

PackageTracks *
package_track_copy(const PackageTracks *tracks)
{
    PackageTracks *copy = g_memdup2(tracks, sizeof *tracks);
    if (copy->picture_config != NULL)
        g_bytes_ref(copy->picture_config);
    if (copy->sound_config != NULL)
        g_bytes_ref(copy->sound_config);
    return copy;
}

void
package_track_free(PackageTracks *tracks)
{
    g_clear_pointer(&tracks->picture_config, g_bytes_unref);
    g_clear_pointer(&tracks->sound_config, g_bytes_unref);
    g_free(tracks);
}

static const char *
get_sound_codec(PackageTrackSound sound)
{
    switch (sound) {
    case PACKAGE_TRACK_SOUND_AAC:
        return "mp4a.40.2";
    case PACKAGE_TRACK_SOUND_OPUS:
        return "opus";
    case PACKAGE_TRACK_SOUND_NONE:
        return NULL;
    }
    return NULL;
}

char *
package_track_get_picture_codec(const PackageTracks *tracks, GError **error)
{
    g_autoptr(PackageCodec) codec = package_codec_new(tracks, error);
    return codec == NULL ? NULL : package_codec_get_name(codec);
}

char *
package_track_get_codecs(const PackageTracks *tracks, GError **error)
{
    const char *sound = get_sound_codec(tracks->sound);
    if (tracks->picture == PACKAGE_TRACK_PICTURE_NONE)
        return g_strdup(sound);
    g_autofree char *picture = package_track_get_picture_codec(tracks, error);
    if (picture == NULL)
        return NULL;
    return sound == NULL ? g_steal_pointer(&picture) : g_strjoin(",", picture, sound, NULL);
}
