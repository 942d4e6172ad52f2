// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

//   open ──end()──▶ ending ──thread finishes──▶ over
//     └────────── failure or free() ───────────▶ over
// The output belongs to the thread from its start to its end.
#include "pipelines/encode/lane.h"

#include <string.h>

#include "pipelines/encode/aac.h"
#include "pipelines/encode/sound.h"

#define QUEUE_BLOCKS 512 // 11 s, 2 MB

typedef struct {
    gint64 number;                // (value)
    float mono[ENCODE_AAC_BLOCK]; // (value)
} Block;

struct _EncodeLane {
    EncodeRun *run;       // (unowned)
    EncodeOutput *output; // (owned) (lane's thread)
    guint segments;       // (lane's thread) reported
    gint64 start_block;   // (value)
    GThread *thread;      // (owned)
    GMutex lock;          // (value)
    GCond changed;        // (value) for both sides
    Block *blocks;        // (owned) (guarded by lock) ring
    guint first;          // (guarded by lock)
    guint count;          // (guarded by lock)
    gboolean ending;      // (guarded by lock) no more come
    gboolean over;        // (guarded by lock) the thread does nothing more
    gint64 end_tick;      // (guarded by lock)
    PackageResult *made;  // (owned) (nullable) (guarded by lock)
    GError *failure;      // (owned) (nullable) (guarded by lock)
};

static gboolean
encode_block(EncodeLane *lane, const Block *block, GError **error)
{
    if (!encode_output_add_sound(lane->output, block->number, block->mono, block->mono, error))
        return FALSE;
    guint segments = encode_output_get_segments(lane->output, NULL);
    if (segments != lane->segments)
        encode_run_report_checkpoint(lane->run, lane->output);
    lane->segments = segments;
    return TRUE;
}

/* Takes the next block. Returns: FALSE when there is none and none will come. */
static gboolean
take_block(EncodeLane *lane, Block *block)
{
    g_mutex_lock(&lane->lock);
    while (lane->count == 0 && !lane->ending && !lane->over)
        g_cond_wait(&lane->changed, &lane->lock);
    gboolean taken = lane->count > 0 && !lane->over;
    if (taken) {
        *block = lane->blocks[lane->first];
        lane->first = (lane->first + 1) % QUEUE_BLOCKS;
        lane->count--;
        g_cond_broadcast(&lane->changed);
    }
    g_mutex_unlock(&lane->lock);
    return taken;
}

static gpointer
work(gpointer data)
{
    EncodeLane *lane = data;
    GError *failure = NULL;
    Block block;
    gboolean fine = TRUE;
    while (fine && take_block(lane, &block))
        fine = encode_block(lane, &block, &failure);
    g_mutex_lock(&lane->lock);
    gboolean ended = lane->ending && !lane->over;
    gint64 end_tick = lane->end_tick;
    g_mutex_unlock(&lane->lock);
    PackageResult *made =
        fine && ended ? encode_output_finish(lane->output, end_tick, &failure) : NULL;
    g_mutex_lock(&lane->lock);
    lane->made = made;
    lane->failure = failure;
    lane->over = TRUE;
    g_cond_broadcast(&lane->changed);
    g_mutex_unlock(&lane->lock);
    return NULL;
}

EncodeLane *
encode_lane_new(EncodeRun *run, EncodeRungsId rung, GError **error)
{
    EncodeOutputPicture none = {.decided.sound_kbps = encode_rungs_get(rung)->sound_kbps};
    EncodeOutput *output = encode_output_new(run->job->staging, rung, &run->grid, &none, error);
    if (output == NULL)
        return NULL;
    EncodeLane *lane = g_new0(EncodeLane, 1);
    lane->run = run;
    lane->output = output;
    lane->segments = encode_output_get_segments(output, NULL);
    lane->start_block = encode_output_get_start_block(output);
    lane->blocks = g_new(Block, QUEUE_BLOCKS);
    g_mutex_init(&lane->lock);
    g_cond_init(&lane->changed);
    lane->thread = g_thread_new("lane", work, lane);
    return lane;
}

void
encode_lane_free(EncodeLane *lane)
{
    if (lane == NULL)
        return;
    g_mutex_lock(&lane->lock);
    lane->over = TRUE;
    g_cond_broadcast(&lane->changed);
    g_mutex_unlock(&lane->lock);
    g_thread_join(lane->thread);
    encode_output_free(lane->output);
    g_clear_pointer(&lane->made, package_result_free);
    g_clear_error(&lane->failure);
    g_mutex_clear(&lane->lock);
    g_cond_clear(&lane->changed);
    g_free(lane->blocks);
    g_free(lane);
}

EncodeRungsId
encode_lane_get_rung(const EncodeLane *lane)
{
    return encode_output_get_rung(lane->output);
}

gint64
encode_lane_get_start_block(const EncodeLane *lane)
{
    return lane->start_block;
}

gboolean
encode_lane_add(EncodeLane *lane, gint64 block, const float *mono)
{
    if (block < lane->start_block - ENCODE_SOUND_WARM_UP)
        return TRUE;
    g_mutex_lock(&lane->lock);
    while (lane->count == QUEUE_BLOCKS && !lane->over)
        g_cond_wait(&lane->changed, &lane->lock);
    gboolean open = !lane->over;
    if (open) {
        Block *last = &lane->blocks[(lane->first + lane->count++) % QUEUE_BLOCKS];
        last->number = block;
        memcpy(last->mono, mono, sizeof last->mono);
        g_cond_broadcast(&lane->changed);
    }
    g_mutex_unlock(&lane->lock);
    return open;
}

void
encode_lane_end(EncodeLane *lane, gint64 end_tick)
{
    g_mutex_lock(&lane->lock);
    lane->ending = TRUE;
    lane->end_tick = end_tick;
    g_cond_broadcast(&lane->changed);
    g_mutex_unlock(&lane->lock);
}

PackageResult *
encode_lane_wait(EncodeLane *lane, GError **error)
{
    g_mutex_lock(&lane->lock);
    while (!lane->over)
        g_cond_wait(&lane->changed, &lane->lock);
    GError *failure = g_steal_pointer(&lane->failure);
    PackageResult *made = g_steal_pointer(&lane->made);
    g_mutex_unlock(&lane->lock);
    if (failure != NULL)
        g_propagate_error(error, failure);
    return made;
}
