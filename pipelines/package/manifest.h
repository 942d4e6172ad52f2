// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// lesson.json: what a bundle holds, for programs and for people who find the folder on a USB stick.
// A pure function of plain values.
#pragma once

#include <glib.h>

#define PACKAGE_MANIFEST_FORMAT 1

/** A rung of the lesson; one that failed has an error and no file. */
typedef struct {
    const char *name;              // (unowned)
    const char *file;              // (unowned) (nullable) NULL: it failed
    const char *playlist;          // (unowned) (nullable)
    const char *sha256;            // (unowned) (nullable) of file
    const char *codecs;            // (unowned) (nullable) RFC 6381; says which family it is of
    const char *error_code;        // (unowned) (nullable)
    guint64 bytes;                 // (value) of file
    guint64 duration_ms;           // (value)
    guint64 bandwidth_bps;         // (value)
    guint64 average_bandwidth_bps; // (value)
    guint width;                   // (value)
    guint height;                  // (value)
    double frame_rate;             // (value)
    double ssim;                   // (value) against the source at this size; 0: not measured
} PackageManifestRung;

typedef struct {
    const char *language; // (unowned) BCP 47
    const char *state;    // (unowned) draft: a machine's, which nobody has approved
    const char *source;   // (unowned) upload, embedded or recogniser
    const char *file;     // (unowned) file name
} PackageManifestCaptions;

/** Another sound of all H.264 rungs. */
typedef struct {
    const char *language;      // (unowned) BCP 47
    const char *purpose;       // (unowned) main; described: somebody tells what is seen
    PackageManifestRung media; // (value) its file
} PackageManifestSound;

/** Something that is missing in a recording. */
typedef struct {
    gint64 from_ms;           // UTC milliseconds on the air
    gint64 to_ms;             // UTC milliseconds on the air
    gint64 media_ms;          // where in the lesson it is felt
    const char *cause;        // (unowned) a stable word
    const char *patched_from; // (unowned) (nullable) id of the recording that fills it
    gint64 patched_ms;        // UTC milliseconds when what fills it was on the air
} PackageManifestGap;

/** Any other file of the folder: playlists, poster, stills … */
typedef struct {
    char *name;    // (owned)
    char *sha256;  // (owned)
    guint64 bytes; // (value)
} PackageManifestFile;

typedef struct {
    const char *id;          // (unowned)
    const char *title;       // (unowned)
    const char *description; // (unowned)
    const char *language;    // (unowned) BCP 47
    const char *poster;      // (unowned) (nullable) file name
    const char *slides;      // (unowned) (nullable) file name of the timed list of stills
    const char *slides_pdf;  // (unowned) (nullable) file name
    const char *storyboard;  // (unowned) (nullable) file name of the timed list
    const char *waveform;    // (unowned) (nullable) file name
    guint stills;            // (value) how many, when there are slides
    guint64 generation;      // (value) grows when everything is made anew
    gboolean complete;       // (value) no rung is still to come
    guint64 duration_ms;     // (value)
    GPtrArray *captions;     // (unowned) (nullable) (element-type PackageManifestCaptions)
    GPtrArray *rungs;        // (unowned) (element-type PackageManifestRung)
    GPtrArray *sounds;       // (unowned) (nullable) (element-type PackageManifestSound)
    GArray *gaps;            // (unowned) (nullable) (element-type PackageManifestGap)
    GPtrArray *files;        // (unowned) (element-type PackageManifestFile)
} PackageManifest;

/** Returns: (transfer full): the JSON text. */
char *package_manifest_format(const PackageManifest *manifest);

/** Returns: (transfer full): an entry for a file with this content. */
PackageManifestFile *package_manifest_describe(const char *name, const char *content, gsize bytes);
void package_manifest_free_file(PackageManifestFile *file);
