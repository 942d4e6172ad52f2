// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A score for each sound track; the highest wins, of equals the first.
#include "pipelines/live/choose.h"

#include <string.h>

#define HEARING_IMPAIRED 0x02 // audio_type, ISO/IEC 13818-1 §2.6.19
#define VISUAL_IMPAIRED 0x03  // audio_type: somebody describes the picture

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
