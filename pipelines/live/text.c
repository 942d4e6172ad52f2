// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// captions/track.h decodes, as it does for recordings; its running time is counted from the segment
// at work, so that it stays small however long a channel goes on.
#include "pipelines/live/text.h"

#include <string.h>

#include "pipelines/captions/track.h"
#include "pipelines/captions/webvtt.h"

#define WRAP (G_GINT64_CONSTANT(1) << 33)
#define HEAD "WEBVTT\n"

struct _LiveText {
    CaptionsTrack *track; // (owned)
    gint64 origin;        // (value) where the track's running time is 0, 90 kHz of the channel
};

LiveText *
live_text_new(guint page, gint64 time)
{
    g_autofree char *number = g_strdup_printf("%u", page);
    AVCodecParameters *parameters = avcodec_parameters_alloc();
    parameters->codec_type = AVMEDIA_TYPE_SUBTITLE;
    parameters->codec_id = AV_CODEC_ID_DVB_TELETEXT;
    const CaptionsTrackSource source = {parameters, {1, 90000}, NULL, number};
    CaptionsTrack *track = captions_track_new(&source);
    avcodec_parameters_free(&parameters);
    if (track == NULL)
        return NULL;
    LiveText *text = g_new0(LiveText, 1);
    text->track = track;
    text->origin = time;
    return text;
}

void
live_text_free(LiveText *text)
{
    captions_track_free(text->track);
    g_free(text);
}

static gint64
scale_us(gint64 pts90k)
{
    return pts90k * 100 / 9;
}

void
live_text_push(LiveText *text, const LivePesUnit *unit, gint64 time)
{
    AVPacket *packet = av_packet_alloc();
    if (unit->pts90k >= 0 && av_new_packet(packet, (int)unit->bytes) >= 0) {
        memcpy(packet->data, unit->data, unit->bytes);
        packet->pts = unit->pts90k;
        // What began before the segment at work is seen as late as it came.
        captions_track_take(text->track, packet,
                            scale_us(MAX(time - text->origin, 0)) - scale_us(unit->pts90k));
    }
    av_packet_free(&packet);
}

/* A page that is sent again says the same again. */
static void
add_cue(CaptionsCues *cues, const CaptionsCuesCue *cue, gint64 end_ms)
{
    CaptionsCuesCue *last = cues->cues->len > 0 ? cues->cues->pdata[cues->cues->len - 1] : NULL;
    gint64 start_ms = MAX(cue->start_ms, 0);
    if (last != NULL && last->end_ms >= start_ms - 1 && strcmp(last->text, cue->text) == 0)
        last->end_ms = MAX(last->end_ms, end_ms);
    else
        captions_cues_add(cues, start_ms, end_ms, cue->text);
}

char *
live_text_take(LiveText *text, gint64 start, gint64 end)
{
    gboolean open = FALSE;
    gint64 passed_ms = (start - text->origin) / 90;
    captions_track_move_origin(text->track, passed_ms);
    text->origin += passed_ms * 90;
    const CaptionsCues *all = captions_track_peek(text->track, &open);
    g_autoptr(CaptionsCues) cues = captions_cues_new();
    for (guint i = 0; i < all->cues->len; i++) {
        const CaptionsCuesCue *cue = all->cues->pdata[i];
        gint64 end_ms =
            open && i + 1 == all->cues->len ? cue->start_ms + CAPTIONS_TRACK_OPEN_MS : cue->end_ms;
        end_ms = MIN(end_ms, (end - start) / 90);
        if (end_ms > MAX(cue->start_ms, 0))
            add_cue(cues, cue, end_ms);
    }
    if (cues->cues->len == 0)
        return NULL;
    g_autofree char *body = captions_webvtt_write(cues);
    return g_strdup_printf(HEAD "X-TIMESTAMP-MAP=MPEGTS:%" G_GINT64_FORMAT
                                ",LOCAL:00:00:00.000\n%s",
                           start % WRAP, body + strlen(HEAD));
}
