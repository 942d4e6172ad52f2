// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Value: one published (or failed) rung of a lesson.
#pragma once

#include <glib.h>

typedef struct {
    char *lesson_id;      // (owned)
    gint64 generation;    // from 1
    char *name;           // (owned): voice slides small medium …
    char *file;           // (owned) (nullable): file name in the bundle; NULL when it failed
    char *index_file;     // (owned) (nullable): segment index, file name in the bundle
    gint64 bytes;         // of the file
    char *sha256;         // (owned) (nullable): lower-case hex
    char *codecs;         // (owned) (nullable): RFC 6381
    gint64 bandwidth_bps; // peak, RFC 8216 §4.3.4.2
    gint64 average_bandwidth_bps; // average
    int width;                    // display pixels, 0 without picture
    int height;                   // display pixels, 0 without picture
    double frame_rate;            // frames a second, 0 without picture
    gint64 duration_ms;           // milliseconds
    double ssim;                  // against the source at this size, 0: not measured
    guint stills;                 // of `slides`: how many
    char *error_code;             // (owned) (nullable): why this rung failed
    gint64 updated_ms;            // UTC milliseconds
} CatalogRung;

/** Returns: (transfer full): an empty rung of generation 1 called @name. */
CatalogRung *catalog_rung_new(const char *lesson_id, const char *name);

CatalogRung *catalog_rung_copy(const CatalogRung *rung);
void catalog_rung_free(CatalogRung *rung);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CatalogRung, catalog_rung_free)
