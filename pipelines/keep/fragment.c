// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Movie fragments as pipelines/package/fragment.c writes them, and any others of their kind: one
// moof, defaults in tfhd or in each trun, offsets from the moof (ISO/IEC 14496-12 §8.8).
#include "pipelines/keep/fragment.h"

#include <string.h>

#include "pipelines/keep/boxes.h"
#include "pipelines/package/index.h"

#define TFHD_BASE_OFFSET 0x1
#define TFHD_DESCRIPTION 0x2
#define TFHD_DURATION 0x8
#define TFHD_SIZE 0x10
#define TFHD_FLAGS 0x20
#define TRUN_OFFSET 0x1
#define TRUN_FIRST_FLAGS 0x4
#define TRUN_DURATION 0x100
#define TRUN_SIZE 0x200
#define TRUN_FLAGS 0x400
#define TRUN_COMPOSITION 0x800
#define SAMPLE_IS_NO_KEY 0x10000
#define SAMPLES_MAX 100000
#define ENTRY_PICTURE_BYTES 78 // of a VisualSampleEntry before its boxes (§12.1.3)
#define ENTRY_SOUND_BYTES 28   // of an AudioSampleEntry before its boxes (§12.2.3)

/* What holds for the samples of a track fragment that say nothing themselves. */
typedef struct {
    guint32 track_id; // (value)
    guint32 duration; // (value)
    guint32 bytes;    // (value)
    guint32 flags;    // (value)
    guint64 time;     // (value) of the next sample
} Defaults;

static gboolean
refuse(GError **error, const char *why)
{
    g_set_error(error, PACKAGE_ERROR, PACKAGE_ERROR_INVALID, "a live file: %s", why);
    return FALSE;
}

void
keep_fragment_free_init(KeepFragmentInit *init)
{
    if (init == NULL)
        return;
    package_track_free(init->tracks);
    g_free(init);
}

void
keep_fragment_free(KeepFragment *fragment)
{
    if (fragment == NULL)
        return;
    g_array_unref(fragment->pictures);
    g_array_unref(fragment->sounds);
    g_free(fragment);
}

static gboolean
read_picture(KeepFragmentInit *init, guint32 id, KeepBoxes *entry, const char *type, GError **error)
{
    KeepBoxes box;
    keep_boxes_skip(entry, 24);
    guint width = keep_boxes_read_u16(entry), height = keep_boxes_read_u16(entry);
    keep_boxes_skip(entry, ENTRY_PICTURE_BYTES - 28);
    if (strcmp(type, "avc1") != 0 || !keep_boxes_find(entry, "avcC", &box) || init->picture_id != 0)
        return refuse(error, "not one H.264 picture track");
    init->picture_id = id;
    init->tracks->picture = PACKAGE_TRACK_PICTURE_AVC;
    init->tracks->picture_config = g_bytes_new(box.data, box.bytes);
    init->tracks->width = width;
    init->tracks->height = height;
    return TRUE;
}

/* ISO/IEC 14496-1 §7.2.6: a tag and a length of up to four bytes of seven bits each. */
static guint
read_descriptor(KeepBoxes *boxes, gsize *length)
{
    guint tag = keep_boxes_read_u8(boxes), byte = 0x80;
    *length = 0;
    for (guint i = 0; i < 4 && (byte & 0x80) != 0; i++) {
        byte = keep_boxes_read_u8(boxes);
        *length = *length << 7 | (byte & 0x7f);
    }
    return tag;
}

/* Returns: (transfer full) (nullable): the DecoderSpecificInfo. */
static GBytes *
read_sound_config(KeepBoxes *esds)
{
    gsize length = 0;
    keep_boxes_skip(esds, 4);
    if (read_descriptor(esds, &length) != 3)
        return NULL;
    keep_boxes_skip(esds, 3);
    if (read_descriptor(esds, &length) != 4)
        return NULL;
    keep_boxes_skip(esds, 13);
    if (read_descriptor(esds, &length) != 5 || esds->torn || length > esds->bytes - esds->at)
        return NULL;
    return g_bytes_new(esds->data + esds->at, length);
}

static gboolean
read_sound(KeepFragmentInit *init, guint32 id, KeepBoxes *entry, const char *type, GError **error)
{
    KeepBoxes box;
    PackageTracks *tracks = init->tracks;
    keep_boxes_skip(entry, 16);
    guint channels = keep_boxes_read_u16(entry);
    keep_boxes_skip(entry, ENTRY_SOUND_BYTES - 18);
    if (init->sound_id != 0)
        return refuse(error, "more than one sound track");
    if (strcmp(type, "mp4a") == 0 && keep_boxes_find(entry, "esds", &box)) {
        tracks->sound = PACKAGE_TRACK_SOUND_AAC;
        tracks->sound_config = read_sound_config(&box);
    } else if (strcmp(type, "Opus") == 0 && keep_boxes_find(entry, "dOps", &box)) {
        tracks->sound = PACKAGE_TRACK_SOUND_OPUS;
        tracks->sound_config = g_bytes_new(box.data, box.bytes);
    }
    if (tracks->sound_config == NULL)
        return refuse(error, "a sound track of no kind of ours");
    tracks->channels = channels;
    init->sound_id = id;
    return TRUE;
}

static gboolean
read_track(KeepFragmentInit *init, const KeepBoxes *trak, GError **error)
{
    KeepBoxes tkhd, mdhd, hdlr, stsd, entry;
    char type[5];
    if (!keep_boxes_find(trak, "tkhd", &tkhd) || !keep_boxes_find_path(trak, "mdia/mdhd", &mdhd) ||
        !keep_boxes_find_path(trak, "mdia/hdlr", &hdlr) ||
        !keep_boxes_find_path(trak, "mdia/minf/stbl/stsd", &stsd))
        return refuse(error, "a track without its boxes");
    keep_boxes_skip(&tkhd, keep_boxes_read_u8(&tkhd) == 1 ? 19 : 11);
    guint32 id = keep_boxes_read_u32(&tkhd);
    keep_boxes_skip(&mdhd, keep_boxes_read_u8(&mdhd) == 1 ? 19 : 11);
    guint32 timescale = keep_boxes_read_u32(&mdhd);
    keep_boxes_skip(&hdlr, 8);
    guint32 handler = keep_boxes_read_u32(&hdlr);
    keep_boxes_skip(&stsd, 8);
    if (id == 0 || !keep_boxes_next(&stsd, type, &entry))
        return refuse(error, "a track that says nothing of itself");
    if (handler == 0x76696465 && timescale == PACKAGE_INDEX_TIMESCALE) // vide
        return read_picture(init, id, &entry, type, error);
    if (handler == 0x736f756e && timescale == PACKAGE_TRACK_AUDIO_RATE) // soun
        return read_sound(init, id, &entry, type, error);
    return refuse(error, "a track of another kind or timescale");
}

KeepFragmentInit *
keep_fragment_parse_init(const guint8 *data, gsize bytes, GError **error)
{
    KeepBoxes file = keep_boxes_of(data, bytes), moov, inner;
    char type[5];
    g_autoptr(KeepFragmentInit) init = g_new0(KeepFragmentInit, 1);
    init->tracks = package_track_new();
    if (!keep_boxes_find(&file, "moov", &moov)) {
        refuse(error, "an init file without a moov");
        return NULL;
    }
    while (keep_boxes_next(&moov, type, &inner)) {
        if (strcmp(type, "trak") == 0 && !read_track(init, &inner, error))
            return NULL;
    }
    if (init->sound_id == 0 || init->sound_id == init->picture_id) {
        refuse(error, "no sound track");
        return NULL;
    }
    return g_steal_pointer(&init);
}

static Defaults
read_defaults(KeepBoxes *tfhd)
{
    Defaults defaults = {0};
    guint32 flags = keep_boxes_read_u32(tfhd) & 0xffffff;
    defaults.track_id = keep_boxes_read_u32(tfhd);
    keep_boxes_skip(tfhd, (flags & TFHD_BASE_OFFSET ? 8 : 0) + (flags & TFHD_DESCRIPTION ? 4 : 0));
    if (flags & TFHD_DURATION)
        defaults.duration = keep_boxes_read_u32(tfhd);
    if (flags & TFHD_SIZE)
        defaults.bytes = keep_boxes_read_u32(tfhd);
    if (flags & TFHD_FLAGS)
        defaults.flags = keep_boxes_read_u32(tfhd);
    // From elsewhere than the moof: none of ours.
    tfhd->torn = tfhd->torn || (flags & TFHD_BASE_OFFSET) != 0;
    return defaults;
}

/* @moof: where it begins in the segment; @end: of the segment. */
static gboolean
read_run(KeepBoxes *trun, Defaults *defaults, gsize moof, gsize end, GArray *samples,
         GError **error)
{
    guint32 flags = keep_boxes_read_u32(trun) & 0xffffff;
    guint32 count = keep_boxes_read_u32(trun);
    guint64 offset = moof + (flags & TRUN_OFFSET ? keep_boxes_read_u32(trun) : 0);
    guint32 first_flags = flags & TRUN_FIRST_FLAGS ? keep_boxes_read_u32(trun) : 0;
    if ((flags & TRUN_COMPOSITION) != 0 || (flags & TRUN_OFFSET) == 0 ||
        count > SAMPLES_MAX - samples->len)
        return refuse(error, "a run with reordered pictures, or without end");
    for (guint32 i = 0; i < count; i++) {
        guint32 duration = flags & TRUN_DURATION ? keep_boxes_read_u32(trun) : defaults->duration;
        guint32 bytes = flags & TRUN_SIZE ? keep_boxes_read_u32(trun) : defaults->bytes;
        guint32 how = flags & TRUN_FLAGS ? keep_boxes_read_u32(trun) : defaults->flags;
        if (i == 0 && (flags & TRUN_FIRST_FLAGS) != 0)
            how = first_flags;
        if (trun->torn || bytes == 0 || duration == 0 || offset + bytes > end)
            return refuse(error, "a sample that is not there");
        KeepFragmentSample sample = {(guint32)offset, bytes, defaults->time, duration,
                                     (how & SAMPLE_IS_NO_KEY) == 0};
        g_array_append_val(samples, sample);
        offset += bytes;
        defaults->time += duration;
    }
    return TRUE;
}

static gboolean
read_traf(const KeepFragmentInit *init, const KeepBoxes *traf, gsize moof, gsize end,
          KeepFragment *fragment, GError **error)
{
    KeepBoxes walk = *traf, tfhd, tfdt, inner;
    char type[5];
    if (!keep_boxes_find(traf, "tfhd", &tfhd) || !keep_boxes_find(traf, "tfdt", &tfdt))
        return refuse(error, "a track fragment without its head");
    Defaults defaults = read_defaults(&tfhd);
    gboolean wide = keep_boxes_read_u32(&tfdt) >> 24 == 1;
    defaults.time = wide ? keep_boxes_read_u64(&tfdt) : keep_boxes_read_u32(&tfdt);
    if (tfhd.torn || tfdt.torn || defaults.time > G_MAXINT64)
        return refuse(error, "a torn head of a track fragment");
    gboolean picture = defaults.track_id == init->picture_id;
    if (!picture && defaults.track_id != init->sound_id)
        return refuse(error, "a track fragment of another track");
    while (keep_boxes_next(&walk, type, &inner)) {
        if (strcmp(type, "trun") == 0 &&
            !read_run(&inner, &defaults, moof, end, picture ? fragment->pictures : fragment->sounds,
                      error))
            return FALSE;
    }
    return TRUE;
}

KeepFragment *
keep_fragment_parse(const KeepFragmentInit *init, const guint8 *data, gsize bytes, GError **error)
{
    KeepBoxes file = keep_boxes_of(data, bytes), inner;
    char type[5];
    guint moofs = 0;
    g_autoptr(KeepFragment) fragment = g_new0(KeepFragment, 1);
    fragment->pictures = g_array_new(FALSE, FALSE, sizeof(KeepFragmentSample));
    fragment->sounds = g_array_new(FALSE, FALSE, sizeof(KeepFragmentSample));
    for (gsize at = 0; keep_boxes_next(&file, type, &inner); at = file.at) {
        KeepBoxes traf;
        if (strcmp(type, "moof") != 0)
            continue;
        moofs++;
        while (keep_boxes_next(&inner, type, &traf)) {
            if (strcmp(type, "traf") == 0 && !read_traf(init, &traf, at, bytes, fragment, error))
                return NULL;
        }
    }
    if (file.torn || moofs != 1 || (init->picture_id != 0 && fragment->pictures->len == 0)) {
        refuse(error, "not one whole movie fragment");
        return NULL;
    }
    return g_steal_pointer(&fragment);
}
