// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Walks boxes recursively over the whole file in memory.
#include "tests/pipelines/package/mp4.h"

#include <string.h>

typedef struct {
    PackageMp4 *mp4;    // (unowned)
    const guint8 *data; // (unowned)
    gsize bytes;        // (value)
    guint64 moof;       // (value) offset of the present moof
    guint64 moof_end;   // (value)
    PackageMp4Run run;  // (value) the present track fragment
    guint32 duration;   // (value) its default
    guint32 flags;      // (value) its default
} Walk;

static guint32
get32(const guint8 *at)
{
    return (guint32)at[0] << 24 | (guint32)at[1] << 16 | (guint32)at[2] << 8 | at[3];
}

static guint64
get64(const guint8 *at)
{
    return (guint64)get32(at) << 32 | get32(at + 4);
}

static void
read_tfhd(Walk *walk, const guint8 *at)
{
    guint32 flags = get32(at) & 0xffffff;
    walk->run = (PackageMp4Run){
        .track_id = get32(at + 4), .offset = walk->moof, .based_moof = (flags & 0x020000) != 0};
    at += 8;
    g_assert_cmpuint(flags & 0x13, ==, 0); // nothing else of ours
    walk->duration = flags & 0x08 ? get32(at) : 0;
    walk->flags = get32(at + (flags & 0x08 ? 4 : 0));
}

static void
read_trun(Walk *walk, const guint8 *at)
{
    guint32 flags = get32(at) & 0xffffff;
    guint count = get32(at + 4);
    guint64 offset = walk->moof + get32(at + 8);
    guint64 mdat = walk->moof_end;
    guint64 mdat_end = mdat + get32(walk->data + mdat);
    guint64 bytes = 0;
    at += 12;
    guint32 first_flags = flags & 0x4 ? get32(at) : walk->flags;
    at += flags & 0x4 ? 4 : 0;
    for (guint i = 0; i < count; i++) {
        walk->run.duration += flags & 0x100 ? get32(at) : walk->duration;
        at += flags & 0x100 ? 4 : 0;
        bytes += get32(at);
        at += 4;
        if (i == 0 && (flags & 0x400))
            first_flags = get32(at);
        at += flags & 0x400 ? 4 : 0;
    }
    walk->run.samples = count;
    walk->run.first_key = first_flags == 0x02000000;
    walk->run.in_mdat = memcmp(walk->data + mdat + 4, "mdat", 4) == 0 && offset >= mdat + 8 &&
                        offset + bytes <= mdat_end;
    g_array_append_val(walk->mp4->runs, walk->run);
}

static void
read_sidx(Walk *walk, const guint8 *at, guint64 end)
{
    g_assert_cmpuint(at[0], ==, 1);
    g_assert_cmpuint(get64(at + 20), ==, 0); // first_offset
    walk->mp4->sidx_end = end;
    walk->mp4->timescale = get32(at + 8);
    guint count = (guint)at[30] << 8 | at[31];
    for (guint i = 0; i < count; i++) {
        guint64 both = (guint64)get32(at + 32 + i * 12) << 32 | get32(at + 36 + i * 12);
        g_assert_cmpuint(get32(at + 40 + i * 12), ==, 0x90000000);
        g_array_append_val(walk->mp4->references, both);
    }
}

static void
read_box(Walk *walk, const char *type, guint64 offset, guint64 end)
{
    const guint8 *at = walk->data + offset + 8;
    if (strcmp(type, "moof") == 0) {
        walk->moof = offset;
        walk->moof_end = end;
        if (walk->mp4->first_moof == 0)
            walk->mp4->first_moof = offset;
    } else if (strcmp(type, "moov") == 0) {
        walk->mp4->init_bytes = end;
    } else if (strcmp(type, "tkhd") == 0) {
        g_assert_cmpuint(end - offset, ==, 92); // ISO/IEC 14496-12 §8.3.2
    } else if (strcmp(type, "mvhd") == 0) {
        g_assert_cmpuint(end - offset, ==, 108);
    } else if (strcmp(type, "mdhd") == 0) {
        g_assert_cmpuint(end - offset, ==, 32);
    } else if (strcmp(type, "edts") == 0) {
        walk->mp4->edit_list = TRUE;
    } else if (strcmp(type, "sidx") == 0) {
        read_sidx(walk, at, end);
    } else if (strcmp(type, "tfhd") == 0) {
        read_tfhd(walk, at);
    } else if (strcmp(type, "tfdt") == 0) {
        g_assert_cmpuint(at[0], ==, 1);
        walk->run.start = get64(at + 4);
    } else if (strcmp(type, "trun") == 0) {
        read_trun(walk, at);
    }
}

static void
walk_boxes(Walk *walk, guint64 offset, guint64 end)
{
    while (offset < end) {
        g_assert_cmpuint(end - offset, >=, 8);
        guint64 box_end = offset + get32(walk->data + offset);
        char type[5] = {0};
        memcpy(type, walk->data + offset + 4, 4);
        g_assert_cmpuint(box_end, >=, offset + 8);
        g_assert_cmpuint(box_end, <=, end);
        read_box(walk, type, offset, box_end);
        if (strstr("moov trak mdia minf stbl mvex moof traf", type) != NULL)
            walk_boxes(walk, offset + 8, box_end);
        offset = box_end;
    }
}

PackageMp4 *
package_mp4_read(const char *path)
{
    g_autofree char *data = NULL;
    gsize bytes = 0;
    g_assert_true(g_file_get_contents(path, &data, &bytes, NULL));
    PackageMp4 *mp4 = g_new0(PackageMp4, 1);
    mp4->references = g_array_new(FALSE, FALSE, sizeof(guint64));
    mp4->runs = g_array_new(FALSE, FALSE, sizeof(PackageMp4Run));
    Walk walk = {.mp4 = mp4, .data = (const guint8 *)data, .bytes = bytes};
    walk_boxes(&walk, 0, bytes);
    return mp4;
}

void
package_mp4_free(PackageMp4 *mp4)
{
    g_array_unref(mp4->references);
    g_array_unref(mp4->runs);
    g_free(mp4);
}
