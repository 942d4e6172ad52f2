// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One fragment, moof and mdat (ISO/IEC 14496-12 §8.8), with a track run for the picture and one for
// the sound. Pure; used by writer.c.
#pragma once

#include "pipelines/package/queue.h"

/** One track's part of a fragment; @count 0 leaves the track out. */
typedef struct {
    PackageQueue *queue; // (unowned)
    guint count;         // the first so many samples
    guint track_id;      // as in moov
} PackageFragmentRun;

/**
 * package_fragment_build:
 * @sequence: from 1
 * @runs: at least one with samples; bytes are laid out in this order
 *
 * @first_bytes: (out) (nullable): from the start to the end of the first run's first sample; 0 when
 * that run is left out
 *
 * default-base-is-moof, 64-bit tfdt. Returns: (transfer full): the fragment's bytes.
 */
GBytes *package_fragment_build(guint32 sequence, const PackageFragmentRun *runs, guint run_count,
                               guint64 *first_bytes);
