// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A link of 64 kbit/s reads a playlist every few seconds: packed, it is an eighth.
#include "server/flows/window_playlist.h"

#include <gio/gio.h>
#include <string.h>

#include "pipelines/child/live_track.h"
#include "server/flows/window_tracks.h"

#define SECOND ((guint64)PACKAGE_LIVE_PLAYLIST_TIMESCALE)
#define TAG_CHARS 16
#define MEASURED_MAX 1200 // numbers: an hour of segments of three seconds

FlowsWindowPlaylist *
flows_window_playlist_ref(FlowsWindowPlaylist *playlist)
{
    g_atomic_ref_count_inc(&playlist->refs);
    return playlist;
}

void
flows_window_playlist_unref(FlowsWindowPlaylist *playlist)
{
    if (!g_atomic_ref_count_dec(&playlist->refs))
        return;
    g_bytes_unref(playlist->text);
    g_bytes_unref(playlist->packed);
    g_free(playlist->tag);
    g_free(playlist);
}

static GBytes *
pack(GBytes *text)
{
    g_autoptr(GZlibCompressor) packer = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_autoptr(GOutputStream) stream = g_converter_output_stream_new(memory, G_CONVERTER(packer));
    gsize size = 0;
    const void *data = g_bytes_get_data(text, &size);
    g_output_stream_write_all(stream, data, size, NULL, NULL, NULL);
    g_output_stream_close(stream, NULL, NULL);
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

/* Takes @text. */
static FlowsWindowPlaylist *
wrap(char *text)
{
    FlowsWindowPlaylist *playlist = g_new0(FlowsWindowPlaylist, 1);
    g_atomic_ref_count_init(&playlist->refs);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
    playlist->tag = g_strndup(sum, TAG_CHARS);
    playlist->text = g_bytes_new_take(text, strlen(text));
    playlist->packed = pack(playlist->text);
    return playlist;
}

FlowsWindowPlaylist *
flows_window_playlist_make(const char *rung, GArray *segments, gboolean from_start)
{
    PackageLivePlaylistContent content = {
        .segments = (const PackageLivePlaylistSegment *)(void *)segments->data,
        .segment_count = segments->len,
        .rung = rung,
        .target_duration_s = FLOWS_WINDOW_INDEX_TARGET_S,
        .from_start = from_start,
        .is_text = child_live_track_parse(rung).kind == CHILD_LIVE_TRACK_CAPTIONS,
    };
    return wrap(package_live_playlist_format(&content));
}

/* The first of those that last a minute together, up to the newest, and none before @edge. */
static guint
find_tail(const FlowsWindowIndex *index, guint64 edge)
{
    guint place = flows_window_index_get_count(index);
    guint shown = flows_window_index_find_shown(index);
    guint64 tail = FLOWS_WINDOW_PLAYLIST_TAIL_S * SECOND;
    while (place > shown && flows_window_index_get(index, place - 1)->number >= edge &&
           (place == flows_window_index_get_count(index) ||
            index->next_time - flows_window_index_get(index, place)->time < tail))
        place--;
    return place;
}

FlowsWindowPlaylist *
flows_window_playlist_make_live(const FlowsWindowIndex *index, guint rung)
{
    g_autoptr(GArray) segments =
        flows_window_index_copy_rung(index, rung, find_tail(index, index->edge));
    return flows_window_playlist_make(index->rungs->pdata[rung], segments, FALSE);
}

/* The init file that the rung's newest segment goes with, if that is of the newest minute; where
 * nothing came since the edge, of the minute before that. */
static const FlowsWindowIndexInit *
find_newest(FlowsWindowIndex *index, guint rung)
{
    guint tail = find_tail(index, index->next_number > index->edge ? index->edge : 0);
    for (guint i = flows_window_index_get_count(index); i > tail; i--) {
        const FlowsWindowIndexPart *part = &flows_window_index_get(index, i - 1)->parts[rung];
        if (part->bytes > 0)
            return flows_window_index_find_init(index, rung, part->init);
    }
    return NULL;
}

gboolean
flows_window_playlist_describe(FlowsWindowIndex *index, guint rung,
                               PackageMultivariantRung *described)
{
    const FlowsWindowIndexInit *init = find_newest(index, rung);
    guint shown = flows_window_index_find_shown(index);
    guint count = flows_window_index_get_count(index);
    if (init == NULL)
        return FALSE;
    guint from = count > MEASURED_MAX ? MAX(shown, count - MEASURED_MAX) : shown;
    g_autoptr(GArray) segments = flows_window_index_copy_rung(index, rung, from);
    *described = (PackageMultivariantRung){
        .codecs = init->codecs,
        .width = init->width,
        .height = init->height,
        .frame_rate = init->frame_millirate / 1000.0,
    };
    package_live_playlist_measure((const PackageLivePlaylistSegment *)(void *)segments->data,
                                  segments->len, FLOWS_WINDOW_INDEX_TARGET_S,
                                  &described->bandwidth_bps, &described->average_bandwidth_bps);
    return TRUE;
}

FlowsWindowPlaylist *
flows_window_playlist_make_multivariant(FlowsWindowIndex *index, const GPtrArray *tracks,
                                        const char *language)
{
    g_autoptr(FlowsWindowTracksMedia) media = flows_window_tracks_describe(tracks, language);
    PackageMultivariantRung rungs[FLOWS_WINDOW_INDEX_RUNGS_MAX];
    char *uris[FLOWS_WINDOW_INDEX_RUNGS_MAX] = {NULL};
    PackageMultivariantContent content = {
        .rungs = rungs,
        .captions = media->captions,
        .caption_count = media->caption_count,
        .sounds = media->sounds,
        .sound_count = media->sound_count,
    };
    for (guint i = 0; i < index->rungs->len; i++) {
        PackageMultivariantRung *rung = &rungs[content.rung_count];
        if (child_live_track_is_extra(index->rungs->pdata[i]) ||
            !flows_window_playlist_describe(index, i, rung))
            continue;
        uris[i] = g_strconcat(index->rungs->pdata[i], ".m3u8", NULL);
        rung->uri = uris[i];
        content.rung_count++;
    }
    char *text = package_multivariant_format(&content, PACKAGE_MULTIVARIANT_AVC);
    for (guint i = 0; i < index->rungs->len; i++)
        g_free(uris[i]);
    return text != NULL ? wrap(text) : NULL;
}
