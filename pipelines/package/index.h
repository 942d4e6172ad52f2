// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The segment index of one rung file: where the init section and each segment lie, and when they
// play. A plain value. Playlists and bandwidths are computed from it. Its JSON form crosses from
// the child to the daemon, so the parser trusts nothing.
#pragma once

#include <glib.h>

#define PACKAGE_INDEX_TIMESCALE 90000
#define PACKAGE_INDEX_MAX_SEGMENTS 65535 // what one sidx box can count (ISO/IEC 14496-12 §8.16.3)

typedef struct {
    guint64 offset_bytes;    // of the moof, from the start of the file
    guint64 bytes;           // moof and mdat
    guint64 start_pts90k;    // on the picture's grid, also for sound alone
    guint64 duration_pts90k; // on the picture's grid, never 0
    guint64 key_bytes;       // from its start to the end of its first picture; 0: not known
} PackageIndexSegment;

typedef struct {
    guint64 init_offset_bytes; // (value) always 0 in files of ours
    guint64 init_bytes;        // (value) ftyp and moov, without the sidx
    GArray *segments;          // (owned) (element-type PackageIndexSegment)
} PackageIndex;

typedef enum {
    PACKAGE_ERROR_INVALID, // bytes or calls that break the format's rules; retrying cannot help
    PACKAGE_ERROR_IO,      // the file system refused
    PACKAGE_ERROR_SPACE,   // no space left on the device
} PackageError;

#define PACKAGE_ERROR (package_index_error_quark())
GQuark package_index_error_quark(void);

/** Returns: (transfer full): an index with no segments. Any thread. */
PackageIndex *package_index_new(void);
PackageIndex *package_index_copy(const PackageIndex *index);
void package_index_free(PackageIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageIndex, package_index_free)

/** Returns: (transfer full): the JSON text of the contract in ARCHITECTURE.md. */
char *package_index_to_json(const PackageIndex *index);

/**
 * package_index_parse:
 * @text: foreign bytes, not NUL-terminated
 * @file_bytes: size of the rung file that it describes; 0 when not known
 *
 * Accepts only segments that follow one another without overlap in bytes and without gap in time.
 * Returns: (transfer full): the index, or NULL with PACKAGE_ERROR_INVALID. Pure. Any thread.
 */
PackageIndex *package_index_parse(const char *text, gsize length, guint64 file_bytes,
                                  GError **error);

guint64 package_index_get_duration_ms(const PackageIndex *index);

/** Peak segment bit rate: the greatest rate of any run of segments that lasts between 0.5 and 1.5
 * target durations (RFC 8216 §4.1), in bit/s, rounded up. */
guint64 package_index_get_bandwidth_bps(const PackageIndex *index);

/** All segment bytes over all time, in bit/s, rounded up (RFC 8216 §4.3.4.2). */
guint64 package_index_get_average_bandwidth_bps(const PackageIndex *index);

/** The same two for the key pictures alone, each shown as long as its segment; 0 when not known. */
guint64 package_index_get_key_bandwidth_bps(const PackageIndex *index);
guint64 package_index_get_key_average_bandwidth_bps(const PackageIndex *index);

/** Whether every segment says how far its first picture reaches. */
gboolean package_index_has_keys(const PackageIndex *index);

/** The longest segment in whole seconds, rounded as EXT-X-TARGETDURATION wants; at least 1. */
guint package_index_get_target_duration_s(const PackageIndex *index);
