// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One read of the catalogue a lesson; http/bundles.c remembers the answer.
#include "server/api/media.h"

#include "catalog/error.h"
#include "catalog/lessonlist.h"
#include "catalog/threads.h"
#include "server/access.h"
#include "server/app.h"

typedef struct {
    char *lesson_id;          // (owned)
    HttpBundlesLesson lesson; // the answer
    GTask *task;              // (owned), of the caller
} Lookup;

static void
free_lookup(gpointer data)
{
    Lookup *lookup = data;
    g_free(lookup->lesson_id);
    g_object_unref(lookup->task);
    g_free(lookup);
}

static gboolean
read_lesson(CatalogDatabase *database, gpointer data, GError **error)
{
    Lookup *lookup = data;
    g_autoptr(GError) local = NULL;
    g_autoptr(CatalogLesson) lesson = catalog_lessonlist_get(database, lookup->lesson_id, &local);
    if (lesson != NULL) {
        lookup->lesson.is_published = lesson->state == CATALOG_LESSON_STATE_PUBLISHED;
        lookup->lesson.is_public = lesson->visibility == CATALOG_LESSON_VISIBILITY_PUBLIC;
        lookup->lesson.is_hidden = lesson->visibility == CATALOG_LESSON_VISIBILITY_GROUP ||
                                   lesson->visibility == CATALOG_LESSON_VISIBILITY_DRAFT;
        lookup->lesson.visibility = lesson->visibility;
        if (lesson->owner_id != NULL)
            g_strlcpy(lookup->lesson.owner_id, lesson->owner_id, sizeof lookup->lesson.owner_id);
        return TRUE;
    }
    if (g_error_matches(local, CATALOG_ERROR, CATALOG_ERROR_NOT_FOUND))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static void
on_lesson_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Lookup *lookup = data;
    g_autoptr(GError) error = NULL;
    if (catalog_threads_finish(result, &error))
        g_task_return_pointer(lookup->task, g_memdup2(&lookup->lesson, sizeof lookup->lesson),
                              g_free);
    else
        g_task_return_error(lookup->task, g_steal_pointer(&error));
}

static void
look_up_async(const char *lesson_id, gpointer app, GCancellable *cancellable,
              GAsyncReadyCallback callback, gpointer user_data)
{
    Lookup *lookup = g_new0(Lookup, 1);
    lookup->lesson_id = g_strdup(lesson_id);
    lookup->task = g_task_new(NULL, NULL, callback, user_data);
    catalog_threads_read_async(server_app_get_catalog(app), read_lesson, lookup, free_lookup,
                               cancellable, on_lesson_read);
}

static gboolean
look_up_finish(GAsyncResult *result, gpointer app, HttpBundlesLesson *lesson, GError **error)
{
    g_autofree HttpBundlesLesson *found = g_task_propagate_pointer(G_TASK(result), error);
    if (found == NULL)
        return FALSE;
    *lesson = *found;
    return TRUE;
}

static gboolean
may_watch(const HttpBundlesLesson *lesson, gpointer account)
{
    const char *owner_id = lesson->owner_id[0] != '\0' ? lesson->owner_id : NULL;
    return server_access_may_lesson(account, SERVER_ACCESS_WATCH, owner_id,
                                    (CatalogLessonVisibility)lesson->visibility);
}

const HttpBundlesAccess *
api_media_get_access(void)
{
    static const HttpBundlesAccess access = {look_up_async, look_up_finish, may_watch};
    return &access;
}

void
api_media_serve(HttpExchange *exchange)
{
    http_bundles_serve(server_app_get_bundles(http_exchange_get_app(exchange)), exchange);
}
