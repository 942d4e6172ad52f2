// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One file on its way from a child's folder into the bundle: taken out of the child's reach,
// checked, synced. What lies in staging was made by a child that a hostile file may own. Used by
// publish.c and publish_asset.c. All functions block: work threads only.
#pragma once

#include "server/flows/publish.h"

#define FLOWS_PUBLISH_FILE_HASH_DIGITS 8

/** What a file must be. */
typedef struct {
    guint64 bytes;      // (value)
    const char *sha256; // (unowned) 64 hex digits
} FlowsPublishFileProof;

/** Tells the test's callback of a durable step. */
void flows_publish_file_step(const FlowsPublishPlaces *places, const char *name);

/** Sets G_IO_ERROR_INVALID_DATA. Returns: FALSE. */
gboolean flows_publish_file_distrust(GError **error, const char *path, const char *why);

/** Sets a G_IO_ERROR from errno. Returns: FALSE. */
gboolean flows_publish_file_fail(GError **error, int error_number, const char *path);

/** Makes the bundle's folder, and @sub (nullable) in it. */
gboolean flows_publish_file_make_folder(const FlowsPublishPlaces *places, const char *sub,
                                        GError **error);

/** Returns: (transfer full): where a file waits in the bundle under a name that nobody is told. */
char *flows_publish_file_build_incoming(const FlowsPublishPlaces *places, const char *name,
                                        const char *ending);

/** Out of the folder that the child writes to: @staged (a plain file's name) to the path @incoming.
 * Follows no link. */
gboolean flows_publish_file_take_in(const FlowsPublishPlaces *places, const char *staged,
                                    const char *incoming, GError **error);

/** The file has this size and sum, one name, nobody writes to it, and it is on the disk. */
gboolean flows_publish_file_verify(const char *path, const FlowsPublishFileProof *proof,
                                   GError **error);

/** Returns: (transfer full): the whole of such a file, NUL-terminated; its mode is set. NULL when
 * it is longer than @most. */
char *flows_publish_file_load(const char *path, gsize most, gsize *bytes, GError **error);

/** Gives a verified file its name in the bundle, relative to it. */
gboolean flows_publish_file_name(const FlowsPublishPlaces *places, const char *incoming,
                                 const char *name, GError **error);
