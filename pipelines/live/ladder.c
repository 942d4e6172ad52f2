// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A segment is planned when it begins: its number, its rungs, the init file of each. It is written
// when its end is known and everything before that has come out of all encoders.
//
//   begin_segment → add_tick… → is_at_cut → begin_segment (the end of the one before is known)
//                 → add_sound… → write_ready: files, then the line
#include "pipelines/live/ladder.h"

#include <libavutil/frame.h>

#include "pipelines/encode/failure.h"
#include "pipelines/live/canvas.h"
#include "pipelines/live/rung.h"
#include "pipelines/live/store.h"

#define LEAST_CUT_PTS90K 45000 // a segment is not cut off shorter
#define PLANS_MAX 64

typedef struct {
    LiveRung *rung;              // (owned)
    EncodeDecidePicture decided; // (value) width 0: no picture in this epoch
    gboolean dropped;            // (value) for want of speed
    LiveStoreInit init;          // (value) of its last init file
} Step;

/** A segment that has begun and is not written yet. */
typedef struct {
    guint64 number;                     // (value)
    gint64 start;                       // (value)
    gint64 end;                         // (value) 0: not known yet
    LiveLadderSegment told;             // (value)
    gboolean made[ENCODE_RUNGS_COUNT];  // (value) by position in the ladder
    gboolean shown[ENCODE_RUNGS_COUNT]; // (value) with a picture
    guint64 init[ENCODE_RUNGS_COUNT];   // (value)
} Plan;

struct _LiveLadder {
    const ChildLiveJob *job;        // (unowned)
    LiveStore *store;               // (owned)
    Step steps[ENCODE_RUNGS_COUNT]; // (owned) lowest first
    guint count;                    // (value)
    LiveCanvas *canvas;             // (owned) (nullable) without an epoch with pictures
    EncodeGrid grid;                // (value) of the epoch
    gboolean begun;                 // (value) there is an epoch
    gint64 origin;                  // (value) time of the epoch's first tick
    gint64 tick;                    // (value) the next one, from the origin
    gint64 in_segment;              // (value) ticks of the present segment so far
    gboolean cutting;               // (value) the next tick begins a segment
    guint64 next_number;            // (value)
    LiveSide side;                  // (value) all NULL: none
    gboolean finishing;             // (value) no more comes
    GQueue plans;                   // (owned) (element-type Plan) oldest first
};

/* Sound alone, or H.264: what is made in time. */
static gboolean
is_live(const EncodeRungsSpec *spec)
{
    return spec->family == ENCODE_RUNGS_SOUND || spec->family == ENCODE_RUNGS_AVC;
}

static gboolean
add_step(LiveLadder *ladder, const char *name, GError **error)
{
    EncodeRungsId id;
    if (!encode_rungs_parse(name, &id) || ladder->count == G_N_ELEMENTS(ladder->steps) ||
        !is_live(encode_rungs_get(id))) {
        g_set_error(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL, "no live rung: %s", name);
        return FALSE;
    }
    LiveRung *rung = live_rung_new(id, (gint64)ladder->job->first_time, error);
    if (rung == NULL)
        return FALSE;
    ladder->steps[ladder->count++].rung = rung;
    return TRUE;
}

LiveLadder *
live_ladder_new(const ChildLiveJob *job, LiveLadderSink sink, gpointer data, GError **error)
{
    g_autoptr(LiveLadder) ladder = g_new0(LiveLadder, 1);
    ladder->job = job;
    ladder->store = live_store_new(job->staging, job->first_init, sink, data);
    ladder->origin = (gint64)job->first_time;
    ladder->next_number = job->first_number;
    g_queue_init(&ladder->plans);
    for (guint i = 0; job->rungs[i] != NULL; i++)
        if (!add_step(ladder, job->rungs[i], error))
            return NULL;
    return g_steal_pointer(&ladder);
}

void
live_ladder_free(LiveLadder *ladder)
{
    for (guint i = 0; i < ladder->count; i++) {
        live_rung_free(ladder->steps[i].rung);
        live_store_clear_init(&ladder->steps[i].init);
    }
    live_store_free(ladder->store);
    g_clear_pointer(&ladder->canvas, live_canvas_free);
    g_queue_clear_full(&ladder->plans, g_free);
    g_free(ladder);
}

gint64
live_ladder_get_time(const LiveLadder *ladder)
{
    return ladder->origin +
           (ladder->begun ? encode_grid_tick_to_pts90k(&ladder->grid, ladder->tick) : 0);
}

gint64
live_ladder_get_tick_end(const LiveLadder *ladder)
{
    return ladder->origin +
           (ladder->begun ? encode_grid_tick_to_pts90k(&ladder->grid, ladder->tick + 1) : 0);
}

gboolean
live_ladder_is_at_cut(const LiveLadder *ladder)
{
    return !ladder->begun || ladder->plans.length == 0 || ladder->cutting ||
           ladder->in_segment >= ladder->grid.ticks;
}

void
live_ladder_cut(LiveLadder *ladder)
{
    const Plan *present = g_queue_peek_tail(&ladder->plans);
    if (present != NULL && live_ladder_get_time(ladder) - present->start >= LEAST_CUT_PTS90K)
        ladder->cutting = TRUE;
}

static gboolean
is_ready(const LiveLadder *ladder, const Plan *plan)
{
    for (guint i = 0; i < ladder->count; i++)
        if (plan->made[i] && !live_rung_is_ready(ladder->steps[i].rung, plan->end, plan->shown[i]))
            return FALSE;
    gint64 now = ladder->finishing ? G_MAXINT64 : live_ladder_get_time(ladder);
    return plan->end > plan->start &&
           (ladder->side.is_ready == NULL ||
            ladder->side.is_ready(plan->start, plan->end, now, ladder->side.data));
}

void
live_ladder_set_side(LiveLadder *ladder, const LiveSide *side)
{
    ladder->side = *side;
}

static gboolean
write_plan(LiveLadder *ladder, const Plan *plan, GError **error)
{
    g_autoptr(ChildLiveReport) report = child_live_report_new(CHILD_LIVE_REPORT_SEGMENT);
    report->number = plan->number;
    report->time = (guint64)plan->start;
    report->duration = (guint64)(plan->end - plan->start);
    report->wall_ms = (guint64)MAX(plan->told.wall_ms, 0);
    report->discontinuity = plan->told.discontinuity;
    for (guint i = 0; i < ladder->count; i++) {
        LiveRung *rung = ladder->steps[i].rung;
        if (!plan->made[i]) {
            live_rung_drop(rung, plan->end);
            continue;
        }
        g_autoptr(GBytes) fragment =
            live_rung_take(rung, plan->number, plan->end, plan->shown[i], error);
        const char *name = encode_rungs_get(live_rung_get_id(rung))->name;
        if (fragment == NULL ||
            !live_store_add_part(ladder->store, report, name, plan->init[i], fragment, error))
            return FALSE;
    }
    if (ladder->side.write != NULL &&
        !ladder->side.write(ladder->store, report, ladder->side.data, error))
        return FALSE;
    live_store_tell(ladder->store, report);
    return TRUE;
}

static gboolean
write_ready(LiveLadder *ladder, GError **error)
{
    Plan *plan;
    while ((plan = g_queue_peek_head(&ladder->plans)) != NULL && is_ready(ladder, plan)) {
        gboolean written = write_plan(ladder, plan, error);
        g_free(g_queue_pop_head(&ladder->plans));
        if (!written)
            return FALSE;
    }
    return TRUE;
}

static gboolean
is_picture(const Step *step)
{
    return step->decided.width > 0;
}

guint
live_ladder_count_pictures(const LiveLadder *ladder)
{
    guint count = 0;
    for (guint i = 0; i < ladder->count; i++)
        count += is_picture(&ladder->steps[i]);
    return count;
}

static gboolean
end_pictures(LiveLadder *ladder, GError **error)
{
    for (guint i = 0; i < ladder->count; i++) {
        ladder->steps[i].decided = (EncodeDecidePicture){0};
        if (!live_rung_end_picture(ladder->steps[i].rung, error))
            return FALSE;
    }
    return TRUE;
}

/* Half a segment's pictures would be one too many in rungs that show every other one. */
static EncodeGrid
choose_grid(const ChildLiveJob *job, const SourceInfo *info)
{
    guint segment_s = MAX((job->segment_ms + 500) / 1000, 1);
    EncodeGrid grid = encode_grid_choose(info->rate_numerator, info->rate_denominator, segment_s);
    grid.ticks += grid.ticks % 2;
    return grid;
}

static void
decide(LiveLadder *ladder, const SourceInfo *info)
{
    EncodeDecideFacts facts = {.info = info};
    for (guint i = 0; info->has_picture && i < ladder->count; i++) {
        EncodeRungsId id = live_rung_get_id(ladder->steps[i].rung);
        if (encode_rungs_moves(id) && encode_rungs_suits(id, TRUE, info->width, info->height))
            ladder->steps[i].decided = encode_decide_picture(&facts, &ladder->grid, id);
    }
}

static void
open_canvas(LiveLadder *ladder, const SourceInfo *info)
{
    guint width = 0, height = 0;
    for (guint i = 0; i < ladder->count; i++) {
        width = MAX(width, ladder->steps[i].decided.width);
        height = MAX(height, ladder->steps[i].decided.height);
    }
    if (width > 0)
        ladder->canvas = live_canvas_new(info, width, height);
}

gboolean
live_ladder_begin_epoch(LiveLadder *ladder, const SourceInfo *info, GError **error)
{
    gint64 now = live_ladder_get_time(ladder);
    if (!end_pictures(ladder, error))
        return FALSE;
    g_clear_pointer(&ladder->canvas, live_canvas_free);
    ladder->grid = choose_grid(ladder->job, info);
    ladder->origin = now;
    ladder->tick = 0;
    ladder->begun = TRUE;
    ladder->cutting = TRUE;
    decide(ladder, info);
    open_canvas(ladder, info);
    return TRUE;
}

/* Pictures of a rung begin or end with a segment. */
static gboolean
prepare_step(LiveLadder *ladder, Step *step, gboolean wanted, GError **error)
{
    gboolean open = live_rung_has_picture(step->rung);
    if (open && !wanted)
        return live_rung_end_picture(step->rung, error);
    if (open || !wanted)
        return TRUE;
    EncodeH264Colour colour = live_canvas_get_colour(ladder->canvas);
    return live_rung_begin_picture(step->rung, &ladder->grid, &step->decided, &colour, error);
}

/* A rung that shows pictures by its nature is not made without them. */
static gboolean
plan_step(LiveLadder *ladder, guint i, Plan *plan, GError **error)
{
    Step *step = &ladder->steps[i];
    EncodeRungsId id = live_rung_get_id(step->rung);
    gboolean shown = is_picture(step) && !step->dropped;
    if (!prepare_step(ladder, step, shown, error))
        return FALSE;
    plan->shown[i] = shown;
    plan->made[i] = shown || !encode_rungs_moves(id);
    if (!plan->made[i])
        return TRUE;
    const EncodeRungsSpec *spec = encode_rungs_get(id);
    const LiveStoreRung rung = {spec->name, live_rung_get_tracks(step->rung), spec->cap_kbps};
    if (!live_store_add_init(ladder->store, &rung, &step->init, error))
        return FALSE;
    plan->init[i] = step->init.number;
    return TRUE;
}

static void
choose_dropped(LiveLadder *ladder, guint dropped)
{
    for (guint i = ladder->count; i-- > 0;) {
        Step *step = &ladder->steps[i];
        step->dropped = is_picture(step) && dropped > 0;
        dropped -= step->dropped;
    }
}

gboolean
live_ladder_begin_segment(LiveLadder *ladder, const LiveLadderSegment *segment, GError **error)
{
    Plan *last = g_queue_peek_tail(&ladder->plans);
    if (ladder->plans.length >= PLANS_MAX) {
        g_set_error_literal(error, ENCODE_FAILURE, ENCODE_FAILURE_INTERNAL, "segments pile up");
        return FALSE;
    }
    if (last != NULL && last->end == 0)
        last->end = live_ladder_get_time(ladder);
    Plan *plan = g_new0(Plan, 1);
    plan->number = ladder->next_number++;
    plan->start = live_ladder_get_time(ladder);
    plan->told = *segment;
    g_queue_push_tail(&ladder->plans, plan);
    choose_dropped(ladder, segment->dropped);
    ladder->in_segment = 0;
    ladder->cutting = FALSE;
    for (guint i = 0; i < ladder->count; i++)
        if (!plan_step(ladder, i, plan, error))
            return FALSE;
    return write_ready(ladder, error);
}

/* Returns: (nullable): the picture of a rung, with what is drawn over it there. */
static const AVFrame *
draw_picture(LiveLadder *ladder, const Step *step, const AVFrame *frame, GError **error)
{
    const LiveSide *side = &ladder->side;
    const AVFrame *drawn =
        live_canvas_draw(ladder->canvas, frame, step->decided.width, step->decided.height, error);
    if (drawn == NULL || side->draw == NULL)
        return drawn;
    int matrix = live_canvas_get_colour(ladder->canvas).matrix;
    const AVFrame *over = side->draw(live_rung_get_id(step->rung), live_ladder_get_time(ladder),
                                     drawn, matrix, side->data);
    return over != NULL ? over : drawn;
}

static gboolean
add_picture(LiveLadder *ladder, Step *step, const AVFrame *frame, GError **error)
{
    guint ticks = live_rung_get_step(step->rung);
    if (ticks == 0 || ladder->in_segment % ticks != 0)
        return TRUE;
    const AVFrame *drawn = draw_picture(ladder, step, frame, error);
    return drawn != NULL && live_rung_add_picture(step->rung, drawn, live_ladder_get_time(ladder),
                                                  ladder->in_segment == 0, error);
}

/* The slate is not offered. */
static gboolean
offer_picture(LiveLadder *ladder, const AVFrame *frame, GError **error)
{
    guint width = 0, height = 0;
    gint64 time = live_ladder_get_time(ladder);
    if (ladder->side.choose == NULL || ladder->canvas == NULL || frame == NULL ||
        ladder->in_segment > 0)
        return TRUE;
    live_canvas_get_size(ladder->canvas, &width, &height);
    if (!ladder->side.choose(time, &width, &height, ladder->side.data))
        return TRUE;
    const AVFrame *drawn = live_canvas_draw(ladder->canvas, frame, width, height, error);
    if (drawn != NULL)
        ladder->side.take(time, drawn, live_canvas_get_colour(ladder->canvas).matrix,
                          ladder->side.data);
    return drawn != NULL;
}

gboolean
live_ladder_add_tick(LiveLadder *ladder, const AVFrame *frame, GError **error)
{
    if (!offer_picture(ladder, frame, error))
        return FALSE;
    for (guint i = 0; i < ladder->count; i++)
        if (!add_picture(ladder, &ladder->steps[i], frame, error))
            return FALSE;
    ladder->tick++;
    ladder->in_segment++;
    return write_ready(ladder, error);
}

static gboolean
has_two_channels(const Step *step)
{
    return encode_rungs_get(live_rung_get_id(step->rung))->channels == 2;
}

gboolean
live_ladder_is_stereo(const LiveLadder *ladder)
{
    gboolean stereo = FALSE;
    for (guint i = 0; i < ladder->count; i++)
        stereo = stereo || has_two_channels(&ladder->steps[i]);
    return stereo;
}

gboolean
live_ladder_add_sound(LiveLadder *ladder, const LiveLadderSound *sound, GError **error)
{
    for (guint i = 0; i < ladder->count; i++) {
        gboolean stereo = has_two_channels(&ladder->steps[i]);
        if (!live_rung_add_sound(ladder->steps[i].rung, sound->block,
                                 stereo ? sound->left : sound->mono,
                                 stereo ? sound->right : sound->mono, error))
            return FALSE;
    }
    return write_ready(ladder, error);
}

gboolean
live_ladder_finish(LiveLadder *ladder, GError **error)
{
    Plan *last = g_queue_peek_tail(&ladder->plans);
    ladder->finishing = TRUE;
    if (last == NULL || !end_pictures(ladder, error))
        return last == NULL;
    if (last->end == 0)
        last->end = live_ladder_get_time(ladder);
    return write_ready(ladder, error);
}

char **
live_ladder_list_dropped(const LiveLadder *ladder)
{
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (guint i = 0; i < ladder->count; i++)
        if (ladder->steps[i].dropped)
            g_strv_builder_add(names,
                               encode_rungs_get(live_rung_get_id(ladder->steps[i].rung))->name);
    return g_strv_builder_end(names);
}
