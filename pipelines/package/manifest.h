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
    const char *codecs;            // (unowned) (nullable)
    const char *error_code;        // (unowned) (nullable)
    guint64 bytes;                 // (value) of file
    guint64 duration_ms;           // (value)
    guint64 bandwidth_bps;         // (value)
    guint64 average_bandwidth_bps; // (value)
    guint width;                   // (value)
    guint height;                  // (value)
    double frame_rate;             // (value)
} PackageManifestRung;

/** Any other file of the folder: playlists, poster. */
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
    gboolean complete;       // (value) no rung is still to come
    guint64 duration_ms;     // (value)
    GPtrArray *rungs;        // (unowned) (element-type PackageManifestRung)
    GPtrArray *files;        // (unowned) (element-type PackageManifestFile)
} PackageManifest;

/** Returns: (transfer full): the JSON text. */
char *package_manifest_format(const PackageManifest *manifest);

/** Returns: (transfer full): an entry for a file with this content. */
PackageManifestFile *package_manifest_describe(const char *name, const char *content, gsize bytes);
void package_manifest_free_file(PackageManifestFile *file);
