// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Group by group: a short look at the beginning of each, and when the beginnings of two neighbours
// differ, or something large lies between them, all of the first one. A camera's pictures always
// differ; between two looks at a camera nothing is searched.
#include "pipelines/analyse/picture.h"

#include <libavutil/frame.h>

#include "pipelines/analyse/bars.h"
#include "pipelines/analyse/change.h"
#include "pipelines/analyse/fields.h"
#include "pipelines/analyse/motion.h"
#include "pipelines/analyse/stills.h"
#include "pipelines/analyse/stretches.h"
#include "pipelines/analyse/tracker.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/keys.h"

#define LOOK_US (450 * 1000)
#define LOOK_SHARE 20
#define LOOK_EVERY_US (4 * (gint64)G_USEC_PER_SEC)
#define LEAST_STEP_US (30 * 1000)
#define CHUNK_SIGHTS 256
#define WINDOW_US (1 * (gint64)G_USEC_PER_SEC)
#define SURE_US (300 * 1000)
#define LEAST_CELLS 6
#define FIELD_SAMPLES 200
#define PHOTO_STEP 2
#define PHOTO_SHARE 200
#define LEAST_INSET_US (8 * (gint64)G_USEC_PER_SEC)
#define BEAT_PICTURES 64

typedef struct {
    const AnalysePictureJob *job; // (unowned)
    SourceKeys *keys;             // (owned)
    AnalyseCellsMaker *maker;     // (owned)
    AnalyseBars *bars;            // (owned)
    AnalyseFields fields;         // (value)
    AVFrame *before;              // (owned) the picture before, for fields; blank: none
    AnalyseMotion *motion;        // (owned) (nullable) before the first picture
    AnalyseTracker *tracker;      // (owned)
    GArray *spans;                // (owned) (element-type AnalyseStretchesSpan)
    SourceKeysGroup *waiting;     // (owned) (nullable) was looked at, and waits for the next look
    GPtrArray *look;              // (owned) (element-type AnalyseSight) what was seen of it
    gint64 looked_us;             // (value) start of the last longer look
    GPtrArray *sights;            // (owned) (element-type AnalyseSight) being gathered
    const AnalyseSight *goal;     // (unowned) (nullable) enough when it looks like this
    gint64 goal_us;               // (value) since when it does; -1: does not
    gint64 surprise_us;           // (value) not enough before this
    gint64 lit_start_us;          // (value) first picture that is not black; -1: none yet
    gint64 lit_end_us;            // (value) end of the last such one
    gint64 moved_start_us;        // (value) first that differs from the one before; -1: none yet
    gint64 moved_end_us;          // (value) last such one
    gint64 end_us;                // (value) of the last picture
    guint decoded;                // (value) pictures
    gint64 taken_us;              // (value) start of the picture whose cells were made last
    gint64 key_us;                // (value) the group's key picture
    gboolean brief;               // (value) only looking
} Look;

static void
note_progress(Look *look, gint64 media_us)
{
    if (look->job->progress != NULL)
        look->job->progress(media_us, look->job->data);
}

static void
note_ends(Look *look, const AnalyseSight *sight, const AnalyseSight *before, gint64 end_us)
{
    if (!analyse_change_is_black(sight->cells)) {
        if (look->lit_start_us < 0)
            look->lit_start_us = sight->time_us;
        look->lit_end_us = end_us;
    }
    if (before != NULL &&
        analyse_change_mark(before->cells, sight->cells, ANALYSE_CHANGE_FAINT, NULL, NULL) > 0) {
        if (look->moved_start_us < 0)
            look->moved_start_us = sight->time_us;
        look->moved_end_us = sight->time_us;
    }
}

static AnalyseKind
judge_sights(const Look *look, const GPtrArray *sights)
{
    if (sights->len == 0)
        return ANALYSE_KIND_BLACK;
    const AnalyseSight *last = sights->pdata[sights->len - 1];
    return analyse_kind_judge(
        last->cells,
        analyse_motion_measure_permille(look->motion, sights, ANALYSE_KIND_MOVING_CELLS),
        analyse_motion_measure_permille(look->motion, sights, ANALYSE_KIND_STIRRING_CELLS));
}

/* One kind for each second or so of @sights, up to @end_us. */
static void
judge_spans(Look *look, const GPtrArray *sights, gint64 end_us)
{
    const AnalyseSight *last = sights->pdata[sights->len - 1];
    for (guint from = 0, to = 0; from < sights->len; from = to) {
        g_autoptr(GPtrArray) window = g_ptr_array_new();
        const AnalyseSight *first = sights->pdata[from];
        for (to = from; to < sights->len; to++) {
            const AnalyseSight *sight = sights->pdata[to];
            // A short rest belongs to the window before it.
            if (sight->time_us - first->time_us >= WINDOW_US &&
                last->end_us - sight->time_us >= WINDOW_US)
                break;
            g_ptr_array_add(window, sights->pdata[to]);
        }
        gint64 until_us =
            to < sights->len ? ((const AnalyseSight *)sights->pdata[to])->time_us : end_us;
        analyse_stretches_add(look->spans, first->time_us, until_us, judge_sights(look, window));
    }
}

/* Sights that follow each other closely, up to @end_us. */
static void
take_sights(Look *look, const GPtrArray *sights, gint64 end_us)
{
    if (sights->len == 0)
        return;
    analyse_motion_add(look->motion, sights);
    const guint8 *mask = analyse_motion_get_mask(look->motion);
    for (guint i = 0; i < sights->len; i++) {
        const AnalyseSight *sight = sights->pdata[i];
        analyse_tracker_add(look->tracker, sight, mask);
        note_ends(look, sight, i > 0 ? sights->pdata[i - 1] : NULL,
                  i + 1 < sights->len ? sight->end_us : end_us);
    }
    judge_spans(look, sights, end_us);
}

static void
take_chunk(Look *look, gint64 end_us)
{
    take_sights(look, look->sights, end_us);
    g_ptr_array_set_size(look->sights, 0);
}

static void
note_shape(Look *look, const AVFrame *frame, gboolean first)
{
    const AVFrame *plain = analyse_cells_get_plain(look->maker);
    if (first) {
        analyse_bars_add(look->bars, plain);
        av_frame_unref(look->before);
    }
    if (look->fields.frames >= FIELD_SAMPLES)
        return;
    analyse_fields_add(&look->fields, frame, plain, look->before->width > 0 ? look->before : NULL);
    av_frame_unref(look->before);
    if (plain == frame && av_frame_ref(look->before, frame) < 0)
        av_frame_unref(look->before);
}

/* TRUE when the rest of the group can only look like the goal. */
static gboolean
has_reached_goal(Look *look, const AnalyseSight *sight)
{
    if (look->goal == NULL || !analyse_motion_is_sure(look->motion) ||
        sight->time_us <= look->surprise_us)
        return FALSE;
    const guint8 *mask = analyse_motion_get_mask(look->motion);
    if (analyse_change_count(sight->cells, look->goal->cells, mask) >= LEAST_CELLS)
        look->goal_us = -1;
    else if (look->goal_us < 0)
        look->goal_us = sight->time_us;
    return look->goal_us >= 0 && sight->end_us - look->goal_us >= SURE_US;
}

static gboolean
on_picture_frame(AVFrame *frame, gpointer data)
{
    Look *look = data;
    AnalyseSight *last = look->sights->len > 0 ? look->sights->pdata[look->sights->len - 1] : NULL;
    look->end_us = MAX(look->end_us, frame->pts + frame->pkt_duration);
    if (++look->decoded % BEAT_PICTURES == 0)
        note_progress(look, frame->pts);
    if (last != NULL && frame->pts - look->taken_us < LEAST_STEP_US) {
        last->end_us = MAX(last->end_us, frame->pts + frame->pkt_duration);
        return TRUE;
    }
    AnalyseCells *cells = analyse_cells_make(look->maker, frame);
    if (cells == NULL)
        return TRUE;
    look->taken_us = frame->pts;
    if (look->motion == NULL)
        look->motion = analyse_motion_new(cells->columns, cells->rows);
    gboolean key = frame->pts == look->key_us;
    if (look->brief)
        note_shape(look, frame, key);
    analyse_sight_add(look->sights, analyse_sight_new(frame->pts, frame->pkt_duration, key, cells));
    if (look->brief)
        return TRUE;
    gboolean enough = has_reached_goal(look, look->sights->pdata[look->sights->len - 1]);
    if (look->sights->len >= CHUNK_SIGHTS)
        take_chunk(look, frame->pts + frame->pkt_duration);
    return !enough;
}

/* All of a group, or as much as is needed to come to @goal. */
static gboolean
search_group(Look *look, const SourceKeysGroup *group, const AnalyseSight *goal, GError **error)
{
    look->brief = FALSE;
    look->key_us = group->starts ? group->start_us : -1;
    look->goal = goal;
    look->goal_us = -1;
    look->surprise_us = group->surprise_us;
    gboolean done =
        source_keys_decode(look->keys, group, G_MAXINT64, on_picture_frame, look, error);
    if (done)
        take_chunk(look, group->end_us);
    g_ptr_array_set_size(look->sights, 0);
    return done;
}

/* The beginning of a group. Returns: (transfer full): what was seen, NULL with an error. */
static GPtrArray *
look_at_group(Look *look, const SourceKeysGroup *group, GError **error)
{
    gint64 picture_us = (group->end_us - group->start_us) / MAX(group->packets->len, 1);
    gint64 length_us = MAX(LOOK_US, (group->end_us - group->start_us) / LOOK_SHARE);
    length_us = MAX(length_us, picture_us * 5 / 2);
    if (group->start_us - look->looked_us < LOOK_EVERY_US)
        length_us = 0;
    else
        look->looked_us = group->start_us;
    look->brief = TRUE;
    look->key_us = group->start_us;
    g_autoptr(GPtrArray) sights = analyse_sight_new_list();
    GPtrArray *others = look->sights;
    look->sights = sights;
    gboolean done = source_keys_decode(look->keys, group, group->start_us + length_us,
                                       on_picture_frame, look, error);
    look->sights = others;
    return done ? g_steal_pointer(&sights) : NULL;
}

static gboolean
is_camera(AnalyseKind kind)
{
    return kind == ANALYSE_KIND_CAMERA || kind == ANALYSE_KIND_PHOTO;
}

/* Whether something may be found between the look at a group and @next, the look at the one after
 * it; NULL: there is none. */
static gboolean
is_worth_searching(const Look *look, const SourceKeysGroup *group, const GPtrArray *seen,
                   const GPtrArray *next)
{
    AnalyseKind here = judge_sights(look, seen);
    if (seen->len == 0)
        return FALSE;
    if (next == NULL || next->len == 0)
        return !is_camera(here) || group->surprise_us >= 0;
    AnalyseKind there = judge_sights(look, next);
    gboolean filmed = is_camera(here) && is_camera(there) &&
                      (here == ANALYSE_KIND_CAMERA || there == ANALYSE_KIND_CAMERA);
    if (filmed)
        return FALSE;
    if (group->surprise_us > group->start_us)
        return TRUE;
    const AnalyseSight *last = seen->pdata[seen->len - 1], *first = next->pdata[0];
    return analyse_change_count(last->cells, first->cells, analyse_motion_get_mask(look->motion)) >=
           LEAST_CELLS;
}

/* A photograph that is a little different each time it is looked at is a camera's. */
static AnalyseKind
judge_photo(const Look *look, const GPtrArray *seen, const GPtrArray *next)
{
    if (next == NULL || next->len == 0)
        return ANALYSE_KIND_PHOTO;
    const AnalyseSight *last = seen->pdata[seen->len - 1], *first = next->pdata[0];
    guint count = last->cells->columns * last->cells->rows;
    guint faint = analyse_change_mark(last->cells, first->cells, PHOTO_STEP,
                                      analyse_motion_get_mask(look->motion), NULL);
    return faint * PHOTO_SHARE > count && faint < count / 2 ? ANALYSE_KIND_CAMERA
                                                            : ANALYSE_KIND_PHOTO;
}

/* Decides what waited for the next look. */
static gboolean
settle_waiting(Look *look, const GPtrArray *next, GError **error)
{
    g_autoptr(SourceKeysGroup) group = g_steal_pointer(&look->waiting);
    g_autoptr(GPtrArray) seen = g_steal_pointer(&look->look);
    if (group == NULL || look->motion == NULL)
        return TRUE;
    if (is_worth_searching(look, group, seen, next))
        return search_group(look, group, next != NULL && next->len > 0 ? next->pdata[0] : NULL,
                            error);
    guint before = look->spans->len;
    take_sights(look, seen, group->end_us);
    if (look->spans->len > before &&
        g_array_index(look->spans, AnalyseStretchesSpan, look->spans->len - 1).kind ==
            ANALYSE_KIND_PHOTO)
        g_array_index(look->spans, AnalyseStretchesSpan, look->spans->len - 1).kind =
            judge_photo(look, seen, next);
    return TRUE;
}

/* Takes @group. */
static gboolean
take_group(Look *look, SourceKeysGroup *group, GError **error)
{
    g_autoptr(SourceKeysGroup) held = group;
    note_progress(look, group->start_us);
    look->end_us = MAX(look->end_us, group->end_us);
    if (!group->starts)
        return search_group(look, group, NULL, error);
    g_autoptr(GPtrArray) seen = look_at_group(look, group, error);
    if (seen == NULL || !settle_waiting(look, seen, error))
        return FALSE;
    if (group->goes_on)
        return search_group(look, group, NULL, error);
    look->waiting = g_steal_pointer(&held);
    look->look = g_steal_pointer(&seen);
    return TRUE;
}

static gboolean
look_through(Look *look, GError **error)
{
    for (;;) {
        g_autoptr(GError) failure = NULL;
        SourceKeysGroup *group = source_keys_read(look->keys, 0, &failure);
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (group == NULL)
            break;
        if (!take_group(look, group, error))
            return FALSE;
    }
    if (!settle_waiting(look, NULL, error))
        return FALSE;
    gboolean far = look->end_us / 1000 > ANALYSE_RESULT_LARGEST_MS;
    if (look->motion != NULL && !far)
        return TRUE;
    g_set_error_literal(error, SOURCE_FAILURE, SOURCE_FAILURE_DAMAGED,
                        far ? "its times are later than any lesson's" : "no picture decodes");
    return FALSE;
}

/* Black at both ends, for a camera's lesson also what stands still. */
static void
conclude_ends(const Look *look, AnalyseResultPicture *picture, gint64 end_us)
{
    gint64 start_us = look->lit_start_us < 0 ? end_us : look->lit_start_us;
    gint64 last_us = look->lit_start_us < 0 ? end_us : look->lit_end_us;
    if (picture->content == ANALYSE_RESULT_CONTENT_CAMERA && look->moved_start_us >= 0) {
        start_us = MAX(start_us, look->moved_start_us);
        last_us = MIN(last_us, MAX(look->moved_end_us, start_us));
    }
    picture->black_start_ms = MAX(start_us, 0) / 1000;
    picture->black_end_ms = MAX(end_us - last_us, 0) / 1000;
}

/* Times at which the kind of content may have changed. */
static GArray *
gather_marks(const Look *look)
{
    const GArray *slides = analyse_tracker_get_slides(look->tracker);
    GArray *marks = g_array_copy((GArray *)analyse_tracker_get_departures(look->tracker));
    for (guint i = 0; i < slides->len; i++)
        g_array_append_val(marks, g_array_index(slides, AnalyseTrackerSlide, i).start_us);
    return marks;
}

static void
refill(GArray *array, GArray *with)
{
    g_array_set_size(array, 0);
    g_array_append_vals(array, with->data, with->len);
}

static void
conclude(const Look *look, AnalyseResultPicture *picture)
{
    const SourceInfo *info = look->job->info;
    gint64 end_us = look->job->end_us > 0 ? look->job->end_us : look->end_us;
    g_autoptr(GArray) marks = gather_marks(look);
    g_autoptr(GArray) stretches = analyse_stretches_merge(look->spans, marks, end_us);
    g_autoptr(GArray) stills =
        analyse_stills_choose(analyse_tracker_get_slides(look->tracker), stretches);
    refill(picture->stretches, stretches);
    refill(picture->slides, stills);
    picture->content = analyse_stretches_get_content(stretches);
    picture->inset = (AnalyseResultRect){0};
    if (stills->len > 0)
        picture->inset = analyse_motion_get_inset(look->motion, LEAST_INSET_US, info);
    picture->crop = analyse_bars_get_crop(look->bars, info);
    picture->interlaced = analyse_fields_judge(&look->fields);
    conclude_ends(look, picture, end_us);
}

gboolean
analyse_picture_run(const AnalysePictureJob *job, AnalyseResultPicture *picture, GError **error)
{
    g_autoptr(SourceKeys) keys =
        source_keys_open(job->path, job->info, job->stop, job->data, error);
    if (keys == NULL)
        return FALSE;
    Look look = {.job = job,
                 .keys = keys,
                 .maker = analyse_cells_new_maker(job->info),
                 .bars = analyse_bars_new(),
                 .before = av_frame_alloc(),
                 .tracker = analyse_tracker_new(),
                 .spans = g_array_new(FALSE, FALSE, sizeof(AnalyseStretchesSpan)),
                 .sights = analyse_sight_new_list(),
                 .looked_us = G_MININT64 / 2,
                 .lit_start_us = -1,
                 .moved_start_us = -1};
    gboolean done = look_through(&look, error);
    if (done)
        conclude(&look, picture);
    g_clear_pointer(&look.waiting, source_keys_free_group);
    g_clear_pointer(&look.look, g_ptr_array_unref);
    g_ptr_array_unref(look.sights);
    g_array_unref(look.spans);
    analyse_tracker_free(look.tracker);
    analyse_motion_free(look.motion);
    analyse_bars_free(look.bars);
    analyse_cells_free_maker(look.maker);
    av_frame_free(&look.before);
    return done;
}
