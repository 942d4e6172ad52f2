// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The data folder: the one place that knows its names. Flows and handlers ask for a path and never
// build one themselves. Immutable; nothing here reads or writes the disk except create() and the
// measures.
#pragma once

#include <gio/gio.h>

typedef struct _ServerStorage ServerStorage;

/**
 * @data_folder: the folder's path, absolute or relative to the working directory
 *
 * Returns: (transfer full): the names under it. Does not touch the disk. Any thread.
 */
ServerStorage *server_storage_new(const char *data_folder);

/** Makes the folder and its sub-folders (mode 0700) where missing. Blocks: start-up and verbs only.
 */
gboolean server_storage_create(ServerStorage *storage, GError **error);

/** Returns: (transfer none): the data folder's absolute path. Any thread. */
const char *server_storage_get_folder(ServerStorage *storage);

/** Each returns: (transfer full): an absolute path. Ids must be valid (catalog_ids_is_valid). Any
 * thread. */
char *server_storage_build_catalog_path(ServerStorage *storage);
char *server_storage_build_encoder_lock_path(ServerStorage *storage);
char *server_storage_build_import_lock_path(ServerStorage *storage);
char *server_storage_build_uploads_path(ServerStorage *storage);
char *server_storage_build_originals_path(ServerStorage *storage);
char *server_storage_build_lessons_path(ServerStorage *storage);
char *server_storage_build_tls_path(ServerStorage *storage);
char *server_storage_build_staging_root_path(ServerStorage *storage);
char *server_storage_build_upload_path(ServerStorage *storage, const char *upload_id);
char *server_storage_build_original_path(ServerStorage *storage, const char *lesson_id);
char *server_storage_build_staging_path(ServerStorage *storage, const char *lesson_id);
char *server_storage_build_bundle_path(ServerStorage *storage, const char *lesson_id);

/**
 * server_storage_build_bundle_file_path:
 * @lesson_id: a valid id
 * @name: a name inside the bundle: letters, digits, `.`, `-`, `_`, at most one `/`, no part that
 * opens with a dot
 *
 * Returns: (transfer full) (nullable): the path, or NULL when @name is not one that a bundle may
 * hold.
 */
char *server_storage_build_bundle_file_path(ServerStorage *storage, const char *lesson_id,
                                            const char *name);

/** The folder of health histories, and one of a multiplex or channel. As the paths above. */
char *server_storage_build_health_folder_path(ServerStorage *storage);
char *server_storage_build_health_path(ServerStorage *storage, const char *id);

/** A channel's folder and what is in it. Each returns: (transfer full): an absolute path.
 * @channel_id must be valid, @rung a name of lower-case letters, digits and dashes. Any thread. */
char *server_storage_build_channels_path(ServerStorage *storage);
char *server_storage_build_snapshots_path(ServerStorage *storage);
char *server_storage_build_channel_path(ServerStorage *storage, const char *channel_id);
char *server_storage_build_channel_staging_path(const char *channel_folder);
char *server_storage_build_channel_journal_path(const char *channel_folder);
char *server_storage_build_channel_segment_path(const char *channel_folder, const char *rung,
                                                guint64 number);
char *server_storage_build_channel_init_path(const char *channel_folder, const char *rung,
                                             guint64 init);

/** A recording's folder, laid out as a channel's; as above. */
char *server_storage_build_recordings_path(ServerStorage *storage);
char *server_storage_build_recording_path(ServerStorage *storage, const char *booking_id);
char *server_storage_build_recording_plan_path(const char *recording_folder);
char *server_storage_build_segment_name(const char *rung, guint64 number);
char *server_storage_build_init_name(const char *rung, guint64 init);

/** Reads a path below a channel's folder back: (out) its number, and whether it is of an init file.
 * FALSE for what is neither. Pure. */
gboolean server_storage_parse_channel_name(const char *name, guint64 *number, gboolean *is_init);

/** Bytes free for us and in all on its file system. Blocks (statvfs). */
gboolean server_storage_measure_disk(ServerStorage *storage, gint64 *free_bytes,
                                     gint64 *total_bytes, GError **error);

/** Returns: bytes of all regular files below @path, links not followed, 0 when missing. Blocks:
 * work threads only. */
gint64 server_storage_measure_tree(const char *path);

void server_storage_free(ServerStorage *storage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerStorage, server_storage_free)
