// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A key picture and the few that follow it, at places spread evenly. What moves at most places is
// an inset when it is small; what is left decides each place, and most places decide the file.
#include "pipelines/analyse/glance.h"

#include <libavutil/frame.h>

#include "pipelines/analyse/bars.h"
#include "pipelines/analyse/change.h"
#include "pipelines/analyse/fields.h"
#include "pipelines/analyse/kind.h"
#include "pipelines/analyse/motion.h"
#include "pipelines/source/failure.h"
#include "pipelines/source/keys.h"

#define MOST_PLACES 100
#define LEAST_PLACES 6
#define BURST_US (450 * 1000)
#define BUDGET_PIXELS 1.0e9
#define LONGEST_WALK_US (30 * (gint64)G_USEC_PER_SEC)
#define LEAST_INSET_PLACES 4

typedef struct {
    AnalyseCellsMaker *maker; // (owned)
    AnalyseBars *bars;        // (owned)
    AnalyseFields fields;     // (value)
    AVFrame *before;          // (owned) luma of the picture before, for fields; blank: none
    GPtrArray *places;        // (owned) (element-type GPtrArray of AnalyseSight)
    GPtrArray *place;         // (unowned) being filled
    gboolean first;           // (value) no picture of this place came yet
    double pixels;            // (value) decoded so far
} Glance;

static gboolean
on_glance_frame(AVFrame *frame, gpointer data)
{
    Glance *glance = data;
    AnalyseCells *cells = analyse_cells_make(glance->maker, frame);
    glance->pixels += (double)frame->width * frame->height;
    if (cells == NULL)
        return TRUE;
    const AVFrame *plain = analyse_cells_get_plain(glance->maker);
    if (glance->first)
        analyse_bars_add(glance->bars, plain);
    analyse_fields_add(&glance->fields, frame, plain,
                       glance->before->width > 0 ? glance->before : NULL);
    av_frame_unref(glance->before);
    if (plain == frame && av_frame_ref(glance->before, frame) < 0)
        av_frame_unref(glance->before);
    analyse_sight_add(glance->place,
                      analyse_sight_new(frame->pts, frame->pkt_duration, glance->first, cells));
    glance->first = FALSE;
    return glance->pixels < BUDGET_PIXELS * 2;
}

static void
free_place(gpointer data)
{
    g_ptr_array_unref(data);
}

static gboolean
look_at(Glance *glance, SourceKeys *keys, const SourceKeysGroup *group, gint64 until_us,
        GError **error)
{
    GPtrArray *place = analyse_sight_new_list();
    glance->place = place;
    glance->first = TRUE;
    av_frame_unref(glance->before);
    gboolean decoded = source_keys_decode(keys, group, until_us, on_glance_frame, glance, error);
    if (place->len > 0)
        g_ptr_array_add(glance->places, place);
    else
        g_ptr_array_unref(place);
    return decoded;
}

static guint
count_places(const SourceInfo *info)
{
    double fps = 25;
    if (info->rate_numerator > 0)
        fps = CLAMP((double)info->rate_numerator / info->rate_denominator, 1, 240);
    double burst = 2 + fps * BURST_US / G_USEC_PER_SEC;
    double pixels = MAX((double)info->coded_width * info->coded_height, 1) * burst;
    return (guint)CLAMP(BUDGET_PIXELS / pixels, LEAST_PLACES, MOST_PLACES);
}

/* Returns: FALSE with an error only. */
static gboolean
jump_through(Glance *glance, SourceKeys *keys, const SourceInfo *info, GError **error)
{
    guint count = count_places(info);
    gint64 last_us = G_MININT64;
    for (guint i = 0; i < count && info->duration_us > 0; i++) {
        gint64 time_us = info->picture_start_us + info->duration_us / count * i;
        g_autoptr(GError) failure = NULL;
        if (!source_keys_seek(keys, time_us))
            break;
        g_autoptr(SourceKeysGroup) group = source_keys_read(keys, BURST_US, &failure);
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (group == NULL || group->start_us == last_us)
            continue;
        last_us = group->start_us;
        if (!look_at(glance, keys, group, group->start_us + BURST_US, error))
            return FALSE;
    }
    return TRUE;
}

/* For files that cannot be jumped about in, or have next to no key pictures: the beginning, all of
 * it, as far as the budget goes. */
static gboolean
walk_from_start(Glance *glance, SourceKeys *keys, GError **error)
{
    gint64 start_us = G_MININT64;
    while (glance->pixels < BUDGET_PIXELS) {
        g_autoptr(GError) failure = NULL;
        g_autoptr(SourceKeysGroup) group = source_keys_read(keys, 0, &failure);
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        if (group == NULL)
            break;
        if (start_us == G_MININT64)
            start_us = group->start_us;
        if (group->start_us - start_us > LONGEST_WALK_US)
            break;
        if (!look_at(glance, keys, group, G_MAXINT64, error))
            return FALSE;
    }
    return TRUE;
}

/* Marks what moves at more than a quarter of the places. */
static gboolean
find_inset(const Glance *glance, guint columns, guint rows, guint8 *mask)
{
    gsize count = (gsize)columns * rows;
    g_autofree guint16 *active = g_new0(guint16, count);
    g_autofree guint8 *changed = g_malloc0(count);
    guint moving = 0;
    for (guint i = 0; i < glance->places->len; i++) {
        const GPtrArray *place = glance->places->pdata[i];
        const AnalyseSight *first = place->pdata[0], *last = place->pdata[place->len - 1];
        moving +=
            analyse_change_mark(first->cells, last->cells, ANALYSE_CHANGE_FAINT, NULL, changed) > 0;
        for (gsize c = 0; c < count; c++)
            active[c] = (guint16)(active[c] + changed[c]);
    }
    // The teacher's picture may be there for a part of the lesson only.
    if (moving < LEAST_INSET_PLACES || moving * 4 < glance->places->len)
        return FALSE;
    for (gsize c = 0; c < count; c++)
        active[c] = (guint16)((guint)active[c] * 1000 / moving);
    return analyse_motion_find_boxes(active, columns, rows, mask);
}

static guint
measure_motion(const GPtrArray *place, const guint8 *mask, guint cells_permille)
{
    const AnalyseSight *first = place->pdata[0], *last = place->pdata[place->len - 1];
    gsize count = (gsize)first->cells->columns * first->cells->rows;
    guint sum = analyse_change_mark(first->cells, last->cells, ANALYSE_CHANGE_FAINT, mask, NULL);
    return sum * 1000 > count * cells_permille ? 1000 : 0;
}

/* A photograph that is the same at two places in a row is a slide. */
static gboolean
stands_still(const Glance *glance, guint at, const guint8 *mask)
{
    if (at == 0)
        return glance->places->len > 1 && stands_still(glance, 1, mask);
    const GPtrArray *place = glance->places->pdata[at], *before = glance->places->pdata[at - 1];
    const AnalyseSight *a = before->pdata[0], *b = place->pdata[0];
    gsize count = (gsize)a->cells->columns * a->cells->rows;
    return analyse_change_mark(a->cells, b->cells, 2, mask, NULL) * 200 < count;
}

static AnalyseResultContent
judge(const Glance *glance, const guint8 *mask)
{
    guint slides = 0, screen = 0, camera = 0;
    for (guint i = 0; i < glance->places->len; i++) {
        const GPtrArray *place = glance->places->pdata[i];
        const AnalyseSight *first = place->pdata[0];
        guint moving = measure_motion(place, mask, ANALYSE_KIND_MOVING_CELLS);
        guint stirring = measure_motion(place, mask, ANALYSE_KIND_STIRRING_CELLS);
        switch (analyse_kind_judge(first->cells, moving, stirring)) {
        case ANALYSE_KIND_BLACK:
            break;
        case ANALYSE_KIND_SLIDES:
            slides++;
            break;
        case ANALYSE_KIND_SCREEN:
            screen++;
            break;
        case ANALYSE_KIND_PHOTO:
            if (stands_still(glance, i, mask))
                slides++;
            else
                camera++;
            break;
        case ANALYSE_KIND_CAMERA:
            camera++;
            break;
        }
    }
    if (glance->places->len == 0)
        return ANALYSE_RESULT_CONTENT_NONE;
    if (camera > slides + screen)
        return ANALYSE_RESULT_CONTENT_CAMERA;
    return screen > slides ? ANALYSE_RESULT_CONTENT_SCREEN : ANALYSE_RESULT_CONTENT_SLIDES;
}

static void
conclude(Glance *glance, const SourceInfo *info, AnalyseGlance *result)
{
    *result = (AnalyseGlance){.crop = {0, 0, info->width, info->height}};
    if (glance->places->len == 0)
        return;
    const AnalyseSight *any = ((GPtrArray *)glance->places->pdata[0])->pdata[0];
    guint columns = any->cells->columns, rows = any->cells->rows;
    g_autofree guint8 *mask = g_malloc0((gsize)columns * rows);
    gboolean inset = find_inset(glance, columns, rows, mask);
    result->content = judge(glance, mask);
    if (inset && result->content != ANALYSE_RESULT_CONTENT_CAMERA) {
        guint box[4];
        analyse_motion_bound(mask, columns, rows, box);
        result->inset = analyse_motion_to_rect(box, columns, rows, info);
    }
    result->crop = analyse_bars_get_crop(glance->bars, info);
    result->interlaced = analyse_fields_judge(&glance->fields);
    result->samples = glance->places->len;
}

static gboolean
look(Glance *glance, const char *path, const SourceInfo *info, SourceReaderStop stop,
     gpointer stop_data, GError **error)
{
    g_autoptr(SourceKeys) keys = source_keys_open(path, info, stop, stop_data, error);
    if (keys == NULL || !jump_through(glance, keys, info, error))
        return FALSE;
    if (glance->places->len >= LEAST_PLACES)
        return TRUE;
    g_clear_pointer(&keys, source_keys_free);
    g_ptr_array_set_size(glance->places, 0);
    keys = source_keys_open(path, info, stop, stop_data, error);
    return keys != NULL && walk_from_start(glance, keys, error);
}

gboolean
analyse_glance_run(const char *path, const SourceInfo *info, SourceReaderStop stop,
                   gpointer stop_data, AnalyseGlance *glance, GError **error)
{
    Glance state = {.maker = analyse_cells_new_maker(info),
                    .bars = analyse_bars_new(),
                    .before = av_frame_alloc(),
                    .places = g_ptr_array_new_with_free_func(free_place)};
    gboolean looked = look(&state, path, info, stop, stop_data, error);
    if (looked)
        conclude(&state, info, glance);
    g_ptr_array_unref(state.places);
    av_frame_free(&state.before);
    analyse_bars_free(state.bars);
    analyse_cells_free_maker(state.maker);
    return looked;
}
