// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a child makes beside rungs, from staging to the bundle, under a name that holds its hash:
// stills, poster, storyboard, waveform, analysis, PDF, captions; and the rung `slides`, which is
// made of some of them. Each is checked for what it claims to be. Every function may be repeated
// after a crash at any line. All block: work threads only.
#pragma once

#include "catalog/area.h"
#include "server/flows/publish.h"

#define FLOWS_PUBLISH_ASSET_STILLS_MAX 5000

/** @report: an `asset` line of any kind but captions. Returns: (transfer full): the row to be. */
CatalogAsset *flows_publish_asset_place(const FlowsPublishPlaces *places, const char *lesson_id,
                                        const ChildReport *report, GError **error);

/** @report: an `asset` line of captions. Returns: (transfer full): the row to be. */
CatalogCaptions *flows_publish_asset_place_captions(const FlowsPublishPlaces *places,
                                                    const char *lesson_id,
                                                    const ChildReport *report, GError **error);

/**
 * flows_publish_asset_make_slides:
 * @report: a `slides` line
 * @lesson: with the assets and rungs of the generation that is made
 *
 * Returns: (transfer full): the row of the rung; NULL when a still or the voice is missing.
 */
CatalogRung *flows_publish_asset_make_slides(const CatalogLesson *lesson, const ChildReport *report,
                                             GError **error);

/** Returns: (transfer full) (nullable): slides.vtt; NULL when the lesson has no rung `slides`. */
char *flows_publish_asset_format_slides(const CatalogLesson *lesson);

/** Returns: (transfer full) (nullable): storyboard.vtt; NULL when there is no storyboard. */
char *flows_publish_asset_format_storyboard(const CatalogLesson *lesson);

/** @width, @height: of the shown picture in pixels. @inset (out): what the published analysis saw
 * move beside the slides; without width when there is none. */
void flows_publish_asset_read_inset(const FlowsPublishPlaces *places, const CatalogLesson *lesson,
                                    guint width, guint height, CatalogArea *inset);
