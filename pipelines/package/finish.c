// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The file is ftyp, moov, sidx, then the fragments as they lie in <rung>.part: only now are their
// number and the duration known, and the copy is needed anyway to compute the check sum.
#include "pipelines/package/finish.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "pipelines/package/disk.h"
#include "pipelines/package/init.h"

#define COPY_BYTES (1024 * 1024)

typedef struct {
    int descriptor; // (owned) the file being made
    guint64 offset; // (value) bytes written
    GChecksum *sum; // (owned) SHA-256 of them
} Output;

static gboolean
put(Output *output, const guint8 *data, gsize bytes, GError **error)
{
    if (!package_disk_write_at(output->descriptor, data, bytes, output->offset, error))
        return FALSE;
    g_checksum_update(output->sum, data, (gssize)bytes);
    output->offset += bytes;
    return TRUE;
}

static gboolean
put_bytes(Output *output, GBytes *bytes, GError **error)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    return put(output, data, size, error);
}

static gboolean
put_fragments(Output *output, int part, guint64 part_bytes, GError **error)
{
    g_autofree guint8 *buffer = g_malloc(COPY_BYTES);
    guint64 done = 0;
    while (done < part_bytes) {
        gsize wanted = (gsize)MIN((guint64)COPY_BYTES, part_bytes - done);
        ssize_t got = pread(part, buffer, wanted, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return package_disk_fail(error, got == 0 ? EIO : errno, "read fragments");
        if (!put(output, buffer, (gsize)got, error))
            return FALSE;
        done += (guint64)got;
    }
    return TRUE;
}

/* Segments as they will lie behind @head_bytes of ftyp, moov and sidx. */
static PackageIndex *
build_index(const PackageJournal *journal, guint64 init_bytes, guint64 head_bytes)
{
    PackageIndex *index = package_index_new();
    index->init_bytes = init_bytes;
    for (guint i = 0; i < journal->records->len; i++) {
        const PackageJournalRecord *record =
            &g_array_index(journal->records, PackageJournalRecord, i);
        PackageIndexSegment segment = {head_bytes + record->offset_bytes, record->bytes,
                                       record->start_pts90k, record->duration_pts90k,
                                       record->key_bytes};
        g_array_append_val(index->segments, segment);
    }
    return index;
}

/* The grid says how long a segment lasts; sound alone counts its own samples. */
static GBytes *
build_sidx(const PackageTracks *tracks, const PackageJournal *journal)
{
    gboolean picture = tracks->picture != PACKAGE_TRACK_PICTURE_NONE;
    g_autoptr(GArray) references = g_array_new(FALSE, FALSE, sizeof(PackageInitReference));
    guint64 audio_end = 0;
    for (guint i = 0; i < journal->records->len; i++) {
        const PackageJournalRecord *record =
            &g_array_index(journal->records, PackageJournalRecord, i);
        PackageInitReference reference = {record->bytes, picture ? record->duration_pts90k
                                                                 : record->audio_end - audio_end};
        audio_end = record->audio_end;
        g_array_append_val(references, reference);
    }
    return package_init_build_sidx(references,
                                   picture ? PACKAGE_INDEX_TIMESCALE : PACKAGE_TRACK_AUDIO_RATE);
}

static gboolean
write_file(Output *output, GBytes *init, GBytes *sidx, int part, guint64 part_bytes, GError **error)
{
    return put_bytes(output, init, error) && put_bytes(output, sidx, error) &&
           put_fragments(output, part, part_bytes, error) &&
           package_disk_sync(output->descriptor, error);
}

/* Writes the rung file and returns its check sum. */
static char *
make_file(const char *path, GBytes *init, GBytes *sidx, int part, guint64 part_bytes,
          GError **error)
{
    g_autofree char *temporary = g_strconcat(path, ".tmp", NULL);
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    Output output = {-1, 0, sum};
    output.descriptor =
        g_open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (output.descriptor < 0) {
        package_disk_fail(error, errno, temporary);
        return NULL;
    }
    gboolean written = write_file(&output, init, sidx, part, part_bytes, error);
    close(output.descriptor);
    if (!written) {
        g_unlink(temporary);
        return NULL;
    }
    if (g_rename(temporary, path) != 0) {
        package_disk_fail(error, errno, path);
        return NULL;
    }
    return g_strdup(g_checksum_get_string(sum));
}

static void
fill_result(PackageResult *result, const char *rung, const PackageIndex *index)
{
    const PackageIndexSegment *last =
        &g_array_index(index->segments, PackageIndexSegment, index->segments->len - 1);
    result->file = g_strconcat(rung, ".mp4", NULL);
    result->index = g_strconcat(rung, ".index.json", NULL);
    result->bytes = last->offset_bytes + last->bytes;
    result->duration_ms = package_index_get_duration_ms(index);
    result->bandwidth_bps = package_index_get_bandwidth_bps(index);
    result->average_bandwidth_bps = package_index_get_average_bandwidth_bps(index);
}

PackageResult *
package_finish_run(const char *folder, const char *rung, const PackageTracks *tracks,
                   const PackageJournal *journal, int part, GError **error)
{
    if (journal->records->len == 0) {
        g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "%s has no segment", rung);
        return NULL;
    }
    const PackageJournalRecord *last =
        &g_array_index(journal->records, PackageJournalRecord, journal->records->len - 1);
    g_autoptr(PackageResult) result = g_new0(PackageResult, 1);
    result->codecs = package_track_get_codecs(tracks, error);
    g_autoptr(GBytes) init =
        package_init_build(tracks, last->start_pts90k + last->duration_pts90k, error);
    if (result->codecs == NULL || init == NULL)
        return NULL;
    g_autoptr(GBytes) sidx = build_sidx(tracks, journal);
    g_autoptr(PackageIndex) index = build_index(journal, g_bytes_get_size(init),
                                                g_bytes_get_size(init) + g_bytes_get_size(sidx));
    fill_result(result, rung, index);

    g_autofree char *path = g_build_filename(folder, result->file, NULL);
    g_autofree char *json = package_index_to_json(index);
    result->sha256 = make_file(path, init, sidx, part, last->offset_bytes + last->bytes, error);
    if (result->sha256 == NULL ||
        !package_disk_replace(folder, result->index, json, strlen(json), error))
        return NULL;
    return g_steal_pointer(&result);
}
