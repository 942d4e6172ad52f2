// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Coded packets for tests of the package: H.264 without B-frames and AAC, or AV1 and Opus, made by
// libavcodec from a moving pattern and a tone, on a grid of key frames.
#pragma once

#include "pipelines/package/writer.h"

typedef struct {
    guint64 start;    // pts90k of a picture, samples of a sound frame
    guint64 duration; // in the same unit
    gboolean key;     // an IDR picture
    GBytes *bytes;    // (owned)
} PackageCodedPacket;

/** What one run of the encoders gave. */
typedef struct {
    PackageTracks *tracks; // (owned)
    GPtrArray *video;      // (owned) (element-type PackageCodedPacket)
    GPtrArray *audio;      // (owned) (element-type PackageCodedPacket)
} PackageCoded;

/** What is wanted; all zero but what is named. */
typedef struct {
    guint pictures;  // at 25 a second; 0: sound alone
    guint grid;      // a key picture every so many
    guint64 samples; // of sound at 48 kHz, rounded down to whole frames; 0: no sound
    guint width;     // 0: 320
    guint height;    // 0: 180
    gboolean av1;    // AV1 and Opus in place of H.264 and AAC
    guint programme; // 0: a tone; else one that is loud and quiet as no other programme is
    gint64 from_ms;  // which moment of the programme it begins with
} PackageCodedWish;

/** Returns: how loud @programme is at a moment, from 0.003 to 0.12; it changes each 80 ms. */
float package_coded_get_loudness(guint programme, gint64 moment_ms);

PackageCoded *package_coded_new(const PackageCodedWish *wish);
void package_coded_free(PackageCoded *coded);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageCoded, package_coded_free)

/** Adds all packets in order of time, with a cut at every @grid_pts90k; stops once @max_segments
 * are durable. */
gboolean package_coded_feed(PackageCoded *coded, PackageWriter *writer, guint64 grid_pts90k,
                            guint max_segments, GError **error);
