// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The picture's codec of a rung, whichever it is: a tagged value over avc.c and av1.c. Pure; used
// by track.c, entries.c and writer.c.
#pragma once

#include "pipelines/package/track.h"

typedef struct _PackageCodec PackageCodec;

/** Returns: (transfer full): NULL with PACKAGE_ERROR_INVALID, also when there is no picture. */
PackageCodec *package_codec_new(const PackageTracks *tracks, GError **error);
void package_codec_free(PackageCodec *codec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageCodec, package_codec_free)

/** Returns: (transfer full): RFC 6381. */
char *package_codec_get_name(PackageCodec *codec);

/** The four characters of the sample entry, and of the box in it that holds the configuration. */
const char *package_codec_get_entry(PackageCodec *codec);
const char *package_codec_get_box(PackageCodec *codec);

/** Appends what is in that box. */
void package_codec_append_configuration(PackageCodec *codec, GByteArray *out);

/** Appends one access unit as a sample; a @key one begins with the parameter sets. FALSE with
 * PACKAGE_ERROR_INVALID and nothing appended when it holds no picture. */
gboolean package_codec_append_unit(PackageCodec *codec, const guint8 *data, gsize bytes,
                                   gboolean key, GByteArray *out, GError **error);
