// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Two tables under one lock: what is known about lessons, and open files. Both forget after a while
// by themselves, because a verb in another process may have written; a file's entry is compared
// with the disk once a second at most.
#include "server/http/bundles.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/ids.h"
#include "server/http/exchange_state.h"
#include "server/http/router.h"
#include "server/http/types.h"

#define PREFIX "/lessons/"
#define FILES_MAX 512
#define LESSONS_MAX 8192
#define REMEMBER_US (10 * G_USEC_PER_SEC)
#define RECHECK_US (1 * G_USEC_PER_SEC)
#define PATH_MAX_CHARS 160
#define CACHE_PRIVATE "private, no-cache"
#define CORS_FIELDS                                                                                \
    "Access-Control-Allow-Origin: *\r\n"                                                           \
    "Access-Control-Expose-Headers: Accept-Ranges, Content-Length, Content-Range, Date, ETag\r\n"  \
    "Cross-Origin-Resource-Policy: cross-origin\r\n"

typedef struct {
    HttpFile *file;     // (owned)
    char *path;         // (owned): key
    gint64 made_us;     // monotonic
    gint64 checked_us;  // monotonic
    ino_t inode;        //
    gint64 modified_ns; //
} FileEntry;

typedef struct {
    HttpBundlesLesson lesson; //
    gint64 asked_us;          // monotonic
} LessonEntry;

struct _HttpBundles {
    int folder;                      // (owned)
    const HttpBundlesAccess *access; // static
    gpointer app;                    // not owned
    GMutex lock;                     //
    GHashTable *files;               // (guarded by lock) (element-type FileEntry): public ones only
    GQueue order;                    // (guarded by lock) (element-type FileEntry): oldest first
    GHashTable *lessons;             // (guarded by lock) (element-type LessonEntry)
    guint generation;                // (guarded by lock): counts invalidations
};

// One request on its way through look-up and access check.
typedef struct {
    HttpBundles *bundles;     // not owned
    char *path;               // (owned): id/name or id/folder/name
    char *id;                 // (owned)
    const char *name;         // within path
    guint generation;         // when the look-up began
    HttpBundlesLesson lesson; //
} Visit;

static void
free_file_entry(gpointer data)
{
    FileEntry *entry = data;

    http_file_unref(entry->file);
    g_free(entry->path);
    g_free(entry);
}

HttpBundles *
http_bundles_new(const char *folder, const HttpBundlesAccess *access, gpointer app, GError **error)
{
    int descriptor = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    HttpBundles *bundles;

    if (descriptor < 0) {
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "cannot open %s: %s", folder,
                    g_strerror(errno));
        return NULL;
    }
    bundles = g_new0(HttpBundles, 1);
    bundles->folder = descriptor;
    bundles->access = access;
    bundles->app = app;
    g_mutex_init(&bundles->lock);
    bundles->files = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_file_entry);
    bundles->lessons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return bundles;
}

void
http_bundles_free(HttpBundles *bundles)
{
    g_queue_clear(&bundles->order);
    g_hash_table_unref(bundles->files);
    g_hash_table_unref(bundles->lessons);
    g_mutex_clear(&bundles->lock);
    close(bundles->folder);
    g_free(bundles);
}

// With the lock held.
static void
drop_file(HttpBundles *bundles, FileEntry *entry)
{
    g_queue_remove(&bundles->order, entry);
    g_hash_table_remove(bundles->files, entry->path);
}

void
http_bundles_invalidate(HttpBundles *bundles, const char *lesson_id)
{
    GList *next;

    g_mutex_lock(&bundles->lock);
    bundles->generation++;
    if (lesson_id)
        g_hash_table_remove(bundles->lessons, lesson_id);
    else
        g_hash_table_remove_all(bundles->lessons);
    for (GList *l = bundles->order.head; l; l = next) {
        FileEntry *entry = l->data;
        next = l->next;
        if (!lesson_id || g_str_has_prefix(entry->path, lesson_id))
            drop_file(bundles, entry);
    }
    g_mutex_unlock(&bundles->lock);
}

static gint64
get_modified_ns(const struct stat *status)
{
    return status->st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) + status->st_mtim.tv_nsec;
}

// With the lock held. Whether the entry still is what lies on the disk.
static gboolean
is_current(HttpBundles *bundles, FileEntry *entry)
{
    gint64 now_us = g_get_monotonic_time();
    struct stat status;

    if (now_us - entry->made_us > REMEMBER_US)
        return FALSE;
    if (now_us - entry->checked_us < RECHECK_US)
        return TRUE;
    entry->checked_us = now_us;
    return fstatat(bundles->folder, entry->path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           status.st_ino == entry->inode && get_modified_ns(&status) == entry->modified_ns;
}

static HttpFile *
find_cached(HttpBundles *bundles, const char *path)
{
    HttpFile *file = NULL;
    FileEntry *entry;

    g_mutex_lock(&bundles->lock);
    entry = g_hash_table_lookup(bundles->files, path);
    if (entry && is_current(bundles, entry))
        file = http_file_ref(entry->file);
    else if (entry)
        drop_file(bundles, entry);
    g_mutex_unlock(&bundles->lock);
    return file;
}

HttpFile *
http_bundles_find_public(HttpBundles *bundles, const char *path, gsize length)
{
    char key[PATH_MAX_CHARS];

    if (length >= sizeof key || length <= strlen(PREFIX) ||
        memcmp(path, PREFIX, strlen(PREFIX)) != 0)
        return NULL;
    memcpy(key, path + strlen(PREFIX), length - strlen(PREFIX));
    key[length - strlen(PREFIX)] = '\0';
    return find_cached(bundles, key);
}

static void
remember_file(HttpBundles *bundles, const Visit *visit, HttpFile *file, const struct stat *status)
{
    FileEntry *entry = g_new0(FileEntry, 1);

    entry->file = http_file_ref(file);
    entry->path = g_strdup(visit->path);
    entry->made_us = entry->checked_us = g_get_monotonic_time();
    entry->inode = status->st_ino;
    entry->modified_ns = get_modified_ns(status);
    g_mutex_lock(&bundles->lock);
    if (visit->generation == bundles->generation &&
        !g_hash_table_contains(bundles->files, entry->path)) {
        if (g_queue_get_length(&bundles->order) >= FILES_MAX)
            drop_file(bundles, g_queue_peek_head(&bundles->order));
        g_hash_table_insert(bundles->files, entry->path, entry);
        g_queue_push_tail(&bundles->order, entry);
        entry = NULL;
    }
    g_mutex_unlock(&bundles->lock);
    g_clear_pointer(&entry, free_file_entry);
}

// Opens @path segment by segment, never through a link. Returns -1 when there is no such regular
// file.
static int
open_beneath(int folder, const char *path, struct stat *status)
{
    g_auto(GStrv) segments = g_strsplit(path, "/", -1);
    int at = folder;

    for (guint i = 0; segments[i]; i++) {
        int flags = segments[i + 1] ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK;
        int next = openat(at, segments[i], flags | O_NOFOLLOW | O_CLOEXEC);
        if (at != folder)
            close(at);
        if (next < 0)
            return -1;
        at = next;
    }
    if (fstat(at, status) < 0 || !S_ISREG(status->st_mode)) {
        close(at);
        return -1;
    }
    return at;
}

static HttpFile *
open_file(HttpBundles *bundles, const Visit *visit)
{
    struct stat status;
    int descriptor = open_beneath(bundles->folder, visit->path, &status);
    const char *caching = http_types_get_caching(visit->name);
    g_autofree char *etag = NULL;
    HttpFile *file;

    if (descriptor < 0)
        return NULL;
    if (!visit->lesson.is_public) // a browser asks each time, so that nothing outlives a log-out
        caching = CACHE_PRIVATE;
    etag = g_strdup_printf("\"%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x\"",
                           (gint64)status.st_size, get_modified_ns(&status));
    file = http_file_new(descriptor, status.st_size, etag, http_types_find(visit->name)->type,
                         caching, CORS_FIELDS);
    if (visit->lesson.is_public) {
        http_file_load(file);
        remember_file(bundles, visit, file, &status);
    }
    return file;
}

static void
reply_visit(HttpExchange *exchange, const Visit *visit)
{
    g_autoptr(HttpFile) file =
        visit->lesson.is_public ? find_cached(visit->bundles, visit->path) : NULL;

    if (!file)
        file = open_file(visit->bundles, visit);
    if (!file) {
        http_exchange_reply_problem(exchange, 404, "not-found", "There is no such file.");
        return;
    }
    g_ptr_array_set_size(exchange->fields, 0); // the file brings its own CORS lines
    http_exchange_state_reply_file(exchange, file);
}

static void
proceed_private(HttpExchange *exchange)
{
    Visit *visit = exchange->visit;
    gpointer account = http_exchange_get_account(exchange);

    if (visit->bundles->access->may_watch(&visit->lesson, account))
        reply_visit(exchange, visit);
    else if (!account && !visit->lesson.is_hidden)
        http_exchange_reply_problem(exchange, 401, "not-signed-in",
                                    "Sign in to watch this lesson.");
    else
        http_exchange_reply_problem(exchange, 404, "not-found", "There is no such lesson.");
}

static void
decide(HttpExchange *exchange, Visit *visit)
{
    if (!visit->lesson.is_published)
        http_exchange_reply_problem(exchange, 404, "not-found", "There is no such lesson.");
    else if (visit->lesson.is_public)
        reply_visit(exchange, visit);
    else
        http_router_authorise(exchange, proceed_private);
}

static void
remember_lesson(HttpBundles *bundles, const Visit *visit)
{
    LessonEntry *entry = g_new0(LessonEntry, 1);

    entry->lesson = visit->lesson;
    entry->asked_us = g_get_monotonic_time();
    g_mutex_lock(&bundles->lock);
    if (visit->generation == bundles->generation) {
        if (g_hash_table_size(bundles->lessons) >= LESSONS_MAX)
            g_hash_table_remove_all(bundles->lessons);
        g_hash_table_replace(bundles->lessons, g_strdup(visit->id), g_steal_pointer(&entry));
    }
    g_mutex_unlock(&bundles->lock);
    g_free(entry);
}

static void
on_access_lookup(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(HttpExchange) exchange = user_data;
    Visit *visit = exchange->visit;
    HttpBundles *bundles = visit->bundles;
    g_autoptr(GError) error = NULL;

    if (!bundles->access->lookup_finish(result, bundles->app, &visit->lesson, &error)) {
        http_exchange_reply_problem(exchange, 503, "unavailable", "The catalogue cannot be asked.");
        return;
    }
    remember_lesson(bundles, visit);
    decide(exchange, visit);
}

// Whether the lesson is known already; also notes where the look-up begins.
static gboolean
recall_lesson(Visit *visit)
{
    HttpBundles *bundles = visit->bundles;
    LessonEntry *entry;

    g_mutex_lock(&bundles->lock);
    visit->generation = bundles->generation;
    entry = g_hash_table_lookup(bundles->lessons, visit->id);
    if (entry && g_get_monotonic_time() - entry->asked_us > REMEMBER_US)
        entry = NULL;
    if (entry)
        visit->lesson = entry->lesson;
    g_mutex_unlock(&bundles->lock);
    return entry != NULL;
}

static void
free_visit(gpointer data)
{
    Visit *visit = data;

    g_free(visit->path);
    g_free(visit->id);
    g_free(visit);
}

void
http_bundles_serve(HttpBundles *bundles, HttpExchange *exchange)
{
    const char *id = http_exchange_get_parameter(exchange, "id");
    const char *folder = http_exchange_get_parameter(exchange, "folder");
    const char *name = http_exchange_get_parameter(exchange, "file");
    Visit *visit;

    if (!catalog_ids_is_valid(id) || !http_types_find(name) ||
        (folder && !http_types_is_folder(folder))) {
        http_exchange_reply_problem(exchange, 404, "not-found", "There is no such file.");
        return;
    }
    visit = g_new0(Visit, 1);
    visit->bundles = bundles;
    visit->id = g_strdup(id);
    visit->path =
        folder ? g_strdup_printf("%s/%s/%s", id, folder, name) : g_strdup_printf("%s/%s", id, name);
    visit->name = strrchr(visit->path, '/') + 1;
    exchange->visit = visit;
    exchange->free_visit = free_visit;
    if (recall_lesson(visit))
        decide(exchange, visit);
    else
        bundles->access->lookup_async(id, bundles->app, http_exchange_get_cancellable(exchange),
                                      on_access_lookup, http_exchange_ref(exchange));
}
