// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Notices what other processes (the verbs) write to the catalogue beside a running server: the
// kernel tells that the write-ahead log changed, and the catalogue tells whether it was somebody
// else. Lives on the main context.
#pragma once

#include "server/storage.h"

typedef struct _CatalogThreads CatalogThreads;
typedef struct _ServerWatch ServerWatch;

/**
 * server_watch_new:
 * @changed: called with @user_data on the main context when another process wrote something
 *
 * Returns: (transfer full): the watch, begun; where the kernel cannot watch files it never calls.
 */
ServerWatch *server_watch_new(ServerStorage *storage, CatalogThreads *catalog,
                              void (*changed)(gpointer user_data), gpointer user_data);

/** Main context; calls nothing any more. */
void server_watch_free(ServerWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ServerWatch, server_watch_free)
