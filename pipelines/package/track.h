// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What one rung is made of: an H.264 picture track, an AAC-LC sound track, or both. A plain value
// that the encoder fills once per rung before the first packet.
#pragma once

#include <glib.h>

#define PACKAGE_TRACK_AUDIO_RATE 48000 // every sound track; one AAC frame is 1024 samples
#define PACKAGE_TRACK_AAC_FRAME 1024

typedef struct {
    guint width;                   // (value) square pixels as shown; 0: no picture
    guint height;                  // (value)
    guint frame_rate_numerator;    // (value) nominal, for FRAME-RATE; 0 when there is no picture
    guint frame_rate_denominator;  // (value)
    GBytes *parameter_sets;        // (owned) (nullable) SPS and PPS, Annex B or avcC, as
                                   // AVCodecContext.extradata
    guint channels;                // (value) 0: no sound
    GBytes *audio_specific_config; // (owned) (nullable) ISO/IEC 14496-3 §1.6, as
                                   // AVCodecContext.extradata
} PackageTracks;

/** Returns: (transfer full): no picture and no sound yet. Any thread. */
PackageTracks *package_track_new(void);
PackageTracks *package_track_copy(const PackageTracks *tracks);
void package_track_free(PackageTracks *tracks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageTracks, package_track_free)

/** Returns: (transfer full): the RFC 6381 list, as `avc1.42C01E,mp4a.40.2`; NULL with
 * PACKAGE_ERROR_INVALID when the parameter sets cannot be read. Pure. */
char *package_track_get_codecs(const PackageTracks *tracks, GError **error);
