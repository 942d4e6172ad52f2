// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A segment comes in by these steps; each may be the last before a kill:
//
//   files renamed into place → line in the journal, synced → in the index: playlists name it
//   → out of the index: playlists forget it → its files are removed
//
// The next start removes files that no line tells of, and forgets lines whose files are gone.
#include "server/flows/window.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/flows/window_files.h"
#include "server/flows/window_journal.h"
#include "pipelines/child/live_track.h"
#include "server/storage.h"

#define SEGMENT_MAX ((FLOWS_WINDOW_INDEX_TARGET_S * 2 + 1) * (guint64)45000 - 1)
#define KEPT_LEAST 20                           // the floor never takes the newest minute
#define DROPPED_AT_ONCE 64                      // a take does not grow long over what others wrote
#define ROOM_BYTES (G_GINT64_CONSTANT(8) << 20) // that the next segments need on any disk
#define STALE_LINES_MAX 2000

struct _FlowsWindow {
    gatomicrefcount refs;     //
    char *folder;             // (owned)
    GMutex lock;              // guards what follows
    FlowsWindowLimits limits; // (guarded by lock)
    FlowsWindowIndex *index;  // (owned) (guarded by lock) changed by takes alone
    GPtrArray *live;          // (owned) (guarded by lock) (element-type FlowsWindowPlaylist)
    FlowsWindowPlaylist *multivariant; // (owned) (nullable) (guarded by lock)
    GPtrArray *rungs;      // (owned) (nullable) (guarded by lock) (element-type FlowsWindowRung)
    GPtrArray *tracks;     // (owned) (nullable) (guarded by lock) (element-type FlowsWindowTrack)
    char language[4];      // (guarded by lock) of the rungs' sound, may be empty
    gboolean disk_is_full; // (guarded by lock)
    guint lines;           // of the journal; takes alone
};

/* Playlists of the index as it is; with the lock held, or before the window is shared. */
static void
renew_playlists(FlowsWindow *window)
{
    g_ptr_array_set_size(window->live, 0);
    for (guint i = 0; i < window->index->rungs->len; i++)
        g_ptr_array_add(window->live, flows_window_playlist_make_live(window->index, i));
    g_clear_pointer(&window->multivariant, flows_window_playlist_unref);
    g_clear_pointer(&window->tracks, g_ptr_array_unref);
    window->tracks = flows_window_tracks_list(window->index);
    window->multivariant =
        flows_window_playlist_make_multivariant(window->index, window->tracks, window->language);
    g_clear_pointer(&window->rungs, g_ptr_array_unref);
    window->rungs = flows_window_rungs_list(window->index);
}

/* What the disk really has; leading numbers without any file are over. */
static void
verify(FlowsWindow *window)
{
    FlowsWindowIndex *index = window->index;
    gboolean begun = FALSE;
    for (guint i = 0, count = flows_window_index_get_count(index); i < count; i++) {
        guint place = begun ? i - (count - flows_window_index_get_count(index)) : 0;
        FlowsWindowIndexEntry *entry =
            (FlowsWindowIndexEntry *)flows_window_index_get(index, place);
        FlowsWindowIndexEntry there = *entry;
        begun = flows_window_files_verify(window->folder, index, &there) || begun;
        for (guint rung = 0; rung < FLOWS_WINDOW_INDEX_RUNGS_MAX; rung++) {
            if (there.parts[rung].bytes == 0)
                index->bytes -= entry->parts[rung].bytes;
        }
        *entry = there;
        if (!begun)
            flows_window_index_drop(index);
    }
}

static gboolean
read_folder(FlowsWindow *window, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    guint damaged = 0;
    guint64 highest = 0, highest_init = 0;
    if (!flows_window_files_make(window->folder, error) ||
        !flows_window_files_read(window->folder, &text, &length, error))
        return FALSE;
    FlowsWindowIndex *index = flows_window_journal_parse(text, length, &damaged);
    window->index = index;
    verify(window);
    flows_window_files_sweep(window->folder, index, &highest, &highest_init);
    // With no journal left, or a spoilt one, what lies there still says which numbers were used.
    if (highest >= index->next_number && length == 0) {
        index->next_number = highest + 1;
        index->next_time = index->next_number * FLOWS_WINDOW_INDEX_TARGET_S * 90000;
    }
    index->next_init = MAX(index->next_init, highest_init + 1);
    g_autoptr(GString) whole = flows_window_journal_format(index);
    window->lines = flows_window_index_get_count(index);
    // On a full disk the old journal stays: it says the same.
    g_autoptr(GError) local = NULL;
    if (!flows_window_files_replace(window->folder, whole->str, whole->len, &local))
        g_debug("the journal is not put in order: %s", local->message);
    return TRUE;
}

FlowsWindow *
flows_window_open(const char *folder, const FlowsWindowLimits *limits, GError **error)
{
    g_autoptr(FlowsWindow) window = g_new0(FlowsWindow, 1);
    g_atomic_ref_count_init(&window->refs);
    g_mutex_init(&window->lock);
    window->folder = g_strdup(folder);
    window->limits = *limits;
    window->live = g_ptr_array_new_with_free_func((GDestroyNotify)flows_window_playlist_unref);
    if (!read_folder(window, error))
        return NULL;
    renew_playlists(window);
    return g_steal_pointer(&window);
}

FlowsWindow *
flows_window_ref(FlowsWindow *window)
{
    g_atomic_ref_count_inc(&window->refs);
    return window;
}

void
flows_window_unref(FlowsWindow *window)
{
    if (!g_atomic_ref_count_dec(&window->refs))
        return;
    g_clear_pointer(&window->index, flows_window_index_free);
    g_clear_pointer(&window->multivariant, flows_window_playlist_unref);
    g_clear_pointer(&window->rungs, g_ptr_array_unref);
    g_clear_pointer(&window->tracks, g_ptr_array_unref);
    g_ptr_array_unref(window->live);
    g_mutex_clear(&window->lock);
    g_free(window->folder);
    g_free(window);
}

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, why);
    return FALSE;
}

static gboolean
take_init(FlowsWindow *window, const ChildLiveReport *report, GError **error)
{
    FlowsWindowIndex *index = window->index;
    g_mutex_lock(&window->lock);
    int rung = flows_window_index_find_rung(index, report->rung, TRUE);
    g_mutex_unlock(&window->lock);
    if (rung < 0 && child_live_track_is_extra(report->rung)) {
        flows_window_files_discard(window->folder, report->file);
        return TRUE;
    }
    if (rung < 0 || report->init < index->next_init || report->init >= G_MAXUINT32 ||
        report->bytes > G_MAXUINT32)
        return refuse(error, "an init file has a wrong rung or number");
    FlowsWindowIndexInit init = {
        .rung = (guint)rung,
        .init = (guint32)report->init,
        .bytes = (guint32)report->bytes,
        .codecs = report->codecs,
        .width = report->width,
        .height = report->height,
        .frame_millirate = (guint)(report->frame_rate * 1000 + 0.5),
    };
    g_autofree char *path =
        server_storage_build_channel_init_path(window->folder, report->rung, report->init);
    g_autofree char *line = flows_window_journal_format_init(index, &init);
    if (!flows_window_files_admit(window->folder, report->file, report->bytes, path, error) ||
        !flows_window_files_append(window->folder, line, error))
        return FALSE;
    g_mutex_lock(&window->lock);
    flows_window_index_add_init(index, &init);
    g_mutex_unlock(&window->lock);
    return TRUE;
}

/* What is bare goes with none. */
static gboolean
has_init(FlowsWindowIndex *index, guint rung, gboolean bare, guint32 init)
{
    return bare ? init == 0 : flows_window_index_find_init(index, rung, init) != NULL;
}

static gboolean
describe_parts(FlowsWindow *window, const ChildLiveReport *report, FlowsWindowIndexEntry *entry,
               GError **error)
{
    for (guint i = 0; i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        gboolean bare = !child_live_track_has_init(child_live_track_parse(part->rung).kind);
        g_mutex_lock(&window->lock);
        int rung = flows_window_index_find_rung(window->index, part->rung, bare);
        g_mutex_unlock(&window->lock);
        // Extras that have no place are left out: no stream may spoil the rungs by its tables.
        if (rung < 0 && child_live_track_is_extra(part->rung))
            continue;
        if (rung < 0 || part->init >= G_MAXUINT32 || part->bytes > G_MAXUINT32 ||
            !has_init(window->index, (guint)rung, bare, (guint32)part->init))
            return refuse(error, "a segment goes with an init file that is not there");
        entry->parts[rung] = (FlowsWindowIndexPart){(guint32)part->init, (guint32)part->bytes};
    }
    return TRUE;
}

static gboolean
admit_parts(FlowsWindow *window, const ChildLiveReport *report, const FlowsWindowIndexEntry *entry,
            GError **error)
{
    for (guint i = 0; i < report->parts->len; i++) {
        const ChildLiveReportPart *part = report->parts->pdata[i];
        int rung = flows_window_index_find_rung(window->index, part->rung, FALSE);
        if (rung < 0 || entry->parts[rung].bytes == 0) {
            flows_window_files_discard(window->folder, part->file);
            continue;
        }
        g_autofree char *path =
            server_storage_build_channel_segment_path(window->folder, part->rung, report->number);
        if (!flows_window_files_admit(window->folder, part->file, part->bytes, path, error))
            return FALSE;
    }
    return TRUE;
}

/* Takes one entry out of the index first, then off the disk. */
static void
drop_oldest(FlowsWindow *window)
{
    FlowsWindowIndexEntry oldest = *flows_window_index_get(window->index, 0);
    g_mutex_lock(&window->lock);
    flows_window_index_drop(window->index);
    g_mutex_unlock(&window->lock);
    flows_window_files_drop(window->folder, window->index, &oldest);
}

static void
drop_idle_inits(FlowsWindow *window)
{
    for (;;) {
        g_mutex_lock(&window->lock);
        FlowsWindowIndexInit *init = flows_window_index_take_idle_init(window->index);
        g_mutex_unlock(&window->lock);
        if (init == NULL)
            return;
        g_autofree char *path = server_storage_build_channel_init_path(
            window->folder, window->index->rungs->pdata[init->rung], init->init);
        unlink(path);
        flows_window_index_free_init(init);
    }
}

/* Whether the disk has less than the floor, after what may go went. Without a floor the child still
 * needs room for what comes next. */
static gboolean
keep_floor(FlowsWindow *window, gint64 wanted_bytes)
{
    gboolean full = FALSE;
    gint64 floor_bytes = MAX(wanted_bytes, ROOM_BYTES);
    for (guint i = 0; i < DROPPED_AT_ONCE; i++) {
        gint64 left = flows_window_files_measure_free(window->folder);
        if (left < 0 || left >= floor_bytes)
            return full;
        full = TRUE;
        if (flows_window_index_get_count(window->index) <= KEPT_LEAST)
            return full;
        drop_oldest(window);
    }
    return full;
}

static void
trim(FlowsWindow *window)
{
    g_mutex_lock(&window->lock);
    FlowsWindowLimits limits = window->limits;
    guint excess = flows_window_index_count_excess(window->index, limits.hours, limits.bytes);
    g_mutex_unlock(&window->lock);
    for (guint i = 0; i < excess; i++)
        drop_oldest(window);
    gboolean full = keep_floor(window, limits.floor_bytes);
    drop_idle_inits(window);
    g_mutex_lock(&window->lock);
    window->disk_is_full = full;
    renew_playlists(window);
    g_mutex_unlock(&window->lock);
    guint most = 2 * flows_window_index_get_count(window->index) + STALE_LINES_MAX;
    if (window->lines <= most && !window->index->renamed)
        return;
    g_autoptr(GString) whole = flows_window_journal_format(window->index);
    if (flows_window_files_replace(window->folder, whole->str, whole->len, NULL))
        window->lines = flows_window_index_get_count(window->index);
    window->index->renamed = FALSE;
}

/* A full disk gives the place of the oldest to the newest. */
static gboolean
append(FlowsWindow *window, const char *line, GError **error)
{
    g_autoptr(GError) local = NULL;
    guint dropped = 0;
    while (!flows_window_files_append(window->folder, line, &local)) {
        if (!g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NO_SPACE) ||
            dropped++ >= DROPPED_AT_ONCE || flows_window_index_get_count(window->index) <= 1) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        g_clear_error(&local);
        drop_oldest(window);
    }
    return TRUE;
}

static gboolean
take_segment(FlowsWindow *window, const ChildLiveReport *report, gboolean restarted, GError **error)
{
    FlowsWindowIndex *index = window->index;
    gboolean cut = report->discontinuity || (restarted && index->next_number > 1);
    FlowsWindowIndexEntry entry = {
        .number = report->number,
        .time = report->time,
        .duration = report->duration,
        .wall_ms = (gint64)report->wall_ms,
        .discontinuities = index->discontinuities + (cut ? 1 : 0),
    };
    if (report->number != index->next_number || report->time != index->next_time)
        return refuse(error, "a segment does not follow the one before it");
    if (report->duration == 0 || report->duration > SEGMENT_MAX)
        return refuse(error, "a segment is longer than the target duration");
    if (!describe_parts(window, report, &entry, error) ||
        !admit_parts(window, report, &entry, error))
        return FALSE;
    g_autofree char *line = flows_window_journal_format_entry(index, &entry);
    if (!append(window, line, error))
        return FALSE;
    window->lines++;
    g_mutex_lock(&window->lock);
    flows_window_index_push(index, &entry);
    g_mutex_unlock(&window->lock);
    trim(window);
    return TRUE;
}

gboolean
flows_window_take(FlowsWindow *window, const ChildLiveReport *report, gboolean restarted,
                  GError **error)
{
    if (report->kind == CHILD_LIVE_REPORT_INIT)
        return take_init(window, report, error);
    if (report->kind == CHILD_LIVE_REPORT_SEGMENT)
        return take_segment(window, report, restarted, error);
    return refuse(error, "neither an init file nor a segment");
}

static gboolean
is_waiting(const FlowsWindowIndex *index)
{
    return index->next_number <= index->edge;
}

void
flows_window_begin_anew(FlowsWindow *window)
{
    g_mutex_lock(&window->lock);
    window->index->edge = window->index->next_number;
    renew_playlists(window);
    g_mutex_unlock(&window->lock);
}

void
flows_window_set_limits(FlowsWindow *window, const FlowsWindowLimits *limits)
{
    g_mutex_lock(&window->lock);
    window->limits = *limits;
    g_mutex_unlock(&window->lock);
}

void
flows_window_get_figures(FlowsWindow *window, FlowsWindowFigures *figures)
{
    g_mutex_lock(&window->lock);
    const FlowsWindowIndex *index = window->index;
    guint count = flows_window_index_get_count(index);
    *figures = (FlowsWindowFigures){
        .next_number = index->next_number,
        .next_time = index->next_time,
        .next_init = index->next_init,
        .bytes = index->bytes,
        .disk_is_full = window->disk_is_full,
        .is_waiting = is_waiting(index),
    };
    if (count > 0) {
        const FlowsWindowIndexEntry *first =
            flows_window_index_get(index, flows_window_index_find_shown(index));
        const FlowsWindowIndexEntry *last = flows_window_index_get(index, count - 1);
        figures->duration_ms = (index->next_time - first->time) / 90;
        const FlowsWindowIndexEntry *even = flows_window_index_find(index, index->even);
        figures->first_wall_ms =
            even != NULL && even->number > first->number ? even->wall_ms : first->wall_ms;
        figures->last_wall_ms = last->wall_ms + (gint64)(last->duration / 90);
    }
    g_mutex_unlock(&window->lock);
}

GPtrArray *
flows_window_get_rungs(FlowsWindow *window)
{
    g_mutex_lock(&window->lock);
    GPtrArray *rungs = g_ptr_array_ref(window->rungs);
    g_mutex_unlock(&window->lock);
    return rungs;
}

GPtrArray *
flows_window_get_tracks(FlowsWindow *window)
{
    g_mutex_lock(&window->lock);
    GPtrArray *tracks = g_ptr_array_ref(window->tracks);
    g_mutex_unlock(&window->lock);
    return tracks;
}

void
flows_window_set_language(FlowsWindow *window, const char *language)
{
    g_mutex_lock(&window->lock);
    g_strlcpy(window->language, language, sizeof window->language);
    g_mutex_unlock(&window->lock);
}

char *
flows_window_get_language(FlowsWindow *window)
{
    g_mutex_lock(&window->lock);
    char *language = g_strdup(window->language);
    g_mutex_unlock(&window->lock);
    return language;
}

FlowsWindowPlaylist *
flows_window_get_live(FlowsWindow *window, const char *rung)
{
    FlowsWindowPlaylist *found = NULL;
    g_mutex_lock(&window->lock);
    int place = flows_window_index_find_rung(window->index, rung, FALSE);
    if (place >= 0 && (guint)place < window->live->len && flows_window_tracks_is_played(rung) &&
        !is_waiting(window->index))
        found = flows_window_playlist_ref(window->live->pdata[place]);
    g_mutex_unlock(&window->lock);
    return found;
}

FlowsWindowPlaylist *
flows_window_get_multivariant(FlowsWindow *window)
{
    g_mutex_lock(&window->lock);
    FlowsWindowPlaylist *found =
        window->multivariant != NULL ? flows_window_playlist_ref(window->multivariant) : NULL;
    g_mutex_unlock(&window->lock);
    return found;
}

FlowsWindowPlaylist *
flows_window_make_from(FlowsWindow *window, const char *rung, gint64 start_ms, guint span_s)
{
    g_mutex_lock(&window->lock);
    int place = flows_window_index_find_rung(window->index, rung, FALSE);
    g_autoptr(GArray) segments =
        place < 0 ? NULL
                  : flows_window_index_copy_rung(window->index, (guint)place,
                                                 flows_window_index_find_shown(window->index));
    g_mutex_unlock(&window->lock);
    if (segments == NULL || !flows_window_tracks_is_played(rung))
        return NULL;
    PackageLivePlaylistSegment *all = (PackageLivePlaylistSegment *)(void *)segments->data;
    guint from = package_live_playlist_find_wall(all, segments->len, start_ms);
    guint until = from;
    guint64 most = (guint64)span_s * PACKAGE_LIVE_PLAYLIST_TIMESCALE;
    while (until < segments->len &&
           (span_s == 0 || all[until].time_pts90k - all[from].time_pts90k < most))
        until++;
    g_array_set_size(segments, until);
    if (from > 0)
        g_array_remove_range(segments, 0, from);
    return flows_window_playlist_make(rung, segments, TRUE);
}

/* Returns: (nullable): the path of a file that the index knows. */
static char *
find_path(FlowsWindow *window, const char *rung, const char *name)
{
    guint64 number = 0;
    gboolean is_init = FALSE, there = FALSE;
    if (!server_storage_parse_channel_name(name, &number, &is_init) || number > G_MAXINT64)
        return NULL;
    g_mutex_lock(&window->lock);
    int place = flows_window_index_find_rung(window->index, rung, FALSE);
    const FlowsWindowIndexEntry *entry =
        is_init ? NULL : flows_window_index_find(window->index, number);
    if (place >= 0 && is_init)
        there = number < G_MAXUINT32 &&
                flows_window_index_find_init(window->index, (guint)place, (guint32)number) != NULL;
    else if (place >= 0 && entry != NULL)
        there = entry->parts[place].bytes > 0;
    g_mutex_unlock(&window->lock);
    if (!there)
        return NULL;
    char *path = is_init ? server_storage_build_channel_init_path(window->folder, rung, number)
                         : server_storage_build_channel_segment_path(window->folder, rung, number);
    if (!g_str_has_suffix(path, name))
        g_clear_pointer(&path, g_free);
    return path;
}

static int
open_path(const char *path, goffset *size_bytes)
{
    struct stat status;
    int descriptor = path != NULL ? open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC) : -1;
    if (descriptor >= 0 && (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))) {
        close(descriptor);
        descriptor = -1;
    }
    if (descriptor >= 0)
        *size_bytes = status.st_size;
    return descriptor;
}

int
flows_window_open_file(FlowsWindow *window, const char *rung, const char *name, goffset *size_bytes)
{
    g_autofree char *path = find_path(window, rung, name);
    return open_path(path, size_bytes);
}

int
flows_window_open_scrub(FlowsWindow *window, gint64 wall_ms, goffset *size_bytes)
{
    g_mutex_lock(&window->lock);
    guint64 number = flows_window_tracks_find_scrub(window->index, wall_ms);
    g_mutex_unlock(&window->lock);
    g_autofree char *path = number > 0 ? server_storage_build_channel_segment_path(
                                             window->folder, FLOWS_WINDOW_TRACKS_SCRUB, number)
                                       : NULL;
    return open_path(path, size_bytes);
}

FlowsWindowIndex *
flows_window_copy_range(FlowsWindow *window, const FlowsWindowRange *range)
{
    g_mutex_lock(&window->lock);
    FlowsWindowIndex *copy = flows_window_range_copy(window->index, range);
    g_mutex_unlock(&window->lock);
    return copy;
}
