// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Writes one rung: coded packets in, one fragmented MP4 with one fragment a segment out (ISO/IEC
// 14496-12 §8.8, ISO/IEC 23000-19). Segments go to <rung>.part, each made durable and noted in
// <rung>.journal, so that a killed encoder goes on from the last one; finish makes <rung>.mp4
// (ftyp, moov, sidx, fragments) and <rung>.index.json. Blocking file I/O; one thread at a time.
// Called by the encoder in the child.
#pragma once

#include "pipelines/package/index.h"
#include "pipelines/package/result.h"
#include "pipelines/package/track.h"

typedef struct _PackageWriter PackageWriter;

/** Where a resumed rung goes on. All zero for a new one. */
typedef struct {
    guint segments;        // (value) durable segments kept
    guint64 pts90k;        // (value) the next picture (sound alone: the next cut) starts here
    guint64 audio_samples; // (value) the next sound frame starts here, in samples of 48 kHz
    gboolean complete;     // (value) nothing is left to encode: call finish
} PackageWriterPosition;

/**
 * package_writer_open:
 * @folder: the staging folder
 * @rung: a rung name, used in file names
 * @tracks: copied
 * @position: (out): where to go on; anything else found of this rung is thrown away
 *
 * A journal of other tracks (another encoder set-up) starts the rung afresh. Packets before
 * @position are taken and dropped, so an encoder may start earlier to warm up. Returns: (transfer
 * full): the writer, or NULL with PACKAGE_ERROR_*.
 */
PackageWriter *package_writer_open(const char *folder, const char *rung,
                                   const PackageTracks *tracks, PackageWriterPosition *position,
                                   GError **error);

/**
 * package_writer_peek: reads where a rung would go on without opening or changing anything, before
 * an encoder exists. Returns: the number of durable segments; 0 when there is nothing to go on
 * from.
 */
guint package_writer_peek(const char *folder, const char *rung, PackageWriterPosition *position);

/** One access unit, in the form the configuration came in: AVC, or an AV1 temporal unit. */
typedef struct {
    const guint8 *data;      // (unowned) copied by the call
    gsize bytes;             // (value)
    guint64 pts90k;          // (value)
    guint64 duration_pts90k; // (value) only the very last picture's counts: the others end where
                             // the next begins
    gboolean key; // (value) decoding can begin here; the parameter sets are put in front when it
                  // brings none
} PackageWriterPicture;

/** Pictures come in order, without B-frames (decode time is time of showing), the first at 0. */
gboolean package_writer_add_video(PackageWriter *writer, const PackageWriterPicture *picture,
                                  GError **error);

/** One raw AAC frame or Opus packet that starts at @start_samples (48 kHz); frames follow one
 * another exactly. */
gboolean package_writer_add_audio(PackageWriter *writer, const guint8 *data, gsize bytes,
                                  guint64 start_samples, GError **error);

/**
 * package_writer_cut:
 * @pts90k: the segment ends here: the start of a key picture, or of nothing yet
 *
 * Call when every packet that starts before @pts90k was added; later ones may have been. The
 * segment is written once 0.5 s after it exist, so that a short tail joins it. Packets that start
 * at or after @pts90k belong to the next segment.
 */
gboolean package_writer_cut(PackageWriter *writer, guint64 pts90k, GError **error);

/** Returns: durable segments so far; @media_pts90k (nullable): where the last of them ends. */
guint package_writer_get_segments(PackageWriter *writer, guint64 *media_pts90k);

/**
 * package_writer_finish: writes the last segment and the rung's files; sound frames that would end
 * after the picture are left out. Idempotent after a kill. Returns: (transfer full): the result, or
 * NULL.
 */
PackageResult *package_writer_finish(PackageWriter *writer, GError **error);

/** Closes without finishing; what is durable stays for the next open. */
void package_writer_free(PackageWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PackageWriter, package_writer_free)
