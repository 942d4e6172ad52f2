// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One switch a function; the work is in avc.c and av1.c.
#include "pipelines/package/codec.h"

#include "pipelines/package/av1.h"
#include "pipelines/package/avc.h"
#include "pipelines/package/index.h"

struct _PackageCodec {
    PackageAvc *avc; // (owned) (nullable) one of the two there is
    PackageAv1 *av1; // (owned) (nullable)
};

PackageCodec *
package_codec_new(const PackageTracks *tracks, GError **error)
{
    g_autoptr(PackageCodec) codec = g_new0(PackageCodec, 1);
    switch (tracks->picture) {
    case PACKAGE_TRACK_PICTURE_AVC:
        codec->avc = package_avc_new(tracks->picture_config, error);
        return codec->avc == NULL ? NULL : g_steal_pointer(&codec);
    case PACKAGE_TRACK_PICTURE_AV1:
        codec->av1 = package_av1_new(tracks->picture_config, error);
        return codec->av1 == NULL ? NULL : g_steal_pointer(&codec);
    case PACKAGE_TRACK_PICTURE_NONE:
        break;
    }
    g_set_error_literal(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "no picture");
    return NULL;
}

void
package_codec_free(PackageCodec *codec)
{
    g_clear_pointer(&codec->avc, package_avc_free);
    g_clear_pointer(&codec->av1, package_av1_free);
    g_free(codec);
}

char *
package_codec_get_name(PackageCodec *codec)
{
    return codec->avc != NULL ? package_avc_get_codec(codec->avc)
                              : package_av1_get_codec(codec->av1);
}

const char *
package_codec_get_entry(PackageCodec *codec)
{
    return codec->avc != NULL ? "avc1" : "av01";
}

const char *
package_codec_get_box(PackageCodec *codec)
{
    return codec->avc != NULL ? "avcC" : "av1C";
}

void
package_codec_append_configuration(PackageCodec *codec, GByteArray *out)
{
    if (codec->avc != NULL)
        package_avc_append_configuration(codec->avc, out);
    else
        package_av1_append_configuration(codec->av1, out);
}

gboolean
package_codec_append_unit(PackageCodec *codec, const guint8 *data, gsize bytes, gboolean key,
                          GByteArray *out, GError **error)
{
    if (codec->avc != NULL)
        return package_avc_append_unit(codec->avc, data, bytes, key, out, error);
    return package_av1_append_unit(codec->av1, data, bytes, key, out, error);
}
