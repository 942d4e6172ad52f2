// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Line by line; tags that mean nothing here are passed over.
#include "pipelines/intake/hls_playlist.h"

#include <gio/gio.h>
#include <string.h>

#define TARGET_MS_DEFAULT 6000
#define TARGET_S_MOST 120
#define URI_BYTES_MAX 4096

typedef struct {
    IntakeHlsPlaylist *playlist; // (unowned)
    gboolean variant_next;       // (value) the next URI is a variant's
    guint64 bandwidth;           // (value) of that variant
    guint64 best;                // (value) bandwidth of the richest by now
    gboolean segment_next;       // (value) the next URI is a segment's
    gint64 start;                // (value) of its byte range
    gint64 length;               // (value) likewise, -1: none
    gint64 range_end;            // (value) where the last range ended
} Reader;

static void
clear_segment(IntakeHlsSegment *segment)
{
    g_free(segment->uri);
}

void
intake_hls_playlist_free(IntakeHlsPlaylist *playlist)
{
    g_free(playlist->variant);
    g_array_unref(playlist->segments);
    g_free(playlist);
}

static gboolean
refuse(GIOErrorEnum code, const char *why, GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, (gint)code, why);
    return FALSE;
}

/* Returns: (nullable): what stands behind @tag. */
static const char *
find_value(const char *line, const char *tag)
{
    return g_str_has_prefix(line, tag) ? line + strlen(tag) : NULL;
}

/* `LENGTH[@START]`, behind the range before it unless said. */
static gboolean
read_range(Reader *reader, const char *text, GError **error)
{
    char *end = NULL;
    guint64 length = g_ascii_strtoull(text, &end, 10);
    guint64 start = (guint64)reader->range_end;
    if (*end == '@')
        start = g_ascii_strtoull(end + 1, &end, 10);
    if (length == 0 || length > G_MAXINT32 || start > G_MAXINT64 / 2)
        return refuse(G_IO_ERROR_INVALID_DATA, "HLS: wrong byte range", error);
    reader->start = (gint64)start;
    reader->length = (gint64)length;
    return TRUE;
}

static void
read_target(IntakeHlsPlaylist *playlist, const char *text)
{
    guint64 seconds = g_ascii_strtoull(text, NULL, 10);
    playlist->target_ms = (guint)CLAMP(seconds, 1, TARGET_S_MOST) * 1000;
}

static void
read_variant(Reader *reader, const char *attributes)
{
    const char *found = strstr(attributes, "BANDWIDTH=");
    // AVERAGE-BANDWIDTH ends alike.
    while (found != NULL && found != attributes && found[-1] == '-')
        found = strstr(found + 1, "BANDWIDTH=");
    reader->bandwidth =
        found != NULL ? g_ascii_strtoull(found + strlen("BANDWIDTH="), NULL, 10) : 0;
    reader->variant_next = TRUE;
}

static gboolean
read_tag(Reader *reader, const char *line, GError **error)
{
    IntakeHlsPlaylist *playlist = reader->playlist;
    const char *value = NULL;
    if (find_value(line, "#EXTINF:") != NULL)
        reader->segment_next = TRUE;
    else if ((value = find_value(line, "#EXT-X-BYTERANGE:")) != NULL)
        return read_range(reader, value, error);
    else if ((value = find_value(line, "#EXT-X-TARGETDURATION:")) != NULL)
        read_target(playlist, value);
    else if ((value = find_value(line, "#EXT-X-MEDIA-SEQUENCE:")) != NULL)
        playlist->first_number = (gint64)MIN(g_ascii_strtoull(value, NULL, 10), G_MAXINT32);
    else if ((value = find_value(line, "#EXT-X-STREAM-INF:")) != NULL)
        read_variant(reader, value);
    else if (strcmp(line, "#EXT-X-ENDLIST") == 0)
        playlist->ended = TRUE;
    else if (find_value(line, "#EXT-X-MAP:") != NULL)
        return refuse(G_IO_ERROR_NOT_SUPPORTED, "HLS fMP4", error);
    else if ((value = find_value(line, "#EXT-X-KEY:")) != NULL &&
             strstr(value, "METHOD=NONE") == NULL)
        return refuse(G_IO_ERROR_NOT_SUPPORTED, "HLS encrypted", error);
    return TRUE;
}

static gboolean
read_uri(Reader *reader, const char *line, GError **error)
{
    IntakeHlsPlaylist *playlist = reader->playlist;
    if (strlen(line) > URI_BYTES_MAX)
        return refuse(G_IO_ERROR_INVALID_DATA, "HLS: an address is too long", error);
    if (reader->variant_next && (playlist->variant == NULL || reader->bandwidth > reader->best)) {
        g_free(playlist->variant);
        playlist->variant = g_strdup(line);
        reader->best = reader->bandwidth;
    } else if (reader->segment_next) {
        gboolean ranged = reader->length >= 0;
        const IntakeHlsSegment segment = {g_strdup(line), ranged ? reader->start : -1,
                                          reader->length};
        g_array_append_val(playlist->segments, segment);
        reader->range_end = ranged ? reader->start + reader->length : 0;
    }
    reader->variant_next = reader->segment_next = FALSE;
    reader->length = -1;
    return playlist->segments->len <= INTAKE_HLS_PLAYLIST_SEGMENTS_MAX ||
           refuse(G_IO_ERROR_INVALID_DATA, "HLS: too many segments", error);
}

IntakeHlsPlaylist *
intake_hls_playlist_parse(const char *text, gsize length, GError **error)
{
    g_autoptr(IntakeHlsPlaylist) playlist = g_new0(IntakeHlsPlaylist, 1);
    Reader reader = {.playlist = playlist, .length = -1};
    playlist->target_ms = TARGET_MS_DEFAULT;
    playlist->segments = g_array_new(FALSE, FALSE, sizeof(IntakeHlsSegment));
    g_array_set_clear_func(playlist->segments, (GDestroyNotify)clear_segment);
    g_autofree char *whole = g_strndup(text, length); // up to a NUL
    if (length > INTAKE_HLS_PLAYLIST_BYTES_MAX || !g_str_has_prefix(whole, "#EXTM3U")) {
        refuse(G_IO_ERROR_INVALID_DATA, "HLS: this is no playlist", error);
        return NULL;
    }
    char *rest = whole;
    for (char *line = NULL; (line = strsep(&rest, "\n")) != NULL;) {
        g_strstrip(line);
        if (*line == '\0')
            continue;
        if (!(*line == '#' ? read_tag(&reader, line, error) : read_uri(&reader, line, error)))
            return NULL;
    }
    return g_steal_pointer(&playlist);
}
