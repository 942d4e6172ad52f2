// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The init section of a rung file: ftyp and moov with empty sample tables (ISO/IEC 14496-12 §8.8),
// and the sidx (§8.16.3) that follows it. Pure; used by finish.c.
#pragma once

#include "pipelines/package/index.h"
#include "pipelines/package/track.h"

#define PACKAGE_INIT_VIDEO_ID 1 // sound is the next one, or 1 when it is alone

/**
 * package_init_build:
 * @duration_pts90k: of the whole, for mehd; 0: it has no end
 *
 * No edit lists, picture first. Returns: (transfer full): the bytes, or NULL with
 * PACKAGE_ERROR_INVALID.
 */
GBytes *package_init_build(const PackageTracks *tracks, guint64 duration_pts90k, GError **error);

/** One segment as the sidx counts it. */
typedef struct {
    guint64 bytes;    // of the fragment
    guint64 duration; // in the timescale of the first track
} PackageInitReference;

/**
 * package_init_build_sidx:
 * @references: (element-type PackageInitReference): in order
 * @timescale: of the first track: libavformat takes it for granted that they are the same
 *
 * Every reference starts with a stream access point of type 1; the first one follows the box at
 * once. Returns: (transfer full).
 */
GBytes *package_init_build_sidx(GArray *references, guint32 timescale);
