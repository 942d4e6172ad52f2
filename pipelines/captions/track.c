// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// packet → decoder → ASS events → cue. A cue whose end nobody told is open: the next event, or the
// longest time a caption stands, ends it.
#include "pipelines/captions/track.h"

#include <string.h>

#include "pipelines/captions/asstext.h"
#include "pipelines/captions/language.h"
#include "pipelines/captions/markup.h"

#define LONGEST_CUE_MS (10 * 60 * 1000)
#define MAX_TEXT_BYTES 8000
#define TIMES_BYTES 32 // of a cue, beside its text, when it is written

struct _CaptionsTrack {
    AVCodecContext *decoder; // (owned) (nullable) NULL: the cues are all there
    char *language;          // (owned)
    CaptionsCues *cues;      // (owned)
    gsize bytes;             // (value) of the file it will be
    gboolean closed;         // (value) EIA-608: lines roll up
    gboolean open;           // (value) the last cue has no end yet
    char *last_screen;       // (owned) (nullable) EIA-608: all lines of the event before
};

static const AVCodec *
find_decoder(enum AVCodecID id)
{
    const AVCodecDescriptor *descriptor = avcodec_descriptor_get(id);
    gboolean text = descriptor != NULL && (descriptor->props & AV_CODEC_PROP_TEXT_SUB) != 0;
    return text || id == AV_CODEC_ID_DVB_TELETEXT ? avcodec_find_decoder(id) : NULL;
}

static AVCodecContext *
open_decoder(const CaptionsTrackSource *source, enum AVCodecID id)
{
    const AVCodec *codec = find_decoder(id);
    AVCodecContext *decoder = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
    AVDictionary *options = NULL;
    if (decoder == NULL)
        return NULL;
    if (id == AV_CODEC_ID_DVB_TELETEXT) {
        av_dict_set(&options, "txt_format", "ass", 0);
        av_dict_set(&options, "txt_page", source->page != NULL ? source->page : "subtitle", 0);
    }
    int code =
        source->parameters != NULL ? avcodec_parameters_to_context(decoder, source->parameters) : 0;
    decoder->pkt_timebase = source->time_base;
    if (code < 0 || avcodec_open2(decoder, codec, &options) < 0)
        avcodec_free_context(&decoder);
    av_dict_free(&options);
    return decoder;
}

static CaptionsTrack *
make_track(AVCodecContext *decoder, const char *language)
{
    if (decoder == NULL)
        return NULL;
    CaptionsTrack *track = g_new0(CaptionsTrack, 1);
    track->decoder = decoder;
    track->language = captions_language_canonicalise(language);
    if (track->language == NULL)
        track->language = g_strdup("und");
    track->cues = captions_cues_new();
    track->closed = decoder->codec_id == AV_CODEC_ID_EIA_608;
    return track;
}

CaptionsTrack *
captions_track_new(const CaptionsTrackSource *source)
{
    return make_track(open_decoder(source, source->parameters->codec_id), source->language);
}

CaptionsTrack *
captions_track_new_closed(void)
{
    const CaptionsTrackSource source = {.time_base = AV_TIME_BASE_Q};
    return make_track(open_decoder(&source, AV_CODEC_ID_EIA_608), NULL);
}

CaptionsTrack *
captions_track_new_cues(CaptionsCues *cues)
{
    CaptionsTrack *track = g_new0(CaptionsTrack, 1);
    track->language = g_strdup("und");
    track->cues = cues;
    return track;
}

void
captions_track_free(CaptionsTrack *track)
{
    if (track == NULL)
        return;
    avcodec_free_context(&track->decoder);
    captions_cues_free(track->cues);
    g_free(track->language);
    g_free(track->last_screen);
    g_free(track);
}

const char *
captions_track_get_language(CaptionsTrack *track)
{
    return track->language;
}

/* libavcodec makes every space of teletext one at which no line may be broken. */
static char *
loosen(GString *text)
{
    g_string_replace(text, "\u00A0", " ", 0);
    return captions_markup_clean(text->str, CAPTIONS_MARKUP_WEBVTT, NULL);
}

/* All rectangles of an event, one below the other. */
static char *
read_event(const CaptionsTrack *track, const AVSubtitle *event)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < event->num_rects && text->len < MAX_TEXT_BYTES; i++) {
        const AVSubtitleRect *rect = event->rects[i];
        if (rect->type != SUBTITLE_ASS || rect->ass == NULL)
            continue;
        g_autofree char *part = captions_asstext_convert(rect->ass);
        if (*part != '\0' && text->len > 0)
            g_string_append_c(text, '\n');
        g_string_append(text, part);
    }
    return track->decoder->codec_id == AV_CODEC_ID_DVB_TELETEXT ? loosen(text)
                                                                : g_strdup(text->str);
}

/* Lines that roll up come again with each new one: the lines at the top that stood at the bottom of
 * the screen before are left out. */
static const char *
skip_rolled(const char *before, const char *screen)
{
    for (const char *tail = before; tail != NULL; tail = strchr(tail, '\n')) {
        tail += *tail == '\n';
        gsize length = strlen(tail);
        if (length > 0 && strncmp(screen, tail, length) == 0 && screen[length] == '\n')
            return screen + length + 1;
    }
    return screen;
}

static void
end_open(CaptionsTrack *track, gint64 end_ms)
{
    GPtrArray *cues = track->cues->cues;
    if (!track->open || cues->len == 0)
        return;
    CaptionsCuesCue *last = cues->pdata[cues->len - 1];
    last->end_ms = CLAMP(end_ms, last->start_ms + 1, last->start_ms + CAPTIONS_TRACK_OPEN_MS);
    track->open = FALSE;
}

static gboolean
fits(const CaptionsTrack *track, gint64 start_ms, const char *text)
{
    return *text != '\0' && start_ms >= 0 && start_ms < CAPTIONS_CUES_MAX_MS &&
           track->cues->cues->len < CAPTIONS_CUES_MAX && strlen(text) <= MAX_TEXT_BYTES &&
           track->bytes + strlen(text) + TIMES_BYTES < CAPTIONS_CUES_MAX_FILE_BYTES - TIMES_BYTES &&
           g_utf8_strlen(text, -1) <= CAPTIONS_CUES_MAX_TEXT_CHARS;
}

static void
take_event(CaptionsTrack *track, const AVSubtitle *event, gint64 pts_us)
{
    gint64 start_ms = pts_us / 1000 + event->start_display_time;
    gboolean told = event->end_display_time != 0 && event->end_display_time != UINT32_MAX &&
                    event->end_display_time > event->start_display_time;
    gint64 length_ms = (gint64)event->end_display_time - event->start_display_time;
    g_autofree char *screen = read_event(track, event);
    const char *text = screen;
    end_open(track, start_ms);
    if (track->closed && track->last_screen != NULL)
        text = skip_rolled(track->last_screen, screen);
    if (start_ms < 0 && told && start_ms + length_ms > 0) { // begins before the lesson
        length_ms += start_ms;
        start_ms = 0;
    }
    if (fits(track, start_ms, text)) {
        length_ms = told ? MIN(length_ms, LONGEST_CUE_MS) : 1;
        captions_cues_add(track->cues, start_ms, start_ms + length_ms, text);
        track->bytes += strlen(text) + TIMES_BYTES;
        track->open = !told;
    }
    g_free(track->last_screen);
    track->last_screen = g_steal_pointer(&screen);
}

static gboolean
decode(CaptionsTrack *track, const AVPacket *packet, gint64 shift_us)
{
    AVSubtitle event = {0};
    int got = 0;
    AVPacket *copy = av_packet_clone(packet);
    gboolean good = copy != NULL &&
                    avcodec_decode_subtitle2(track->decoder, &event, &got, copy) >= 0 && got != 0;
    gint64 pts_us = event.pts != AV_NOPTS_VALUE ? event.pts : packet->pts;
    if (good && pts_us != AV_NOPTS_VALUE && ABS(pts_us) < G_MAXINT64 / 4)
        take_event(track, &event, pts_us + shift_us);
    if (got != 0)
        avsubtitle_free(&event);
    av_packet_free(&copy);
    return good;
}

void
captions_track_take(CaptionsTrack *track, const AVPacket *packet, gint64 shift_us)
{
    if (packet->pts != AV_NOPTS_VALUE && packet->size > 0)
        decode(track, packet, shift_us);
}

const CaptionsCues *
captions_track_peek(const CaptionsTrack *track, gboolean *open)
{
    *open = track->open;
    return track->cues;
}

void
captions_track_move_origin(CaptionsTrack *track, gint64 ms)
{
    GPtrArray *cues = track->cues->cues;
    track->bytes = 0;
    for (guint i = cues->len; i-- > 0;) {
        CaptionsCuesCue *cue = cues->pdata[i];
        gboolean open = track->open && i + 1 == cues->len;
        cue->start_ms -= ms;
        cue->end_ms -= ms;
        gint64 last_ms = open ? cue->start_ms + CAPTIONS_TRACK_OPEN_MS : cue->end_ms;
        if (last_ms > 0) {
            track->bytes += strlen(cue->text) + TIMES_BYTES;
            continue;
        }
        track->open = track->open && !open;
        g_ptr_array_remove_index(cues, i);
    }
}

/* Cut at the lesson's end; what lies wholly behind it goes. */
static void
cut(CaptionsCues *cues, gint64 end_ms)
{
    for (guint i = cues->cues->len; i-- > 0;) {
        CaptionsCuesCue *cue = cues->cues->pdata[i];
        if (cue->start_ms >= end_ms)
            g_ptr_array_remove_index(cues->cues, i);
        else
            cue->end_ms = MIN(cue->end_ms, end_ms);
    }
}

CaptionsCues *
captions_track_finish(CaptionsTrack *track, gint64 end_us)
{
    end_open(track, G_MAXINT64 / 2);
    captions_cues_sort(track->cues);
    cut(track->cues, end_us > 0 ? MIN(end_us / 1000, CAPTIONS_CUES_MAX_MS) : CAPTIONS_CUES_MAX_MS);
    return track->cues;
}
