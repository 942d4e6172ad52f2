// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// links → their folders synced → the line in the journal, synced → in the index. Links without a
// line are made again, and are then there already; lines without files lose their parts.
#include "server/flows/record_keep.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "server/flows/record_join.h"
#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "server/storage.h"

struct _FlowsRecordKeep {
    char *folder;            // (owned)
    FlowsWindowIndex *index; // (owned)
};

static gboolean
set_error(GError **error, const char *path)
{
    int code = errno;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(code), "%s: %s", path, g_strerror(code));
    return FALSE;
}

/* What was kept of a channel may have holes, which the lesson leaves out. */
static gboolean
read_journal(FlowsRecordKeep *keep, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    guint damaged = 0;
    if (!flows_window_files_read(keep->folder, &text, &length, error))
        return FALSE;
    g_clear_pointer(&keep->index, flows_window_index_free);
    keep->index = flows_window_index_new();
    keep->index->loose = TRUE;
    flows_window_journal_read(keep->index, text, length, &damaged);
    return TRUE;
}

static void
verify(FlowsRecordKeep *keep)
{
    for (guint i = 0; i < flows_window_index_get_count(keep->index); i++)
        flows_window_files_verify(keep->folder, keep->index,
                                  (FlowsWindowIndexEntry *)flows_window_index_get(keep->index, i));
}

FlowsRecordKeep *
flows_record_keep_open(const char *folder, GError **error)
{
    g_autoptr(FlowsRecordKeep) keep = g_new0(FlowsRecordKeep, 1);
    keep->folder = g_strdup(folder);
    if (!flows_window_files_make(folder, error) || !read_journal(keep, error))
        return NULL;
    verify(keep);
    return g_steal_pointer(&keep);
}

void
flows_record_keep_free(FlowsRecordKeep *keep)
{
    g_clear_pointer(&keep->index, flows_window_index_free);
    g_free(keep->folder);
    g_free(keep);
}

static gboolean
is_same_file(const char *a, const char *b)
{
    struct stat left, right;
    return lstat(a, &left) == 0 && lstat(b, &right) == 0 && left.st_ino == right.st_ino &&
           left.st_dev == right.st_dev;
}

static gboolean
sync_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

/* @there: (out): FALSE when the window has it no more. */
static gboolean
link_file(const char *from, const char *to, gboolean *there, GError **error)
{
    *there = TRUE;
    g_autofree char *folder = g_path_get_dirname(to);
    for (guint tries = 0; tries < 3; tries++) {
        if (linkat(AT_FDCWD, from, AT_FDCWD, to, 0) == 0 || is_same_file(from, to))
            return sync_folder(folder) || set_error(error, folder);
        if (errno == ENOENT && !g_file_test(from, G_FILE_TEST_EXISTS)) {
            *there = g_file_test(to, G_FILE_TEST_IS_REGULAR);
            return TRUE;
        }
        if (errno == ENOENT && g_mkdir_with_parents(folder, 0700) != 0)
            return set_error(error, folder);
        if (errno == EEXIST)
            g_unlink(to);
        else if (errno != ENOENT)
            return set_error(error, to);
    }
    return set_error(error, to);
}

static gboolean
take_init(FlowsRecordKeep *keep, const char *source, FlowsWindowIndex *from,
          const FlowsWindowIndexInit *init, GError **error)
{
    const char *rung = from->rungs->pdata[init->rung];
    int place = flows_window_index_find_rung(keep->index, rung, TRUE);
    FlowsWindowIndexInit own = *init;
    gboolean there = FALSE;
    own.rung = (guint)place;
    if (place < 0 || flows_window_index_find_init(keep->index, (guint)place, init->init) != NULL)
        return TRUE;
    g_autofree char *path = server_storage_build_channel_init_path(source, rung, init->init);
    g_autofree char *target =
        server_storage_build_channel_init_path(keep->folder, rung, init->init);
    g_autofree char *line = flows_window_journal_format_init(keep->index, &own);
    if (!link_file(path, target, &there, error) ||
        (there && !flows_window_files_append(keep->folder, line, error)))
        return FALSE;
    if (there)
        flows_window_index_add_init(keep->index, &own);
    return TRUE;
}

/* @init is among those that @from has from the entry's on: older ones are for nobody. */
static gboolean
take_inits(FlowsRecordKeep *keep, const char *source, FlowsWindowIndex *from, GError **error)
{
    for (guint i = 0; i < from->inits->len; i++) {
        if (!take_init(keep, source, from, from->inits->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
link_parts(FlowsRecordKeep *keep, const char *source, FlowsWindowIndex *from,
           const FlowsWindowIndexEntry *entry, FlowsWindowIndexEntry *own, GError **error)
{
    for (guint i = 0; i < from->rungs->len; i++) {
        const char *rung = from->rungs->pdata[i];
        int place = flows_window_index_find_rung(keep->index, rung, TRUE);
        gboolean there = FALSE;
        if (place < 0 || entry->parts[i].bytes == 0)
            continue;
        g_autofree char *path =
            server_storage_build_channel_segment_path(source, rung, entry->number);
        g_autofree char *target =
            server_storage_build_channel_segment_path(keep->folder, rung, entry->number);
        if (!link_file(path, target, &there, error))
            return FALSE;
        if (there)
            own->parts[place] = entry->parts[i];
    }
    return TRUE;
}

static gboolean
append(FlowsRecordKeep *keep, const FlowsWindowIndexEntry *own, GError **error)
{
    g_autofree char *line = flows_window_journal_format_entry(keep->index, own);
    if (!flows_window_files_append(keep->folder, line, error))
        return FALSE;
    if (flows_window_index_push(keep->index, own))
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "segment %" G_GUINT64_FORMAT " is older than what is kept", own->number);
    return FALSE;
}

static void
note_hole(FlowsRecordKeep *keep, const FlowsWindowIndexEntry *entry, GArray *holes)
{
    guint count = flows_window_index_get_count(keep->index);
    const FlowsWindowIndexEntry *last =
        count > 0 ? flows_window_index_get(keep->index, count - 1) : NULL;
    if (last == NULL || !flows_record_join_is_gap(last, entry))
        return;
    FlowsRecordKeepHole hole = {last->wall_ms + (gint64)(last->duration / 90), entry->wall_ms};
    g_array_append_val(holes, hole);
}

gboolean
flows_record_keep_take(FlowsRecordKeep *keep, const char *source, FlowsWindowIndex *from,
                       GArray *holes, GError **error)
{
    if (flows_window_index_get_count(from) > 0 && !take_inits(keep, source, from, error))
        return FALSE;
    for (guint i = 0; i < flows_window_index_get_count(from); i++) {
        const FlowsWindowIndexEntry *entry = flows_window_index_get(from, i);
        FlowsWindowIndexEntry own = *entry;
        for (guint rung = 0; rung < FLOWS_WINDOW_INDEX_RUNGS_MAX; rung++)
            own.parts[rung] = (FlowsWindowIndexPart){0};
        if (entry->number < flows_record_keep_get_next(keep))
            continue;
        if (!link_parts(keep, source, from, entry, &own, error))
            return FALSE;
        note_hole(keep, entry, holes);
        if (!append(keep, &own, error))
            return FALSE;
    }
    return TRUE;
}

guint64
flows_record_keep_get_next(const FlowsRecordKeep *keep)
{
    return flows_window_index_get_count(keep->index) > 0 ? keep->index->next_number : 0;
}

gint64
flows_record_keep_get_end(const FlowsRecordKeep *keep)
{
    guint count = flows_window_index_get_count(keep->index);
    const FlowsWindowIndexEntry *last =
        count > 0 ? flows_window_index_get(keep->index, count - 1) : NULL;
    return last != NULL ? last->wall_ms + (gint64)(last->duration / 90) : 0;
}

FlowsWindowIndex *
flows_record_keep_get_index(FlowsRecordKeep *keep)
{
    return keep->index;
}
