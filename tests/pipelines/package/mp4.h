// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A reader of fragmented MP4 for tests, written apart from the writer: it walks the boxes and says
// what a player would find.
#pragma once

#include <glib.h>

typedef struct {
    guint track_id;      // (value)
    guint64 offset;      // (value) of the moof
    guint64 start;       // (value) tfdt
    guint64 duration;    // (value) of all samples
    guint samples;       // (value)
    gboolean first_key;  // (value)
    gboolean based_moof; // (value) default-base-is-moof
    gboolean in_mdat;    // (value) all bytes lie in the mdat behind the moof
} PackageMp4Run;

typedef struct {
    guint64 first_moof; // (value) offset
    guint64 sidx_end;   // (value) offset; 0 without sidx
    guint64 init_bytes; // (value) ftyp and moov
    guint32 timescale;  // (value) of the sidx
    gboolean edit_list; // (value)
    GArray *references; // (owned) (element-type guint64) sidx: bytes << 32 | duration
    GArray *runs;       // (owned) (element-type PackageMp4Run)
} PackageMp4;

/** Returns: (transfer full): what is in the file; asserts that every box is whole. */
PackageMp4 *package_mp4_read(const char *path);
void package_mp4_free(PackageMp4 *mp4);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageMp4, package_mp4_free)
