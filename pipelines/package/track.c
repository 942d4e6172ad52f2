// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Copies, frees and names what a rung is made of.
#include "pipelines/package/track.h"

#include "pipelines/package/avc.h"
#include "pipelines/package/index.h"

PackageTracks *
package_track_new(void)
{
    return g_new0(PackageTracks, 1);
}

PackageTracks *
package_track_copy(const PackageTracks *tracks)
{
    PackageTracks *copy = g_memdup2(tracks, sizeof *tracks);
    if (copy->parameter_sets != NULL)
        g_bytes_ref(copy->parameter_sets);
    if (copy->audio_specific_config != NULL)
        g_bytes_ref(copy->audio_specific_config);
    return copy;
}

void
package_track_free(PackageTracks *tracks)
{
    g_clear_pointer(&tracks->parameter_sets, g_bytes_unref);
    g_clear_pointer(&tracks->audio_specific_config, g_bytes_unref);
    g_free(tracks);
}

char *
package_track_get_codecs(const PackageTracks *tracks, GError **error)
{
    g_autoptr(GString) codecs = g_string_new(NULL);
    if (tracks->width > 0) {
        g_autoptr(PackageAvc) avc = package_avc_new(tracks->parameter_sets, error);
        if (avc == NULL)
            return NULL;
        g_autofree char *codec = package_avc_get_codec(avc);
        g_string_append(codecs, codec);
    }
    if (tracks->channels > 0)
        g_string_append_printf(codecs, "%smp4a.40.2", codecs->len > 0 ? "," : "");
    return g_strdup(codecs->str);
}
