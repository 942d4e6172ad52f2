// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Serves /lessons/{id}/{file} and /lessons/{id}/{folder}/{file}. Ids and names are checked against
// the bundle's grammar, who may watch is asked of the application and remembered until it says that
// something changed, and files are opened beneath the lessons folder without following links. Any
// thread.
#pragma once

#include "server/http/exchange.h"
#include "server/http/file.h"

typedef struct {
    gboolean is_published; // has a bundle that may be served at all
    gboolean is_public;    // everyone may watch, no account needed
    gboolean is_hidden;    // who may not watch, even signed out, is not told that it exists
    guint visibility;      // the application's own, for may_watch
    char owner_id[37];     // the application's own, for may_watch
} HttpBundlesLesson;

typedef struct {
    /** Asks for a lesson; completes in the caller's thread-default context. */
    void (*lookup_async)(const char *lesson_id, gpointer app, GCancellable *cancellable,
                         GAsyncReadyCallback callback, gpointer user_data);
    /** An unknown lesson is TRUE with is_published FALSE. FALSE only for faults (503). */
    gboolean (*lookup_finish)(GAsyncResult *result, gpointer app, HttpBundlesLesson *lesson,
                              GError **error);
    /** Asked for lessons that are not public; @account is what the access check attached, nullable.
     */
    gboolean (*may_watch)(const HttpBundlesLesson *lesson, gpointer account);
} HttpBundlesAccess;

typedef struct _HttpBundles HttpBundles;

/**
 * http_bundles_new:
 * @folder: the lessons folder, must exist
 * @access: static table
 *
 * Returns: (transfer full) (nullable): NULL with @error when @folder cannot be opened.
 */
HttpBundles *http_bundles_new(const char *folder, const HttpBundlesAccess *access, gpointer app,
                              GError **error);
void http_bundles_free(HttpBundles *bundles);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HttpBundles, http_bundles_free)

/** Forgets what is known about a lesson, or about all when NULL. Call after every change. Any
 * thread. */
void http_bundles_invalidate(HttpBundles *bundles, const char *lesson_id);

/**
 * http_bundles_serve:
 * Answers @exchange, whose route has the parameters id and file, or id, folder and file, and the
 * flags HTTP_ROUTER_CORS | HTTP_ROUTER_AUTHORISE_LATE. Delivery thread.
 */
void http_bundles_serve(HttpBundles *bundles, HttpExchange *exchange);

/**
 * http_bundles_find_public:
 * @path: a request's path, not trusted, not terminated
 *
 * For the fast parser: the open file when it is known already that everyone may watch it. Never
 * asks, never answers. Returns: (transfer full) (nullable): NULL when the long way must be taken.
 * Any thread.
 */
HttpFile *http_bundles_find_public(HttpBundles *bundles, const char *path, gsize length);
