// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// From staging to the bundle: a staged file is checked, synced, renamed into place under the name
// that holds its hash, and only then named by playlists; the catalogue's rows follow in
// encode_action.c. What lies in staging was made by a child that a hostile file may own, so nothing
// it says is believed. Every function may be repeated after a crash at any line. All of them block:
// work threads only.
#pragma once

#include "catalog/lesson.h"
#include "pipelines/child/report.h"

typedef struct {
    const char *staging; // (unowned) folder of the lesson
    const char *bundle;  // (unowned) folder of the lesson
    void (*on_step)(const char *step,
                    gpointer user_data); // (nullable) told before each durable step
    gpointer step_data;                  // (unowned)
} FlowsPublishPlaces;

/** Names that a bundle has whatever its contents. */
#define FLOWS_PUBLISH_SLIDES "slides.vtt"
#define FLOWS_PUBLISH_STORYBOARD "storyboard.vtt"
#define FLOWS_PUBLISH_POSTER "poster.webp" // a copy, for pages that know no catalogue

/**
 * flows_publish_place_rung:
 * @report: a `rung` line
 *
 * Verifies size, check sum and index, then moves the file and its index to
 * `<rung>.<hash8>.mp4` and `<rung>.<hash8>.index.json`. The same file again is fine.
 * Returns: (transfer full): the row to be published, or NULL with an error.
 */
CatalogRung *flows_publish_place_rung(const FlowsPublishPlaces *places, const char *lesson_id,
                                      const ChildReport *report, GError **error);

/**
 * flows_publish_describe:
 * @lesson: as it is to be described, of one generation: catalog_lessonlist_get_generation()
 *
 * Writes every file whose name has no hash, over whatever was there: playlists, slides.vtt,
 * storyboard.vtt, the poster's copy, lesson.json. Nothing when no rung has a file.
 */
gboolean flows_publish_describe(const FlowsPublishPlaces *places, const CatalogLesson *lesson,
                                GError **error);

/** Removes what the encoder kept of a rung that is published. */
void flows_publish_clean_rung(const FlowsPublishPlaces *places, const char *rung);

/** Removes a lesson's staging folder and everything in it; links are not followed. */
void flows_publish_remove_staging(const char *staging);

/** Removes every folder of @staging_root but those named in @kept (element-type utf8, a set). */
void flows_publish_sweep(const char *staging_root, GHashTable *kept);
