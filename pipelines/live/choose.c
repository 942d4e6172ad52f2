// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A score for each sound track; the highest wins, of equals the first.
#include "pipelines/live/choose.h"

#include <string.h>

#define HEARING_IMPAIRED 0x02  // audio_type, ISO/IEC 13818-1 §2.6.19
#define VISUAL_IMPAIRED 0x03   // audio_type: somebody describes the picture
#define HEARING_SUBTITLES 0x20 // component_type from here to 0x2F, EN 300 468 table 26
#define VOICES_MAX 3
#define TEXTS_MAX 4

static const char *const codecs[] = {
    "mpeg1video", "mpeg2video", "h264", "hevc", "mp2", "aac", "aac-latm", "ac3", "eac3",
};

gboolean
live_choose_is_known(const TablesStream *stream)
{
    for (guint i = 0; i < G_N_ELEMENTS(codecs); i++)
        if (strcmp(codecs[i], stream->codec) == 0)
            return TRUE;
    return FALSE;
}

const TablesStream *
live_choose_picture(const TablesService *service)
{
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        if (stream->kind == TABLES_STREAM_VIDEO && live_choose_is_known(stream))
            return stream;
    }
    return NULL;
}

static int
rate_sound(const TablesStream *stream, const char *language)
{
    gboolean wanted = language[0] != '\0' && strcmp(stream->language, language) == 0;
    gboolean unsaid = stream->language[0] == '\0' || strcmp(stream->language, "und") == 0 ||
                      strcmp(stream->language, "qaa") == 0;
    int rate = wanted ? 4 : 0;
    rate += unsaid ? 1 : 0;
    if (stream->purpose == VISUAL_IMPAIRED || stream->purpose == HEARING_IMPAIRED)
        rate -= 8;
    return rate;
}

const TablesStream *
live_choose_sound(const TablesService *service, const char *language)
{
    const TablesStream *best = NULL;
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        if (stream->kind != TABLES_STREAM_AUDIO || !live_choose_is_known(stream))
            continue;
        if (best == NULL || rate_sound(stream, language) > rate_sound(best, language))
            best = stream;
    }
    return best;
}

static gboolean
is_alike(const ChildLiveTrack *one, const ChildLiveTrack *other)
{
    return one->kind == other->kind && one->purpose == other->purpose &&
           strcmp(one->language, other->language) == 0;
}

static ChildLiveTrack
describe_sound(const TablesStream *stream)
{
    ChildLiveTrack track = {.kind = CHILD_LIVE_TRACK_VOICE, .number = 1};
    child_live_track_set_language(&track, stream->language);
    if (stream->purpose == VISUAL_IMPAIRED)
        track.purpose = CHILD_LIVE_TRACK_DESCRIBED;
    else if (stream->purpose == HEARING_IMPAIRED)
        track.purpose = CHILD_LIVE_TRACK_HEARING;
    return track;
}

/* Alike ones are numbered, @main (nullable) being the first. Returns: whether it was added. */
static gboolean
add_extra(LiveChooseExtra *extras, guint count, const LiveChooseExtra *extra,
          const ChildLiveTrack *main)
{
    LiveChooseExtra *added = &extras[count];
    *added = *extra;
    added->track.number = main != NULL && is_alike(main, &extra->track) ? 2 : 1;
    for (guint i = 0; i < count; i++)
        added->track.number += is_alike(&extras[i].track, &extra->track);
    return added->track.number <= CHILD_LIVE_TRACK_ALIKE_MAX;
}

static guint
add_voices(const TablesService *service, const TablesStream *sound, LiveChooseExtra *extras)
{
    guint count = 0;
    ChildLiveTrack main = {.kind = CHILD_LIVE_TRACK_RUNG};
    if (sound != NULL)
        main = describe_sound(sound);
    for (guint i = 0; i < service->streams->len && count < VOICES_MAX; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        if (stream->kind != TABLES_STREAM_AUDIO || !live_choose_is_known(stream) ||
            (sound != NULL && stream->pid == sound->pid))
            continue;
        const LiveChooseExtra extra = {describe_sound(stream), stream->pid, stream->codec, 0};
        count += add_extra(extras, count, &extra, &main) ? 1 : 0;
    }
    return count;
}

static guint
add_pages(const TablesStream *stream, LiveChooseExtra *extras, guint count, guint most)
{
    for (guint i = 0; i < stream->page_count && count < most; i++) {
        const TablesStreamPage *page = &stream->pages[i];
        LiveChooseExtra extra = {
            {.kind = CHILD_LIVE_TRACK_CAPTIONS}, stream->pid, stream->codec, page->page};
        child_live_track_set_language(&extra.track, page->language);
        if (page->purpose == TABLES_STREAM_PAGE_HARD_OF_HEARING)
            extra.track.purpose = CHILD_LIVE_TRACK_HEARING;
        count += add_extra(extras, count, &extra, NULL) ? 1 : 0;
    }
    return count;
}

guint
live_choose_extras(const TablesService *service, const TablesStream *sound, LiveChooseExtra *extras)
{
    guint count = add_voices(service, sound, extras);
    guint most = MIN(count + TEXTS_MAX, LIVE_CHOOSE_EXTRAS_MAX);
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        if (stream->kind == TABLES_STREAM_TELETEXT)
            count = add_pages(stream, extras, count, most);
    }
    return count;
}

static gboolean
is_for_hearing(const TablesStreamPage *page)
{
    return (page->purpose & 0xF0) == HEARING_SUBTITLES;
}

LiveChooseBitmap
live_choose_bitmap(const TablesService *service, const char *language)
{
    LiveChooseBitmap chosen = {0};
    gboolean last_resort = FALSE;
    for (guint i = 0; i < service->streams->len; i++) {
        const TablesStream *stream = &g_array_index(service->streams, TablesStream, i);
        guint count = stream->kind == TABLES_STREAM_SUBTITLES ? stream->page_count : 0;
        for (guint k = 0; k < count; k++) {
            const TablesStreamPage *page = &stream->pages[k];
            gboolean better = chosen.pid == 0 || (last_resort && !is_for_hearing(page));
            if (!better || strcmp(page->language, language) != 0)
                continue;
            chosen = (LiveChooseBitmap){stream->pid, page->page, page->ancillary};
            last_resort = is_for_hearing(page);
        }
    }
    return chosen;
}
