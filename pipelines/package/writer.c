// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Packets queue until their segment is cut; a segment is written, synced, and then noted in the
// journal, so that the journal never names bytes that are not on the disk.
//
//   add → queue → cut noted → (0.5 s more queued) → write_segment → <rung>.part → <rung>.journal
//   finish → what is left → "end" in the journal → finish.c
#include "pipelines/package/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipelines/package/codec.h"
#include "pipelines/package/disk.h"
#include "pipelines/package/finish.h"
#include "pipelines/package/fragment.h"
#include "pipelines/package/init.h"
#include "pipelines/package/opus.h"

#define SHORTEST_TAIL_PTS90K (PACKAGE_INDEX_TIMESCALE / 2)
#define MAX_QUEUE_BYTES (256u * 1024 * 1024)
#define MAX_JOURNAL_BYTES (16 * 1024 * 1024)

struct _PackageWriter {
    char *folder;                   // (owned)
    char *rung;                     // (owned)
    PackageTracks *tracks;          // (owned)
    PackageCodec *codec;            // (owned) (nullable) NULL without a picture
    int part;                       // (owned) <rung>.part
    int log;                        // (owned) <rung>.journal
    guint64 log_bytes;              // (value) length of the journal
    PackageJournal *journal;        // (owned) what is durable
    PackageQueue *video;            // (owned)
    PackageQueue *audio;            // (owned)
    PackageWriterPosition position; // (value) where this run began
    gboolean cut_pending;           // (value)
    guint64 cut_pts90k;             // (value)
};

static const PackageJournalRecord *
get_last_record(const PackageJournal *journal)
{
    guint count = journal->records->len;
    return count == 0 ? NULL : &g_array_index(journal->records, PackageJournalRecord, count - 1);
}

static void
fill_position(const PackageJournal *journal, PackageWriterPosition *position)
{
    const PackageJournalRecord *last = get_last_record(journal);
    *position =
        (PackageWriterPosition){.segments = journal->records->len, .complete = journal->complete};
    if (last == NULL)
        return;
    position->pts90k = last->start_pts90k + last->duration_pts90k;
    position->audio_samples = last->audio_end;
}

static char *
build_path(const char *folder, const char *rung, const char *ending)
{
    g_autofree char *name = g_strconcat(rung, ending, NULL);
    return g_build_filename(folder, name, NULL);
}

/* What the journal on disk says; an empty one when there is none to rely on. */
static PackageJournal *
load_journal(const char *folder, const char *rung, const char *head)
{
    g_autofree char *part_path = build_path(folder, rung, ".part");
    g_autofree char *log_path = build_path(folder, rung, ".journal");
    g_autofree char *text = NULL;
    gsize length = 0;
    GStatBuf part, log;
    if (g_lstat(part_path, &part) != 0 || g_lstat(log_path, &log) != 0 ||
        log.st_size > MAX_JOURNAL_BYTES || !S_ISREG(log.st_mode) ||
        !g_file_get_contents(log_path, &text, &length, NULL))
        return package_journal_new();
    return package_journal_parse(text, length, head, (guint64)part.st_size);
}

guint
package_writer_peek(const char *folder, const char *rung, PackageWriterPosition *position)
{
    g_autoptr(PackageJournal) journal = load_journal(folder, rung, NULL);
    fill_position(journal, position);
    return position->segments;
}

/* One digest for everything that must be equal for segments of two runs to go together. */
static char *
build_head(const PackageTracks *tracks, GError **error)
{
    g_autoptr(GBytes) init = package_init_build(tracks, 0, error);
    if (init == NULL)
        return NULL;
    g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, init);
    return package_journal_format_head(digest);
}

/* Opens one of the rung's files and cuts it to @bytes. */
static int
open_cut(const char *folder, const char *rung, const char *ending, guint64 bytes, GError **error)
{
    g_autofree char *path = build_path(folder, rung, ending);
    int descriptor = g_open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor >= 0 && ftruncate(descriptor, (off_t)bytes) == 0)
        return descriptor;
    package_disk_fail(error, errno, path);
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static gboolean
append_log(PackageWriter *writer, const char *text, GError **error)
{
    gsize bytes = strlen(text);
    if (!package_disk_write_at(writer->log, (const guint8 *)text, bytes, writer->log_bytes,
                               error) ||
        !package_disk_sync(writer->log, error))
        return FALSE;
    writer->log_bytes += bytes;
    return TRUE;
}

static gboolean
open_files(PackageWriter *writer, GError **error)
{
    g_autofree char *head = build_head(writer->tracks, error);
    if (head == NULL)
        return FALSE;
    writer->journal = load_journal(writer->folder, writer->rung, head);
    fill_position(writer->journal, &writer->position);
    const PackageJournalRecord *last = get_last_record(writer->journal);
    guint64 part_bytes = last == NULL ? 0 : last->offset_bytes + last->bytes;
    writer->log_bytes = writer->journal->valid_bytes;
    writer->log = open_cut(writer->folder, writer->rung, ".journal", writer->log_bytes, error);
    if (writer->log < 0)
        return FALSE;
    writer->part = open_cut(writer->folder, writer->rung, ".part", part_bytes, error);
    if (writer->part < 0)
        return FALSE;
    if (writer->log_bytes > 0)
        return TRUE;
    return append_log(writer, head, error) && package_disk_sync_folder(writer->folder, error);
}

PackageWriter *
package_writer_open(const char *folder, const char *rung, const PackageTracks *tracks,
                    PackageWriterPosition *position, GError **error)
{
    g_autoptr(PackageWriter) writer = g_new0(PackageWriter, 1);
    writer->folder = g_strdup(folder);
    writer->rung = g_strdup(rung);
    writer->tracks = package_track_copy(tracks);
    writer->part = -1;
    writer->log = -1;
    writer->video = package_queue_new();
    writer->audio = package_queue_new();
    if (tracks->picture != PACKAGE_TRACK_PICTURE_NONE &&
        (writer->codec = package_codec_new(tracks, error)) == NULL)
        return NULL;
    if (!open_files(writer, error))
        return NULL;
    *position = writer->position;
    return g_steal_pointer(&writer);
}

void
package_writer_free(PackageWriter *writer)
{
    if (writer->part >= 0)
        close(writer->part);
    if (writer->log >= 0)
        close(writer->log);
    g_clear_pointer(&writer->journal, package_journal_free);
    g_clear_pointer(&writer->codec, package_codec_free);
    package_queue_free(writer->video);
    package_queue_free(writer->audio);
    package_track_free(writer->tracks);
    g_free(writer->folder);
    g_free(writer->rung);
    g_free(writer);
}

static gboolean
refuse(PackageWriter *writer, GError **error, const char *why, guint64 wanted, guint64 got)
{
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID,
                "%s: %s: wanted %" G_GUINT64_FORMAT ", got %" G_GUINT64_FORMAT, writer->rung, why,
                wanted, got);
    return FALSE;
}

/* Sound time in picture time, rounded down; 48000 and 90000 have the ratio 8 to 15. */
static guint64
scale_audio(guint64 samples)
{
    return samples * 15 / 8;
}

static guint64
get_segment_start(PackageWriter *writer)
{
    const PackageJournalRecord *last = get_last_record(writer->journal);
    return last == NULL ? 0 : last->start_pts90k + last->duration_pts90k;
}

/* Where the queued media ends in picture time: the picture's end when there is one. */
static guint64
get_media_end(PackageWriter *writer)
{
    if (writer->codec != NULL)
        return package_queue_get_end(writer->video);
    return scale_audio(package_queue_get_end(writer->audio));
}

static guint
count_video_before(PackageWriter *writer, guint64 pts90k)
{
    guint count = 0;
    while (count < writer->video->samples->len &&
           package_queue_get(writer->video, count)->start < pts90k)
        count++;
    return count;
}

static guint
count_audio_before(PackageWriter *writer, guint64 pts90k)
{
    guint count = 0;
    while (count < writer->audio->samples->len &&
           scale_audio(package_queue_get(writer->audio, count)->start) < pts90k)
        count++;
    return count;
}

static gboolean
write_fragment(PackageWriter *writer, const PackageFragmentRun *runs, PackageJournalRecord *record,
               GError **error)
{
    const PackageJournalRecord *last = get_last_record(writer->journal);
    guint64 first_bytes = 0;
    g_autoptr(GBytes) fragment =
        package_fragment_build(writer->journal->records->len + 1, runs, 2, &first_bytes);
    gsize bytes = 0;
    const guint8 *data = g_bytes_get_data(fragment, &bytes);
    record->offset_bytes = last == NULL ? 0 : last->offset_bytes + last->bytes;
    record->bytes = bytes;
    record->key_bytes = first_bytes;
    g_autofree char *line = package_journal_format_record(record);
    if (!package_disk_write_at(writer->part, data, bytes, record->offset_bytes, error) ||
        !package_disk_sync(writer->part, error) || !append_log(writer, line, error))
        return FALSE;
    g_array_append_vals(writer->journal->records, record, 1);
    return TRUE;
}

/* Writes everything queued that starts before @end_pts90k as one segment that lasts until then. */
static gboolean
write_segment(PackageWriter *writer, guint64 end_pts90k, GError **error)
{
    guint video_count = count_video_before(writer, end_pts90k);
    guint audio_count = count_audio_before(writer, end_pts90k);
    guint64 start = get_segment_start(writer);
    if (video_count + audio_count == 0 || end_pts90k <= start)
        return refuse(writer, error, "an empty segment", start, end_pts90k);
    if (writer->journal->records->len >= PACKAGE_INDEX_MAX_SEGMENTS)
        return refuse(writer, error, "too many segments", PACKAGE_INDEX_MAX_SEGMENTS, end_pts90k);
    if (writer->codec != NULL && (video_count == 0 || !package_queue_get(writer->video, 0)->key))
        return refuse(writer, error, "a segment without a key picture", start, end_pts90k);

    const PackageJournalRecord *last = get_last_record(writer->journal);
    PackageJournalRecord record = {.start_pts90k = start,
                                   .duration_pts90k = end_pts90k - start,
                                   .audio_end = last == NULL ? 0 : last->audio_end};
    if (audio_count > 0) {
        const PackageQueueSample *sample = package_queue_get(writer->audio, audio_count - 1);
        record.audio_end = sample->start + sample->duration;
    }
    const PackageFragmentRun runs[2] = {
        {writer->video, video_count, PACKAGE_INIT_VIDEO_ID},
        {writer->audio, audio_count, writer->codec != NULL ? PACKAGE_INIT_VIDEO_ID + 1 : 1},
    };
    if (!write_fragment(writer, runs, &record, error))
        return FALSE;
    package_queue_drop_first(writer->video, video_count);
    package_queue_drop_first(writer->audio, audio_count);
    return TRUE;
}

/* The picture at a cut must start there and be a key picture. */
static gboolean
write_pending(PackageWriter *writer, GError **error)
{
    guint count = count_video_before(writer, writer->cut_pts90k);
    if (writer->codec != NULL && count < writer->video->samples->len) {
        const PackageQueueSample *next = package_queue_get(writer->video, count);
        if (next->start != writer->cut_pts90k || !next->key)
            return refuse(writer, error, "no key picture at the cut", writer->cut_pts90k,
                          next->start);
    }
    writer->cut_pending = FALSE;
    return write_segment(writer, writer->cut_pts90k, error);
}

static gboolean
write_if_ripe(PackageWriter *writer, GError **error)
{
    if (!writer->cut_pending || get_media_end(writer) < writer->cut_pts90k + SHORTEST_TAIL_PTS90K)
        return TRUE;
    return write_pending(writer, error);
}

static gboolean
check_room(PackageWriter *writer, gsize bytes, GError **error)
{
    gsize queued = (gsize)writer->video->data->len + writer->audio->data->len;
    if (bytes <= MAX_QUEUE_BYTES && queued + bytes <= MAX_QUEUE_BYTES)
        return TRUE;
    return refuse(writer, error, "a segment too large", MAX_QUEUE_BYTES, queued + bytes);
}

static gboolean
check_video(PackageWriter *writer, guint64 pts90k, gboolean key, GError **error)
{
    PackageQueueSample *last = package_queue_get_last(writer->video);
    if (writer->codec == NULL)
        return refuse(writer, error, "a picture in a rung without one", 0, pts90k);
    if (last != NULL && pts90k <= last->start)
        return refuse(writer, error, "a picture out of order", last->start + 1, pts90k);
    if (last == NULL && (pts90k != get_segment_start(writer) || !key))
        return refuse(writer, error, "no key picture first", get_segment_start(writer), pts90k);
    return TRUE;
}

gboolean
package_writer_add_video(PackageWriter *writer, const PackageWriterPicture *picture, GError **error)
{
    guint64 pts90k = picture->pts90k;
    if (writer->journal->complete || pts90k < writer->position.pts90k)
        return TRUE;
    if (!check_video(writer, pts90k, picture->key, error) ||
        !check_room(writer, picture->bytes, error))
        return FALSE;
    guint before = writer->video->data->len;
    if (!package_codec_append_unit(writer->codec, picture->data, picture->bytes, picture->key,
                                   writer->video->data, error))
        return FALSE;
    PackageQueueSample *last = package_queue_get_last(writer->video);
    if (last != NULL)
        last->duration = pts90k - last->start;
    PackageQueueSample sample = {pts90k, MAX(picture->duration_pts90k, 1),
                                 writer->video->data->len - before, picture->key};
    package_queue_note(writer->video, &sample);
    return write_if_ripe(writer, error);
}

/* 0: it is not a frame of that codec. */
static guint
count_samples(PackageWriter *writer, const guint8 *data, gsize bytes)
{
    if (writer->tracks->sound == PACKAGE_TRACK_SOUND_OPUS)
        return package_opus_count_samples(data, bytes);
    return bytes == 0 ? 0 : PACKAGE_TRACK_AAC_FRAME;
}

gboolean
package_writer_add_audio(PackageWriter *writer, const guint8 *data, gsize bytes,
                         guint64 start_samples, GError **error)
{
    if (writer->journal->complete || start_samples < writer->position.audio_samples)
        return TRUE;
    const PackageJournalRecord *last = get_last_record(writer->journal);
    guint64 wanted = last == NULL ? 0 : last->audio_end;
    if (writer->audio->samples->len > 0)
        wanted = package_queue_get_end(writer->audio);
    if (writer->tracks->sound == PACKAGE_TRACK_SOUND_NONE)
        return refuse(writer, error, "sound in a rung without it", 0, start_samples);
    if (start_samples != wanted)
        return refuse(writer, error, "a gap in the sound", wanted, start_samples);
    guint samples = count_samples(writer, data, bytes);
    if (samples == 0)
        return refuse(writer, error, "not a sound frame, of bytes", 1, bytes);
    if (!check_room(writer, bytes, error))
        return FALSE;
    g_byte_array_append(writer->audio->data, data, (guint)bytes);
    PackageQueueSample sample = {start_samples, samples, (guint32)bytes, TRUE};
    package_queue_note(writer->audio, &sample);
    return write_if_ripe(writer, error);
}

/* A cut still pending here has less than a tail behind it, and all before @pts90k was added: it is
 * given up. */
gboolean
package_writer_cut(PackageWriter *writer, guint64 pts90k, GError **error)
{
    if (writer->journal->complete || pts90k <= get_segment_start(writer))
        return TRUE;
    writer->cut_pending = TRUE;
    writer->cut_pts90k = pts90k;
    return write_if_ripe(writer, error);
}

guint
package_writer_get_segments(PackageWriter *writer, guint64 *media_pts90k)
{
    if (media_pts90k != NULL)
        *media_pts90k = get_segment_start(writer);
    return writer->journal->records->len;
}

/* Sound never ends after the picture. */
static void
trim_audio(PackageWriter *writer)
{
    guint64 end = package_queue_get_end(writer->video);
    guint count = 0;
    if (writer->codec == NULL || writer->video->samples->len == 0)
        return;
    while (count < writer->audio->samples->len) {
        guint index = writer->audio->samples->len - 1 - count;
        const PackageQueueSample *sample = package_queue_get(writer->audio, index);
        if ((sample->start + sample->duration) * 15 <= end * 8)
            break;
        count++;
    }
    package_queue_drop_last(writer->audio, count);
}

static gboolean
write_rest(PackageWriter *writer, GError **error)
{
    trim_audio(writer);
    writer->cut_pending = FALSE;
    gboolean queued =
        writer->codec != NULL ? writer->video->samples->len > 0 : writer->audio->samples->len > 0;
    if (queued && !write_segment(writer, get_media_end(writer), error))
        return FALSE;
    if (writer->journal->records->len == 0)
        return refuse(writer, error, "nothing was encoded", 1, 0);
    g_autofree char *line = package_journal_format_record(NULL);
    if (!append_log(writer, line, error))
        return FALSE;
    writer->journal->complete = TRUE;
    return TRUE;
}

PackageResult *
package_writer_finish(PackageWriter *writer, GError **error)
{
    if (!writer->journal->complete && !write_rest(writer, error))
        return NULL;
    return package_finish_run(writer->folder, writer->rung, writer->tracks, writer->journal,
                              writer->part, error);
}
