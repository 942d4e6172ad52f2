// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// H.264 as encoders give it (Annex B or length-prefixed) and as MP4 wants it: NAL units behind four
// bytes of length, and the AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3). Pure; used by
// track.c, init.c and writer.c.
#pragma once

#include <glib.h>

typedef struct _PackageAvc PackageAvc;

/**
 * package_avc_new:
 * @parameter_sets: SPS and PPS, Annex B or an avcC record; borrowed for the call
 *
 * Returns: (transfer full): the parsed sets, or NULL with PACKAGE_ERROR_INVALID.
 */
PackageAvc *package_avc_new(GBytes *parameter_sets, GError **error);
void package_avc_free(PackageAvc *avc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageAvc, package_avc_free)

/** Returns: (transfer full): `avc1.PPCCLL` (RFC 6381 §3.3). */
char *package_avc_get_codec(PackageAvc *avc);

/** Appends the configuration record, for an avcC box. */
void package_avc_append_configuration(PackageAvc *avc, GByteArray *out);

/**
 * package_avc_append_unit:
 * @data: one access unit, in the form the parameter sets came in
 * @key: the sets are put in front of the picture when the unit brings none
 *
 * Appends the access unit with four-byte lengths. FALSE with PACKAGE_ERROR_INVALID and nothing
 * appended when it holds no NAL unit.
 */
gboolean package_avc_append_unit(PackageAvc *avc, const guint8 *data, gsize bytes, gboolean key,
                                 GByteArray *out, GError **error);
