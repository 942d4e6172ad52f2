// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A lesson as a player meets it, from the rung files alone.
#include "tests/server/flows/same.h"

#include <libavformat/avformat.h>

#include "catalog/rung.h"

typedef struct {
    guint frames;   // (value)
    gint64 start;   // (value) in the track's time base
    gint64 last;    // (value) where the last frame begins
    gint64 step;    // (value) the longest from one frame to the next
    GString *entry; // (owned) where it can be decoded from
} Track;

static void
note_packet(Track *track, const AVPacket *packet)
{
    if (track->frames == 0)
        track->start = packet->pts;
    else
        track->step = MAX(track->step, packet->pts - track->last);
    g_assert_true(track->frames == 0 || packet->pts > track->last);
    track->frames++;
    track->last = packet->pts;
    if (packet->flags & AV_PKT_FLAG_KEY && track->entry->len < 4096)
        g_string_append_printf(track->entry, " %" G_GINT64_FORMAT, packet->pts);
}

static void
describe_file(const char *path, GString *text)
{
    AVFormatContext *format = NULL;
    g_assert_cmpint(avformat_open_input(&format, path, NULL, NULL), ==, 0);
    g_assert_cmpuint(format->nb_streams, <=, 2);
    Track tracks[2] = {{0}};
    AVPacket *packet = av_packet_alloc();
    for (guint i = 0; i < G_N_ELEMENTS(tracks); i++)
        tracks[i].entry = g_string_new(NULL);
    while (av_read_frame(format, packet) >= 0) {
        note_packet(&tracks[packet->stream_index], packet);
        av_packet_unref(packet);
    }
    for (guint i = 0; i < format->nb_streams; i++) {
        gboolean picture = format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO;
        g_string_append_printf(text,
                               "  %u frames from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT
                               ", at most %" G_GINT64_FORMAT " apart;%s\n",
                               tracks[i].frames, tracks[i].start, tracks[i].last, tracks[i].step,
                               picture ? tracks[i].entry->str : "");
    }
    for (guint i = 0; i < G_N_ELEMENTS(tracks); i++)
        g_string_free(tracks[i].entry, TRUE);
    av_packet_free(&packet);
    avformat_close_input(&format);
}

char *
same_describe(FlowsBench *bench)
{
    g_autoptr(CatalogLesson) lesson = flows_bench_read_lesson(bench);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < lesson->rungs->len; i++) {
        const CatalogRung *rung = lesson->rungs->pdata[i];
        g_string_append_printf(text, "%s\n", rung->name);
        if (rung->file == NULL || !g_str_has_suffix(rung->file, ".mp4"))
            continue;
        g_autofree char *path =
            g_build_filename(bench->folder, "lessons", bench->lesson_id, rung->file, NULL);
        describe_file(path, text);
    }
    return g_string_free(text, FALSE);
}
