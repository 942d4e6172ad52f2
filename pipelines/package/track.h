// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What one rung is made of: a picture track, a sound track, or both, each a tagged value. The
// encoder fills it once per rung before the first packet.
#pragma once

#include <glib.h>

#define PACKAGE_TRACK_AUDIO_RATE 48000 // every sound track
#define PACKAGE_TRACK_AAC_FRAME 1024   // samples of one AAC frame

typedef enum {
    PACKAGE_TRACK_PICTURE_NONE,
    PACKAGE_TRACK_PICTURE_AVC,
    PACKAGE_TRACK_PICTURE_AV1,
} PackageTrackPicture;

typedef enum {
    PACKAGE_TRACK_SOUND_NONE,
    PACKAGE_TRACK_SOUND_AAC,
    PACKAGE_TRACK_SOUND_OPUS, // the encoder's look-ahead is taken out before: pre-skip is 0
} PackageTrackSound;

typedef struct {
    PackageTrackPicture picture;  // (value)
    PackageTrackSound sound;      // (value)
    guint width;                  // (value) square pixels as shown; 0: no picture
    guint height;                 // (value)
    guint frame_rate_numerator;   // (value) nominal, for FRAME-RATE; 0 when there is no picture
    guint frame_rate_denominator; // (value)
    GBytes *picture_config;       // (owned) (nullable) as AVCodecContext.extradata: SPS and PPS in
                                  // Annex B or avcC; a sequence header OBU, perhaps in av1C
    guint channels;               // (value) 0: no sound
    GBytes *sound_config;         // (owned) (nullable) AAC: ISO/IEC 14496-3 §1.6, as extradata;
                                  // Opus: the fields of dOps
} PackageTracks;

/** Returns: (transfer full): no picture and no sound yet. Any thread. */
PackageTracks *package_track_new(void);
PackageTracks *package_track_copy(const PackageTracks *tracks);
void package_track_free(PackageTracks *tracks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageTracks, package_track_free)

/** Returns: (transfer full): the RFC 6381 list, as `avc1.42C01E,mp4a.40.2`; NULL with
 * PACKAGE_ERROR_INVALID when the configuration cannot be read. Pure. */
char *package_track_get_codecs(const PackageTracks *tracks, GError **error);

/** The same for the picture alone, as I-frame playlists want it. */
char *package_track_get_picture_codec(const PackageTracks *tracks, GError **error);
