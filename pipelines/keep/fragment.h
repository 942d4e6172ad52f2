// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One live segment and its init file taken apart: the tracks, and the coded pictures and sound
// frames of one movie fragment. Foreign bytes in, values or an error out; pure.
#pragma once

#include "pipelines/package/track.h"

/** What an init file says. */
typedef struct {
    PackageTracks *tracks; // (owned)
    guint32 picture_id;    // track_ID, 0: none
    guint32 sound_id;      // track_ID, 0: none
} KeepFragmentInit;

/** A coded picture or sound frame. */
typedef struct {
    guint32 offset;   // in the segment's bytes
    guint32 bytes;    // all of them lie in the segment
    guint64 start;    // in the track's timescale, on the channel's timeline
    guint32 duration; // in the track's timescale
    gboolean key;     // decoding can begin here
} KeepFragmentSample;

/** The pieces of a segment. */
typedef struct {
    GArray *pictures; // (owned) (element-type KeepFragmentSample)
    GArray *sounds;   // (owned) (element-type KeepFragmentSample)
} KeepFragment;

/** Returns: (transfer full): NULL with PACKAGE_ERROR_INVALID. */
KeepFragmentInit *keep_fragment_parse_init(const guint8 *data, gsize bytes, GError **error);
void keep_fragment_free_init(KeepFragmentInit *init);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepFragmentInit, keep_fragment_free_init)

/** Returns: (transfer full): NULL with PACKAGE_ERROR_INVALID. */
KeepFragment *keep_fragment_parse(const KeepFragmentInit *init, const guint8 *data, gsize bytes,
                                  GError **error);
void keep_fragment_free(KeepFragment *fragment);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KeepFragment, keep_fragment_free)
