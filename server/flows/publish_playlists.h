// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The playlists of a bundle that speak of several rungs or of captions: one multivariant playlist a
// family of codecs, one of key pictures a rung, one a language of captions. Used by publish.c.
// Block: work threads only.
#pragma once

#include "catalog/lesson.h"

/** What to do with each text; FALSE with an error ends the walk. */
typedef gboolean (*FlowsPublishPlaylistsWrite)(const char *name, const char *text,
                                               gpointer user_data, GError **error);

/**
 * flows_publish_playlists_write:
 * @bundle: where the rungs' indexes lie
 * @write: told each name, relative to @bundle, what is named before what names it; with text NULL
 * when there is to be no such file
 */
gboolean flows_publish_playlists_write(const char *bundle, const CatalogLesson *lesson,
                                       FlowsPublishPlaylistsWrite write, gpointer user_data,
                                       GError **error);
