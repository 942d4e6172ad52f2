// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// AV1 as encoders give it (OBUs, low-overhead format) and as MP4 wants it: temporal units without
// delimiters, and the AV1CodecConfigurationRecord (AV1 Codec ISO Media File Format Binding 1.2.0
// §2.3 and §2.4). Pure; used by codec.c.
#pragma once

#include <glib.h>

typedef struct _PackageAv1 PackageAv1;

/**
 * package_av1_new:
 * @config: OBUs with a sequence header, or an av1C record; borrowed for the call
 *
 * Returns: (transfer full): the parsed header, or NULL with PACKAGE_ERROR_INVALID.
 */
PackageAv1 *package_av1_new(GBytes *config, GError **error);
void package_av1_free(PackageAv1 *av1);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageAv1, package_av1_free)

/** Returns: (transfer full): `av01.P.LLT.DD` (ibid. §5). */
char *package_av1_get_codec(PackageAv1 *av1);

/** Appends the configuration record, for an av1C box. */
void package_av1_append_configuration(PackageAv1 *av1, GByteArray *out);

/**
 * package_av1_append_unit:
 * @data: one temporal unit
 * @key: the sequence header is put in front when the unit brings none
 *
 * Appends the unit without delimiters, padding and tile lists; every OBU has its size. FALSE with
 * PACKAGE_ERROR_INVALID and nothing appended when it holds no frame.
 */
gboolean package_av1_append_unit(PackageAv1 *av1, const guint8 *data, gsize bytes, gboolean key,
                                 GByteArray *out, GError **error);
