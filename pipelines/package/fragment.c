// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Sizes are known before data offsets are, so a run's offset is filled in once the moof is
// complete.
#include "pipelines/package/fragment.h"

#include "pipelines/package/boxes.h"

#define TFHD_DEFAULT_DURATION 0x000008u
#define TFHD_DEFAULT_FLAGS 0x000020u
#define TFHD_DEFAULT_BASE_IS_MOOF 0x020000u
#define TRUN_DATA_OFFSET 0x000001u
#define TRUN_FIRST_FLAGS 0x000004u
#define TRUN_DURATION 0x000100u
#define TRUN_SIZE 0x000200u
#define TRUN_FLAGS 0x000400u
#define SAMPLE_KEY 0x02000000u     // depends on no other (§8.8.3.1)
#define SAMPLE_NOT_KEY 0x01010000u // depends on others, no sync sample

typedef struct {
    gboolean one_duration;   // (value) all last equally long
    gboolean only_first_key; // (value)
    gboolean all_keys;       // (value)
} RunShape;

static RunShape
find_shape(const PackageFragmentRun *run)
{
    const PackageQueueSample *first = package_queue_get(run->queue, 0);
    RunShape shape = {TRUE, first->key, first->key};
    for (guint i = 1; i < run->count; i++) {
        const PackageQueueSample *sample = package_queue_get(run->queue, i);
        shape.one_duration = shape.one_duration && sample->duration == first->duration;
        shape.only_first_key = shape.only_first_key && !sample->key;
        shape.all_keys = shape.all_keys && sample->key;
    }
    return shape;
}

static void
append_tfhd(GByteArray *out, const PackageFragmentRun *run, const RunShape *shape) // §8.8.7
{
    guint32 flags = TFHD_DEFAULT_BASE_IS_MOOF | TFHD_DEFAULT_FLAGS;
    if (shape->one_duration)
        flags |= TFHD_DEFAULT_DURATION;
    guint box = package_boxes_open_full(out, "tfhd", 0, flags);
    package_boxes_put_u32(out, run->track_id);
    if (shape->one_duration)
        package_boxes_put_u32(out, (guint32)package_queue_get(run->queue, 0)->duration);
    package_boxes_put_u32(out, shape->all_keys ? SAMPLE_KEY : SAMPLE_NOT_KEY);
    package_boxes_close(out, box);
}

static guint32
choose_trun_flags(const RunShape *shape)
{
    guint32 flags = TRUN_DATA_OFFSET | TRUN_SIZE;
    if (!shape->one_duration)
        flags |= TRUN_DURATION;
    if (shape->all_keys)
        return flags;
    return flags | (shape->only_first_key ? TRUN_FIRST_FLAGS : TRUN_FLAGS);
}

/* Returns the position of the data offset. */
static guint
append_trun(GByteArray *out, const PackageFragmentRun *run, const RunShape *shape) // §8.8.8
{
    guint32 flags = choose_trun_flags(shape);
    guint box = package_boxes_open_full(out, "trun", 0, flags);
    package_boxes_put_u32(out, run->count);
    guint offset_position = out->len;
    package_boxes_put_u32(out, 0);
    if (flags & TRUN_FIRST_FLAGS)
        package_boxes_put_u32(out, SAMPLE_KEY);
    for (guint i = 0; i < run->count; i++) {
        const PackageQueueSample *sample = package_queue_get(run->queue, i);
        if (flags & TRUN_DURATION)
            package_boxes_put_u32(out, (guint32)sample->duration);
        package_boxes_put_u32(out, sample->bytes);
        if (flags & TRUN_FLAGS)
            package_boxes_put_u32(out, sample->key ? SAMPLE_KEY : SAMPLE_NOT_KEY);
    }
    package_boxes_close(out, box);
    return offset_position;
}

static guint
append_traf(GByteArray *out, const PackageFragmentRun *run) // §8.8.6
{
    RunShape shape = find_shape(run);
    guint traf = package_boxes_open(out, "traf");
    append_tfhd(out, run, &shape);
    guint tfdt = package_boxes_open_full(out, "tfdt", 1, 0); // §8.8.12
    package_boxes_put_u64(out, package_queue_get(run->queue, 0)->start);
    package_boxes_close(out, tfdt);
    guint offset_position = append_trun(out, run, &shape);
    package_boxes_close(out, traf);
    return offset_position;
}

GBytes *
package_fragment_build(guint32 sequence, const PackageFragmentRun *runs, guint run_count,
                       guint64 *first_bytes)
{
    GByteArray *out = g_byte_array_new();
    g_autofree guint *offset_positions = g_new0(guint, run_count);
    guint moof = package_boxes_open(out, "moof");
    guint mfhd = package_boxes_open_full(out, "mfhd", 0, 0);
    package_boxes_put_u32(out, sequence);
    package_boxes_close(out, mfhd);
    for (guint i = 0; i < run_count; i++)
        if (runs[i].count > 0)
            offset_positions[i] = append_traf(out, &runs[i]);
    package_boxes_close(out, moof);

    guint mdat = package_boxes_open(out, "mdat");
    if (first_bytes != NULL)
        *first_bytes =
            runs[0].count == 0 ? 0 : out->len + package_queue_get(runs[0].queue, 0)->bytes;
    for (guint i = 0; i < run_count; i++) {
        if (runs[i].count == 0)
            continue;
        package_boxes_set_u32(out, offset_positions[i], out->len - moof);
        g_byte_array_append(out, runs[i].queue->data->data,
                            (guint)package_queue_measure(runs[i].queue, runs[i].count));
    }
    package_boxes_close(out, mdat);
    return g_byte_array_free_to_bytes(out);
}
